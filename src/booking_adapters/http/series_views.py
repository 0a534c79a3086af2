"""What clients send and are shown of series."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar
from uuid import UUID

import attrs
from litestar.openapi.spec import Example
from litestar.params import Body

from booking_adapters._codec.recurrence import LONGEST_RULE, recurrence_of, recurrence_text
from booking_adapters.http.requests import (
    Chosen,
    CustomerBody,
    End,
    HoldBody,
    Reason,
    Start,
    StayBody,
    Waived,
    checked_reason,
)
from booking_core.domain.availability.request import Violation
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import SeriesId, TenantId
from booking_core.domain.kernel.period import instant
from booking_core.domain.reservations.recurrence import MOST_OCCURRENCES, Recurrence
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.series import Missing, Series
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.changing_series import ChangedDate, Scope
from booking_core.usecases.move_series import MoveSeriesCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesLine, SeriesMode
from booking_core.usecases.wanted import Wanted

Mode = Annotated[SeriesMode, Body(description="What becomes of a series some of whose dates cannot be had.")]
ShiftDays = Annotated[int, Body(ge=1, le=31, description="How far a date may be shifted.")]
Number = Annotated[
    int, Body(ge=1, le=MOST_OCCURRENCES, description="The date that is meant, counted from 1.")
]
HowMuch = Annotated[Scope, Body(description="That date, it and those that follow, or all.")]


@attrs.frozen(kw_only=True)
class SeriesBody(HoldBody):
    """The first date, the rule by which it recurs in the venue's local time, and for whom."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        **HoldBody.EXAMPLE,
        "recurrence": "FREQ=WEEKLY;COUNT=6",
        "customer": {"name": "Ada Lovelace", "email": "ada@example.org"},
        "mode": "skip",
    }

    recurrence: Annotated[
        str,
        Body(
            min_length=1,
            max_length=LONGEST_RULE,
            description="DAILY, WEEKLY or MONTHLY, as RFC 5545 writes it, with COUNT or UNTIL.",
            examples=[Example(value="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=6")],
        ),
    ]
    customer: CustomerBody
    mode: Mode = SeriesMode.ALL_OR_NOTHING
    shift_days: ShiftDays = 7
    except_dates: Annotated[
        tuple[date, ...], Body(max_items=MOST_OCCURRENCES, description="Dates of the rule that are left out.")
    ] = ()
    pay_later: Annotated[bool, Body(description="The guest pays each date later, or at the desk.")] = False
    waived: Waived = ()

    def command(self, catalog: Catalog, tenant: TenantId, actor: Actor, key: str = "") -> SeriesCommand:
        """The command under an idempotency key; raises InvalidInput naming the field, NotFound."""
        wanted = self.wanted(self.waived)
        return SeriesCommand(
            tenant=tenant,
            wanted=wanted,
            recurrence=rule_of(self.recurrence, wanted, catalog),
            customer=self.customer.customer(),
            mode=self.mode,
            shift_days=self.shift_days,
            except_dates=frozenset(self.except_dates),
            pay_later=self.pay_later,
            idempotency_key=key,
            actor=actor,
        )


def rule_of(text: str, wanted: Wanted, catalog: Catalog) -> Recurrence:
    """The rule by which the first date recurs, in the venue's local time; raises InvalidInput, NotFound."""
    zone = catalog.venue_of(catalog.service(wanted.service)).zone
    if wanted.start is not None:
        return recurrence_of(text, instant(wanted.start, "start").astimezone(zone))
    if wanted.stay is None:
        raise InvalidInput("start", "is required", None)
    return recurrence_of(text, datetime.combine(wanted.stay.check_in, time(), zone))


