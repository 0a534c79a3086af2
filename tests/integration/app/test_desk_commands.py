"""The front desk on the command line: a guest arrives, takes something, asks for the bill and leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from booking_adapters.ambient.clock import SystemClock
from tests.integration.app.conftest import Run
from tests.integration.app.test_priced_commands import EXAMPLES

NOON = datetime(2030, 3, 5, 17, tzinfo=UTC)
"""A Tuesday in New York, three hours before the rooms are ready."""
NIGHT, MINIBAR = 18_900 + 2_268 + 1_500, 1_250
DECLINED = "pm_card_visa_chargeDeclined"


@pytest.fixture
def hotel(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The hotel of the examples on that Tuesday, with one clean room and cards of the sandbox."""
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON)
    monkeypatch.setenv("BOOKING_SANDBOX_PAYMENTS", "true")
    assert run("import", str(EXAMPLES / "grand-hotel.toml")).code == 0
    for key in ("302", "303", "304", "305"):
        said = run("desk", "report", "grand-hotel", "deluxe-king", key, "out-of-order", "--note", "painted")
        assert said.out == f"{key}  out_of_order  painted\n"
    assert run("desk", "report", "grand-hotel", "deluxe-king", "301", "clean").code == 0
    return run


@pytest.fixture
def code(hotel: Run) -> str:
    """The confirmation number of a night that is to be paid at the desk."""
    words = ("book", "grand-hotel", "deluxe-king", "--check-in", "2030-03-05", "--nights", "1")
    booked = hotel(*words, "--name", "Ada", "--email", "ada@example.org", "--pay-later", "--json").data
    assert booked["status"] == "confirmed"
    found: str = booked["code"]
    return found


def test_a_guest_arrives_takes_something_and_leaves(hotel: Run, code: str) -> None:
    about = ("grand-hotel", code)
    assert hotel("desk", "charge", *about, "MINIBAR").err.startswith("NOT_CHECKED_IN: ")
    assert hotel("desk", "check-in", *about).out == f"{code}  checked_in  301\n"
    assert hotel("desk", "rooms", "grand-hotel").out.splitlines()[0] == f"301  occupied  {code}  Ada"
    taken = hotel("desk", "charge", *about, "MINIBAR", "--quantity", "3", "--json").data
    (group,) = taken["extras"]
    assert taken["bill"]["balance_minor"] == NIGHT + 3 * MINIBAR
    assert hotel("desk", "take-back", *about, str(group), "--reason", "it was one").code == 0
    assert hotel("desk", "charge", *about, "MINIBAR").code == 0
    bill = hotel("desk", "bill", *about).out.splitlines()
    assert bill[0] == f"{code}  checked_in"
    assert bill[-2].split() == ["12.50", "Minibar"]
    assert bill[-1].split() == ["239.18", "USD", "still", "owed"]
    declined = hotel("desk", "check-out", *about, "--method", DECLINED, "--json")
    assert (declined.code, declined.data["error"]["code"]) == (1, "BALANCE_DUE")
    assert declined.data["error"]["balance_minor"] == NIGHT + MINIBAR
    gone = hotel("desk", "check-out", *about, "--cash", "39.18", "--method", "pm_card_visa", "--json").data
    assert (gone["status"], gone["bill"]["balance_minor"]) == ("completed", 0)
    assert gone["bill"]["received_minor"] == NIGHT + MINIBAR
    assert {-20_000, -3_918} <= {item["amount_minor"] for item in gone["bill"]["items"]}


def test_housekeeping_works_on_the_room_that_was_left(hotel: Run, code: str) -> None:
    about = ("grand-hotel", code)
    assert hotel("desk", "tasks", "list", "grand-hotel").out == "Nothing to do.\n"
    hotel("desk", "check-in", *about, "--room", "301")
    assert hotel("desk", "check-out", *about, "--accept-balance-due").code == 0
    assert hotel("worker", "--once").code == 0
    found = hotel("desk", "tasks", "list", "grand-hotel", "--json").data["tasks"]
    assert [(each["room"], each["work"]) for each in found if each["work"] == "repair"] == [
        (key, "repair") for key in ("302", "303", "304", "305")
    ]
    (task,) = [each for each in found if each["work"] != "repair"]
    assert (task["room"], task["work"], task["state"]) == ("301", "cleaning", "open")
    assert hotel("desk", "tasks", "start", "grand-hotel", task["id"]).out.split()[3] == "started"
    assert hotel("desk", "tasks", "put-back", "grand-hotel", task["id"]).out.split()[3] == "open"
    repair = next(each["id"] for each in found if each["work"] == "repair")
    assert hotel("desk", "tasks", "cancel", "grand-hotel", repair).out.split()[3] == "cancelled"
    for word in ("start", "finish"):
        assert hotel("desk", "tasks", word, "grand-hotel", task["id"]).code == 0
    assert hotel("desk", "rooms", "grand-hotel").out.splitlines()[0] == "301  clean"
    assert hotel("desk", "tasks", "start", "grand-hotel", "no-id").code == 2


