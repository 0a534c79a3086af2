"""Putting notices into words, and sending them: what the use cases need of templates, mail, SMS and push."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import WaitlistEntry


class Undeliverable(BookingError):
    """It can never be sent like this: an address that is none, words that make no sense."""

    code: ClassVar[str] = "UNDELIVERABLE"


class Refused(Undeliverable):
    """The recipient's side refused it for good: a bounce."""

    code: ClassVar[str] = "BOUNCED"


class RecipientGone(Undeliverable):
    """Nobody is there any more, and that is no failure: a browser that unsubscribed."""

    code: ClassVar[str] = "RECIPIENT_GONE"


class NotifierUnavailable(BookingError):
    """It could not be sent now, and certainly was not."""

    code: ClassVar[str] = "NOTIFIER_UNAVAILABLE"
    retryable: ClassVar[bool] = True


class OutcomeUnknown(NotifierUnavailable):
    """Nobody knows whether it was sent: the answer was lost."""

    code: ClassVar[str] = "OUTCOME_UNKNOWN"


@attrs.frozen(kw_only=True)
class Attachment:
    """A file that goes along; `media_type` with its parameters."""

    name: str
    media_type: str
    content: bytes


@attrs.frozen(kw_only=True)
class Message:
    """A notice in words. `key` is the same for every attempt; `may_be_repeat` says that it may have come before.

    `html` and attachments are for mails; `subscription` is where a push goes. `status_url` is where a provider may tell
    what became of it, empty where nobody is to be told.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    may_be_repeat: bool = False
    sender_name: str = ""
    subscription: PushSubscription | None = None
    status_url: str = ""


Topic = Reservation | WaitlistEntry
"""What is written about."""


@attrs.frozen(kw_only=True, eq=False)
class Letter:
    """Everything that the words of a notice are made of. `manage_url` is empty where the reader gets no link."""

    notice: Notice
    topic: Topic
    catalog: Catalog
    manage_url: str = ""


class Wording(Protocol):
    """Puts notices into words."""

    def __call__(self, letter: Letter) -> Message:
        """The message, with an invitation where it has one; raises Undeliverable where its template makes none."""
        ...


class Notifier(Protocol):
    """Sends messages through one channel."""

    def send(self, message: Message) -> str:
        """Send it, in bounded time; what the provider calls it.

        Raises Undeliverable (Refused, RecipientGone), NotifierUnavailable, OutcomeUnknown.
        """
        ...


Notifiers = Mapping[NoticeChannel, Notifier]
"""The notifier of each channel that this deployment has."""


class PushService(Protocol):
    """How browsers come to be told."""

    @property
    def public_key(self) -> str:
        """What a browser needs to subscribe, in base64url; empty where this deployment pushes nothing."""
        ...

    def accept(self, endpoint: str) -> str:
        """The address of a browser's push service, where it may be kept; raises InvalidInput."""
        ...


@attrs.frozen(kw_only=True)
class Delivery:
    """What a provider says of a message that it calls `reference`; neither arrived nor failed: it is on its way."""

    reference: str
    has_arrived: bool = False
    has_failed: bool = False
    reason: str = ""


class DeliveryReports(Protocol):
    """Reads what a provider sends to the address that went out with a message."""

    def read(self, path: str, fields: Mapping[str, str], signature: str) -> Delivery | None:
        """What it says; None where it was not signed by the provider for this address."""
        ...
