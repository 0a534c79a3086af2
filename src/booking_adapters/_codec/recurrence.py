"""Recurrence rules as text: the part of RFC 5545 section 3.3.10 that `Recurrence` knows, and nothing beyond it.

dateutil reads such text too, but what it read is in its private parts; so the text is read here, and the tests ask
dateutil whether both mean the same dates.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from booking_core.domain.catalog.schedule import WEEKDAYS
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.reservations.recurrence import Frequency, NthWeekday, Recurrence

LONGEST_RULE = 300
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "WKST"})
_WEEKDAY = re.compile(rf"([+-]?[1-5])?({'|'.join(WEEKDAYS)})", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,4}", re.ASCII)
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?", re.ASCII)


def recurrence_of(text: str, start: datetime) -> Recurrence:
    """The rule of `FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=10`, for something that starts at `start`, a local time.

    `UNTIL` may be a date, a local time or one in UTC; the last start is at or before it. Raises InvalidInput for every
    part that is not supported: it is better to refuse a rule than to follow another one.
    """
    parts = _parts(text)
    if parts.get("WKST", "MO") != "MO":
        raise InvalidInput("recurrence", "weeks begin on Monday", text)
    monthly = parts.get("FREQ") == "MONTHLY"
    days = [_weekday(each) for each in _list(parts, "BYDAY")]
    if any((nth is not None) != monthly for nth, _ in days):
        raise InvalidInput(
            "recurrence", "weekdays have a number in monthly rules, and none in weekly ones", text
        )
    return Recurrence(
        frequency=_frequency(parts),
        interval=_number(parts.get("INTERVAL", "1")),
        weekdays=tuple(weekday for nth, weekday in days if nth is None),
        nth_weekdays=tuple(NthWeekday(nth, weekday) for nth, weekday in days if nth is not None),
        month_days=tuple(_number(each) for each in _list(parts, "BYMONTHDAY")),
        count=_number(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"], start) if "UNTIL" in parts else None,
    )


def recurrence_text(rule: Recurrence) -> str:
    """The rule as text, from which `recurrence_of` makes an equal one."""
    days = [WEEKDAYS[each] for each in rule.weekdays]
    days += [f"{each.nth}{WEEKDAYS[each.weekday]}" for each in rule.nth_weekdays]
    parts = {
        "FREQ": rule.frequency.name,
        "INTERVAL": str(rule.interval) if rule.interval > 1 else "",
        "BYDAY": ",".join(days),
        "BYMONTHDAY": ",".join(map(str, rule.month_days)),
        "COUNT": str(rule.count or ""),
        "UNTIL": f"{rule.until:%Y%m%d}" if rule.until else "",
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def _parts(text: str) -> Mapping[str, str]:
    if len(text) > LONGEST_RULE:
        raise InvalidInput("recurrence", f"is longer than {LONGEST_RULE} characters")
    pairs = [part.partition("=") for part in text.removeprefix("RRULE:").upper().split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) < len(pairs) or not all(parts.values()):
        raise InvalidInput("recurrence", "must read like FREQ=WEEKLY;BYDAY=TU;COUNT=10", text)
    unknown = sorted(parts.keys() - _KNOWN)
    if unknown:
        raise InvalidInput("recurrence", f"{unknown[0]} is not supported", text)
    return parts


def _frequency(parts: Mapping[str, str]) -> Frequency:
    named = parts.get("FREQ", "")
    if named not in Frequency.__members__:
        raise InvalidInput("recurrence", "FREQ is DAILY, WEEKLY or MONTHLY", named)
    return Frequency[named]


def _list(parts: Mapping[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise InvalidInput("recurrence", "is not a number", text)
    return int(text)


def _weekday(text: str) -> tuple[int | None, int]:
    found = _WEEKDAY.fullmatch(text)
    if found is None:
        raise InvalidInput("recurrence", "BYDAY reads like MO,WE or 2TU or -1FR", text)
    return int(found[1]) if found[1] else None, WEEKDAYS.index(found[2])


def _until(text: str, start: datetime) -> date:
    """The last date on which something that starts at that time of day starts at or before UNTIL."""
    found = _UNTIL.fullmatch(text)
    try:
        if found is None:
            raise ValueError  # noqa: TRY301 - a text that is no time in one way or another
        day, time, zulu = found.groups()
        if time is None:
            return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date()
        until = datetime.strptime(day + time, "%Y%m%d%H%M%S").replace(tzinfo=UTC if zulu else start.tzinfo)
        until = until.astimezone(start.tzinfo)
    except (ValueError, OverflowError):
        raise InvalidInput("recurrence", "UNTIL reads like 20260630 or 20260630T220000Z", text) from None
    return until.date() if until.time() >= start.time() else until.date() - timedelta(days=1)
