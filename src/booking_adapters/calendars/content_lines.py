"""The outer form of an iCalendar file: folded lines, components inside each other, and where each event stands."""

import re
from collections.abc import Iterator, Mapping

import attrs

from booking_core.domain.kernel.problems import Problem

DEEPEST = 8
"""Components inside components; an alarm in an event in a calendar makes three."""

LONGEST_LINE = 100_000
"""Characters of a content line once it is unfolded: a long description, and no more."""

CLOCKS = frozenset({"STANDARD", "DAYLIGHT"})
"""The parts of a VTIMEZONE, whose rules readers expand over decades."""

_LINE = re.compile(r"([A-Za-z0-9-]{1,100})([;:])(.*)", re.DOTALL)


@attrs.frozen
class EventLines:
    """Where an event begins, and the first line of each of its properties."""

    line: int
    properties: Mapping[str, int]

    def of(self, name: str) -> int:
        """The line of a property, or of the event where it has none."""
        return self.properties.get(name, self.line)


class Malformed(Exception):
    """The text is no iCalendar file."""

    def __init__(self, line: int, field: str, reason: str) -> None:
        super().__init__(reason)
        self.problem = Problem(line, field, reason)


def event_lines(text: str) -> list[EventLines]:
    """The events in their order; raises Malformed where the form of RFC 5545 section 3.4 is not kept."""
    events: list[EventLines] = []
    open_components: list[str] = []
    properties: dict[str, int] = {}
    calendars = line = 0
    for line, name, value in _properties(text):
        if name == "BEGIN":
            component = value.strip().upper()
            calendars += not open_components
            _check_begin(component, open_components, calendars, line)
            open_components.append(component)
            if component == "VEVENT":
                properties = {}
                events.append(EventLines(line, properties))
        elif name == "END":
            _check_end(value.strip().upper(), open_components, line)
            open_components.pop()
        elif not open_components:
            raise Malformed(line, name, "stands outside BEGIN:VCALENDAR")
        elif open_components[-1] == "VEVENT":
            properties.setdefault(name, line)
        elif name == "RRULE" and open_components[-1] in CLOCKS and "FREQ=YEARLY" not in value.upper():
            raise Malformed(line, name, "changes a clock more often than yearly")
    if open_components:
        raise Malformed(line, open_components[-1], "has no END")
    if not calendars:
        raise Malformed(1, "file", "has no BEGIN:VCALENDAR")
    return events


def _check_begin(component: str, around: list[str], calendars: int, line: int) -> None:
    if not around and (component != "VCALENDAR" or calendars > 1):
        raise Malformed(line, component, "stands outside the one BEGIN:VCALENDAR")
    if len(around) >= DEEPEST:
        raise Malformed(line, component, "is nested too deeply")
    if component == "VEVENT" and around != ["VCALENDAR"]:
        raise Malformed(line, component, f"stands inside {around[-1] if around else 'nothing'}")


def _check_end(component: str, around: list[str], line: int) -> None:
    if not around or component != around[-1]:
        raise Malformed(line, component, f"ends, but {around[-1] if around else 'nothing'} is open")


def _properties(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, upper-case name and value (parameters included) of each content line, folded ones joined."""
    start, parts = 1, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line[:1] in {" ", "\t"}:
            if not parts and line.strip():
                raise Malformed(number, "file", "begins with a continued line")
            parts.append(line[1:])
            continue
        if parts and "".join(parts).strip():
            yield _property(start, "".join(parts))
        start, parts = number, [line]
    if parts and "".join(parts).strip():
        yield _property(start, "".join(parts))


def _property(line: int, text: str) -> tuple[int, str, str]:
    if len(text) > LONGEST_LINE:
        raise Malformed(line, text[:40], f"is longer than {LONGEST_LINE} characters")
    match = _LINE.fullmatch(text)
    if not match:
        raise Malformed(line, text[:40], "is not a content line of the form NAME:value")
    return line, match[1].upper(), match[3]