def test_a_guest_changes_rooms_and_stays_longer_for_a_fee(hotel: Run, code: str) -> None:
    about = ("grand-hotel", code)
    hotel("desk", "check-in", *about)
    refused = hotel("desk", "move-room", *about, "301", "302")
    assert (refused.code, refused.err.partition(":")[0]) == (1, "ROOM_NOT_ASSIGNABLE")
    for status in ("needs-cleaning", "clean"):
        assert hotel("desk", "report", "grand-hotel", "deluxe-king", "302", status).code == 0
    moved = hotel("desk", "move-room", *about, "301", "302").out.splitlines()
    assert moved == ["301  needs_cleaning", f"302  occupied  {code}  Ada"]
    later = hotel("desk", "late-check-out", *about, "14:00", "--json").data
    assert later["bill"]["balance_minor"] == NIGHT + 3_000
    assert hotel("desk", "late-check-out", *about, "half past two").code == 2


def test_a_guest_is_known_once_they_were_here(hotel: Run, code: str) -> None:
    ask = ("desk", "guest", "grand-hotel", "ada@example.org")
    unknown = hotel(*ask)
    assert (unknown.code, unknown.err.partition(":")[0]) == (1, "NOT_FOUND")
    hotel("desk", "check-in", "grand-hotel", code)
    hotel("desk", "check-out", "grand-hotel", code, "--method", "pm_card_visa")
    assert hotel("worker", "--once").code == 0
    (visit,) = hotel(*ask, "--json").data["visits"]
    assert (visit["code"], visit["kind"], visit["nights"]) == (code, "stayed", 1)
    assert code in hotel(*ask).out


def test_who_comes_today_is_listed_with_a_room(hotel: Run, code: str) -> None:
    about = ("grand-hotel", code)
    assert hotel("desk", "arrivals", "grand-hotel").out == f"{code}  Ada  deluxe-king  (301)\n"
    assert hotel("desk", "lock-room", *about, "301").out == f"{code} gets 301\n"
    assert hotel("desk", "arrivals", "grand-hotel", "--date", "2030-03-05").out.split()[-1] == "301"
    assert hotel("desk", "unlock-room", *about).out == f"{code} gets any room\n"
    assert hotel("desk", "report", "grand-hotel", "deluxe-king", "301", "out-of-order").code == 0
    assert hotel("desk", "arrivals", "grand-hotel").out.split()[-4:] == ["1", "without", "a", "room"]
    assert hotel("desk", "arrivals", "grand-hotel", "--date", "2030-03-06").out == "Nobody is to come.\n"
    assert hotel("desk", "arrivals", "grand-hotel", "--date", "tomorrow").code == 2


def test_who_came_after_all_is_checked_in(hotel: Run, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    about = ("grand-hotel", code)
    too_late = NOON + timedelta(hours=16)
    monkeypatch.setattr(SystemClock, "now", lambda _: too_late)
    assert hotel("worker", "--once").code == 0
    assert hotel("show", *about, "--json").data["status"] == "no_show"
    assert hotel("desk", "check-in", *about).err.startswith("INVALID_TRANSITION: ")
    assert hotel("desk", "check-in", *about, "--corrects-no-show").out == f"{code}  checked_in  301\n"


def test_nights_given_up_are_waived_for_a_reason(hotel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("book", "grand-hotel", "deluxe-king", "--check-in", "2030-03-05", "--nights", "3")
    code = hotel(*words, "--name", "Ada", "--pay-later", "--json").data["code"]
    about = ("grand-hotel", code)
    assert hotel("desk", "check-in", *about).code == 0
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON + timedelta(days=1))
    kept = hotel("desk", "bill", *about, "--json").data["bill"]["charges_minor"]
    left = hotel(
        "desk", "check-out", *about, "--waive", "the heating failed", "--method", "pm_card_visa", "--json"
    )
    bill = left.data["bill"]
    assert (bill["charges_minor"], bill["balance_minor"]) == (NIGHT, 0)
    assert kept > NIGHT


def test_cash_is_taken_up_to_what_is_owed_and_handed_back_where_it_was_too_much(
    hotel: Run, code: str
) -> None:
    about = ("grand-hotel", code)
    assert hotel("desk", "cash", *about, "226.69").err.startswith("INVALID_INPUT: ")
    hotel("desk", "check-in", *about)
    (group,) = hotel("desk", "charge", *about, "MINIBAR", "--json").data["extras"]
    assert hotel("desk", "cash", *about, "239.18", "--json").data["bill"]["balance_minor"] == 0
    assert hotel("desk", "cash", *about, "12.50", "--back").err.startswith("INVALID_INPUT: ")
    hotel("desk", "take-back", *about, str(group), "--reason", "not theirs")
    assert hotel("desk", "cash", *about, "12.50", "--back", "--json").data["bill"]["balance_minor"] == 0
    assert hotel("desk", "cash", *about, "a lot").code == 2
