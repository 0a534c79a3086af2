"""What the use cases need of a storage for channels: what arrived, and which reservation is which booking."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import attrs

from booking_core.domain.channels.booking import ExternalBooking
from booking_core.domain.channels.link import Link, Message
from booking_core.domain.kernel.ids import ClaimId
from booking_core.ports.channel_listings import ChannelListings


class Outcome(StrEnum):
    """What became of a message that arrived."""

    FOLLOWED = "followed"
    STALE = "stale"
    FAILED = "failed"
    """It cannot be followed as it is: people must look at it. It is acknowledged once it was requeued and followed."""


class ChannelInbox(Protocol):
    """Messages of channels, each (channel, reference, revision) once.

    What a message says is personal; it is kept until the message was followed, and which messages there were longer.
    """

    def receive(self, booking: ExternalBooking, at: datetime) -> bool:
        """Remember a message; False where it is known. Raises DuplicateExternalReference where it says otherwise."""
        ...

    def waiting(self, limit: int) -> Sequence[ExternalBooking]:
        """At most `limit` messages of which nothing has become yet, the first received first."""
        ...

    def settle(self, message: Message, outcome: Outcome, at: datetime, reason: str = "") -> None:
        """Say what became of a message, in one transaction with what followed from it.

        Raises StaleVersion where it was settled in the meantime or is unknown.
        """
        ...

    def requeue(self, message: Message) -> None:
        """Let a message that failed wait again; raises NotFound where there is none that did."""
        ...

    def unacknowledged(self, channel: str, limit: int) -> Sequence[Message]:
        """At most `limit` messages that came to a good end and of which the channel has not been told so."""
        ...

    def acknowledged(self, messages: Collection[Message], at: datetime) -> None:
        """Remember that the channel was told; again is no harm."""
        ...


class ChannelLinks(Protocol):
    """Which reservation a channel's booking is."""

    def find(self, channel: str, reference: str) -> Link | None:
        """By the channel's name for it, or None."""
        ...

    def of_reservation(self, reservation: ClaimId) -> Link | None:
        """The channel's booking that a reservation is, or None where it was booked here."""
        ...

    def listed(
        self, limit: int, after: ClaimId | None = None, *, only_flagged: bool = False
    ) -> Sequence[Link]:
        """At most `limit` links that have a reservation, the newest first, from the one with reservation `after` on.

        With `only_flagged`, those alone that break rules.
        """
        ...

    def save(self, link: Link, before: Link | None) -> None:
        """Write a link. Raises StaleVersion where `before` is no longer what is stored.

        Raises Conflict where the reservation is missing or another booking, or a link is there that should be new.
        """
        ...


@attrs.frozen(kw_only=True)
class Receipt:
    """A signed message by its sender's `id` for it, and the SHA-256 in hex of all that was in it."""

    channel: str
    id: str
    digest: str


class ChannelReceipts(Protocol):
    """Which signed messages were handled. They are forgotten with what else is done with, by the queue."""

    def keep(self, receipt: Receipt, at: datetime) -> bool:
        """Remember a message; False where it was handled before. Raises KeyReused where its id was another one's."""
        ...


class Channels(Protocol):
    """Outside sellers."""

    @property
    def inbox(self) -> ChannelInbox:
        """What arrived."""
        ...

    @property
    def links(self) -> ChannelLinks:
        """What became of it."""
        ...

    @property
    def receipts(self) -> ChannelReceipts:
        """Which messages it came in."""
        ...

    @property
    def listings(self) -> ChannelListings:
        """What they sell of ours."""
        ...
