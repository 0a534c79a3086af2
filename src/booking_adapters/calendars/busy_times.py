"""When an iCalendar file says that somebody is busy: every occurrence inside a window, as periods."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import attrs
import recurring_ical_events
from icalendar import Calendar, Event

from booking_adapters.calendars.content_lines import EventLines, Malformed, event_lines
from booking_adapters.calendars.recurrence import objection, when
from booking_core.domain.calendars.busy import BusyTime
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.period import Period, from_epoch
from booking_core.domain.kernel.problems import BadFile, Problem
from booking_core.domain.kernel.zone import wall_epoch, zone_names
from booking_core.usecases.import_busy_times import MOST_BUSY_TIMES

MOST_BYTES = 2_000_000
MOST_EVENTS = 5_000
MOST_SERIES = 500
MOST_OCCURRENCES = 20_000
LONGEST_UID = 200
LONGEST_TITLE = 200
A_DAY = timedelta(days=1)
_TIMES = ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE", "SEQUENCE")
_ONCE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "STATUS", "TRANSP")
_VENDOR_ERRORS = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)
"""What icalendar and recurring-ical-events raise for values that they cannot make sense of."""


@attrs.frozen
class BusyCalendar:
    """The busy times inside the window, and how many occurrences there keep nobody busy (cancelled, transparent).

    `titles` are the summaries of busy times, by their references.
    """

    busy: tuple[BusyTime, ...]
    ignored: int
    titles: Mapping[str, str] = attrs.field(factory=dict)


def read_busy_times(
    data: bytes, *, window: Period, zone: ZoneInfo, file: str = "calendar.ics"
) -> BusyCalendar:
    """The busy times of a file inside a window; raises BadFile with line, field and reason.

    All-day events and floating times are read on the wall of `zone`; an all-day DTEND is the first day that is free
    again. Occurrences without length, cancelled ones and transparent ones keep nobody busy.
    """
    if len(data) > MOST_BYTES:
        raise BadFile(file, [Problem(1, "file", f"is larger than {MOST_BYTES} bytes")])
    try:
        text = data.decode("utf-8-sig")
        lines = event_lines(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadFile(file, [Problem(line, "file", "is not UTF-8 text")]) from None
    except Malformed as error:
        raise BadFile(file, [error.problem]) from None
    calendar, events = _parsed(text, lines, file)
    problems = [problem for event, where in events for problem in _problems(event, where)]
    series = sum("RRULE" in event for event, _ in events)
    if series > MOST_SERIES:
        problems.append(Problem(1, "RRULE", f"stands in more than {MOST_SERIES} events"))
    if problems:
        raise BadFile(file, problems)
    return _inside(calendar, dict(_lines_by_uid(events)), window, zone, file)


def _parsed(
    text: str, lines: Sequence[EventLines], file: str
) -> tuple[Calendar, list[tuple[Event, EventLines]]]:
    """The calendar, and its events with their lines."""
    if len(lines) > MOST_EVENTS:
        raise BadFile(file, [Problem(lines[MOST_EVENTS].line, "VEVENT", f"are more than {MOST_EVENTS}")])
    try:
        calendar = Calendar.from_ical(text)
        found = calendar.walk("VEVENT")
    except _VENDOR_ERRORS as error:
        raise BadFile(file, [Problem(1, "file", f"is not iCalendar: {str(error)[:200]}")]) from error
    events = [event for event in found if isinstance(event, Event)]
    assert isinstance(calendar, Calendar), "there is one VCALENDAR"
    name = str(calendar.get("X-WR-TIMEZONE", "UTC"))
    if name not in zone_names():
        raise BadFile(file, [Problem(1, "X-WR-TIMEZONE", f"is not an IANA time zone ({name[:100]})")])
    assert len(events) == len(lines), "every BEGIN:VEVENT is an event"
    return calendar, list(zip(events, lines, strict=True))


def _problems(event: Event, where: EventLines) -> Iterator[Problem]:
    """What of an event cannot be read, in the order of RFC 5545 section 3.6.1."""
    broken = {name for name, _ in event.errors}
    for name, reason in event.errors:
        if name in (*_TIMES, *_ONCE):
            yield Problem(where.of(name), name, str(reason)[:200])
    for name in _ONCE:
        if isinstance(event.get(name), list):
            yield Problem(where.of(name), name, "is given twice")
            broken.add(name)
    if not 0 < len(str(event.get("UID", ""))) <= LONGEST_UID:
        yield Problem(where.of("UID"), "UID", f"is required, with at most {LONGEST_UID} characters")
    if "DTSTART" not in event:
        yield Problem(where.line, "DTSTART", "is required")
    if "EXRULE" in event:
        yield Problem(where.of("EXRULE"), "EXRULE", "is not supported (RFC 5545 has withdrawn it)")
    if broken or "DTSTART" not in event:
        return
    yield from _problems_of_times(event, where)


def _problems_of_times(event: Event, where: EventLines) -> Iterator[Problem]:
    for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
        reason = _wrong_time(event, name) if name in event else None
        if reason:
            yield Problem(where.of(name), name, reason)
            return
    start, end = when(event, "DTSTART"), when(event, "DTEND")
    length = getattr(event.get("DURATION"), "dt", None)
    if end is not None and length is not None:
        yield Problem(where.of("DURATION"), "DURATION", "cannot stand next to DTEND")
    reason = _wrong_end(start, end) if start is not None and end is not None else None
    if reason:
        yield Problem(where.of("DTEND"), "DTEND", reason)
    if isinstance(length, timedelta) and length < timedelta(0):
        yield Problem(where.of("DURATION"), "DURATION", "is negative")
    reason = objection(event)
    if reason:
        yield Problem(where.of("RRULE"), "RRULE", reason)


def _wrong_time(event: Event, name: str) -> str | None:
    value = when(event, name)
    zone_name = getattr(event[name], "params", {}).get("TZID")
    if value is None:
        return "must be a date or a date with a time"
    if zone_name is not None and getattr(value, "tzinfo", None) is None:
        return f"names an unknown zone ({str(zone_name)[:100]})"
    return None


def _wrong_end(start: date, end: date) -> str | None:
    if isinstance(start, datetime) != isinstance(end, datetime):
        return "must be of the same kind as DTSTART"
    if isinstance(start, datetime) and isinstance(end, datetime):
        if (start.tzinfo is None) != (end.tzinfo is None):
            return "must have a zone where DTSTART has one"
        return "lies before DTSTART" if end < start else None
    return "must lie after DTSTART: it is the first day that is free again" if end <= start else None


def _lines_by_uid(events: Sequence[tuple[Event, EventLines]]) -> Iterator[tuple[str, EventLines]]:
    return ((str(event["UID"]), where) for event, where in reversed(events))


def _inside(
    calendar: Calendar, lines: dict[str, EventLines], window: Period, zone: ZoneInfo, file: str
) -> BusyCalendar:
    busy: set[BusyTime] = set()
    titles: dict[str, str] = {}
    ignored = 0
    for seen, occurrence in enumerate(_occurrences(calendar, window, file)):
        where = lines[str(occurrence["UID"])]
        if seen >= MOST_OCCURRENCES or len(busy) > MOST_BUSY_TIMES:
            raise BadFile(
                file, [Problem(where.line, "VEVENT", f"gives more than {MOST_BUSY_TIMES} busy times")]
            )
        start, end = _instant(occurrence, "DTSTART", zone), _instant(occurrence, "DTEND", zone)
        if end <= window.start or start >= window.end:
            continue
        if start == end or _is_idle(occurrence):
            ignored += 1
            continue
        reference = _reference(occurrence, zone)
        titles[reference] = str(occurrence.get("SUMMARY", ""))[:LONGEST_TITLE]
        try:
            busy.add(BusyTime(Period.between(start, end), reference))
        except InvalidDates as error:
            raise BadFile(file, [Problem(where.of("DTEND"), "DTEND", error.reason)]) from error
    return BusyCalendar(tuple(sorted(busy)), ignored, titles)


def _occurrences(calendar: Calendar, window: Period, file: str) -> Iterator[Event]:
    """Every occurrence that may touch the window; a day more on both sides, for local dates."""
    try:
        query = recurring_ical_events.of(calendar)
        for series in query.series:
            found = series.between(window.start - A_DAY, window.end + A_DAY)
            for occurrence in islice(found, MOST_OCCURRENCES + 1):
                event = occurrence.as_component(keep_recurrence_attributes=False)
                assert isinstance(event, Event), "only events are asked for"
                yield event
    except _VENDOR_ERRORS as error:
        raise BadFile(file, [Problem(1, "RRULE", f"cannot be expanded: {str(error)[:200]}")]) from error


def _is_idle(event: Event) -> bool:
    status, transparency = str(event.get("STATUS", "")), str(event.get("TRANSP", ""))
    return status.upper() == "CANCELLED" or transparency.upper() == "TRANSPARENT"


def _instant(event: Event, name: str, zone: ZoneInfo) -> datetime:
    value = when(event, name)
    assert value is not None, "an occurrence has its times"
    if not isinstance(value, datetime):
        return from_epoch(wall_epoch(value, 0, zone))
    if value.tzinfo is not None:
        return from_epoch(int(value.timestamp()))
    return from_epoch(wall_epoch(value.date(), value.hour * 60 + value.minute, zone) + value.second)


def _reference(event: Event, zone: ZoneInfo) -> str:
    """The UID, and which occurrence of it: its original start."""
    original = _instant(event, "RECURRENCE-ID", zone)
    return f"{event['UID']}@{original:%Y%m%dT%H%M%SZ}"
