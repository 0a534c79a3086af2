"""What the wall clock says about opening hours on the days on which it is changed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_adapters.testing.builders import weekly_hours
from booking_adapters.testing.strategies import places_and_days, schedules
from booking_core.domain.availability.openings import Openings, openings
from booking_core.domain.catalog.schedule import Schedule, Window
from booking_core.domain.kernel.period import from_epoch
from booking_core.domain.kernel.zone import wall_epoch, zone


def on_the_wall(schedule: Schedule, place: str, day: str) -> list[str]:
    """The windows that begin on a date, in UTC: `08:00-16:00`."""
    found = openings(schedule, zone(place), date.fromisoformat(day), date.fromisoformat(day))
    return [f"{from_epoch(start):%dT%H:%M}-{from_epoch(end):%dT%H:%M}" for start, end in found.windows]


@pytest.mark.parametrize(
    ("hours", "place", "day", "expected"),
    [
        ("09:00-17:00", "Europe/Berlin", "2026-03-29", ["29T07:00-29T15:00"]),
        ("00:00-24:00", "Europe/Berlin", "2026-03-29", ["28T23:00-29T22:00"]),
        ("00:00-24:00", "Europe/Berlin", "2026-10-25", ["24T22:00-25T23:00"]),
        ("02:15-02:45", "Europe/Berlin", "2026-03-29", []),
        ("01:30-02:30", "Europe/Berlin", "2026-03-29", ["29T00:30-29T01:00"]),
        ("02:30-03:30", "Europe/Berlin", "2026-03-29", ["29T01:00-29T01:30"]),
        ("02:00-03:00", "Europe/Berlin", "2026-10-25", ["25T00:00-25T02:00"]),
        ("02:15-02:45", "Europe/Berlin", "2026-10-25", ["25T00:15-25T00:45"]),
        ("22:00-02:30", "Europe/Berlin", "2026-03-28", ["28T21:00-29T01:00"]),
        ("00:00-24:00", "Australia/Lord_Howe", "2026-10-04", ["03T13:30-04T13:00"]),
        ("00:00-24:00", "Australia/Lord_Howe", "2026-04-05", ["04T13:00-05T13:30"]),
        ("00:00-24:00", "Pacific/Apia", "2011-12-30", []),
        ("09:00-17:00", "Pacific/Apia", "2011-12-30", []),
        ("22:00-02:00", "Pacific/Apia", "2011-12-29", ["30T08:00-30T10:00"]),
        ("00:00-10:00", "Pacific/Apia", "2011-12-31", ["30T10:00-30T20:00"]),
        ("00:00-02:00", "America/Sao_Paulo", "2018-11-04", ["04T03:00-04T04:00"]),
        ("23:00-24:00", "America/Sao_Paulo", "2018-02-17", ["18T01:00-18T03:00"]),
    ],
)
def test_windows_in_gaps_and_folds_mean_what_the_wall_shows(
    hours: str, place: str, day: str, expected: list[str]
) -> None:
    assert on_the_wall(weekly_hours(f"MO-SU {hours}"), place, day) == expected


def test_an_exception_that_reaches_into_the_next_morning_delays_its_opening() -> None:
    party = {date(2026, 3, 2): [Window.of("20:00", "10:30")]}
    schedule = weekly_hours("MO-FR 09:00-12:00", overrides=party)
    found = openings(schedule, zone("Etc/UTC"), date(2026, 3, 2), date(2026, 3, 3))
    assert [(from_epoch(a).hour, from_epoch(b).hour) for a, b in found.windows] == [(20, 10), (10, 12)]
    assert found.windows[1][0] == found.windows[0][1]
    assert len(found.spans) == 1


def test_windows_that_touch_are_one_span_and_keep_their_own_starts() -> None:
    found = Openings.of([(0, 10), (10, 20), (30, 40)])
    assert found.spans == [(0, 20), (30, 40)]
    assert found.limits == [20, 20, 40]
    assert found.covers(5, 20)
    assert not found.covers(5, 21)
    assert not found.covers(20, 21)
    assert [found.window_at(moment) for moment in (-1, 0, 9, 10, 19, 20, 39, 40)] == [
        None,
        (0, 10),
        (0, 10),
        (10, 20),
        (10, 20),
        None,
        (30, 40),
        None,
    ]
    assert [found.ends_well(moment) for moment in (0, 1, 20, 21, 30, 40, 41)] == [
        True,
        True,
        True,
        False,
        True,
        True,
        False,
    ]


@given(place_and_day=places_and_days(), data=st.data())
def test_the_openings_of_many_days_are_those_that_each_reading_gives(
    place_and_day: tuple[ZoneInfo, date], data: st.DataObject
) -> None:
    place, day = place_and_day
    schedule = data.draw(schedules(day))
    first, last = day - timedelta(days=3), day + timedelta(days=3)
    found = openings(schedule, place, first, last)
    expected: list[tuple[int, int]] = []
    for n in range(7):
        each = first + timedelta(days=n)
        for window in schedule.windows_on(each):
            start, end = wall_epoch(each, window.start, place), wall_epoch(each, window.end, place)
            start = max(start, expected[-1][1]) if expected else start
            expected += [(start, end)] if start < end else []
    assert list(found.windows) == expected
    assert all(a[1] <= b[0] for a, b in pairwise(expected))
    assert all(a[1] < b[0] for a, b in pairwise(found.spans))


def test_a_slot_may_run_over_the_change_of_the_clock() -> None:
    found = openings(Schedule.always(), zone("Europe/Berlin"), date(2026, 3, 28), date(2026, 3, 30))
    change = int(datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp())
    assert found.covers(change - 3_600, change + 3_600)
