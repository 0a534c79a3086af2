"""Invitations for mails (iTIP, RFC 5546): the booking as an attachment that calendars understand."""

from enum import StrEnum
from urllib.parse import quote

import attrs
from icalendar import vCalAddress

from booking_adapters.calendars.events import calendar_of, event_of, one_line
from booking_core.domain.calendars.entry import CalendarEntry, EntryState
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.reservation import Reservation

LONGEST_ADDRESS = 254
"""RFC 5321 section 4.5.3.1.3, without the angle brackets."""


class Method(StrEnum):
    """What an invitation is for: to enter or change the event of its UID, or to take it away."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


def invitation(
    reservation: Reservation,
    *,
    service_name: str,
    venue: Venue,
    sequence: int,
    method: Method,
    organizer: str,
    attendee: str,
) -> bytes:
    """An iCalendar object in UTF-8, for `Content-Type: text/calendar; method=REQUEST; charset=utf-8`.

    The UID is the reservation's id for ever. Calendars take no notice of a `sequence` that is not above the last one:
    give the reservation's version. `organizer` and `attendee` are plain mail addresses; who booked has accepted, and
    no answer is asked for. Raises InvalidInput for what is no address.
    """
    entry = CalendarEntry.of(
        reservation,
        summary=f"{service_name}, {venue.name}",
        location=venue.name,
        description=reservation.code,
    )
    state = EntryState.CANCELLED if method is Method.CANCEL else entry.state
    event = event_of(attrs.evolve(entry, sequence=sequence, state=state))
    event.add("ORGANIZER", _person(organizer, venue.name, "organizer"))
    guest = _person(attendee, reservation.customer.name, "attendee")
    guest.params.update(
        {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    )
    event.add("ATTENDEE", guest)
    return calendar_of([event], method=method)


def _person(address: str, name: str, field: str) -> vCalAddress:
    """A calendar user address with the name to show."""
    local, at, domain = plain_text(address, field, LONGEST_ADDRESS).rpartition("@")
    if not (local and at and domain) or not address.isprintable() or " " in address:
        raise InvalidInput(field, "is not a mail address", address)
    person = vCalAddress(f"mailto:{quote(local, safe='+.!#$&*=_~-')}@{quote(domain, safe='.-[]:')}")
    shown = one_line(name).replace('"', "'")
    if shown:
        person.params["CN"] = shown
    return person
