"""Series and the waitlist, on the command line."""

from datetime import UTC, datetime

import pytest

from booking_adapters.ambient.clock import SystemClock
from tests.integration.app.conftest import Result, Run
from tests.integration.app.test_priced_commands import EXAMPLES

NOON = datetime(2030, 3, 1, 17, tzinfo=UTC)
BOAT = ("tours", "harbour-tour")
ADA, BOB = (("--name", name, "--email", f"{name}@example.org") for name in ("ada", "bob"))
TUESDAY, AT_TWO = "2030-03-05T10:00:00-03:30", "2030-03-05T14:00:00-03:30"
SECOND = "2030-03-12T10:00:00-02:30"
WEEKLY = ("--rule", "FREQ=WEEKLY;COUNT=3", "--quantity", "8", *ADA)


@pytest.fixture
def tours(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON)
    assert run("import", str(EXAMPLES / "tours.toml")).code == 0
    return run


def sold_out(tours: Run) -> Result:
    """All twelve seats of the second Tuesday; the booking of eight of them."""
    booking = ("book", *BOAT, *BOB, "--start", SECOND, "--json", "--quantity")
    assert tours(*booking, "4").code == 0
    return tours(*booking, "8")


def lines(result: Result) -> list[tuple[str, list[str]]]:
    """Status and what is in the way of each date; a date that was skipped has no status."""
    return [
        (each["status"] or "", [why["code"] for why in each["violations"]]) for each in result.data["lines"]
    ]


def test_a_dry_run_says_what_booking_would_give_and_exits_with_one_where_dates_are_missed(tours: Run) -> None:
    words = ("series", "book", *BOAT, *WEEKLY, "--start", TUESDAY)
    assert tours(*words, "--dry-run").code == 0
    sold_out(tours)
    dry = tours(*words, "--dry-run", "--json")
    assert (dry.code, lines(dry)) == (1, [("", []), ("", ["sold_out"]), ("", [])])
    refused = tours(*words)
    assert refused.code == 1
    assert refused.err.splitlines() == [
        "SERIES_NOT_BOOKABLE: 1 of 3 dates cannot be had",
        "  2030-03-12: sold_out",
    ]


def test_a_series_is_booked_once_shown_moved_and_called_off(tours: Run) -> None:
    sold_out(tours)
    words = ("series", "book", *BOAT, *WEEKLY, "--start", TUESDAY, "--mode", "skip", "--key", "k", "--json")
    first, again = tours(*words), tours(*words)
    assert lines(first) == lines(again) == [("confirmed", []), ("", ["sold_out"]), ("confirmed", [])]
    assert first.data["id"] == again.data["id"]
    starts = [each["start"] for each in first.data["lines"]]
    assert (starts[0], starts[2]) == ("2030-03-05T13:30:00Z", "2030-03-19T12:30:00Z"), "ten on the wall"

    about = ("tours", first.data["id"])
    assert lines(tours("series", "show", *about, "--json")) == lines(first)
    code = first.data["lines"][2]["code"]
    assert tours("series", "of", "tours", code, "--json").data["id"] == first.data["id"]
    moved = tours("series", "move", *about, "--scope", "all", "--start", AT_TWO, "--json")
    assert [each["start"][11:16] for each in moved.data["lines"]] == ["17:30", "16:30"]
    ended = tours("series", "cancel", *about, "--scope", "following", "--number", "2", "--json")
    assert lines(ended) == [("cancelled", [])]
    assert "cancelled" in tours("series", "show", *about).out


def test_penalties_of_a_series_are_waived_with_a_reason_only(tours: Run) -> None:
    booked = tours("series", "book", *BOAT, *WEEKLY, "--start", TUESDAY, "--json").data
    words = ("series", "cancel", "tours", booked["id"], "--scope", "all", "--waive")
    assert tours(*words).code == 2
    assert lines(tours(*words, "--reason", "storm", "--json")) == [("cancelled", [])] * 3


@pytest.mark.parametrize(
    "words",
    [
        ("book", *BOAT, *ADA, "--start", TUESDAY, "--rule", "FREQ=SECONDLY;COUNT=3"),
        ("book", *BOAT, *ADA, "--rule", "FREQ=WEEKLY;COUNT=3"),
        ("book", *BOAT, *ADA, "--start", TUESDAY, "--rule", "FREQ=DAILY;COUNT=2", "--shift-days", "40"),
        ("show", "tours", "x"),
        ("move", "tours", "x", "--scope", "half", "--start", TUESDAY),
    ],
)
def test_what_makes_no_sense_is_bad_input(tours: Run, words: tuple[str, ...]) -> None:
    assert tours("series", *words).code == 2


def test_a_guest_who_calls_joins_is_offered_the_seats_and_gets_them(tours: Run) -> None:
    eight = sold_out(tours)
    second = ("--start", SECOND)
    span = ("--from", "2030-03-12T00:00:00Z", "--to", "2030-03-13T00:00:00Z")
    assert tours("waitlist", "list", "tours", *span).out.strip() == "Nobody waits."
    joined = tours("waitlist", "join", *BOAT, *ADA, *second, "--quantity", "2", "--json").data
    assert (joined["state"], bool(joined["token"])) == ("waiting", True)
    assert tours("waitlist", "join", *BOAT, *ADA, *second).err.startswith("ALREADY_WAITING: ")
    assert "ada" in tours("waitlist", "list", "tours", *span).out

    about = ("tours", joined["id"])
    assert tours("waitlist", "accept", *about).err.startswith("OFFER_LAPSED: ")
    assert tours("cancel", "tours", eight.data["code"]).code == 0
    assert tours("waitlist", "offer", "tours").code == 0
    assert " until " in tours("waitlist", "show", *about).out
    booked = tours("waitlist", "accept", *about, "--json").data
    assert (booked["status"], booked["quantity"]) == ("confirmed", 2)
    assert tours("waitlist", "show", *about, "--json").data["reservation"] == booked["id"]
    assert tours("waitlist", "leave", *about).err.startswith("INVALID_TRANSITION: ")


def test_a_guest_who_calls_again_is_taken_out_of_the_line(tours: Run) -> None:
    sold_out(tours)
    joined = tours("waitlist", "join", *BOAT, *ADA, "--start", SECOND, "--json").data
    assert "left" in tours("waitlist", "leave", "tours", joined["id"]).out
    assert tours("waitlist", "leave", "tours", "x").code == 2
