"""The commands of customers and the front desk: search, explain, book, show, cancel."""

from datetime import datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from booking_adapters._wording.languages import ENGLISH, LANGUAGES, language_of
from booking_adapters.http.showing_prices import (
    cancellation_view,
    cost_view,
    free_periods_view,
    guest_may_cancel,
    quote_view,
)
from booking_app.cli_options import (
    Common,
    PartyOptions,
    PriceOptions,
    TimeOptions,
    known_tenant,
    read_instant,
    read_moment,
)
from booking_app.container import Deployment
from booking_app.plain import (
    Data,
    instant_text,
    reservation_data,
    slots_data,
    stays_data,
    view_data,
    violations_data,
)
from booking_app.texts import (
    cancellation_text,
    cost_text,
    free_periods_text,
    quote_text,
    reservation_text,
    slots_text,
    stays_text,
    violations_text,
)
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import QuoteId, parse_uuid
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation, CancellationQuery
from booking_core.usecases.explain import ExplainQuery
from booking_core.usecases.free_periods import FreePeriodsQuery
from booking_core.usecases.make_quote import QuoteCommand
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
QuoteReference = Annotated[str | None, Parameter(help="Id of a quote; its price is kept while it holds.")]
Displayed = Annotated[str | None, Parameter(help="The total that the customer saw, such as 664.14.")]
Simulate = Annotated[bool, Parameter(negative="", help="Say what it would cost, and call nothing off.")]
At = Annotated[str | None, Parameter(help="With --simulate: at which instant; now by default.")]
Reason = Annotated[str, Parameter(help="Why, for the history.")]
Method = Annotated[
    str, Parameter(help="Payment method that pays what is asked for ahead, such as pm_card_visa.")
]
PayLater = Annotated[bool, Parameter(negative="", help="The guest pays at the desk.")]
Waive = Annotated[bool, Parameter(negative="", help="Let the guest off the penalty; --reason says why.")]
Language = Annotated[str, Parameter(help=f"In which language terms are told: {', '.join(LANGUAGES)}.")]
NOBODY_CHOSEN: tuple[str, ...] = ()
ANYBODY = PartyOptions()
NO_TIME = TimeOptions()
ANY_PRICE = PriceOptions()
PLAINLY = Common()
NOTHING_MORE: Data = {}


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
    price: PriceOptions = ANY_PRICE,
    language: Language = ENGLISH,
    common: Common = PLAINLY,
) -> None:
    """Show what can be booked: slots, free periods of a rental, or rooms for a stay (--check-in with --nights)."""
    if times.check_in is not None:
        _search_stays(
            tenant, service, times, party, price=price, language=language_of(language), common=common
        )
        return
    if service is None:
        raise InvalidInput("service", "is required, unless a stay is given with --check-in")
    if not 1 <= limit <= MOST_SHOWN:
        raise InvalidInput("limit", f"must be 1…{MOST_SHOWN}", limit)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        sold = catalog.service(service)
        if sold.policy.trade is Trade.STAY:
            raise InvalidInput("check_in", "is required: this is sold by the night")
        start = deployment.engine.clock.now().replace(microsecond=0)
        if since is not None:
            start = read_moment(since, "from", catalog, service)
        query = SlotQuery(
            tenant=tenant_id,
            service=service,
            window=Period.between(start, _after(start, days)),
            quantity=party.quantity,
            party=party.party(),
            resources=resources,
        )
        show_found = _search_rentals if sold.policy.trade is Trade.RENTAL else _search_slots
        show_found(deployment, query, catalog, limit, common)


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
        wanted = wanted_of(service, times, party, resources)
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
    quote: QuoteReference = None,
    displayed: Displayed = None,
    method: Method = "",
    pay_later: PayLater = False,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    price: PriceOptions = ANY_PRICE,
    language: Language = ENGLISH,
    common: Common = PLAINLY,
) -> None:
    """Make a reservation. Where the price is not what was displayed, it is refused with the new one."""
    language_of(language)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        booked = deployment.engine.book(
            BookCommand(
                tenant=tenant_id,
                wanted=wanted_of(service, times, party, resources, price),
                customer=Customer(name=name, email=email, phone=phone),
                quote=None if quote is None else QuoteId(parse_uuid(quote, "quote")),
                displayed=displayed_total(displayed, catalog.venue_of(catalog.service(service)).currency),
                method=method,
                pay_later=pay_later,
                idempotency_key=key,
                actor=STAFF,
            )
        )
    print_reservation(common, catalog, booked.reservation, language)


def show(
    tenant: TenantKey, reservation: Reference, *, language: Language = ENGLISH, common: Common = PLAINLY
) -> None:
    """Show a reservation."""
    language_of(language)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
    print_reservation(common, catalog, found, language)


