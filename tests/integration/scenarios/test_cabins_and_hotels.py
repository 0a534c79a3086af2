"""SCENARIOS.md section 4, and the stays of section 1 without money: nights, restrictions, no-shows."""

from datetime import date

import pytest

from booking_adapters.testing.builders import cabins, grand_hotel, nightly
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken, SoldOut
from booking_core.domain.kernel.errors import InvalidDates, InvalidTransition
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.reservation import Status


def test_a_guest_who_leaves_on_the_18th_does_not_block_that_night(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    camp.book("cabin", "2026-03-15/2026-03-18")
    camp.book("cabin", "2026-03-18/2026-03-20")
    camp.book("cabin", "2026-03-14/2026-03-15")
    with pytest.raises(SlotTaken):
        camp.book("cabin", "2026-03-17/2026-03-18")


def test_a_night_is_from_check_in_to_check_out_on_the_wall(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    night = camp.book("cabin", "2026-03-28/2026-03-29").period  # the clocks go forward
    assert (camp.wall.shown(night.start), camp.wall.shown(night.end)) == ("15:00", "11:00")
    assert night.duration.total_seconds() == 19 * 3600
    following = camp.book("cabin", "2026-03-29/2026-03-30").period
    assert following.duration.total_seconds() == 20 * 3600


def test_staff_extend_and_shorten_a_stay(engine: TheEngine) -> None:
    camp = engine.opens(cabins(2))
    stay = camp.book("cabin", "2026-03-15/2026-03-17", by=["cabin-1"])
    longer = camp.move(stay, "2026-03-14/2026-03-19")
    assert longer.id == stay.id
    assert camp.who(longer) == ["cabin-1"]
    camp.move(longer, "2026-03-15/2026-03-16")
    camp.book("cabin", "2026-03-16/2026-03-19", by=["cabin-1"])


def test_an_extension_into_a_taken_night_changes_nothing(engine: TheEngine) -> None:
    camp = engine.opens(cabins(2))
    stay = camp.book("cabin", "2026-03-15/2026-03-17", by=["cabin-1"])
    camp.book("cabin", "2026-03-17/2026-03-20", by=["cabin-1"])
    with pytest.raises(SlotTaken):
        camp.move(stay, "2026-03-15/2026-03-18")
    assert camp.show(stay.code) == stay
    assert camp.who(camp.move(stay, "2026-03-15/2026-03-18", anybody=True)) == ["cabin-2"]


def test_a_cabin_sleeps_as_many_as_it_has_beds(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    assert camp.stays("2026-03-15/2026-03-16", people=5) == []
    with pytest.raises(NotBookable) as refused:
        camp.book("cabin", "2026-03-15/2026-03-16", people=5)
    assert [each.code for each in refused.value.details["violations"]] == ["party_too_large"]
    assert camp.book("cabin", "2026-03-15/2026-03-16", people=4).is_live


def test_guests_who_do_not_come_are_marked_by_themselves_and_their_cabin_is_free(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    stay = camp.book("cabin", "2026-03-15/2026-03-18")
    camp.it_is("2026-03-15 23:59")
    assert camp.time_passes() == 0
    camp.it_is("2026-03-16 00:00")  # nine hours after check-in
    assert camp.time_passes() == 1
    assert camp.show(stay.code).status is Status.NO_SHOW
    camp.book("cabin", "2026-03-16/2026-03-18")


def test_a_stay_that_is_over_never_changes(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    stay = camp.book("cabin", "2026-03-15/2026-03-18")
    camp.it_is("2026-03-16 00:00")
    camp.time_passes()
    for act in (camp.cancel, camp.confirm, lambda gone: camp.move(gone, "2026-03-20/2026-03-21")):
        with pytest.raises(InvalidTransition):
            act(stay)


def test_free_cabins_come_cheapest_first_and_unpriced_ones_last(engine: TheEngine) -> None:
    priced = cabins(4).priced("cabin", nightly("LARGE", Money.of("120", "CHF")), only="cabin-1")
    camp = engine.opens(priced.priced("cabin", nightly("SMALL", Money.of("80", "CHF")), only="cabin-3"))
    camp.book("cabin", "2026-03-16/2026-03-17", by=["cabin-4"])
    found = [(offer.resource.key, offer.price) for offer in camp.stays("2026-03-15/2026-03-18")]
    expected = [("cabin-3", Money.of("240", "CHF")), ("cabin-1", Money.of("360", "CHF")), ("cabin-2", None)]
    assert found == expected


def test_the_hotel_counts_what_is_left_on_the_busiest_night(engine: TheEngine) -> None:
    hotel = engine.opens(grand_hotel(rooms=5))
    hotel.book("deluxe-king", "2026-03-15/2026-03-16", seats=2)
    hotel.book("deluxe-king", "2026-03-16/2026-03-17", seats=3)
    hotel.book("deluxe-king", "2026-03-20/2026-03-21", seats=5)
    (offer,) = hotel.stays("2026-03-15/2026-03-18")
    assert offer.left == 2
    assert hotel.stays("2026-03-15/2026-03-18", rooms=3) == []
    assert hotel.stays("2026-03-18/2026-03-21") == []
    assert hotel.book("deluxe-king", "2026-03-15/2026-03-18", seats=2).code.startswith("GH-NYC-")
    with pytest.raises(SoldOut):
        hotel.book("deluxe-king", "2026-03-16/2026-03-17")


def test_a_sold_out_night_is_named_and_nothing_changes(engine: TheEngine) -> None:
    engine.clock.set(engine.clock.now().replace(year=2024))
    hotel = engine.opens(grand_hotel(rooms=5))
    stay = hotel.book("deluxe-king", "2024-03-15/2024-03-18")
    hotel.book("deluxe-king", "2024-03-18/2024-03-19", seats=5)
    with pytest.raises(SoldOut, match="only 0 rooms available on 2024-03-18") as refused:
        hotel.move(stay, "2024-03-15/2024-03-19")
    (violation,) = refused.value.details["violations"]
    assert violation.details["nights"] == [{"date": date(2024, 3, 18), "left": 0}]
    assert hotel.show(stay.code) == stay


def test_an_extension_does_not_count_its_own_room(engine: TheEngine) -> None:
    hotel = engine.opens(grand_hotel(rooms=2))
    stay = hotel.book("deluxe-king", "2026-03-15/2026-03-18", seats=2)
    longer = hotel.move(stay, "2026-03-15/2026-03-19")
    assert (longer.id, longer.quantity) == (stay.id, 2)


def test_parties_take_as_many_rooms_as_they_need(engine: TheEngine) -> None:
    hotel = engine.opens(grand_hotel())
    assert hotel.stays("2026-03-15/2026-03-18", people=5) == []
    (offer,) = hotel.stays("2026-03-15/2026-03-18", people=5, rooms=2)
    assert offer.left == 5
    assert len(hotel.book("deluxe-king", "2026-03-15/2026-03-18", people=5, seats=2).allocations) == 2


# March 2026: the 13th is a Friday.
@pytest.mark.parametrize(
    ("rule", "parameters", "refused", "allowed"),
    [
        (
            "minimum_stay_on_arrival",
            {"nights": 3, "weekdays": ["FR"]},
            ["2026-03-13/2026-03-15"],
            ["2026-03-13/2026-03-16", "2026-03-12/2026-03-14", "2026-03-14/2026-03-15"],
        ),
        (
            "minimum_stay_through",
            {"nights": 3, "weekdays": ["FR"]},
            ["2026-03-13/2026-03-15", "2026-03-12/2026-03-14"],
            [
                "2026-03-13/2026-03-16",
                "2026-03-11/2026-03-14",
                "2026-03-14/2026-03-15",
                "2026-03-12/2026-03-13",
            ],
        ),
        (
            "closed_to_arrival",
            {"dates": ["2026-03-13"]},
            ["2026-03-13/2026-03-15"],
            ["2026-03-12/2026-03-15", "2026-03-10/2026-03-13"],
        ),
        (
            "closed_to_departure",
            {"dates": ["2026-03-13"]},
            ["2026-03-12/2026-03-13"],
            ["2026-03-12/2026-03-14", "2026-03-13/2026-03-14"],
        ),
        (
            "stop_sell",
            {"dates": ["2026-03-13"]},
            ["2026-03-13/2026-03-14", "2026-03-12/2026-03-15"],
            ["2026-03-12/2026-03-13", "2026-03-14/2026-03-15"],
        ),
        (
            "nights",
            {"minimum": 2, "maximum": 4},
            ["2026-03-13/2026-03-14", "2026-03-13/2026-03-18"],
            ["2026-03-13/2026-03-15", "2026-03-13/2026-03-17"],
        ),
    ],
)
def test_restrictions_refuse_what_they_say_and_no_more(
    engine: TheEngine, rule: str, parameters: dict[str, object], refused: list[str], allowed: list[str]
) -> None:
    hotel = engine.opens(grand_hotel().with_rule(rule, **parameters))
    for nights in refused:
        assert hotel.stays(nights) == []
        assert [each.code for each in hotel.explain("deluxe-king", nights)] == [rule]
        with pytest.raises(NotBookable):
            hotel.book("deluxe-king", nights)
    for nights in allowed:
        assert len(hotel.stays(nights)) == 1
        assert hotel.book("deluxe-king", nights).is_live


def test_a_season_has_its_own_minimum_stay(engine: TheEngine) -> None:
    season = {"from": "2026-07-01", "until": "2026-08-31", "nights": 7}
    camp = engine.opens(cabins(1).with_rule("minimum_stay_on_arrival", **season))
    assert camp.stays("2026-07-01/2026-07-04") == []
    assert len(camp.stays("2026-06-30/2026-07-04")) == 1
    assert len(camp.stays("2026-07-01/2026-07-08")) == 1


def test_staff_may_set_a_restriction_aside_but_never_a_lane(engine: TheEngine) -> None:
    hotel = engine.opens(grand_hotel(rooms=1).with_rule("stop_sell", dates=["2026-03-13"]))
    assert hotel.book("deluxe-king", "2026-03-13/2026-03-14", waived=["stop_sell"]).is_live
    with pytest.raises(SlotTaken):
        hotel.book(
            "deluxe-king", "2026-03-13/2026-03-14", waived=["stop_sell", "lane_taken", "opening_hours"]
        )


@pytest.mark.parametrize("dates", ["2026-03-15/2026-03-15", "2026-03-15/2026-03-14"])
def test_a_stay_without_a_night_is_no_stay(engine: TheEngine, dates: str) -> None:
    camp = engine.opens(cabins(1))
    with pytest.raises(InvalidDates):
        camp.book("cabin", dates)


def test_rooms_that_fit_by_load_are_never_refused_for_fragmentation(engine: TheEngine) -> None:
    hotel = engine.opens(grand_hotel(rooms=3))
    for day in range(10, 16):
        night = f"2026-03-{day}/2026-03-{day + 1}"
        sold_out = hotel.book("deluxe-king", night, seats=3)
        hotel.move(sold_out, night, seats=2)
    whole_week = hotel.book("deluxe-king", "2026-03-10/2026-03-16")
    assert len(whole_week.allocations) > 1, "some room was free throughout: the nights are not fragmented"
    with pytest.raises(SoldOut):
        hotel.book("deluxe-king", "2026-03-12/2026-03-13")
