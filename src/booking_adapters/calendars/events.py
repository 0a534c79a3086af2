"""Entries as iCalendar events (RFC 5545), escaped and folded: for feeds, invitations and CalDAV alike."""

from collections.abc import Iterable, Sequence
from datetime import UTC

from icalendar import Calendar, Event

from booking_core.domain.calendars.entry import CalendarEntry

PRODUCT = "-//booking-core//booking-core//EN"


def event_of(entry: CalendarEntry) -> Event:
    """The event of an entry: DATE values for a stay, else UTC; DTEND is the first date or instant that is free again.

    DTSTAMP says when the booking last changed, so that the same state is the same bytes.
    """
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.changed_at.astimezone(UTC))
    event.add("CREATED", entry.created_at.astimezone(UTC))
    event.add("LAST-MODIFIED", entry.changed_at.astimezone(UTC))
    event.add("DTSTART", entry.stay.check_in if entry.stay else entry.period.start.astimezone(UTC))
    event.add("DTEND", entry.stay.check_out if entry.stay else entry.period.end.astimezone(UTC))
    event.add("SUMMARY", one_line(entry.summary))
    if entry.location:
        event.add("LOCATION", one_line(entry.location))
    if entry.description:
        event.add("DESCRIPTION", entry.description)
    event.add("STATUS", entry.state.value)
    event.add("TRANSP", "OPAQUE")
    return event


def calendar_of(events: Iterable[Event], *, method: str = "", name: str = "") -> bytes:
    """One iCalendar object; `method` makes it a message (RFC 5546), `name` what a subscriber sees."""
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    if method:
        calendar.add("METHOD", method)
    if name:
        calendar.add("NAME", one_line(name))
        calendar.add("X-WR-CALNAME", one_line(name))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


class IcsWriter:
    """The CalendarWriter port."""

    def write(self, name: str, entries: Sequence[CalendarEntry]) -> bytes:
        """A calendar of that name."""
        return calendar_of((event_of(each) for each in entries), name=name)


def one_line(text: str) -> str:
    """The text without line breaks and control characters, which some readers take for the end of a property."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
