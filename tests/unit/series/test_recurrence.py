"""Dates of recurrence rules are those that dateutil finds, and rules without an end are refused."""

import time
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given
from hypothesis import strategies as st

from booking_adapters._codec.recurrence import recurrence_of, recurrence_text
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import SeriesId, ServiceId
from booking_core.domain.reservations.recurrence import (
    FARTHEST,
    MOST_OCCURRENCES,
    Frequency,
    NthWeekday,
    Recurrence,
)
from booking_core.domain.reservations.series import Series

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 3, 3)
START = datetime(2026, 3, 3, 10, 0, tzinfo=BERLIN)


def some(values: st.SearchStrategy[object], most: int = 3) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, min_size=1, max_size=most, unique=True).map(tuple)


@st.composite
def rules(draw: st.DrawFn, first: date) -> Recurrence:
    frequency = draw(st.sampled_from(Frequency))
    parts: dict[str, object] = {"interval": draw(st.integers(1, 5))}
    weekdays = st.integers(0, 6)
    if frequency is Frequency.WEEKLY and draw(st.booleans()):
        parts["weekdays"] = draw(some(weekdays, 7))
    if frequency is Frequency.MONTHLY:
        kind = draw(st.sampled_from(("usual", "days", "weekdays")))
        if kind == "days":
            parts["month_days"] = draw(some(st.integers(-31, 31).filter(bool)))
        if kind == "weekdays":
            nth = st.integers(-5, 5).filter(bool)
            parts["nth_weekdays"] = draw(some(st.builds(NthWeekday, nth, weekdays)))
    if draw(st.booleans()):
        parts["count"] = draw(st.integers(1, 40))
    else:
        parts["until"] = first + timedelta(days=draw(st.integers(0, 360)))
    return Recurrence(frequency=frequency, **parts)  # type: ignore[arg-type]


