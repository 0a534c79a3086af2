"""Payments on the command line: booked with a card, paid later, shown, given back, and the terms in a language."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.app.conftest import Run
from tests.integration.app.test_priced_commands import EXAMPLES, at_the_hotel

BOOK = ("book", "grand-hotel", "deluxe-king", "--name", "Ada", "--json")


@pytest.fixture
def hotel(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The hotel of the examples, which takes cards at a server that speaks as Stripe does."""
    with StripeServer() as server:
        monkeypatch.setenv("BOOKING_STRIPE_KEY", server.api_key)
        monkeypatch.setenv("BOOKING_STRIPE_URL", server.url)
        assert run("import", str(EXAMPLES / "grand-hotel.toml")).code == 0
        yield run


def sums(money: Any) -> tuple[int, int, int, int]:
    amounts = (money[name]["amount_minor"] for name in ("charges", "received", "refunded", "balance"))
    charged, received, refunded, owed = amounts
    return charged, received, refunded, owed


def test_a_card_pays_for_a_booking_and_a_part_goes_back(hotel: Run) -> None:
    booked = hotel(*at_the_hotel(*BOOK, "--method", "pm_card_visa")).data
    assert booked["status"] == "confirmed"
    about = ("grand-hotel", booked["code"])
    assert sums(hotel("payments", *about, "--json").data)[0] == 67_434
    assert hotel("pay", *about, "--method", "pm_card_visa").err.startswith("NOTHING_TO_PAY: ")
    above = hotel("refund", *about, "--amount", "674.35", "--reason", "too much")
    assert (above.code, above.err.partition(":")[0]) == (1, "REFUND_ABOVE_PAID")
    assert hotel("refund", *about, "--amount", "0.005", "--reason", "half a cent").code == 2
    back = hotel("refund", *about, "--amount", "34.34", "--reason", "no hot water", "--json").data
    assert back["charges"]["amount_minor"] == 64_000


def test_what_waits_for_money_is_paid_later_and_a_declined_card_is_told(hotel: Run) -> None:
    waiting = hotel(*at_the_hotel(*BOOK)).data
    assert waiting["status"] == "pending"
    about = ("grand-hotel", waiting["code"])
    assert "674.34  USD still owed" in hotel("payments", *about).out
    paid = hotel("pay", *about, "--method", "pm_card_visa")
    assert f"{waiting['code']}  confirmed" in paid.out
    declined = hotel(*at_the_hotel(*BOOK, "--method", "pm_card_visa_chargeDeclined"))
    assert (declined.code, declined.data["error"]["code"]) == (1, "PAYMENT_FAILED")


def test_the_sandbox_of_each_run_takes_money_for_the_bookings_of_one_storage(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOKING_SANDBOX_PAYMENTS", "true")
    assert run("import", str(EXAMPLES / "grand-hotel.toml")).code == 0
    booked = [run(*at_the_hotel(*BOOK, "--method", "pm_card_visa")).data for _ in range(2)]
    assert [each["status"] for each in booked] == ["confirmed", "confirmed"]


def test_a_booking_that_waits_for_its_money_says_until_when(hotel: Run) -> None:
    waiting = hotel(*at_the_hotel(*BOOK[:-1])).out
    assert waiting.splitlines()[0].endswith("  pending")
    assert re.search(r"^  waits until \w{3} [-\d]{10} [:\d]{5}, then it expires$", waiting, re.MULTILINE)


def test_one_guest_for_one_night_is_a_person_and_a_night(hotel: Run) -> None:
    arrival = str(date.today() + timedelta(days=70))  # noqa: DTZ011 - any day will do that is not past
    words = ("--check-in", arrival, "--nights", "1", "--pay-later")
    told = hotel("book", "grand-hotel", "standard-twin", "--name", "Ada", *words).out.splitlines()
    assert (told[1].endswith(", 1 night"), told[2].endswith("; 1 person")) == (True, True)


def test_staff_waive_a_penalty_with_a_reason(hotel: Run) -> None:
    booked = hotel(*at_the_hotel(*BOOK, "--pay-later")).data
    assert booked["status"] == "confirmed"
    words = ("cancel", "grand-hotel", booked["code"], "--waive")
    assert hotel(*words).code == 2
    assert "fell ill" in hotel(*words, "--reason", "fell ill").out


def test_terms_are_told_in_the_language_that_is_asked_for(hotel: Run) -> None:
    booked = hotel(*at_the_hotel(*BOOK, "--pay-later")).data
    show = ("show", "grand-hotel", booked["code"], "--language")
    assert "Kostenlose Stornierung bis " in hotel(*show, "de").out
    assert hotel(*show, "fr", "--json").data["price"]["cancellation"]["language"] == "fr"
    assert "Gratis annuleren tot " in hotel(*at_the_hotel("search", "grand-hotel"), "--language", "nl").out
    quote = hotel(*at_the_hotel("quote", "grand-hotel", "deluxe-king"), "--language", "es").out
    assert "Cancelación gratuita hasta el " in quote
    assert hotel(*show, "tlh").code == 2
