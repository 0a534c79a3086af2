"""Recurrence rules (RFC 5545 section 3.3.10) that a small file cannot use to keep a machine busy for hours."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from icalendar import Event

FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
MOST_TIMES_A_DAY = 48
EARLIEST_SERIES = date(1990, 1, 1)
DAYS_OF_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NOT_DAILY = ("BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "BYEASTER")


def when(event: Event, name: str) -> date | None:
    """A date or a date with a time that an event has under a name, or None for anything else."""
    value = getattr(event.get(name), "dt", None)
    return value if isinstance(value, date) else None


def objection(event: Event) -> str | None:
    """Why the recurrence of an event is not expanded, or None.

    The expansion goes from the first occurrence to the window, and for a rule that never comes true to the year
    9999: both must be short ways.
    """
    rule = event.get("RRULE")
    if rule is None:
        return None
    if not isinstance(rule, Mapping):
        return "is given twice"
    start = when(event, "DTSTART")
    if start is None or (start.date() if isinstance(start, datetime) else start) < EARLIEST_SERIES:
        return f"repeats since before {EARLIEST_SERIES:%Y}"
    return _of_rule(rule)


def _of_rule(rule: Mapping[str, Sequence[Any]]) -> str | None:
    frequency = str(*rule.get("FREQ", [""])).upper()
    if frequency not in FREQUENCIES:
        return "repeats more often than daily, or in no known way"
    if "RSCALE" in rule:
        return "counts in another calendar than the Gregorian"
    if "COUNT" in rule and "UNTIL" in rule:
        return "has both COUNT and UNTIL"
    if any(number < 1 for name in ("COUNT", "INTERVAL") for number in rule.get(name, [])):
        return "counts from 1"
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(rule.get(name, [])))
    if times > MOST_TIMES_A_DAY:
        return f"repeats more than {MOST_TIMES_A_DAY} times a day"
    return _of_days(frequency, rule)


def _of_days(frequency: str, rule: Mapping[str, Sequence[Any]]) -> str | None:
    if frequency in {"DAILY", "WEEKLY"} and any(name in rule for name in _NOT_DAILY):
        return f"picks days of the month or year, which {frequency} does not (MONTHLY and YEARLY do)"
    if frequency == "DAILY" and "BYDAY" in rule and rule.get("INTERVAL", [1])[0] % 7 == 0:
        return "picks weekdays every so many weeks, which WEEKLY says better"
    months, days = rule.get("BYMONTH", range(1, 13)), rule.get("BYMONTHDAY", [1])
    lengths = [DAYS_OF_MONTHS[int(month) - 1] for month in months if 1 <= int(month) <= len(DAYS_OF_MONTHS)]
    if not any(0 < abs(day) <= length for length in lengths for day in days):
        return "names days that no month has"
    return None
