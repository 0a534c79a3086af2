"""What rental sites read of us: nights they must not sell, and nothing else."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from booking_core.domain.calendars.entry import CalendarEntry, EntryState
from booking_core.domain.calendars.nights import taken_nights
from booking_core.domain.kernel.period import Period, Stay

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2030, 3, 10)
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def entry(
    start: str, end: str, *, stay: Stay | None = None, state: EntryState = EntryState.CONFIRMED
) -> CalendarEntry:
    moments = (datetime.fromisoformat(each).replace(tzinfo=BERLIN).astimezone(UTC) for each in (start, end))
    return CalendarEntry(
        uid="1",
        sequence=1,
        period=Period(*moments),
        stay=stay,
        summary="Cabin: Ada Lovelace",
        location="The Alps",
        description="ada@example.com",
        state=state,
        created_at=NOW,
        changed_at=NOW,
    )


def nights(*entries: CalendarEntry) -> list[tuple[str, str]]:
    """From when to when."""
    found = (each.stay for each in taken_nights(entries, BERLIN, TODAY))
    return [(f"{each.check_in}", f"{each.check_out}") for each in found if each is not None]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2030-03-12T00:00", "2030-03-14T00:00", "2030-03-12", "2030-03-14"),
        ("2030-03-12T10:00", "2030-03-12T11:00", "2030-03-12", "2030-03-13"),
        ("2030-03-12T15:00", "2030-03-14T11:00", "2030-03-12", "2030-03-15"),
        ("2030-03-31T00:00", "2030-04-01T00:00", "2030-03-31", "2030-04-01"),
        ("2030-10-27T00:00", "2030-10-28T00:00", "2030-10-27", "2030-10-28"),
    ],
)
def test_a_time_is_every_date_that_it_touches(start: str, end: str, first: str, last: str) -> None:
    assert nights(entry(start, end)) == [(first, last)]


def test_a_stay_is_its_own_nights_and_the_day_of_departure_is_free() -> None:
    stay = Stay(date(2030, 3, 12), date(2030, 3, 14))
    assert nights(entry("2030-03-12T15:00", "2030-03-14T11:00", stay=stay)) == [("2030-03-12", "2030-03-14")]


def test_what_is_over_or_was_called_off_closes_nothing() -> None:
    over = entry("2030-03-08T00:00", "2030-03-10T00:00")
    off = entry("2030-03-12T00:00", "2030-03-14T00:00", state=EntryState.CANCELLED)
    assert nights(over, off) == []
    assert nights(entry("2030-03-08T00:00", "2030-03-11T00:00")) != []


def test_nobody_is_named() -> None:
    (shown,) = taken_nights([entry("2030-03-12T00:00", "2030-03-14T00:00")], BERLIN, TODAY)
    assert (shown.summary, shown.location, shown.description) == ("Not available", "", "")