@given(st.data(), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_the_dates_are_those_of_dateutil(data: st.DataObject, day: date) -> None:
    rule = data.draw(rules(day))
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - dateutil reads a bare UNTIL as midnight
    theirs = rrulestr(recurrence_text(rule), dtstart=start)
    found = [each.date() for each in islice(theirs, 50) if each.date() <= day + FARTHEST]
    assume(found and len(found) < 50 and (rule.count is None or len(found) == rule.count))
    # Where the rule does not meet the first date, the first that it meets; the weeks and months still count from there.
    first = found[0]
    theirs = rrulestr(recurrence_text(rule), dtstart=start + (first - day))
    expected = [each.date() for each in islice(theirs, 50) if each.date() <= first + FARTHEST]
    assume(len(expected) < 50 and (rule.count is None or len(expected) == rule.count))
    assert list(rule.dates(first)) == expected


@given(st.data(), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_rule_survives_as_text(data: st.DataObject, day: date) -> None:
    rule = data.draw(rules(day))
    assert recurrence_of(recurrence_text(rule), datetime(day.year, day.month, day.day, tzinfo=UTC)) == rule


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["03-03", "03-10", "03-17"]),
        ("RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=4", ["03-03", "03-05", "03-17", "03-19"]),
        ("freq=daily;count=2", ["03-03", "03-04"]),
        ("FREQ=MONTHLY;BYDAY=1TU,-1TU;COUNT=3", ["03-03", "03-31", "04-07"]),
        ("FREQ=MONTHLY;BYMONTHDAY=3,-1;UNTIL=20260430", ["03-03", "03-31", "04-03", "04-30"]),
        ("FREQ=WEEKLY;UNTIL=20260317", ["03-03", "03-10", "03-17"]),
        ("FREQ=WEEKLY;UNTIL=20260317T100000", ["03-03", "03-10", "03-17"]),
        ("FREQ=WEEKLY;UNTIL=20260317T095959", ["03-03", "03-10"]),
        ("FREQ=WEEKLY;UNTIL=20260317T090000Z", ["03-03", "03-10", "03-17"]),
        ("FREQ=WEEKLY;UNTIL=20260317T085959Z", ["03-03", "03-10"]),
    ],
)
def test_rules_as_people_write_them(text: str, days: list[str]) -> None:
    assert [f"{each:%m-%d}" for each in recurrence_of(text, START).dates(TUESDAY)] == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=WEEKLY",
        "FREQ=SECONDLY;COUNT=5",
        "FREQ=YEARLY;COUNT=5",
        "FREQ=WEEKLY;COUNT=5;UNTIL=20260401",
        "FREQ=WEEKLY;COUNT=5;COUNT=6",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=DAILY;COUNT=367",
        "FREQ=DAILY;COUNT=99999999999",
        "FREQ=DAILY;COUNT=٣",
        "FREQ=DAILY;INTERVAL=0;COUNT=3",
        "FREQ=DAILY;BYDAY=TU;COUNT=3",
        "FREQ=WEEKLY;BYDAY=1TU;COUNT=3",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=3",
        "FREQ=WEEKLY;WKST=SU;COUNT=3",
        "FREQ=WEEKLY;BYHOUR=10;COUNT=3",
        "FREQ=MONTHLY;BYDAY=TU;COUNT=3",
        "FREQ=MONTHLY;BYDAY=1TU;BYMONTHDAY=3;COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=32;COUNT=3",
        "FREQ=WEEKLY;UNTIL=20261301",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=WEEKLY;UNTIL=99991231T235959Z;" + "X" * 300,
    ],
)
def test_a_rule_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        recurrence_of(text, START)
    assert refused.value.field == "recurrence"


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (Recurrence(frequency=Frequency.WEEKLY, weekdays=(2,), count=3), "first date"),
        (Recurrence(frequency=Frequency.DAILY, until=TUESDAY - timedelta(days=1)), "first date"),
        (Recurrence(frequency=Frequency.DAILY, until=date(2027, 3, 4)), "more than 366"),
        (Recurrence(frequency=Frequency.DAILY, interval=366, until=date(2199, 1, 1)), "ten years"),
        (Recurrence(frequency=Frequency.DAILY, interval=366, count=20), "ten years"),
    ],
)
def test_a_rule_that_does_not_fit_its_first_date_is_refused(rule: Recurrence, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        rule.dates(TUESDAY)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"frequency": Frequency.WEEKLY, "weekdays": (7,)}, "weekdays are 0"),
        ({"frequency": Frequency.DAILY, "weekdays": (1,)}, "are for weekly rules"),
        ({"frequency": Frequency.WEEKLY, "month_days": (1,)}, "are for monthly rules"),
        ({"frequency": Frequency.MONTHLY, "month_days": (0,)}, "days of a month"),
        (
            {"frequency": Frequency.MONTHLY, "month_days": (1,), "nth_weekdays": (NthWeekday(1, 1),)},
            "not both",
        ),
    ],
)
def test_parts_that_do_not_belong_together_are_no_rule(parts: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        Recurrence(count=2, **parts)


@pytest.mark.parametrize(("nth", "weekday"), [(0, 1), (6, 1), (-6, 1), (1, 7), (1, -1)])
def test_no_month_has_a_sixth_monday_and_no_week_an_eighth_day(nth: int, weekday: int) -> None:
    with pytest.raises(InvalidInput):
        NthWeekday(nth, weekday)


BOMBS = [
    "FREQ=SECONDLY",
    "FREQ=SECONDLY;COUNT=366",
    "FREQ=MINUTELY;UNTIL=20260401",
    "FREQ=DAILY;UNTIL=99991231",
    "FREQ=DAILY;INTERVAL=366;COUNT=366",
    "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=366;COUNT=366",
    "FREQ=DAILY;COUNT=" + "9" * 280,
    "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["31"] * 90),
    ";".join(["FREQ=DAILY"] * 25),
]


@pytest.mark.parametrize("text", BOMBS)
def test_a_rule_that_would_go_on_and_on_is_refused_for_next_to_nothing(text: str) -> None:
    begun = time.process_time()
    with pytest.raises(InvalidInput):
        recurrence_of(text, START).dates(TUESDAY)
    assert time.process_time() - begun < 0.1


def test_a_series_has_dates() -> None:
    rule = Recurrence(frequency=Frequency.DAILY, count=1)
    with pytest.raises(InvalidInput, match="occurrences"):
        Series.book(
            id=SeriesId(UUID(int=1)),
            service=ServiceId(UUID(int=2)),
            recurrence=rule,
            occurrences=(),
            at=START,
        )


def test_a_year_of_days_is_the_most() -> None:
    rule = Recurrence(frequency=Frequency.DAILY, count=MOST_OCCURRENCES)
    assert len(rule.dates(TUESDAY)) == MOST_OCCURRENCES


def test_a_month_that_lacks_the_day_is_passed_over() -> None:
    rule = Recurrence(frequency=Frequency.MONTHLY, count=3)
    assert rule.dates(date(2026, 1, 31)) == (date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31))
