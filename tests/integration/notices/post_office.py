"""A deployment whose worker sends with the real adapters: mails as files, SMS by Twilio's SDK, and web push."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import attrs

from booking_adapters.ambient.holidays import PublicHolidays
from booking_adapters.email.files import MailFiles
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.sms.twilio import TwilioAccount, TwilioNotifier
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.builders import Business, a_clinic
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_app.container import Deployment, wired
from booking_app.notifying import Post
from booking_app.storage import Storage
from booking_app.worker import one_round
from booking_core.domain.catalog.notice_rules import Contact, NoticeChannel, NoticeSettings
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.notifying import Notifier
from booking_core.ports.queues import DeadLetter
from booking_core.usecases.book import BookCommand
from booking_core.usecases.wanted import Wanted

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:1"
"""An address of this machine at which nobody answers."""
CLINIC = a_clinic().with_staff("anna")
DESK = NoticeSettings(contacts=(Contact(email="desk@clinic.example"),))


@attrs.frozen
class Office:
    """One clinic, its clock, and the directory into which its mails go."""

    deployment: Deployment
    store: AnyStore
    clock: FixedClock
    business: Business
    mails: Path

    @classmethod
    def opened(
        cls,
        store: AnyStore,
        mails: Path,
        settings: NoticeSettings = DESK,
        *,
        mail: Notifier | None = None,
        sms: Notifier | None = None,
        push: Notifier | None = None,
        business: Business = CLINIC,
        at: datetime = MONDAY,
        public_url: str = "",
    ) -> "Office":
        """A business; mails are files where nothing else is given, and Twilio does not answer."""
        clock = FixedClock(at)
        account = TwilioAccount(sid="AC1", token="secret", sender="+15005550006", base_url=NOWHERE)
        files = MailFiles(directory=mails, sender="desk@clinic.example", clock=clock)
        given = {
            NoticeChannel.EMAIL: mail or files,
            NoticeChannel.SMS: sms or TwilioNotifier(account, timeout_seconds=3),
            NoticeChannel.PUSH: push,
        }
        notifiers = {channel: each for channel, each in given.items() if each is not None}
        deployment = wired(
            Storage(store, MemoryInspection(MemoryStore())),
            clock=clock,
            ids=SeededIds(),
            holidays=PublicHolidays(),
            post=Post(notifiers=notifiers, sender="desk@clinic.example", public_url=public_url),
        )
        office = cls(deployment, store, clock, business, mails)
        with store(office.tenant) as tx:
            tx.catalogs.save(attrs.evolve(office.business.catalog, notices=settings), at)
        return office

    @property
    def tenant(self) -> TenantId:
        """The clinic's id."""
        return self.business.tenant.id

    def says(self, settings: NoticeSettings) -> None:
        """Who is told what from now on."""
        with self.store(self.tenant) as tx:
            catalog = tx.catalogs.load()
            changed = attrs.evolve(catalog, version=catalog.version + 1, notices=settings)
            tx.catalogs.save(changed, self.clock.now())

    def book(self, customer: Customer, *, hour: int = 10) -> Reservation:
        """A visit on Monday at that hour in Berlin."""
        wanted = Wanted(service="visit", start=MONDAY + timedelta(hours=hour - 7))
        command = BookCommand(tenant=self.tenant, wanted=wanted, customer=customer)
        return self.deployment.engine.book(command).reservation

    def works(self) -> None:
        """The worker, until there is nothing more to do."""
        assert any(one_round(self.deployment) == 0 for _ in range(9))

    @property
    def dead_letters(self) -> Sequence[DeadLetter]:
        """What staff see."""
        return self.deployment.engine.upkeep.list_dead_letters(self.tenant)

    @property
    def alerts(self) -> list[str]:
        """What people must look at."""
        return [each.kind for each in self.deployment.engine.upkeep.list_alerts(self.tenant)]

    def read(self) -> list[EmailMessage]:
        """Every mail that was sent."""
        files = sorted(self.mails.glob("*.eml"))
        return [
            message_from_bytes(each.read_bytes(), _class=EmailMessage, policy=policy.default)
            for each in files
        ]