@attrs.frozen(kw_only=True)
class CancelSeriesBody:
    """Which dates of a series are called off."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"number": 3, "scope": "following", "reason": "moved away"}

    number: Number = 1
    scope: HowMuch
    reason: Reason = ""
    waives_penalty: Annotated[
        bool, Body(description="Let the guest off the penalties; the reason says why.")
    ] = False

    def command(self, tenant: TenantId, series: SeriesId, actor: Actor) -> CancelSeriesCommand:
        """The command."""
        return CancelSeriesCommand(
            tenant=tenant,
            series=series,
            number=self.number,
            scope=self.scope,
            reason=checked_reason(self.reason),
            waives_penalty=self.waives_penalty,
            actor=actor,
        )


@attrs.frozen(kw_only=True)
class MoveSeriesBody:
    """The date that is meant as it shall be; the others in the scope that keep step with it move likewise."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "number": 3,
        "scope": "following",
        "start": "2026-03-17T11:00:00+01:00",
    }

    number: Number = 1
    scope: HowMuch
    start: Start = None
    end: End = None
    stay: StayBody | None = None
    resources: Chosen = ()
    mode: Mode = SeriesMode.ALL_OR_NOTHING
    shift_days: ShiftDays = 7
    waived: Waived = ()

    def command(self, tenant: TenantId, series: SeriesId, actor: Actor) -> MoveSeriesCommand:
        """The command; raises InvalidInput naming the field."""
        times = HoldBody(
            service="-", start=self.start, end=self.end, stay=self.stay, resources=self.resources
        )
        return MoveSeriesCommand(
            tenant=tenant,
            series=series,
            number=self.number,
            scope=self.scope,
            wanted=times.wanted(self.waived),
            mode=self.mode,
            shift_days=self.shift_days,
            actor=actor,
        )


@attrs.frozen(kw_only=True)
class MissingView:
    """Why a date cannot be had."""

    code: str
    message: str


@attrs.frozen(kw_only=True)
class LineView:
    """One date of a series, its reservation if it has one, and what is in its way if anything is."""

    number: int
    date: date
    start: datetime | None = None
    end: datetime | None = None
    reservation: UUID | None = None
    code: str | None = None
    status: str | None = None
    is_shifted: bool = False
    violations: tuple[MissingView, ...] = ()


@attrs.frozen(kw_only=True)
class LinesView:
    """What booking the series would give."""

    lines: tuple[LineView, ...]


@attrs.frozen(kw_only=True)
class SeriesView:
    """A series with a line for each date."""

    id: UUID
    service: str
    recurrence: str
    lines: tuple[LineView, ...]


def line_view(line: SeriesLine) -> LineView:
    """One date as it was planned or booked."""
    view = _line(line.number, line.date, line.reservation, line.is_shifted, line.violations)
    if line.period is None:
        return view
    return attrs.evolve(view, start=line.period.start, end=line.period.end)


def series_view(catalog: Catalog, series: Series, lines: tuple[LineView, ...]) -> SeriesView:
    """A series."""
    service = catalog.services.get(series.service)
    return SeriesView(
        id=series.id,
        service=service.key if service else str(series.service),
        recurrence=recurrence_text(series.recurrence),
        lines=lines,
    )


def stored_lines(series: Series, reservations: Mapping[int, Reservation]) -> tuple[LineView, ...]:
    """The dates of a series with their reservations as they are now."""
    return tuple(
        _line(each.number, each.date, reservations.get(each.number), each.is_shifted, each.missing)
        for each in series.occurrences
    )


def changed_lines(series: Series, dates: tuple[ChangedDate, ...]) -> tuple[LineView, ...]:
    """What became of the dates that were called off or moved."""
    days = {each.number: each.date for each in series.occurrences}
    return tuple(
        _line(each.number, days[each.number], each.reservation, each.is_shifted, each.violations)
        for each in dates
    )


def _line(
    number: int,
    day: date,
    made: Reservation | None,
    is_shifted: bool,  # noqa: FBT001 - a part of the line
    violations: tuple[Violation | Missing, ...],
) -> LineView:
    missing = tuple(MissingView(code=each.code, message=each.message) for each in violations)
    view = LineView(number=number, date=day, is_shifted=is_shifted, violations=missing)
    if made is None:
        return view
    return attrs.evolve(
        view,
        start=made.period.start,
        end=made.period.end,
        reservation=made.id,
        code=made.code,
        status=made.status.value,
    )
