"""SCENARIOS.md section 1 from the search to the final bill, over HTTP, through Stripe's SDK, on every storage."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import grand_hotel, named_id
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.catalog.desk import Article, DeskTerms, LoyaltyTerms
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.kernel.ids import UnitId
from booking_core.domain.kernel.money import Money
from tests.integration.http.asking import refusal
from tests.integration.http.paying import DECLINED, HOTEL, NIGHTS, PaidHotel, paid_hotel
from tests.integration.http.test_prices import CHECK_IN
from tests.integration.http.wiring import STAFF

LONGER = {**NIGHTS, "check_out": "2024-03-19"}
CHECK_OUT = datetime(2024, 3, 19, 14, tzinfo=UTC)
"""Ten in the morning in New York."""
THREE_NIGHTS, ONE_MORE, MINIBAR = 66_414, 20_778, 1_250
FOUR_NIGHTS = 87_192
EVERYTHING = FOUR_NIGHTS + MINIBAR


@pytest.fixture
def hotel(store: Storage) -> Iterator[PaidHotel]:
    """Five rooms with numbers on their doors, a minibar, and a point for every dollar."""
    keys = ("301", "302", "303", "304", "305")
    units = tuple(Unit(id=UnitId(named_id("unit", key)), key=key, name=key) for key in keys)
    house = grand_hotel(rooms=5).changing("deluxe-king", units=units)
    terms = DeskTerms(
        articles=(Article(code="MINIBAR", text="Minibar", price=Money(MINIBAR, "USD")),),
        loyalty=LoyaltyTerms(points_per_unit=1, point_value=Money(1, "USD")),
    )
    with paid_hotel(store, attrs.evolve(house, venue=attrs.evolve(house.venue, desk=terms))) as opened:
        yield opened


def told(answer: Any) -> Mapping[str, Any]:
    assert answer.status_code == 200, answer.text
    found: Mapping[str, Any] = answer.json()
    return found


def asked(hotel: PaidHotel, path: str) -> Mapping[str, Any]:
    """What staff are shown."""
    return told(hotel.client.get(f"{HOTEL}/staff{path}", headers=STAFF))


def extended(hotel: PaidHotel, booked: Mapping[str, Any], **body: Any) -> Any:
    """Ask for one night more."""
    return hotel.client.post(
        f"{HOTEL}/reservations/{booked['code']}/reschedule", json={"stay": LONGER, **body}
    )


def is_clean(hotel: PaidHotel, room: str) -> None:
    """Housekeeping was there; a new room is not clean until they say so."""
    path = f"{HOTEL}/staff/rooms/deluxe-king/{room}"
    told(hotel.client.post(path, json={"status": "clean"}, headers=STAFF))


def in_the_house(hotel: PaidHotel) -> Mapping[str, Any]:
    """Ada, four nights paid, in room 302, who took something from the minibar and leaves now."""
    booked = hotel.booked()
    hotel.works()
    told(extended(hotel, booked))
    assert hotel.sums(booked) == (FOUR_NIGHTS, FOUR_NIGHTS, 0)
    is_clean(hotel, "302")
    hotel.clock.set(CHECK_IN)
    assert told(hotel.staff(booked, "check-in", rooms=["302"]))["rooms"] == ["302"]
    folio = told(hotel.staff(booked, "extras", article="MINIBAR"))
    assert folio["bill"]["balance_minor"] == MINIBAR
    hotel.clock.set(CHECK_OUT)
    return booked


def test_a_guest_searches_books_stays_longer_and_leaves(hotel: PaidHotel) -> None:
    asked_for: dict[str, Any] = {**NIGHTS, "adults": 2, "rate_plan": "AAA"}
    (offer,) = hotel.client.get(f"{HOTEL}/stays", params=asked_for).json()["offers"]
    assert (offer["left"], offer["price"]) == (5, {"amount_minor": THREE_NIGHTS, "currency": "USD"})
    assert offer["cancellation"]["text"] == "Free cancellation until March 14, 2024 3:00 PM"

    booked = hotel.booked()
    assert (booked["status"], booked["code"][:7]) == ("confirmed", "GH-NYC-")
    assert hotel.sums(booked) == (THREE_NIGHTS, THREE_NIGHTS, 0)
    told(extended(hotel, booked))
    assert hotel.sums(booked) == (THREE_NIGHTS + ONE_MORE, FOUR_NIGHTS, 0)

    hotel.clock.set(CHECK_IN)
    refusal(hotel.staff(booked, "extras", article="MINIBAR"), 409, "NOT_CHECKED_IN")
    refusal(hotel.staff(booked, "check-in", rooms=["302"]), 409, "ROOM_NOT_ASSIGNABLE")
    is_clean(hotel, "302")
    keys = told(hotel.staff(booked, "check-in", rooms=["302"]))
    assert (keys["status"], keys["rooms"]) == ("checked_in", ["302"])
    early = refusal(hotel.staff(booked, "cancel"), 409, "INVALID_TRANSITION")
    assert early["detail"] == "Please contact front desk for early departure"
    told(hotel.staff(booked, "extras", article="MINIBAR"))

    hotel.clock.set(CHECK_OUT)
    gone = told(hotel.staff(booked, "check-out"))
    assert (gone["status"], gone["bill"]["balance_minor"]) == ("completed", 0)
    assert hotel.sums(booked) == (EVERYTHING, EVERYTHING, 0)
    assert hotel.at_stripe() == (EVERYTHING, 0)


def channel_hears(hotel: PaidHotel) -> list[int]:
    """The worker's round; how many rooms the channel believes to be left from the 14th to the 19th."""
    for duty in ("handle events", "push channels"):
        hotel.deployment.duties[duty](hotel.tenant)
    nights = hotel.seller.channel.nights["DLX"]
    return [nights[date(2024, 3, day)].left for day in range(14, 20)]


