from datetime import date, timedelta
from typing import Any

import pytest

from booking_core.domain.catalog.schedule import (
    MOST_DATES,
    MOST_WINDOWS_A_DAY,
    Schedule,
    Window,
    clock_text,
    minute_of_day,
)
from booking_core.domain.kernel.errors import InvalidInput

MONDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 8)
MORNING, AFTERNOON = Window.of("09:00", "12:00"), Window.of("13:00", "17:00")


def refused_field(weekly: Any, **exceptions: Any) -> str:
    with pytest.raises(InvalidInput) as refused:
        Schedule.of(weekly, **exceptions)
    return refused.value.field


@pytest.mark.parametrize(
    ("text", "minute"), [("00:00", 0), ("09:30", 570), ("23:59", 1_439), ("24:00", 1_440)]
)
def test_a_time_of_day_is_minutes_since_midnight(text: str, minute: int) -> None:
    assert minute_of_day(text) == minute


@pytest.mark.parametrize(
    "text", ["", "9:00", "24:01", "25:00", "12:60", "12:00 ", "0\u0669:00", "noon", None, 540]
)
def test_what_is_no_time_of_day_is_refused_with_the_field_named(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        minute_of_day(text, "resources.hours")
    assert refused.value.field == "resources.hours"


def test_a_window_shows_itself_as_on_the_wall() -> None:
    assert str(MORNING) == "09:00-12:00"
    assert str(Window.of("22:00", "02:00")) == "22:00-02:00"
    assert clock_text(1_440) == "24:00"


def test_an_end_at_or_before_the_start_means_the_next_day() -> None:
    assert Window.of("22:00", "02:00") == Window(22 * 60, 26 * 60)
    assert Window.of("22:00", "00:00") == Window.of("22:00", "24:00") == Window(22 * 60, 24 * 60)


@pytest.mark.parametrize(
    ("start", "end"), [("24:00", "02:00"), ("09:00", "09:00"), ("9", "10:00"), ("09:00", "x")]
)
def test_a_window_that_opens_never_is_refused(start: str, end: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Window.of(start, end, "hours")
    assert refused.value.field == "hours"


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1_440, 1_500), (600, 600), (600, 540), (600, 2_041)])
def test_minutes_that_are_no_window_of_a_day_are_refused(start: int, end: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        Window(start, end)
    assert refused.value.field == "windows"


def test_windows_are_kept_in_order_and_may_touch() -> None:
    schedule = Schedule.of({0: [AFTERNOON, MORNING, Window.of("12:00", "13:00")]})
    assert schedule.windows_on(MONDAY) == (MORNING, Window.of("12:00", "13:00"), AFTERNOON)


def test_overlapping_windows_of_a_day_are_refused_with_the_weekday_named() -> None:
    assert refused_field({3: [MORNING, Window.of("11:59", "13:00")]}) == "weekly.TH"
    assert refused_field({3: [MORNING, MORNING]}) == "weekly.TH"


def test_a_window_over_midnight_may_not_reach_into_the_next_morning() -> None:
    late, early = Window.of("22:00", "02:00"), Window.of("01:59", "05:00")
    assert refused_field({1: [late], 2: [early]}) == "weekly.TU"
    assert Schedule.of({1: [late], 2: [Window.of("02:00", "05:00")]}).windows_on(MONDAY) == ()


def test_the_week_ends_where_it_begins_so_sunday_may_not_reach_into_monday() -> None:
    assert refused_field({6: [Window.of("22:00", "02:00")], 0: [Window.of("01:00", "05:00")]}) == "weekly.SU"


def test_weekdays_run_from_0_to_6() -> None:
    assert refused_field({7: [MORNING]}) == "weekly"
    assert refused_field({-1: [MORNING]}) == "weekly"


def test_overlapping_windows_of_an_override_are_refused_with_its_date_named() -> None:
    assert refused_field({}, overrides={MONDAY: [MORNING, MORNING]}) == "overrides.2026-03-02"


def test_a_day_and_a_schedule_have_bounds() -> None:
    minutes = [Window(n, n + 1) for n in range(MOST_WINDOWS_A_DAY + 1)]
    assert refused_field({0: minutes}) == "weekly.MO"
    days = [MONDAY + timedelta(days=n) for n in range(MOST_DATES + 1)]
    assert refused_field({}, closed_dates=days) == "overrides"
    assert refused_field({}, overrides={day: [MORNING] for day in days}) == "overrides"


def test_an_override_wins_over_a_closed_date_over_a_holiday_over_the_week() -> None:
    day = {n: MONDAY + timedelta(days=n) for n in range(4)}
    schedule = Schedule.of(
        {n: [MORNING] for n in range(7)},
        overrides={day[0]: [AFTERNOON], day[1]: []},
        closed_dates=[day[0], day[2]],
        keeps_holidays=True,
    )
    holidays = frozenset({day[0], day[3]})
    found = {n: schedule.windows_on(each, holidays) for n, each in day.items()}
    assert found == {0: (AFTERNOON,), 1: (), 2: (), 3: ()}
    assert schedule.windows_on(SUNDAY, holidays) == (MORNING,)


def test_holidays_are_for_those_who_keep_them() -> None:
    schedule = Schedule.of({0: [MORNING]})
    assert schedule.windows_on(MONDAY, frozenset({MONDAY})) == (MORNING,)


def test_around_the_clock_is_every_minute_of_the_week() -> None:
    assert Schedule.always().windows_on(SUNDAY) == (Window.of("00:00", "24:00"),)
