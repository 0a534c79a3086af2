"""The commands for the waitlist: joining for a guest who calls, looking, accepting, leaving."""

from typing import Annotated

from cyclopts import App, Parameter

from booking_adapters.http.waitlist_views import LineUpView, WaitlistEntryView, entry_view, staff_entry_view
from booking_app.cli_bookings import (
    ANYBODY,
    NO_TIME,
    NOBODY_CHOSEN,
    PLAINLY,
    STAFF,
    Email,
    Name,
    Phone,
    ServiceKey,
    TenantKey,
    With,
    wanted_of,
)
from booking_app.cli_options import (
    Common,
    PartyOptions,
    TimeOptions,
    known_tenant,
    read_instant,
)
from booking_app.plain import reservation_data, view_data
from booking_app.texts import reservation_text
from booking_core.domain.kernel.ids import TenantId, WaitlistEntryId, parse_uuid
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.waitlist import EntryReference, JoinCommand, WaitlistQuery

Entry = Annotated[str, Parameter(help="Id of the place in the line.")]
Latest = Annotated[str | None, Parameter(help="Latest start, where any slot from --start to then will do.")]
Since = Annotated[str, Parameter(name="--from", help="Instant from which what is waited for is shown.")]
Until = Annotated[str, Parameter(name="--to", help="Instant up to which.")]
Limit = Annotated[int, Parameter(help="How many to show at most.")]

waitlist = App(name="waitlist", help="Those who wait for what is taken.")


@waitlist.command
def join(
    tenant: TenantKey,
    service: ServiceKey,
    *,
    name: Name,
    email: Email = "",
    phone: Phone = "",
    latest: Latest = None,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    common: Common = PLAINLY,
) -> None:
    """Put a guest at the end of the line. The token, with which they come back, is shown now and never again."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        joined = deployment.engine.waitlist.join(
            JoinCommand(
                tenant=tenant_id,
                wanted=wanted_of(service, times, party, resources),
                customer=Customer(name=name, email=email, phone=phone),
                latest=None if latest is None else read_instant(latest, "latest"),
                actor=STAFF,
            )
        )
    view = entry_view(catalog, joined.entry, joined.token)
    common.print(view_data(view), f"{_text(view)}\ntoken {view.token}")


@waitlist.command(name="list")
def list_line(
    tenant: TenantKey, *, since: Since, until: Until, limit: Limit = 100, common: Common = PLAINLY
) -> None:
    """Show who waits for, or is offered, what lies in a span; the first in line first."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        span = Period.between(read_instant(since, "from"), read_instant(until, "to"))
        line = deployment.engine.waitlist.list(WaitlistQuery(tenant=tenant_id, span=span, limit=limit))
    view = LineUpView(entries=tuple(staff_entry_view(catalog, each) for each in line))
    shown = [f"{_text(each.entry)}  {each.customer.name}" for each in view.entries]
    common.print(view_data(view), "\n".join(shown) or "Nobody waits.")


@waitlist.command
def show(tenant: TenantKey, entry: Entry, *, common: Common = PLAINLY) -> None:
    """Show what became of a place in the line."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        view = entry_view(catalog, deployment.engine.waitlist.show(_reference(tenant_id, entry)))
    common.print(view_data(view), _text(view))


@waitlist.command
def offer(tenant: TenantKey, *, common: Common = PLAINLY) -> None:
    """Offer what has become free at once, as the worker does by itself."""
    with common.deployment() as deployment:
        tenant_id, _ = known_tenant(deployment, tenant)
        while deployment.duties["handle events"](tenant_id):
            pass
        tended = deployment.duties["tend the waitlist"](tenant_id)
    common.print({"tended": tended}, f"Looked at {tended} places in the line.")


@waitlist.command
def accept(tenant: TenantKey, entry: Entry, *, common: Common = PLAINLY) -> None:
    """Book what is offered, for a guest who calls; accepting again gives the same reservation."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        booked = deployment.engine.waitlist.accept(_reference(tenant_id, entry))
    common.print(reservation_data(booked, catalog), reservation_text(catalog, booked))


@waitlist.command
def leave(tenant: TenantKey, entry: Entry, *, common: Common = PLAINLY) -> None:
    """Take a guest out of the line; what they were offered goes to the next one."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        view = entry_view(catalog, deployment.engine.waitlist.leave(_reference(tenant_id, entry)))
    common.print(view_data(view), _text(view))


def _reference(tenant: TenantId, entry: str) -> EntryReference:
    return EntryReference(tenant=tenant, entry=WaitlistEntryId(parse_uuid(entry, "entry")), actor=STAFF)


def _text(entry: WaitlistEntryView) -> str:
    until = f"  until {entry.offer.until.isoformat()}" if entry.offer and entry.state == "offered" else ""
    return f"{entry.id}  {entry.state}  {entry.service} x {entry.quantity}  {entry.start.isoformat()}{until}"
