"""Series as the stories of them are told: booked, moved and called off in few words."""

from datetime import UTC, datetime

from booking_adapters._codec.recurrence import recurrence_of
from booking_adapters.testing.engine import OpenBusiness
from booking_core.domain.kernel.events import Actor
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book_series import BookedSeries
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.changing_series import ChangedDate, Scope
from booking_core.usecases.move_series import MoveSeriesCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesMode

TEN = "2026-03-03 10:00"  # a Tuesday


def book(
    business: OpenBusiness,
    rule: str,
    service: str = "visit",
    when: str = TEN,
    mode: SeriesMode = SeriesMode.ALL_OR_NOTHING,
) -> BookedSeries:
    command = SeriesCommand(
        tenant=business.tenant,
        wanted=business.wanted(service, when),
        recurrence=recurrence_of(rule, datetime(2026, 3, 3, tzinfo=UTC)),
        customer=Customer(name="Bob"),
        mode=mode,
    )
    return business.engine.book_series(command)


def moving(
    business: OpenBusiness,
    series: BookedSeries,
    number: int,
    scope: Scope,
    when: str,
    mode: SeriesMode = SeriesMode.ALL_OR_NOTHING,
) -> tuple[ChangedDate, ...]:
    service = business.business.catalog.services[series.series.service].key
    return business.engine.move_series(
        MoveSeriesCommand(
            tenant=business.tenant,
            series=series.series.id,
            number=number,
            scope=scope,
            wanted=business.wanted(service, when),
            mode=mode,
        )
    )


def calling_off(
    business: OpenBusiness,
    series: BookedSeries,
    number: int = 1,
    scope: Scope = Scope.ALL,
    *,
    waives: bool = False,
    by: str = "staff",
) -> tuple[ChangedDate, ...]:
    return business.engine.cancel_series(
        CancelSeriesCommand(
            tenant=business.tenant,
            series=series.series.id,
            number=number,
            scope=scope,
            reason="rained off",
            waives_penalty=waives,
            actor=Actor(by),
        )
    )


def moves(clinic: OpenBusiness, series: BookedSeries, number: int, scope: Scope, when: str) -> list[str]:
    """Move, and say where every date stands afterwards."""
    moving(clinic, series, number, scope, when)
    return stands(clinic, series)


def stands(clinic: OpenBusiness, series: BookedSeries) -> list[str]:
    now = [clinic.show(each.reservation.id) for each in series.lines if each.reservation]
    zone = clinic.business.venue.zone
    return [f"{each.period.start.astimezone(zone):%m-%d %H:%M}" for each in now]


def codes(lines: tuple[ChangedDate, ...]) -> list[list[str]]:
    return [[why.code for why in each.violations] for each in lines]


def nights(lines: tuple[ChangedDate, ...]) -> list[str]:
    return [f"{each.reservation.stay.check_in:%m-%d}" for each in lines if each.reservation.stay]
