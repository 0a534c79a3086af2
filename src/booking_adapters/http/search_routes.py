"""What can be booked: businesses, services, slots, stays, and why not."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from litestar import MediaType, Response

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked, TheEngine
from booking_adapters.http.engine import Engine
from booking_adapters.http.operations import read
from booking_adapters.http.problems import broken_rules
from booking_adapters.http.showing import business_view, offer_view, service_view
from booking_adapters.http.texts import instant_text, starts_as_json
from booking_adapters.http.views import (
    Businesses,
    BusinessName,
    BusinessView,
    Explanation,
    NextSlotView,
    Services,
    ServiceView,
    SlotsView,
    SlotView,
    Stays,
)
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.period import from_epoch
from booking_core.usecases.explain import ExplainQuery
from booking_core.usecases.next_slot import NextSlotQuery
from booking_core.usecases.search_slots import FoundSlots, SlotQuery
from booking_core.usecases.search_stays import StayQuery
from booking_core.usecases.wanted import Wanted

MOST_BUSINESSES = 200
MOST_STARTS = 10_000
"""Starts in one answer; all that begin at the last instant are in it, too."""


@read("/", "listBusinesses", "The businesses")
def list_businesses(*, engine: TheEngine) -> Businesses:
    """The first 200 businesses of this deployment, by key."""
    return Businesses(businesses=tuple(named_businesses(engine)))


@read("/", "showBusiness", "One business")
def show_business(*, asked: Asked) -> BusinessView:
    """A business and its places."""
    return business_view(asked.catalog)


@read("/services", "listServices", "What can be booked")
def list_services(*, asked: Asked, after: p.AfterKey = None, limit: p.Limit = 100) -> Services:
    """The services of a business, page by page."""
    catalog = asked.catalog
    services = list(catalog.services.values())
    keys = [service.key for service in services]
    if after is not None and after not in keys:
        raise InvalidInput("after", "is not the key of a service", after)
    first = 0 if after is None else keys.index(after) + 1
    page = services[first : first + limit]
    more = first + limit < len(services)
    return Services(
        services=tuple(service_view(catalog, service) for service in page),
        next_after=page[-1].key if more else None,
    )


@read("/services/{service_key:str}", "showService", "One service")
def show_service(*, asked: Asked, service_key: p.ServiceKey) -> ServiceView:
    """A service, and who can perform it."""
    catalog = asked.catalog
    return service_view(catalog, catalog.service(service_key))


@read("/services/{service_key:str}/slots", "searchSlots", "Free slots")
def search_slots(
    *,
    asked: Asked,
    service_key: p.ServiceKey,
    start: p.WindowStart,
    end: p.WindowEnd,
    adults: p.Adults = 1,
    child_age: p.ChildAges = None,
    quantity: p.Places = None,
    resource: p.Resources = None,
    moving: p.Moving = None,
    session: p.Session = "",
) -> Response[SlotsView]:
    """Every slot that starts inside a window of at most 92 days and could be booked now."""
    query = SlotQuery(
        tenant=asked.tenant,
        service=service_key,
        window=p.window_of(start, end),
        quantity=quantity,
        party=p.party_of(adults, child_age),
        resources=tuple(resource or ()),
        session=session,
        moving=None if moving is None else p.claim_of(moving, "moving"),
    )
    return _written(slots_as_json(asked.engine.search_slots(query), service_key))


@read("/services/{service_key:str}/next-slot", "nextSlot", "The next free slot")
def next_slot(
    *,
    asked: Asked,
    service_key: p.ServiceKey,
    after: p.After = None,
    adults: p.Adults = 1,
    child_age: p.ChildAges = None,
    quantity: p.Places = None,
    resource: p.Resources = None,
    session: p.Session = "",
) -> NextSlotView:
    """The earliest slot from `after` on, within a year."""
    query = NextSlotQuery(
        tenant=asked.tenant,
        service=service_key,
        after=p.optional_instant(after, "after") or asked.engine.clock.now(),
        quantity=quantity,
        party=p.party_of(adults, child_age),
        resources=tuple(resource or ()),
        session=session,
    )
    slot = asked.engine.next_slot(query)
    if slot is None:
        return NextSlotView(slot=None)
    who = asked.catalog.resource(slot.resource).key
    return NextSlotView(slot=SlotView(start=slot.start, end=slot.end, resource=who))


@read("/services/{service_key:str}/explanation", "explain", "Why something cannot be booked")
def explain(
    *,
    asked: Asked,
    service_key: p.ServiceKey,
    start: p.OneStart = None,
    end: p.OneEnd = None,
    check_in: p.OneCheckIn = None,
    check_out: p.OneCheckOut = None,
    adults: p.Adults = 1,
    child_age: p.ChildAges = None,
    quantity: p.Places = None,
    resource: p.Resources = None,
    session: p.Session = "",
) -> Explanation:
    """Every reason why a time (`start`, `end`) or a stay (`check_in`, `check_out`) cannot be booked; none if it can."""
    for field, value, other in (("check_in", check_in, check_out), ("check_out", check_out, check_in)):
        if value is None and other is not None:
            raise InvalidDates(field, "is required for a stay")
        if value is not None and start is not None:
            raise InvalidDates("start", "cannot be given together with check_in", start)
    wanted = Wanted(
        service=service_key,
        start=p.optional_instant(start, "start"),
        end=p.optional_instant(end, "end"),
        stay=p.stay_of(check_in, check_out) if check_in and check_out else None,
        quantity=quantity,
        party=p.party_of(adults, child_age),
        resources=tuple(resource or ()),
    )
    violations = asked.engine.explain(ExplainQuery(tenant=asked.tenant, wanted=wanted, session=session))
    return Explanation(bookable=not violations, violations=broken_rules(violations))


@read("/stays", "searchStays", "Free stays", 409)
def search_stays(
    *,
    asked: Asked,
    check_in: p.CheckIn,
    check_out: p.CheckOut,
    spoken: p.Spoken,
    service: p.OnlyService = None,
    adults: p.Adults = 1,
    child_age: p.ChildAges = None,
    quantity: p.Quantity = 1,
    rate_plan: p.RatePlan = None,
    code: p.Codes = None,
    limit: p.Limit = 100,
    session: p.Session = "",
) -> Stays:
    """The room types and cabins that are free for every night, cheapest first, with their totals.

    What is not sold under the rate plan or with the codes, or has a night without a price, is left out.
    """
    stay = p.stay_of(check_in, check_out)
    query = StayQuery(
        tenant=asked.tenant,
        stay=stay,
        service=service,
        quantity=quantity,
        party=p.party_of(adults, child_age),
        rate_plan=rate_plan,
        codes=tuple(code or ()),
        session=session,
    )
    offers = asked.engine.search_stays(query)
    catalog = asked.catalog
    return Stays(
        check_in=stay.check_in,
        check_out=stay.check_out,
        nights=stay.nights,
        offers=tuple(offer_view(catalog, offer, stay, spoken) for offer in offers[:limit]),
        has_more=len(offers) > limit,
    )


def named_businesses(engine: Engine) -> Iterator[BusinessName]:
    """The first businesses, by key."""
    for key in islice(engine.tenants.keys(), MOST_BUSINESSES):
        catalog = engine.show_catalog(engine.tenants.by_key(key))
        yield BusinessName(key=key, name=catalog.tenant.name)


def slots_as_json(found: FoundSlots, service_key: str) -> str:
    """A SlotsView of what was found, written straight from epoch seconds: no object is made per slot."""
    catalog = found.catalog
    service = catalog.service(service_key)
    assert service.duration is not None, "a search finds slots of services with a duration"
    total = sum(map(len, found.by_resource.values()))
    last = _last_start(found) if total > MOST_STARTS else None
    entries = []
    for resource, slots in found.by_resource.items():
        named = catalog.resources[resource]
        head = f'{{"resource":{json.dumps(named.key)},"name":{json.dumps(named.name)},"starts":'
        entries.append(f"{head}{starts_as_json(_until(last, slots.ranges))}}}")
    facts = json.dumps(
        {
            "service": service.key,
            "zone": catalog.venue_of(service).zone.key,
            "duration_seconds": int(service.duration.total_seconds()),
            "next_start": None if last is None else instant_text(from_epoch(last + 1)),
        },
        separators=(",", ":"),
    )
    return f'{facts[:-1]},"resources":[{",".join(entries)}]}}'


def _until(last: int | None, ranges: Sequence[range]) -> Sequence[range]:
    if last is None:
        return ranges
    return [range(each.start, min(each.stop, last + 1), each.step) for each in ranges if each.start <= last]


def _last_start(found: FoundSlots) -> int:
    """The start at which an answer of MOST_STARTS ends."""
    every = chain.from_iterable(slots.starts() for slots in found.by_resource.values())
    return sorted(every)[MOST_STARTS - 1]


def _written(text: str) -> Response[SlotsView]:
    response: Response[SlotsView] = Response(text.encode(), media_type=MediaType.JSON)  # type: ignore[arg-type]
    return response
