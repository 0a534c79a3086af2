"""Saving businesses and busy times through the library."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.ambient import MONDAY_MORNING, FixedClock, ListedHolidays, SeededIds
from booking_adapters.testing.builders import Business, a_clinic, a_tour
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.calendars.busy import BusyTime
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import RuleSetting
from booking_core.domain.kernel.errors import InvalidInput, StaleVersion
from booking_core.domain.kernel.ids import ResourceId, parse_uuid
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing.rates import RateCalendar, ServicePrice
from booking_core.domain.pricing.tariff import Tariff
from booking_core.usecases.import_busy_times import MOST_BUSY_TIMES, CloseBusyTimes, ImportBusyTimes
from booking_core.usecases.save_business import SaveBusiness, SaveBusinessCommand, SavedBusiness

HOUR = timedelta(hours=1)
DAY = Period.between(MONDAY_MORNING, MONDAY_MORNING + 24 * HOUR)


def saved(store: MemoryStore, catalog: Catalog) -> SavedBusiness:
    save = SaveBusiness(
        begin=store,
        tenants=store,
        clock=FixedClock(),
        rules=standard_rules(),
        holidays=ListedHolidays({"DE": []}),
    )
    return save(SaveBusinessCommand(catalog=catalog))


def with_rule(business: Business, *rules: RuleSetting) -> Catalog:
    catalog = business.catalog
    services = {
        key: attrs.evolve(each, policy=attrs.evolve(each.policy, rules=rules))
        for key, each in catalog.services.items()
    }
    return attrs.evolve(catalog, services=services)


def with_venue(business: Business, **changes: str) -> Catalog:
    catalog = business.catalog
    venues = {key: attrs.evolve(each, **changes) for key, each in catalog.venues.items()}  # type: ignore[arg-type]
    return attrs.evolve(catalog, venues=venues)


def test_ids_of_a_description_count_only_for_what_is_new() -> None:
    store = MemoryStore()
    first = saved(store, a_clinic().with_staff("anna").catalog).catalog
    described = a_clinic().with_staff("anna", "ben").catalog
    strange = ResourceId(parse_uuid("01a1fbe3-7858-7000-99e1-b2fe98c5c4c3"))
    anna = described.resource("anna")
    resources = {each.id: each for each in described.resources.values() if each.key != "anna"}
    resources |= {strange: attrs.evolve(anna, id=strange)}
    services = {
        key: attrs.evolve(
            each, needs=tuple(attrs.evolve(need, any_of=tuple(resources)) for need in each.needs)
        )
        for key, each in described.services.items()
    }
    second = saved(store, attrs.evolve(described, resources=resources, services=services))
    assert second.added == ("resources.ben",)
    assert second.catalog.resource("anna").id == first.resource("anna").id
    assert second.catalog.resource("ben").since == MONDAY_MORNING
    assert first.resource("anna").id in second.catalog.service("visit").needs[0].any_of


def test_tariffs_are_part_of_what_is_saved_and_follow_the_ids() -> None:
    store = MemoryStore()
    catalog = a_clinic().with_staff("anna").catalog
    currency = next(iter(catalog.venues.values())).currency
    tariff = Tariff(code="usual", rate=ServicePrice(calendar=RateCalendar.flat(Money(5000, currency))))
    anna = catalog.resource("anna").id
    services = {
        key: attrs.evolve(each, tariff="usual", own_tariffs=((anna, "usual"),))
        for key, each in catalog.services.items()
    }
    saved(store, catalog)
    priced = saved(store, attrs.evolve(catalog, services=services, tariffs={"usual": tariff}))
    assert (priced.added, priced.changed) == (("tariffs.usual",), ("services.visit",))
    assert saved(store, attrs.evolve(catalog, services=services, tariffs={"usual": tariff})).is_unchanged


@pytest.mark.parametrize(
    ("catalog", "field"),
    [
        (with_rule(a_clinic().with_staff("anna"), RuleSetting.of("maximum_fun")), "rules"),
        (
            with_rule(a_clinic().with_staff("anna"), RuleSetting.of("places", maximum=0)),
            "rules.places.maximum",
        ),
        (with_venue(a_clinic().with_staff("anna"), currency="BTC"), "currency"),
        (with_venue(a_clinic().with_staff("anna"), holidays="XX"), "holidays"),
    ],
    ids=["rule", "parameter", "currency", "holidays"],
)
def test_what_could_not_be_sold_is_not_saved(catalog: Catalog, field: str) -> None:
    store = MemoryStore()
    with pytest.raises(InvalidInput) as refused:
        saved(store, catalog)
    assert (refused.value.field, store.keys()) == (field, [])


def test_who_was_overtaken_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()
    saved(store, a_clinic().with_staff("anna").catalog)
    described = a_clinic().with_staff("anna", "ben").catalog
    real = Catalog.of

    def outdated(tenant: object, **parts: object) -> Catalog:
        return attrs.evolve(real(tenant, **parts), version=7)  # type: ignore[arg-type]

    monkeypatch.setattr(Catalog, "of", outdated)
    with pytest.raises(StaleVersion):
        saved(store, described)


def busy(hour: int, reference: str = "a", length: timedelta = HOUR) -> BusyTime:
    start = MONDAY_MORNING + hour * HOUR
    return BusyTime(Period.between(start, start + length), reference)


def command(*times: BusyTime, source: str = "ical:a", resource: str = "boat") -> ImportBusyTimes:
    tenant = a_tour().catalog.tenant.id
    return ImportBusyTimes(tenant=tenant, resource=resource, source=source, window=DAY, busy=times)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: command(source=""), "source"),
        (lambda: command(source="x" * 201), "source"),
        (lambda: command(busy(1, "")), "reference"),
        (lambda: command(busy(1, "x" * 301)), "reference"),
        (lambda: command(busy(30)), "busy"),
        (lambda: command(*[busy(1)] * (MOST_BUSY_TIMES + 1)), "busy"),
    ],
    ids=["no source", "long source", "no reference", "long reference", "outside", "too many"],
)
def test_boundless_busy_times_are_refused(make: object, field: str) -> None:
    assert callable(make)
    with pytest.raises(InvalidInput) as refused:
        make()
    assert refused.value.field == field


def test_a_pool_is_closed_around_its_bookings_and_lapsed_holds_are_freed() -> None:
    tour = TheEngine(MemoryStore()).opens(a_tour())
    reservation = tour.book("tour", "2026-03-03 10:00", seats=3)
    tour.hold("tour", "2026-03-03 10:00", "somebody", seats=2)
    tour.engine.clock.advance(HOUR)
    close = CloseBusyTimes(begin=tour.engine.store, clock=tour.engine.clock, ids=SeededIds(7))
    departure = reservation.period
    window = Period.between(MONDAY_MORNING, MONDAY_MORNING + 72 * HOUR)
    busy_times = (BusyTime(departure, "a"), BusyTime(departure.widened(HOUR, HOUR), "b"))
    done = close(
        ImportBusyTimes(tenant=tour.tenant, resource="tour", source="ical:a", window=window, busy=busy_times)
    )
    assert (done.closed, [each.code for each in done.affected]) == (2, [reservation.code])
    assert tour.times("tour", "2026-03-03") == []
    with tour.engine.store.reading(tour.tenant) as tx:
        around, inside = tx.closures.of_source("ical:a")[::-1]
        assert tx.holds.of_session("somebody") == []
    assert len({each.lane for each in inside.allocations} | {each.lane for each in around.allocations}) == 12


def test_the_list_of_affected_bookings_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking_core.usecases.import_busy_times.MOST_AFFECTED", 1)
    tour = TheEngine(MemoryStore()).opens(a_tour())
    booked = [tour.book("tour", f"2026-03-0{day} 10:00").period for day in (3, 4)]
    close = CloseBusyTimes(begin=tour.engine.store, clock=tour.engine.clock, ids=SeededIds(7))
    window = Period.between(MONDAY_MORNING, MONDAY_MORNING + 72 * HOUR)
    busy_times = tuple(BusyTime(period, f"{n}") for n, period in enumerate(booked))
    command = ImportBusyTimes(tenant=tour.tenant, resource="tour", source="a", window=window, busy=busy_times)
    assert len(close(command).affected) == 1