def test_the_channel_learns_from_what_happened_what_is_left_and_what_it_costs(hotel: PaidHotel) -> None:
    listing = {"code": "DLX", "service": "deluxe-king", "resource": "deluxe-king", "rate_plan": "AAA"}
    answer = hotel.client.post(f"{HOTEL}/staff/channels/ota/listings", json=listing, headers=STAFF)
    assert answer.status_code == 201, answer.text
    assert channel_hears(hotel) == [0, 5, 5, 5, 5, 0], "there are rates for four nights"
    nights = hotel.seller.channel.nights["DLX"]
    assert nights[date(2024, 3, 18)].price == Money(ONE_MORE, "USD"), (
        "what a night more costs a guest of ours"
    )
    assert nights[date(2024, 3, 14)].restriction.is_stopped

    booked = hotel.booked()
    assert nights[date(2024, 3, 15)].left == 5, "it follows from the event, not from the request"
    assert channel_hears(hotel) == [0, 4, 4, 4, 5, 0]
    hotel.works()
    told(extended(hotel, booked))
    hotel.works()
    assert channel_hears(hotel) == [0, 4, 4, 4, 4, 0]
    told(hotel.client.post(f"{HOTEL}/reservations/{booked['code']}/cancel", json={}))
    assert channel_hears(hotel) == [0, 5, 5, 5, 5, 0]
    (seen,) = asked(hotel, "/listings")["listings"]
    assert (seen["state"], seen["problem"]) == ("known", "")


def test_the_final_bill_is_itemised_and_everything_else_follows_from_the_departure(hotel: PaidHotel) -> None:
    booked = in_the_house(hotel)
    told(hotel.staff(booked, "check-out"))
    bill = asked(hotel, f"/reservations/{booked['code']}/bill")
    assert (bill["charges_minor"], bill["received_minor"]) == (EVERYTHING, EVERYTHING)
    charged = {
        code: sum(item["amount_minor"] for item in bill["items"] if item["code"] == code)
        for code in ("occupancy-tax", "resort-fee", "MINIBAR")
    }
    assert charged == {"occupancy-tax": 7_284 + 2_268, "resort-fee": 4 * 1_500, "MINIBAR": MINIBAR}
    rooms = {room["room"]: room["status"] for room in asked(hotel, "/rooms")["rooms"]}
    assert rooms["302"] == "needs_cleaning"
    hotel.deployment.duties["handle events"](hotel.tenant)
    (task,) = asked(hotel, "/tasks")["tasks"]
    assert (task["room"], task["work"]) == ("302", "cleaning")
    guest = asked(hotel, "/guests/Ada")
    (visit,) = guest["visits"]
    assert (visit["kind"], visit["nights"], visit["spent_minor"]) == ("stayed", 4, EVERYTHING)
    assert guest["points"] == EVERYTHING // 100


def test_a_declined_card_at_check_out_tells_the_balance_and_another_one_pays(hotel: PaidHotel) -> None:
    booked = in_the_house(hotel)
    due = refusal(hotel.staff(booked, "check-out", method=DECLINED), 402, "BALANCE_DUE")
    assert due["details"] == {"balance_minor": MINIBAR, "currency": "USD"}
    assert due["retry_action"] == "UPDATE_PAYMENT"
    shown = hotel.client.get(f"{HOTEL}/reservations/{booked['code']}").json()
    assert shown["status"] == "checked_in"
    assert hotel.sums(booked) == (EVERYTHING, FOUR_NIGHTS, 0)
    assert asked(hotel, "/tasks")["tasks"] == []
    assert told(hotel.staff(booked, "check-out"))["status"] == "completed"
    assert hotel.at_stripe() == (EVERYTHING, 0)


def test_a_night_that_is_sold_out_is_named_and_no_money_moves(hotel: PaidHotel) -> None:
    booked = hotel.booked()
    monday = {"check_in": "2024-03-18", "check_out": "2024-03-19"}
    for _ in range(5):
        other = {
            "service": "deluxe-king",
            "stay": monday,
            "party": {"adults": 2},
            "customer": {"name": "Bob"},
        }
        answer = hotel.client.post(f"{HOTEL}/reservations", json={**other, "method": "pm_card_visa"})
        assert answer.status_code == 201, answer.text
    before = hotel.sums(booked), hotel.at_stripe()
    problem = refusal(extended(hotel, booked), 409, "SOLD_OUT")
    assert "only 0 rooms available on 2024-03-18" in str(problem)
    assert (hotel.sums(booked), hotel.at_stripe()) == before
    assert hotel.client.get(f"{HOTEL}/reservations/{booked['code']}").json()["stay"] == NIGHTS
