"""The commands of customers and the front desk: search, explain, book, show, cancel."""

from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from booking_app.cli_options import (
    Common,
    PartyOptions,
    TimeOptions,
    known_tenant,
    read_moment,
)
from booking_app.plain import (
    Data,
    instant_text,
    reservation_data,
    slots_data,
    stays_data,
    violations_data,
)
from booking_app.texts import reservation_text, slots_text, stays_text, violations_text
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import BookCommand
from booking_core.usecases.confirm import Decision
from booking_core.usecases.explain import ExplainQuery
from booking_core.usecases.search_slots import SlotQuery
from booking_core.usecases.search_stays import StayQuery
from booking_core.usecases.show import ShowQuery
from booking_core.usecases.wanted import Wanted

STAFF = Actor(kind="staff", name="command line")
MOST_SHOWN = 10_000
REFUSED = 1

TenantKey = Annotated[str, Parameter(help="Key of the business.")]
ServiceKey = Annotated[str, Parameter(help="Key of the service.")]
AnyService = Annotated[str | None, Parameter(help="Key of the service; may be left out with --check-in.")]
Since = Annotated[
    str | None, Parameter(name="--from", help="Date or instant to search from; now by default.")
]
Days = Annotated[int, Parameter(help="How many days to search.")]
Limit = Annotated[int, Parameter(help="How many slots to show at most.")]
With = Annotated[
    tuple[str, ...],
    Parameter(name="--with", negative="", help="Key of a resource that is wanted; repeatable."),
]
Name = Annotated[str, Parameter(help="Name of the customer.")]
Email = Annotated[str, Parameter(help="Mail address of the customer.")]
Phone = Annotated[str, Parameter(help="Telephone number of the customer.")]
Key = Annotated[str, Parameter(help="Idempotency key: the same key and request give the same reservation.")]
Reference = Annotated[str, Parameter(help="Confirmation number or id.")]
Reason = Annotated[str, Parameter(help="Why, for the history.")]
NOBODY_CHOSEN: tuple[str, ...] = ()
ANYBODY = PartyOptions()
NO_TIME = TimeOptions()
PLAINLY = Common()


def search(
    tenant: TenantKey,
    service: AnyService = None,
    *,
    since: Since = None,
    days: Days = 7,
    limit: Limit = 20,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    common: Common = PLAINLY,
) -> None:
    """Show what can be booked: free slots of a service, or rooms free for a stay (--check-in with --nights)."""
    if times.check_in is not None:
        _search_stays(tenant, service, times, party, common)
        return
    if service is None:
        raise InvalidInput("service", "is required, unless a stay is given with --check-in")
    if not 1 <= limit <= MOST_SHOWN:
        raise InvalidInput("limit", f"must be 1…{MOST_SHOWN}", limit)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        if catalog.service(service).policy.trade is Trade.STAY:
            raise InvalidInput("check_in", "is required: this is sold by the night")
        start = deployment.engine.clock.now().replace(microsecond=0)
        if since is not None:
            start = read_moment(since, "from", catalog, service)
        found = deployment.engine.search_slots(
            SlotQuery(
                tenant=tenant_id,
                service=service,
                window=Period.between(start, _after(start, days)),
                quantity=party.quantity,
                party=party.party(),
                resources=resources,
            )
        ).in_order()
    shown = found[:limit]
    zone = catalog.venue_of(catalog.service(service)).zone
    common.print(
        slots_data(tenant, service, catalog, shown, len(found)), slots_text(catalog, zone, shown, len(found))
    )


def explain(
    tenant: TenantKey,
    service: ServiceKey,
    *,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    common: Common = PLAINLY,
) -> int:
    """Say why something cannot be booked: every reason. Exit code 1 where there is one."""
    with common.deployment() as deployment:
        tenant_id, _ = known_tenant(deployment, tenant)
        wanted = _wanted(service, times, party, resources)
        violations = deployment.engine.explain(ExplainQuery(tenant=tenant_id, wanted=wanted))
    common.print(violations_data(violations), violations_text(violations))
    return REFUSED if violations else 0


def book(
    tenant: TenantKey,
    service: ServiceKey,
    *,
    name: Name,
    email: Email = "",
    phone: Phone = "",
    key: Key = "",
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    common: Common = PLAINLY,
) -> None:
    """Make a reservation."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        booked = deployment.engine.book(
            BookCommand(
                tenant=tenant_id,
                wanted=_wanted(service, times, party, resources),
                customer=Customer(name=name, email=email, phone=phone),
                idempotency_key=key,
                actor=STAFF,
            )
        )
    reservation = booked.reservation
    common.print(reservation_data(reservation, catalog), reservation_text(catalog, reservation))


def show(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Show a reservation."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
    common.print(reservation_data(found, catalog), reservation_text(catalog, found))


def cancel(
    tenant: TenantKey, reservation: Reference, *, reason: Reason = "", common: Common = PLAINLY
) -> None:
    """Call a reservation off; its times are free at once."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
        ended = deployment.engine.cancel(
            Decision(tenant=tenant_id, reservation=found.id, reason=reason, actor=STAFF)
        )
    common.print(reservation_data(ended, catalog), reservation_text(catalog, ended))


def _search_stays(
    tenant: str, service: str | None, times: TimeOptions, party: PartyOptions, common: Common
) -> None:
    stay = times.stay()
    assert stay is not None, "the caller has seen an arrival"
    with common.deployment() as deployment:
        tenant_id, _ = known_tenant(deployment, tenant)
        query = StayQuery(
            tenant=tenant_id, stay=stay, service=service, quantity=party.quantity, party=party.party()
        )
        offers = deployment.engine.search_stays(query)
    data: Data = stays_data(tenant, query, offers)
    common.print(data, stays_text(query, offers))


def _wanted(service: str, times: TimeOptions, party: PartyOptions, resources: tuple[str, ...]) -> Wanted:
    start, end = times.moments()
    return Wanted(
        service=service,
        start=start,
        end=end,
        stay=times.stay(),
        quantity=party.quantity,
        party=party.party(),
        resources=resources,
    )


def _after(start: datetime, days: int) -> datetime:
    """So many days later; bounded, so that the sum stays on the calendar."""
    most = 3_650
    if not 1 <= days <= most:
        raise InvalidInput("days", f"must be 1…{most}, searched from {instant_text(start)}", days)
    return start + timedelta(days=days)
