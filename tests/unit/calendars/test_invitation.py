"""Invitations (RFC 5546), read back with a reader that does not know who wrote them."""

import re
from datetime import date

import attrs
import pytest
from icalendar import Calendar, Event

from booking_adapters.calendars.invitation import Method, invitation
from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation

TEN = hours(10, 11)
PARK = attrs.evolve(a_clinic().venue, name="Praxis, am Park")
STAY = Stay.between(date(2030, 3, 15), date(2030, 3, 18))


def booked(name: str = "Ada Lovelace", *, stay: Stay | None = None, period: Period = TEN) -> Reservation:
    scene = Scene.fresh(MemoryStore())
    return scene.reserve("room", period, stay=stay, customer=Customer(name=name, email="ada@example.com"))


def sent(
    reservation: Reservation,
    *,
    method: Method = Method.REQUEST,
    sequence: int | None = None,
    attendee: str = "ada@example.com",
    service: str = "Visit",
) -> bytes:
    return invitation(
        reservation,
        service_name=service,
        venue=PARK,
        sequence=reservation.version if sequence is None else sequence,
        method=method,
        organizer="desk@clinic.example",
        attendee=attendee,
    )


def event(data: bytes) -> Event:
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    assert isinstance(found, Event)
    assert not found.errors
    return found


def test_an_invitation_asks_the_guests_calendar_to_enter_the_booking() -> None:
    reservation = booked()
    data = sent(reservation)
    asked = event(data)
    assert b"METHOD:REQUEST\r\n" in data
    assert asked["UID"] == str(reservation.id)
    assert asked["SEQUENCE"] == reservation.version == 1
    assert asked["SUMMARY"] == "Visit, Praxis, am Park"
    assert str(asked["ORGANIZER"]) == "mailto:desk@clinic.example"
    assert str(asked["ATTENDEE"]) == "mailto:ada@example.com"
    assert asked["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert asked["STATUS"] == "CONFIRMED"


def test_times_are_utc_and_the_end_is_the_first_instant_that_is_free_again() -> None:
    data = sent(booked())
    assert b"DTSTART:20300107T100000Z\r\n" in data
    assert b"DTEND:20300107T110000Z\r\n" in data


def test_a_stay_is_dates_and_its_end_the_day_of_departure() -> None:
    data = sent(booked(stay=STAY))
    assert b"DTSTART;VALUE=DATE:20300315\r\n" in data
    assert b"DTEND;VALUE=DATE:20300318\r\n" in data


def test_a_moved_booking_keeps_its_uid_and_counts_its_sequence_up() -> None:
    scene = Scene.fresh(MemoryStore())
    reservation = scene.reserve("room", TEN)
    moved = scene.update(scene.a_move(reservation, hours(14, 15)))
    first, second = event(sent(reservation)), event(sent(moved))
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (1, 2)


def test_a_cancellation_takes_the_event_away() -> None:
    cancelled = booked().cancel(NOW).state
    data = sent(cancelled, method=Method.CANCEL)
    assert b"METHOD:CANCEL\r\n" in data
    assert event(data)["STATUS"] == "CANCELLED"
    assert event(data)["SEQUENCE"] == 2


def test_a_booking_that_waits_for_approval_is_tentative() -> None:
    scene = Scene.fresh(MemoryStore())
    assert event(sent(scene.reserve("room", TEN, needs_approval=True)))["STATUS"] == "TENTATIVE"


def test_the_same_state_is_the_same_bytes() -> None:
    reservation = booked()
    assert sent(reservation) == sent(reservation)


@pytest.mark.parametrize(
    "name",
    [
        'Bobby "Tables" O\'Neil; DROP, TABLE',
        "Zoë 🎉 Ærøskøbing " * 8,
        "A\\nB:C",
        "x" * 200,
        "Ada\u2028ATTENDEE:eve",
    ],
)
def test_no_name_gets_out_of_its_property(name: str) -> None:
    data = sent(booked(name), service=f"Visit\r\nATTENDEE:mailto:eve@example.com\r\n{name}")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))  # RFC 5545 section 3.1, in octets
    lines = data.decode().replace("\r\n ", "").splitlines()
    assert [line for line in lines if re.match("ATTENDEE", line)] == [
        line for line in lines if "mailto:ada@example.com" in line
    ]
    assert str(event(data)["ATTENDEE"]) == "mailto:ada@example.com"


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "@example.com", "ada@", "a b@example.com", "ada@example.com\r\nX:1", "ada@" + "x" * 300],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        sent(booked(), attendee=address)
    assert refused.value.field == "attendee"
