"""The invitations that really go out by mail, as a calendar program reads them (SCENARIOS 6.15)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import attrs
import pytest
from icalendar import Calendar

from booking_adapters.email.smtp import SmtpNotifier, SmtpServer
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import Business, cabins
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.wanted import Wanted
from tests.integration.notices.outside import Mailbox, a_mailbox
from tests.integration.notices.post_office import CLINIC, MONDAY, Office

ANN = Customer(name="Ann", email="ann@example.org")
HOUR = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Invitation:
    """What a calendar program makes of one."""

    method: str
    uid: str
    sequence: int
    status: str
    start: datetime | date
    end: datetime | date

    @classmethod
    def read(cls, mail: EmailMessage) -> "Invitation":
        """The one that a mail brings along."""
        (file,) = mail.iter_attachments()
        calendar = Calendar.from_ical(file.get_content())
        assert file.get_param("method") == str(calendar["METHOD"])
        (event,) = calendar.walk("VEVENT")
        return cls(
            method=str(calendar["METHOD"]),
            uid=str(event["UID"]),
            sequence=int(str(event["SEQUENCE"])),
            status=str(event["STATUS"]),
            start=event.decoded("DTSTART"),
            end=event.decoded("DTEND"),
        )


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with a_mailbox() as mailbox:
        yield mailbox


def opened(store: Storage, tmp_path: Path, mailbox: Mailbox, business: Business = CLINIC) -> Office:
    """A business that mails by that server."""
    server = SmtpServer(host="127.0.0.1", port=mailbox.port, starttls=False)
    mail = SmtpNotifier(server=server, sender="desk@clinic.example", clock=FixedClock(MONDAY))
    return Office.opened(store, tmp_path / "outbox", business=business, mail=mail)


def lived(office: Office, mailbox: Mailbox, *wishes: Wanted) -> list[Invitation]:
    """Book the first, move to the others, and call it off; what Ann's calendar was told."""
    engine = office.deployment.engine
    first, *others = wishes
    command = BookCommand(tenant=office.tenant, wanted=first, customer=ANN)
    booked = engine.book(command).reservation
    office.works()
    for wanted in others:
        engine.reschedule(RescheduleCommand(tenant=office.tenant, reservation=booked.id, wanted=wanted))
        office.works()
    engine.cancel(Cancellation(tenant=office.tenant, reservation=booked.id))
    office.works()
    assert office.dead_letters == []
    found = [Invitation.read(mail) for mail in mailbox.mails if mail["To"] == "ann@example.org"]
    assert {each.uid for each in found} == {str(booked.id)}
    return found


def test_an_appointment_is_entered_moved_and_taken_away(
    store: Storage, tmp_path: Path, mailbox: Mailbox
) -> None:
    office = opened(store, tmp_path, mailbox)
    ten = MONDAY + 3 * HOUR
    told = lived(office, mailbox, *(Wanted(service="visit", start=ten + each * HOUR) for each in range(3)))
    assert [(each.method, each.status, each.sequence) for each in told] == [
        ("REQUEST", "CONFIRMED", 1),
        ("REQUEST", "CONFIRMED", 1),
        ("REQUEST", "CONFIRMED", 2),
        ("REQUEST", "CONFIRMED", 3),
        ("CANCEL", "CANCELLED", 4),
    ]
    assert [each.start for each in told[1:]] == [ten, ten + HOUR, ten + 2 * HOUR, ten + 2 * HOUR]
    assert {each.end - each.start for each in told} == {timedelta(minutes=30)}


def test_a_stay_ends_on_the_first_day_that_is_free_again(
    store: Storage, tmp_path: Path, mailbox: Mailbox
) -> None:
    office = opened(store, tmp_path, mailbox, cabins(1))
    nights = (
        Stay.between(date(2026, 3, 5), date(2026, 3, 7)),
        Stay.between(date(2026, 3, 6), date(2026, 3, 9)),
    )
    told = lived(office, mailbox, *(Wanted(service="cabin", stay=each) for each in nights))
    assert [(each.method, each.sequence) for each in told] == [
        ("REQUEST", 1),
        ("REQUEST", 1),
        ("REQUEST", 2),
        ("CANCEL", 3),
    ]
    assert [(each.start, each.end) for each in told[1:]] == [
        (date(2026, 3, 5), date(2026, 3, 7)),
        (date(2026, 3, 6), date(2026, 3, 9)),
        (date(2026, 3, 6), date(2026, 3, 9)),
    ]
