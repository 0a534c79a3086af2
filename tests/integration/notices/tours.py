"""A departure that is sold out, those who wait for it, and the mails that the worker sent them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import attrs

from booking_adapters.testing.builders import a_tour
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.kernel.events import Actor
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import EntryState
from booking_core.ports.notifying import Notifier
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.waitlist import EntryReference, JoinCommand, Joined
from booking_core.usecases.wanted import Wanted
from tests.integration.notices.post_office import Office

PUBLIC_URL = "https://book.example"
DEPARTURE = datetime(2026, 3, 3, 9, tzinfo=UTC)
GUEST = Actor("guest")
TWO_HOURS = timedelta(hours=2)
SEATS = 12
PLAIN = NoticeSettings()


@attrs.frozen
class Tour:
    """A departure that is sold out, with a worker and the mails that it sent."""

    office: Office
    party: Reservation

    @classmethod
    def sold_out(
        cls, store: Storage, mails: Path, settings: NoticeSettings = PLAIN, *, sms: Notifier | None = None
    ) -> "Tour":
        """All seats are a school's."""
        office = Office.opened(store, mails, settings, sms=sms, business=a_tour(SEATS), public_url=PUBLIC_URL)
        wanted = Wanted(service="tour", start=DEPARTURE, quantity=SEATS)
        school = Customer(name="School", email="school@example.com")
        booked = office.deployment.engine.book(
            BookCommand(tenant=office.tenant, wanted=wanted, customer=school)
        )
        return cls(office, booked.reservation)

    def waits(self, name: str, *, phone: str = "", seats: int = SEATS) -> Joined:
        """Somebody joins the end of the line."""
        self.office.clock.advance(timedelta(seconds=1))
        return self.office.deployment.engine.waitlist.join(
            JoinCommand(
                tenant=self.office.tenant,
                wanted=Wanted(service="tour", start=DEPARTURE, quantity=seats),
                customer=Customer(name=name.title(), email=f"{name}@example.com", phone=phone),
                actor=GUEST,
            )
        )

    def is_given_back(self) -> None:
        """The school cancels."""
        self.office.deployment.engine.cancel(
            Cancellation(tenant=self.office.tenant, reservation=self.party.id)
        )

    def does(self, *duties: str) -> None:
        """Of the worker's duties only these."""
        for name in duties:
            self.office.deployment.duties[name](self.office.tenant)

    def offers_and_tells_nobody_yet(self) -> None:
        """The worker up to the mail, which it does not send."""
        self.does("handle events", "tend the waitlist", "handle events")

    def leaves(self, joined: Joined, actor: Actor = GUEST) -> None:
        """Somebody leaves, or is taken off."""
        self.office.deployment.engine.waitlist.leave(
            EntryReference(tenant=self.office.tenant, entry=joined.entry.id, token=joined.token, actor=actor)
        )

    def mails_to(self, name: str) -> list[EmailMessage]:
        """What somebody has in their mailbox."""
        return [each for each in self.office.read() if each["To"] == f"{name}@example.com"]

    def subjects(self, name: str) -> list[str]:
        """What it says on these."""
        return [each["Subject"] for each in self.mails_to(name)]

    def notices(self, joined: Joined) -> Sequence[Notice]:
        """What somebody in line is owed."""
        with self.office.store.reading(self.office.tenant) as tx:
            return tx.notices.about(Subject(entry=joined.entry.id))

    def state(self, joined: Joined) -> EntryState:
        """What became of somebody."""
        with self.office.store.reading(self.office.tenant) as tx:
            return tx.waitlist.get(joined.entry.id).state


OFFER = "Free for you: Tour, Tuesday, March 3, 2026"
LAPSED = "No longer kept for you: Tour, Tuesday, March 3, 2026"


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(text: str) -> str:
    """The path of the link in a message."""
    (token,) = set(re.findall(rf"{PUBLIC_URL}/v1/city-tours/offers/([\w-]+)", text))
    return f"/v1/city-tours/offers/{token}"