def cancel(
    tenant: TenantKey,
    reservation: Reference,
    *,
    reason: Reason = "",
    waive: Waive = False,
    simulate: Simulate = False,
    at: At = None,
    language: Language = ENGLISH,
    common: Common = PLAINLY,
) -> None:
    """Call a reservation off; its times are free at once. With --simulate: say what it would cost, and do nothing."""
    language_of(language)
    if at is not None and not simulate:
        raise InvalidInput("at", "is for --simulate: calling off happens now", at)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reservation))
        if simulate:
            moment = (
                deployment.engine.clock.now().replace(microsecond=0) if at is None else read_instant(at, "at")
            )
            told = deployment.engine.simulate_cancellation(
                CancellationQuery(tenant=tenant_id, reservation=found.id, at=moment)
            )
            view = cancellation_view(told, moment, may_cancel=guest_may_cancel(found, moment))
            common.print({"code": found.code, **view_data(view)}, cancellation_text(found.code, view))
            return
        ended = deployment.engine.cancel(
            Cancellation(
                tenant=tenant_id, reservation=found.id, reason=reason, waives_penalty=waive, actor=STAFF
            )
        )
    cost = cost_view(ended.assessment)
    data: Data = {"cost": None if cost is None else view_data(cost)}
    print_reservation(common, catalog, ended.reservation, language, told=data, note=cost_text(cost))


def _search_slots(
    deployment: Deployment, query: SlotQuery, catalog: Catalog, limit: int, common: Common
) -> None:
    found = deployment.engine.search_slots(query).in_order()
    shown, service = found[:limit], catalog.service(query.service)
    zone = catalog.venue_of(service).zone
    data = slots_data(catalog.tenant.key, service.key, catalog, shown, len(found))
    common.print(data, slots_text(catalog, zone, shown, len(found)))


def _search_rentals(
    deployment: Deployment, query: SlotQuery, catalog: Catalog, limit: int, common: Common
) -> None:
    service = catalog.service(query.service)
    found = deployment.engine.find_free_periods(
        FreePeriodsQuery(
            tenant=query.tenant,
            service=query.service,
            window=query.window,
            quantity=query.quantity or 1,
            resources=query.resources,
        )
    )
    view = free_periods_view(found, service, most=limit)
    text = free_periods_text(catalog.venue_of(service).zone, view)
    common.print({"tenant": catalog.tenant.key, **view_data(view)}, text)


def _search_stays(
    tenant: str,
    service: str | None,
    times: TimeOptions,
    party: PartyOptions,
    *,
    price: PriceOptions,
    language: str,
    common: Common,
) -> None:
    stay = times.stay()
    assert stay is not None, "the caller has seen an arrival"
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        query = StayQuery(
            tenant=tenant_id,
            stay=stay,
            service=service,
            quantity=party.quantity or 1,
            party=party.party(),
            rate_plan=price.rate_plan,
            codes=price.code,
        )
        offers = deployment.engine.search_stays(query)
    data: Data = stays_data(tenant, catalog, query, offers, language)
    common.print(data, stays_text(catalog, query, offers, language))


def displayed_total(text: str | None, currency: str) -> Money | None:
    """The total that was seen, None where none was said; raises InvalidInput."""
    try:
        return None if text is None else Money.of(text, currency)
    except InvalidInput as refused:
        raise InvalidInput("displayed", refused.reason, text) from None


def print_reservation(
    common: Common,
    catalog: Catalog,
    reservation: Reservation,
    language: str = ENGLISH,
    *,
    told: Data = NOTHING_MORE,
    note: str = "",
) -> None:
    """A reservation as data or as text, with what else is `told` of it, in a `note`."""
    text = reservation_text(catalog, reservation, language)
    data = {**reservation_data(reservation, catalog, language), **told}
    common.print(data, f"{text}\n  {note}" if note else text)


def quote(
    tenant: TenantKey,
    service: ServiceKey,
    *,
    resources: With = NOBODY_CHOSEN,
    times: TimeOptions = NO_TIME,
    party: PartyOptions = ANYBODY,
    price: PriceOptions = ANY_PRICE,
    language: Language = ENGLISH,
    common: Common = PLAINLY,
) -> None:
    """Quote the price of what could be booked now; `book --quote` keeps it while it holds."""
    language_of(language)
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        wanted = wanted_of(service, times, party, resources, price)
        given = deployment.engine.make_quote(QuoteCommand(tenant=tenant_id, wanted=wanted, actor=STAFF))
    view = quote_view(catalog, catalog.service(service), given, language)
    common.print(view_data(view), quote_text(catalog, view))


def wanted_of(
    service: str,
    times: TimeOptions,
    party: PartyOptions,
    resources: tuple[str, ...],
    price: PriceOptions = ANY_PRICE,
) -> Wanted:
    """What the options ask for; raises InvalidInput naming the option."""
    start, end = times.moments()
    return Wanted(
        service=service,
        start=start,
        end=end,
        stay=times.stay(),
        quantity=party.quantity,
        party=party.party(),
        resources=resources,
        rate_plan=price.rate_plan,
        codes=price.code,
    )


def _after(start: datetime, days: int) -> datetime:
    """So many days later; bounded, so that the sum stays on the calendar."""
    most = 3_650
    if not 1 <= days <= most:
        raise InvalidInput("days", f"must be 1…{most}, searched from {instant_text(start)}", days)
    return start + timedelta(days=days)
