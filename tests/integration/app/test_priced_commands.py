"""Prices on the command line: searched, quoted, booked, called off on trial; free periods of rentals."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.integration.app.conftest import Run

EXAMPLES = Path(__file__).parents[3] / "examples"
STAY = ("--check-in", "2024-03-15", "--nights", "3", "--adults", "2", "--rate-plan", "AAA")
FRIDAY = date(2024, 3, 15)


def at_the_hotel(*words: str) -> tuple[str, ...]:
    """The words, for a stay in the Grand Hotel on a Friday far enough ahead."""
    friday = date.today() + timedelta(days=70)  # noqa: DTZ011 - any day will do that is not past
    friday += timedelta(days=(4 - friday.weekday()) % 7)
    return (*words, *(str(friday) if word == str(FRIDAY) else word for word in STAY))


@pytest.fixture
def hotel(run: Run) -> Run:
    assert run("import", str(EXAMPLES / "grand-hotel.toml")).code == 0
    return run


def total(data: Any) -> int:
    found: int = data["price"]["totals"]["total_minor"]
    return found


def test_a_stay_is_searched_quoted_and_booked_at_one_price(hotel: Run) -> None:
    found = hotel(*at_the_hotel("search", "grand-hotel", "deluxe-king", "--json")).data
    (offer,) = found["offers"]
    totals = offer["totals"]
    assert (totals["subtotal_minor"], totals["discounts_minor"]) == (61_700, -6_170)
    assert offer["price"]["amount_minor"] == totals["total_minor"] == 67_434
    assert offer["cancellation"]["text"].startswith("Free cancellation until ")
    quote = hotel(*at_the_hotel("quote", "grand-hotel", "deluxe-king", "--json")).data
    assert total(quote) == 67_434
    words = ("book", "grand-hotel", "deluxe-king", "--name", "Ada", "--quote", quote["id"], "--json")
    booked = hotel(*at_the_hotel(*words)).data
    assert booked["price"] == quote["price"]


def test_texts_list_what_a_price_is_made_of(hotel: Run) -> None:
    quote = hotel(*at_the_hotel("quote", "grand-hotel", "deluxe-king")).out.splitlines()
    assert [line.split() for line in quote[1:6]] == [
        ["617.00", "rate"],
        ["-61.70", "plan", "AAA"],
        ["45.00", "fee", "resort-fee"],
        ["74.04", "tax", "occupancy-tax"],
        ["674.34", "USD", "in", "all"],
    ]
    assert "Flexible 24-Hour: Free cancellation until " in quote[6]
    assert "674.34 USD. Free cancellation until" in hotel(*at_the_hotel("search", "grand-hotel")).out


def test_a_price_that_is_not_what_was_displayed_is_refused(hotel: Run) -> None:
    words = at_the_hotel("book", "grand-hotel", "deluxe-king", "--name", "Ada")
    refused = hotel(*words, "--displayed", "600.00", "--json")
    assert (refused.code, refused.data["error"]["code"]) == (1, "PRICE_CHANGED")
    assert (refused.data["error"]["shown_minor"], refused.data["error"]["now_minor"]) == (60_000, 67_434)
    assert hotel(*words, "--displayed", "673.40").code == 0  # the hotel tolerates a dollar
    for bad in ("674.345", "much"):
        assert hotel(*words, "--displayed", bad).code == 2
    assert hotel(*words, "--quote", "12").code == 2
    assert hotel(*words, "--code", "NOPE").err.startswith("PROMOTION_REFUSED: ")


def test_what_calling_off_would_cost_is_told_and_nothing_happens(hotel: Run) -> None:
    at_the_desk = ("book", "grand-hotel", "deluxe-king", "--name", "Ada", "--pay-later", "--json")
    booked = hotel(*at_the_hotel(*at_the_desk)).data
    words = ("cancel", "grand-hotel", booked["code"], "--simulate")
    assert "0.00 USD owed; 0.00 USD of what is paid goes back" in hotel(*words).out
    late = hotel(*words, "--at", booked["start"], "--json").data
    assert (late["cost"]["penalty"]["amount_minor"], late["cost"]["refund_status"]) == (
        67_434,
        "not_applicable",
    )
    after = booked["start"].replace(":00:00Z", ":00:01Z")
    assert "too late for the guest" in hotel(*words, "--at", after).out
    assert hotel("show", "grand-hotel", booked["code"], "--json").data["status"] == "confirmed"
    assert hotel("cancel", "grand-hotel", booked["code"], "--at", booked["start"]).code == 2


def test_rentals_are_searched_by_their_free_periods(run: Run) -> None:
    assert run("import", str(EXAMPLES / "rentals.toml")).code == 0
    tomorrow = str(date.today() + timedelta(days=1))  # noqa: DTZ011 - any day will do that is not past
    words = ("search", "rentals", "hall", "--from", tomorrow, "--days", "3", "--with", "studio")
    found = run(*words, "--json").data
    (studio,) = found["resources"]
    assert (found["tenant"], studio["resource"], len(studio["periods"]), found["has_more"]) == (
        "rentals",
        "studio",
        3,
        False,
    )
    assert run(*words, "--limit", "2", "--json").data["has_more"]
    assert "3 free periods (times of Europe/London" in run(*words).out
    free = studio["periods"][1]
    unpriced = run("cancel", "rentals", "nothing", "--simulate")
    assert (unpriced.code, unpriced.err.split(":")[0]) == (1, "NOT_FOUND")
    start = free["start"]
    quote = run("quote", "rentals", "hall", "--start", start, "--end", free["end"], "--json")
    assert quote.code == 1  # sixteen hours are more than the hall is let for
