"""A business that plans and sends notices, with a post office that remembers what it was given."""

from collections.abc import Callable
from datetime import datetime

import attrs

from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_core.domain.catalog.notice_rules import Contact, NoticeChannel, NoticeSettings
from booking_core.domain.kernel.events import Change
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.notifying import Letter, Message, Wording
from booking_core.usecases.plan_notices import PlanNotices
from booking_core.usecases.send_notices import SendNotices

ANN = Customer(name="Ann", email="ann@example.org", phone="+4915112345678")
SETTINGS = NoticeSettings(contacts=(Contact(email="desk@example.org"),))


@attrs.define
class PostOffice:
    """Takes messages, unless something happens on the way."""

    taken: list[Message] = attrs.field(factory=list)
    before: Callable[[Message], None] = lambda _: None
    after: Callable[[Message], None] = lambda _: None

    def send(self, message: Message) -> str:
        self.before(message)
        self.taken.append(message)
        self.after(message)
        return f"receipt {len(self.taken)}"


def plain_words(letter: Letter) -> Message:
    """The rule and the code."""
    owed = letter.notice.owed
    assert isinstance(letter.topic, Reservation)
    return Message(
        key=letter.notice.key,
        to=owed.address,
        subject=owed.rule,
        text=letter.topic.code,
        may_be_repeat=letter.notice.may_be_repeat,
    )


@attrs.frozen
class House:
    """One tenant, its clock and its post office."""

    scene: Scene
    clock: FixedClock
    post: PostOffice
    public_url: str = ""

    @classmethod
    def fresh(cls, store: Storage, settings: NoticeSettings = SETTINGS) -> "House":
        """A business of its own."""
        scene = Scene.fresh(store)
        with scene.begin() as tx:
            catalog = attrs.evolve(scene.business.revised().catalog, notices=settings)
            tx.catalogs.save(catalog, NOW)
        return cls(scene, FixedClock(NOW), PostOffice())

    def sender(self, words: Wording = plain_words) -> SendNotices:
        """A worker."""
        notifiers = dict.fromkeys((NoticeChannel.EMAIL, NoticeChannel.SMS), self.post)
        return SendNotices(
            begin=self.scene.store,
            clock=self.clock,
            ids=self.scene.ids,
            tokens=SecretTokens(),
            wording=words,
            notifiers=notifiers,
            public_url=self.public_url,
        )

    def tell(self, change: Change[Reservation, Reservation | Hold | None]) -> Reservation:
        """Save a decision, and handle its events."""
        plan = PlanNotices(ids=self.scene.ids)
        with self.scene.begin() as tx:
            tx.reservations.save(change)
        for event in change.events:
            with self.scene.begin() as tx:
                plan(tx, event)
        return change.state

    def book(self, *, day: int = 2, customer: Customer = ANN, at: datetime = NOW) -> Reservation:
        """Ann's hour, from 10 to 11 o'clock."""
        return self.tell(self.scene.a_reservation("room", hours(10, 11, day=day), customer=customer, at=at))

    def it_is(self, at: datetime) -> list[str]:
        """Set the clock, send what is due, and see which rules were sent now."""
        self.clock.set(at)
        before = len(self.post.taken)
        self.sender()(self.scene.tenant)
        return sorted(message.subject for message in self.post.taken[before:])

    def notices(self, reservation: Reservation) -> list[Notice]:
        """Every notice about a reservation."""
        with self.scene.reading() as tx:
            return list(tx.notices.about(Subject(reservation=reservation.id)))
