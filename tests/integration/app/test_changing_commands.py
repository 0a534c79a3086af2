"""Moving, deciding, promising rooms and paying with points, on the command line."""

from datetime import UTC, datetime, timedelta

import pytest

from booking_adapters.ambient.clock import SystemClock
from tests.integration.app.conftest import Run
from tests.integration.app.test_priced_commands import EXAMPLES

NOON = datetime(2030, 3, 5, 17, tzinfo=UTC)


@pytest.fixture
def hotel(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON)
    monkeypatch.setenv("BOOKING_SANDBOX_PAYMENTS", "true")
    assert run("import", str(EXAMPLES / "grand-hotel.toml")).code == 0
    return run


@pytest.fixture
def code(hotel: Run) -> str:
    words = ("book", "grand-hotel", "deluxe-king", "--check-in", "2030-03-05", "--nights", "1")
    found: str = hotel(*words, "--name", "Ada", "--email", "ada@example.org", "--pay-later", "--json").data[
        "code"
    ]
    return found


def test_a_stay_is_moved_and_nothing_else_changes(hotel: Run, code: str) -> None:
    about = ("grand-hotel", code)
    moved = hotel("move", *about, "--check-in", "2030-03-05", "--nights", "2", "--pay-later", "--json").data
    assert (moved["code"], moved["waits_for_payment"]) == (code, False)
    money = hotel("payments", *about, "--json").data
    assert "balance_minor" in str(money) or "balance" in money
    assert hotel("move", *about, "--check-in", "2030-03-05", "--nights", "0").code == 2


def test_a_night_is_given_up_for_nothing_where_staff_say_why(hotel: Run, code: str) -> None:
    about = ("grand-hotel", code)
    longer = ("--check-in", "2030-03-05", "--nights", "2", "--pay-later", "--json")
    assert hotel("move", *about, *longer).code == 0
    shorter = ("move", *about, "--check-in", "2030-03-05", "--nights", "1")
    assert hotel(*shorter, "--displayed", "0.01").err.startswith("PRICE_CHANGED: ")
    assert hotel(*shorter, "--displayed", "much").code == 2
    assert hotel(*shorter, "--waive").code == 2
    moved = hotel(*shorter, "--waive", "--reason", "no hot water", "--language", "de", "--json").data
    assert moved["price"]["totals"]["penalties_minor"] == 0
    assert moved["price"]["cancellation"]["text"] == "Keine kostenlose Stornierung"
    assert moved["history"][-1]["note"] == "moved: penalty waived: no hot water"


def test_a_stay_moves_to_another_type_of_room(hotel: Run, code: str) -> None:
    words = ("move", "grand-hotel", code, "--service", "standard-twin", "--check-in", "2030-03-05")
    moved = hotel(*words, "--nights", "1", "--pay-later", "--json").data
    assert (moved["service"], list(moved["resources"].values())) == ("standard-twin", ["standard-twin"])
    assert hotel(*words[:4], "penthouse", *words[5:], "--nights", "1").err.startswith("NOT_FOUND: ")


def test_calling_off_says_what_was_kept(hotel: Run, code: str) -> None:
    words = ("cancel", "grand-hotel", code, "--waive", "--reason", "no hot water")
    assert hotel(*words[:3], "--language", "tlh").code == 2
    assert "0.00 USD kept, 226.68 USD waived, 0.00 USD goes back" in hotel(*words).out


def test_what_waits_for_nobody_cannot_be_decided(hotel: Run, code: str) -> None:
    for word in ("approve", "decline"):
        assert hotel(word, "grand-hotel", code).err.startswith("INVALID_TRANSITION: ")


def test_a_promised_room_is_the_one_that_is_given(hotel: Run, code: str) -> None:
    for room in ("301", "302"):
        assert hotel("desk", "report", "grand-hotel", "deluxe-king", room, "clean").code == 0
    assert hotel("desk", "lock-room", "grand-hotel", code, "302").out == f"{code} gets 302\n"
    assert hotel("desk", "check-in", "grand-hotel", code).out == f"{code}  checked_in  302\n"


def test_who_has_no_points_pays_with_none(hotel: Run, code: str) -> None:
    refused = hotel("desk", "points", "grand-hotel", code, "--most", "10")
    assert (refused.code, refused.err.split(":")[0]) == (1, "NOT_ENOUGH_POINTS")


def test_a_bill_that_is_open_can_be_asked_for_again(hotel: Run, code: str) -> None:
    assert hotel("desk", "reopen-bill", "grand-hotel", code).err.startswith("INVALID_TRANSITION: ")


def test_who_did_not_come_is_let_off(hotel: Run, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON + timedelta(hours=40))
    assert hotel("worker", "--once").code == 0
    assert hotel("show", "grand-hotel", code, "--json").data["status"] == "no_show"
    waived = hotel(
        "desk", "waive-no-show-fee", "grand-hotel", code, "--reason", "the airport was closed", "--json"
    )
    assert waived.code == 0
    assert waived.data["bill"]["balance_minor"] == 0
