"""Why something cannot be booked, in full."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import (
    Business,
    a_business,
    a_clinic,
    a_hall,
    a_practice,
    a_tour,
    cabins,
    grand_hotel,
    named_id,
)
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.evaluate import evaluate, period_of_stay
from booking_core.domain.availability.request import (
    LARGEST_QUANTITY,
    NotBookable,
    Refusal,
    Request,
    SlotTaken,
    Snapshot,
    SoldOut,
    Violation,
)
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.kernel.zone import zone

TEN = datetime(2026, 3, 3, 9, tzinfo=UTC)
HALF_PAST = TEN + timedelta(minutes=30)


def opened(business: Business) -> OpenBusiness:
    return TheEngine(MemoryStore()).opens(business)


def codes(violations: tuple[Violation, ...]) -> list[str]:
    return [each.code for each in violations]


def refused_field(service_of: Business, key: str, **facts: Any) -> str:
    """The field that a request of the wrong shape is refused for."""
    catalog = service_of.catalog
    service = catalog.service(key)
    snapshot = Snapshot(service=service, venue=catalog.venue_of(service), diaries={})
    with pytest.raises(InvalidInput) as refused:
        evaluate(Request(**facts), snapshot, TEN, standard_rules())
    return refused.value.field


def test_a_request_of_the_wrong_shape_is_refused_with_the_field_named() -> None:
    clinic, stay = a_clinic().with_staff("anna"), Stay.of_nights(date(2026, 3, 3), 1)
    period = Period(TEN, HALF_PAST)
    stranger = ResourceId(named_id("resource", "stranger"))
    assert refused_field(clinic, "visit", period=period, chosen={"driver": stranger}) == "chosen"
    assert refused_field(clinic, "visit", period=period, chosen={"staff": stranger}) == "chosen.staff"
    assert refused_field(clinic, "visit", period=period, stay=stay) == "stay"
    assert refused_field(cabins(1), "cabin", period=period) == "stay"
    assert refused_field(clinic, "visit", period=Period(TEN, TEN + timedelta(minutes=31))) == "end"


@pytest.mark.parametrize("quantity", [0, -1, LARGEST_QUANTITY + 1])
def test_a_quantity_has_bounds(quantity: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        Request(period=Period(TEN, HALF_PAST), quantity=quantity)
    assert refused.value.field == "quantity"


def test_every_reason_is_given_at_once() -> None:
    clinic = opened(a_clinic().with_staff("anna", "bert").with_rule("minimum_notice", days=2))
    clinic.book("visit", "2026-03-03 10:00", by=["anna"], waived=["minimum_notice"])
    found = clinic.explain("visit", "2026-03-03 10:05", by=["anna"])
    assert codes(found) == ["minimum_notice", "off_grid", "lane_taken"]
    assert codes(clinic.explain("visit", "2026-03-03 18:00")) == ["minimum_notice", "closed", "closed"]


def test_a_waived_rule_is_not_asked_and_the_hours_can_be_waived_too() -> None:
    clinic = opened(a_clinic().with_staff("anna").with_rule("minimum_notice", days=2))
    booked = clinic.book("visit", "2026-03-03 20:07", waived=["minimum_notice", "opening_hours"])
    assert booked.period.start == clinic.moment("2026-03-03 20:07")
    with pytest.raises(SlotTaken):
        clinic.book("visit", "2026-03-03 20:10", waived=["minimum_notice", "opening_hours"])


def test_the_past_is_refused_unless_staff_say_otherwise() -> None:
    clinic = opened(a_clinic().with_staff("anna"))
    clinic.it_is("2026-03-03 12:00")
    assert codes(clinic.explain("visit", "2026-03-03 11:45")) == ["not_in_the_past"]
    assert clinic.book("visit", "2026-03-03 11:45", waived=["not_in_the_past"]).is_live


def test_buffers_keep_their_distance_and_touching_is_allowed() -> None:
    clinic = opened(a_clinic().with_staff("anna"))
    booked = clinic.book("visit", "2026-03-03 10:00")
    assert [(claim.period.start, claim.period.end) for claim in booked.claims] == [
        (clinic.moment("2026-03-03 09:50"), clinic.moment("2026-03-03 10:35"))
    ]
    assert codes(clinic.explain("visit", "2026-03-03 10:30")) == ["lane_taken"]
    assert clinic.explain("visit", "2026-03-03 10:45") == ()
    assert clinic.explain("visit", "2026-03-03 09:15") == ()
    assert codes(clinic.explain("visit", "2026-03-03 09:30")) == ["lane_taken"]


def test_a_closure_is_not_mistaken_for_a_booking() -> None:
    clinic = opened(a_clinic().with_staff("anna"))
    clinic.close("anna", "2026-03-03 12:00/2026-03-03 13:00")
    found = clinic.explain("visit", "2026-03-03 12:00")
    assert [(each.code, each.details) for each in found] == [("closed", {"resource": "anna"})]
    with pytest.raises(NotBookable) as refused:
        clinic.book("visit", "2026-03-03 12:00")
    assert (type(refused.value), refused.value.code) == (NotBookable, "NOT_BOOKABLE")


def test_a_full_departure_says_how_many_places_are_left() -> None:
    tours = opened(a_tour(12))
    tours.book("tour", "2026-03-03 10:00", seats=10)
    with pytest.raises(SoldOut) as refused:
        tours.book("tour", "2026-03-03 10:00", seats=3)
    assert str(refused.value) == "only 2 places available"
    (why,) = refused.value.details["violations"]
    assert why.details == {"resource": "tour", "left": 2, "wanted": 3}
    assert refused.value.retry_action == "CHOOSE_OTHER_DATES_OR_ROOM_TYPE"


def test_a_sold_out_night_is_named() -> None:
    hotel = opened(grand_hotel(rooms=2))
    hotel.book("deluxe-king", "2026-03-16/2026-03-17", seats=2)
    with pytest.raises(SoldOut) as refused:
        hotel.book("deluxe-king", "2026-03-15/2026-03-18", seats=1)
    assert str(refused.value) == "only 0 rooms available on 2026-03-16"
    (why,) = refused.value.details["violations"]
    assert why.details["nights"] == [{"date": date(2026, 3, 16), "left": 0}]


def test_a_room_taken_between_two_nights_is_sold_out_too() -> None:
    hotel = a_business("inn", code="INN").open_at("always").with_any("room", "room", capacity=2)
    hotel = hotel.offering("night", "room", trade=Trade.STAY).offering("party", "room", minutes=60, every=60)
    inn = opened(hotel)
    inn.book("party", "2026-03-04 12:00", seats=2)
    with pytest.raises(SoldOut) as refused:
        inn.book("night", "2026-03-03/2026-03-05")
    assert inn.explain("night", "2026-03-03/2026-03-04") == ()
    (why,) = refused.value.details["violations"]
    assert why.details["nights"] == []


def test_nights_on_which_a_cabin_is_shut_are_listed() -> None:
    camp = a_business("camp", code="CAMP").with_any("cabin", "cabin", hours="MO-FR 00:00-24:00")
    found = opened(camp.offering("cabin", "cabin", trade=Trade.STAY)).explain(
        "cabin", "2026-03-06/2026-03-10"
    )
    assert [(each.code, each.details) for each in found] == [
        ("closed", {"resource": "cabin", "dates": [date(2026, 3, 7), date(2026, 3, 8)]})
    ]


@pytest.mark.parametrize(
    ("people", "rooms", "fits"), [(3, 1, True), (4, 1, False), (6, 2, True), (7, 2, False)]
)
def test_a_party_fits_into_so_many_rooms_or_not(people: int, rooms: int, fits: bool) -> None:
    found = opened(grand_hotel()).explain("deluxe-king", "2026-03-15/2026-03-18", seats=rooms, people=people)
    assert codes(found) == ([] if fits else ["party_too_large"])
    assert fits or found[0].details == {"resource": "deluxe-king", "largest_party": 3 * rooms}


def test_a_rental_lasts_as_long_as_the_opening_does_and_starts_when_it_likes() -> None:
    hall = opened(a_hall())
    assert hall.explain("hall", "2026-03-03 08:07/2026-03-03 22:07") != ()
    assert hall.explain("hall", "2026-03-03 08:00/2026-03-03 22:00") == ()
    assert hall.explain("hall", "2026-03-03 08:07/2026-03-03 09:07") == ()
    assert codes(hall.explain("hall", "2026-03-03 07:00/2026-03-03 09:00")) == ["closed"]


def test_of_several_free_resources_the_least_loaded_serves_then_the_first_named() -> None:
    clinic = opened(a_clinic().with_staff("anna", "bert"))
    served = [clinic.who(clinic.book("visit", f"2026-03-03 {at}")) for at in ("10:00", "11:00", "12:00")]
    assert served == [["anna"], ["bert"], ["anna"]]


def test_several_resources_are_found_together_or_refused_together() -> None:
    practice = opened(a_practice())
    first = practice.book("scan", "2026-03-03 10:00")
    assert practice.who(first) == ["dr-adams", "room-1", "scanner"]
    assert codes(practice.explain("scan", "2026-03-03 10:30")) == ["lane_taken"]
    assert codes(practice.explain("scan", "2026-03-03 08:00")) == ["closed"]


def test_free_resources_that_cannot_fill_every_role_at_once_are_refused() -> None:
    duo = a_business("duo", code="DUO").with_any("left", "mia").with_any("right", "noah")
    catalog = duo.offering("duet", "left", "right", minutes=30, every=30).catalog
    duet, mia = catalog.service("duet"), catalog.resource("mia").id
    both = attrs.evolve(duet, needs=tuple(attrs.evolve(need, any_of=(mia,)) for need in duet.needs))
    engine = TheEngine(MemoryStore())
    business = engine.opens(duo.offering("duet", "left", "right", minutes=30, every=30))
    with engine.store(business.tenant) as tx:
        tx.catalogs.save(attrs.evolve(catalog, version=2, services={both.id: both}), engine.clock.now())
    assert codes(business.explain("duet", "2026-03-03 10:00")) == ["not_together"]
    with pytest.raises(NotBookable):
        business.book("duet", "2026-03-03 10:00")
    assert business.times("duet", "2026-03-03") == []


def test_a_refusal_is_taken_or_sold_out_only_where_nothing_else_is_in_the_way() -> None:
    taken = Violation("lane_taken", "taken", {"resource": "anna"})
    closed = Violation("closed", "closed", {"resource": "bert"})
    off_grid = Violation("off_grid", "off the grid", {"resource": "anna"})
    late = Violation("minimum_notice", "too short notice")
    full = Violation("sold_out", "only 0 places available", {"resource": "tour"})
    errors = {
        "one of two is taken": Refusal((taken, closed)).error(),
        "taken and off the grid": Refusal((taken, off_grid)).error(),
        "taken and too late": Refusal((taken, late)).error(),
        "sold out": Refusal((full, closed)).error(),
        "sold out and too late": Refusal((full, late)).error(),
    }
    assert {why: type(error) for why, error in errors.items()} == {
        "one of two is taken": SlotTaken,
        "taken and off the grid": NotBookable,
        "taken and too late": NotBookable,
        "sold out": SoldOut,
        "sold out and too late": NotBookable,
    }
    assert str(errors["taken and too late"]) == "taken; too short notice"


def test_a_night_that_the_clocks_skipped_is_no_stay() -> None:
    venue = attrs.evolve(cabins(1).venue, zone=zone("Pacific/Apia"), check_in=0, check_out=0)
    with pytest.raises(InvalidDates) as refused:
        period_of_stay(Stay.of_nights(date(2011, 12, 30), 1), venue)
    assert refused.value.field == "check_in"
    usual = attrs.evolve(venue, check_in=15 * 60, check_out=11 * 60)
    assert period_of_stay(Stay.of_nights(date(2011, 12, 29), 1), usual).duration == timedelta(hours=9)


@pytest.mark.parametrize(("night", "hours"), [(7, 19), (6, 20), (31, 20)])
def test_a_night_on_which_the_clock_changes_is_one_night(night: int, hours: int) -> None:
    stay = Stay.of_nights(date(2026, 3, night), 1)
    assert period_of_stay(stay, grand_hotel().venue).duration == timedelta(hours=hours)
