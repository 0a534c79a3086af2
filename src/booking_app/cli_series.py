"""The commands for series: booking them, looking at them, moving them and calling them off."""

from collections.abc import Iterable
from typing import Annotated

from cyclopts import App, Parameter

from booking_adapters.http.series_views import (
    LinesView,
    LineView,
    SeriesView,
    changed_lines,
    line_view,
    rule_of,
    series_view,
    stored_lines,
)
from booking_app.cli_bookings import (
    ANY_PRICE,
    ANYBODY,
    NO_TIME,
    NOBODY_CHOSEN,
    PLAINLY,
    REFUSED,
    STAFF,
    Email,
    Key,
    Name,
    PayLater,
    Phone,
    Reason,
    Reference,
    ServiceKey,
    TenantKey,
    Waive,
    With,
    wanted_of,
)
from booking_app.cli_options import Common, PartyOptions, PriceOptions, TimeOptions, known_tenant, read_date
from booking_app.container import Deployment
from booking_app.plain import view_data
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.ids import SeriesId, TenantId, parse_uuid
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.series import Series
from booking_core.usecases.book_series import SeriesOfQuery, SeriesQuery
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.changing_series import Scope
from booking_core.usecases.move_series import MoveSeriesCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesMode
from booking_core.usecases.show import ShowQuery

SeriesReference = Annotated[str, Parameter(help="Id of the series.")]
Rule = Annotated[str, Parameter(help="How it recurs, in local time, such as FREQ=WEEKLY;COUNT=6 (RFC 5545).")]
Mode = Annotated[SeriesMode, Parameter(help="What becomes of a series some of whose dates cannot be had.")]
ShiftDays = Annotated[int, Parameter(help="With --mode shift: how far a date may be shifted.")]
Except = Annotated[
    tuple[str, ...],
    Parameter(name="--except", negative="", help="Date of the rule that is left out; repeatable."),
]
NO_DATES: tuple[str, ...] = ()
DryRun = Annotated[bool, Parameter(negative="", help="Say what it would give, and book nothing.")]
Number = Annotated[int, Parameter(help="Which date is meant, counted from 1.")]
HowMuch = Annotated[Scope, Parameter(help="That date, it and those that follow, or all.")]

series = App(name="series", help="What recurs, and is booked, moved and called off together.")


@series.command
def book(
    tenant: TenantKey,
    service: ServiceKey,
    *,
    rule: Rule,
    name: Name,
    email: Email = "",
    phone: Phone = "",
    mode: Mode = SeriesMode.ALL_OR_NOTHING,
    shift_days: ShiftDays = 7,
    except_dates: Except = NO_DATES,
    pay_later: PayLater = False,
    key: Key = "",
    dry_run: DryRun = False,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    price: PriceOptions = ANY_PRICE,
    common: Common = PLAINLY,
) -> int:
    """Book every date of a series at once, or those that can be had. Exit code 1 where a dry run misses dates."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        wanted = wanted_of(service, times, party, resources, price)
        command = SeriesCommand(
            tenant=tenant_id,
            wanted=wanted,
            recurrence=rule_of(rule, wanted, catalog),
            customer=Customer(name=name, email=email, phone=phone),
            mode=mode,
            shift_days=shift_days,
            except_dates=frozenset(read_date(each, "except") for each in except_dates),
            pay_later=pay_later,
            idempotency_key=key,
            actor=STAFF,
        )
        if dry_run:
            lines = tuple(map(line_view, deployment.engine.series.explain(command)))
            common.print(view_data(LinesView(lines=lines)), _lines_text(lines))
            return REFUSED if any(each.violations for each in lines) else 0
        booked = deployment.engine.series.book(command)
    _print(series_view(catalog, booked.series, tuple(map(line_view, booked.lines))), common)
    return 0


@series.command
def show(tenant: TenantKey, series: SeriesReference, *, common: Common = PLAINLY) -> None:
    """Show a series with its reservations as they are now."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found, reservations = deployment.engine.series.show(_query(tenant_id, series))
    _print(series_view(catalog, found, stored_lines(found, reservations)), common)


@series.command(name="of")
def show_of(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Show the series that a reservation belongs to."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        member = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
        query = SeriesOfQuery(tenant=tenant_id, reservation=member.id)
        found, reservations = deployment.engine.series.find(query)
    _print(series_view(catalog, found, stored_lines(found, reservations)), common)


@series.command
def move(
    tenant: TenantKey,
    series: SeriesReference,
    *,
    scope: HowMuch,
    number: Number = 1,
    mode: Mode = SeriesMode.ALL_OR_NOTHING,
    shift_days: ShiftDays = 7,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    common: Common = PLAINLY,
) -> None:
    """Give dates of a series other times or resources, all in one go; a date that was moved alone stays."""
    with common.deployment() as deployment:
        tenant_id, catalog, found = _found(deployment, tenant, series)
        dates = deployment.engine.series.move(
            MoveSeriesCommand(
                tenant=tenant_id,
                series=found.id,
                number=number,
                scope=scope,
                wanted=wanted_of("-", times, ANYBODY, resources),
                mode=mode,
                shift_days=shift_days,
                actor=STAFF,
            )
        )
    _print(series_view(catalog, found, changed_lines(found, dates)), common)


@series.command
def cancel(
    tenant: TenantKey,
    series: SeriesReference,
    *,
    scope: HowMuch,
    number: Number = 1,
    reason: Reason = "",
    waive: Waive = False,
    common: Common = PLAINLY,
) -> None:
    """Call dates of a series off, all in one go; each has a penalty and a refund of its own."""
    with common.deployment() as deployment:
        tenant_id, catalog, found = _found(deployment, tenant, series)
        dates = deployment.engine.series.cancel(
            CancelSeriesCommand(
                tenant=tenant_id,
                series=found.id,
                number=number,
                scope=scope,
                reason=reason,
                waives_penalty=waive,
                actor=STAFF,
            )
        )
    _print(series_view(catalog, found, changed_lines(found, dates)), common)


def _query(tenant: TenantId, series: str) -> SeriesQuery:
    return SeriesQuery(tenant=tenant, series=SeriesId(parse_uuid(series, "series")))


def _found(deployment: Deployment, tenant: str, series: str) -> tuple[TenantId, Catalog, Series]:
    tenant_id, catalog = known_tenant(deployment, tenant)
    found, _ = deployment.engine.series.show(_query(tenant_id, series))
    return tenant_id, catalog, found


def _print(view: SeriesView, common: Common) -> None:
    common.print(view_data(view), f"{view.id}  {view.service}  {view.recurrence}\n{_lines_text(view.lines)}")


def _lines_text(lines: Iterable[LineView]) -> str:
    """A date a line: its reservation, and what is in the way."""
    return "\n".join(
        "  ".join(
            [
                f"{each.number:>3}  {each.date}",
                *([each.code, each.status] if each.code and each.status else []),
                *(["shifted"] if each.is_shifted else []),
                *(f"{why.code}: {why.message}" for why in each.violations),
            ]
        )
        for each in lines
    )
