"""What guests and staff are told when something is booked, moved or called off: terms in their language, and costs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from booking_adapters.testing.builders import nightly
from booking_adapters.testing.engine import OpenBusiness
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import CancellationPolicy
from tests.integration.http.asking import Client, fields, refusal
from tests.integration.http.test_prices import (
    CHECK_IN,
    HOTEL,
    NIGHTS,
    a_stay,
    becomes_dearer,
    book_stay,
    hotel,
)
from tests.integration.http.wiring import STAFF

__all__ = ["hotel"]

GERMAN = {"Accept-Language": "de"}
FREE_UNTIL = "Kostenlose Stornierung bis 14. März 2024 um 15:00"
LONGER = {"stay": {**NIGHTS, "check_out": "2024-03-19"}}
SHORTER = {"stay": {**NIGHTS, "check_out": "2024-03-17"}}


@pytest.fixture
def booked(client: Client, hotel: OpenBusiness) -> Mapping[str, Any]:
    assert hotel.business.tariffs
    found: Mapping[str, Any] = book_stay(client).json()
    return found


def guest_asks(client: Client, booked: Mapping[str, Any], act: str, **body: Any) -> Response:
    return client.post(f"{HOTEL}/reservations/{booked['code']}/{act}", json=body, headers=GERMAN)


def staff_ask(client: Client, booked: Mapping[str, Any], act: str, **body: Any) -> Response:
    address = f"{HOTEL}/staff/reservations/{booked['code']}/{act}"
    return client.post(address, json=body, headers={**STAFF, **GERMAN})


def terms(reservation: Any) -> str:
    told: str = reservation["price"]["cancellation"]["text"]
    return told


@pytest.mark.usefixtures("hotel")
def test_whoever_books_moves_or_cancels_reads_the_terms_in_their_language(client: Client) -> None:
    body = a_stay(customer={"name": "Ada"})
    booked = client.post(f"{HOTEL}/reservations", json=body, headers=GERMAN).json()
    moved = guest_asks(client, booked, "reschedule", **LONGER).json()
    ended = guest_asks(client, booked, "cancel").json()
    assert [terms(each) for each in (booked, moved, ended)] == [FREE_UNTIL] * 3
    assert moved["waits_for_payment"] is False
    asked = client.post(f"{HOTEL}/reservations", params={"language": "tlh"}, json=body)
    assert fields(asked) == ["language"]


@pytest.mark.usefixtures("hotel")
def test_staff_read_the_terms_in_their_language(client: Client) -> None:
    address, headers = f"{HOTEL}/staff/reservations", {**STAFF, **GERMAN}
    booked = client.post(address, json=a_stay(customer={"name": "Ada"}), headers=headers).json()
    code = booked["reservation"]["code"]
    shown = client.get(f"{address}/{code}", headers=headers).json()
    moved = client.post(f"{address}/{code}/reschedule", json=LONGER, headers=headers).json()
    english = client.get(f"{address}/{code}", params={"language": "en"}, headers=headers).json()
    assert [terms(each["reservation"]) for each in (booked, shown, moved)] == [FREE_UNTIL] * 3
    assert terms(english["reservation"]) == "Free cancellation until March 14, 2024 3:00 PM"


@pytest.mark.parametrize(
    ("before", "penalty", "refund_status"), [(36, 0, "not_applicable"), (12, 66_414, "not_applicable")]
)
def test_calling_off_tells_what_it_came_to(
    client: Client,
    hotel: OpenBusiness,
    booked: Mapping[str, Any],
    before: int,
    penalty: int,
    refund_status: str,
) -> None:
    """Nothing was paid ahead here, so nothing goes back; what is paid ahead is shown where the provider is."""
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=before))
    cost = guest_asks(client, booked, "cancel", reason="ill").json()["cost"]
    assert (cost["penalty"]["amount_minor"], cost["waived"]["amount_minor"]) == (penalty, 0)
    assert (cost["refund"]["amount_minor"], cost["refund_status"]) == (0, refund_status)


def test_staff_read_what_they_let_go(client: Client, hotel: OpenBusiness, booked: Mapping[str, Any]) -> None:
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    ended = staff_ask(client, booked, "cancel", waives_penalty=True, reason="the airport was closed").json()
    assert ended["cost"]["penalty"]["amount_minor"] == 0
    assert ended["cost"]["waived"]["amount_minor"] == 66_414
    assert ended["notes"][-1] == "penalty waived: the airport was closed"


def test_a_guest_confirms_the_new_total_of_a_move(
    client: Client, hotel: OpenBusiness, booked: Mapping[str, Any]
) -> None:
    seen = {"amount_minor": 87_192, "currency": "USD"}
    becomes_dearer(hotel)
    answer = guest_asks(client, booked, "reschedule", **LONGER, displayed_total=seen)
    problem = refusal(answer, 409, "PRICE_CHANGED")
    now = problem["details"]["now_minor"]
    assert (problem["details"]["shown_minor"], now) == (87_192, 88_137)  # 5 % off the night instead of 10 %
    shown = client.get(f"{HOTEL}/reservations/{booked['code']}").json()
    assert shown["stay"] == NIGHTS
    moved = guest_asks(client, booked, "reschedule", **LONGER, displayed_total={**seen, "amount_minor": now})
    assert moved.json()["price"]["totals"]["total_minor"] == now
    euros = guest_asks(client, booked, "reschedule", **LONGER, displayed_total={**seen, "currency": "EUR"})
    refusal(euros, 409, "CURRENCY_MISMATCH")


def test_staff_let_a_guest_off_the_nights_that_fall_away_and_say_why(
    client: Client, hotel: OpenBusiness, booked: Mapping[str, Any]
) -> None:
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    assert fields(guest_asks(client, booked, "reschedule", **SHORTER, waives_penalty=True)) == [
        "waives_penalty"
    ]
    assert fields(staff_ask(client, booked, "reschedule", **SHORTER, waives_penalty=True)) == ["reason"]
    words = {**SHORTER, "waives_penalty": True, "reason": "the lift was broken"}
    moved = staff_ask(client, booked, "reschedule", **words).json()
    totals = moved["reservation"]["price"]["totals"]
    assert (totals["penalties_minor"], totals["total_minor"]) == (0, 44_616)
    assert moved["notes"][-1] == "moved: penalty waived: the lift was broken"


def test_staff_sell_the_stay_under_another_plan(client: Client, booked: Mapping[str, Any]) -> None:
    answer = staff_ask(client, booked, "reschedule", stay=NIGHTS, rate_plan="AARP")
    assert fields(answer) == ["rate_plan"]
    moved = staff_ask(client, booked, "reschedule", stay=NIGHTS, codes=["ONCE"]).json()["reservation"]
    assert (moved["price"]["rate_plan"], moved["price"]["codes"]) == ("AAA", ["ONCE"])
    assert fields(guest_asks(client, booked, "reschedule", stay=NIGHTS, codes=["ONCE"])) == ["codes"]


def test_another_type_of_room_is_another_service(
    client: Client, hotel: OpenBusiness, booked: Mapping[str, Any]
) -> None:
    suite = nightly("SUITE", Money.of("300", "USD"), policy=CancellationPolicy.flexible("Suites", hours=72))
    business = hotel.business.with_any("suite", "suite", largest_party=4)
    business = business.offering("suite", "suite", trade=Trade.STAY).priced("suite", suite)
    hotel.becomes(business.revised())
    moved = guest_asks(client, booked, "reschedule", stay=NIGHTS, service="suite").json()
    assert (moved["code"], moved["service"], moved["resources"][0]["resource"]) == (
        booked["code"],
        "suite",
        "suite",
    )
    assert moved["price"]["totals"]["total_minor"] == 90_000
    assert terms(moved) == "Kostenlose Stornierung bis 12. März 2024 um 15:00"
    refusal(guest_asks(client, booked, "reschedule", stay=NIGHTS, service="attic"), 404, "NOT_FOUND")


YEAR = {"start": "2024-01-01T00:00:00Z", "end": "2025-01-01T00:00:00Z"}


@pytest.mark.parametrize(
    ("policy", "kept_now"),
    [
        ({"free_cancellation_hours": 6}, 0),
        (
            {"free_cancellation_hours": 48, "partial_refund_hours": 6, "partial_refund_percent": "37.5"},
            41_509,
        ),
        ({"tiers": [{"percent": "100"}]}, 66_414),
        (
            {
                "tiers": [
                    {"at_least_hours": 48, "percent": "0"},
                    {"less_than_hours": 48, "amount": {"amount_minor": 5_000, "currency": "USD"}},
                ]
            },
            5_000,
        ),
        (
            {
                "tiers": [
                    {"at_least_hours": 48, "percent": "0"},
                    {"less_than_hours": 48, "first_night": True},
                ],
                "guest_until_hours": 2,
            },
            20_778,
        ),
    ],
)
def test_another_policy_of_either_form_is_tried_on_what_was_cancelled(
    client: Client, hotel: OpenBusiness, booked: Mapping[str, Any], policy: dict[str, Any], kept_now: int
) -> None:
    hotel.engine.clock.set(CHECK_IN - timedelta(hours=12))
    assert guest_asks(client, booked, "cancel").json()["cost"]["penalty"]["amount_minor"] == 66_414
    address = f"{HOTEL}/staff/cancellations/replay"
    told = client.post(address, json={**YEAR, "policy": policy}, headers=STAFF)
    assert told.status_code == 200, told.text
    (replay,) = told.json()["replays"]
    assert (replay["cancellations"], replay["kept_then"]["amount_minor"]) == (1, 66_414)
    assert replay["kept_now"]["amount_minor"] == kept_now
    assert replay["difference"]["amount_minor"] == kept_now - 66_414


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({}, "policy.free_cancellation_hours"),
        ({"free_cancellation_hours": 12, "partial_refund_hours": 24}, "policy.hours"),
        ({"tiers": [{"percent": "10", "at_least_hours": 1}]}, "policy.tiers"),
        ({"tiers": [{"percent": "10", "first_night": True}]}, "policy.penalty"),
        ({"tiers": [{"percent": "100"}], "free_cancellation_hours": 3}, "policy.free_cancellation_hours"),
        ({"free_cancellation_hours": -1}, "policy.free_cancellation_hours"),
    ],
)
@pytest.mark.usefixtures("hotel")
def test_a_policy_that_makes_no_sense_names_the_field(
    client: Client, policy: dict[str, Any], field: str
) -> None:
    body = {**YEAR, "policy": policy}
    assert fields(client.post(f"{HOTEL}/staff/cancellations/replay", json=body, headers=STAFF)) == [field]
