"""What channels sent, and what became of it, in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime

import attrs

from booking_adapters.memory.channel_listings import MemoryChannelListings
from booking_adapters.memory.tables import Arrived, Tables, Undo, dooming
from booking_core.domain.channels.booking import DuplicateExternalReference, ExternalBooking
from booking_core.domain.channels.link import Link, Message
from booking_core.domain.kernel.errors import Conflict, KeyReused, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ClaimId
from booking_core.ports.channels import Outcome, Receipt

Key = tuple[str, str, int]


class MemoryChannelInbox:
    """The ChannelInbox port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    @dooming
    def receive(self, booking: ExternalBooking, at: datetime) -> bool:
        """Remember a message; False where it is known."""
        message = booking.message
        known = self._tables.arrived.get(key_of(message))
        if known is None:
            self._put(
                Arrived(message=message, fingerprint=booking.fingerprint, content=booking.content, at=at)
            )
            return True
        if known.fingerprint != booking.fingerprint:
            raise DuplicateExternalReference(
                "this revision of the booking is known with another content",
                reference=message.reference,
                revision=message.revision,
            )
        return False

    def waiting(self, limit: int) -> Sequence[ExternalBooking]:
        """Messages of which nothing has become yet, the first received first."""
        left = [each for each in self._tables.arrived.values() if each.outcome is None]
        left.sort(key=lambda each: (each.at, *key_of(each.message)))
        return [ExternalBooking(message=each.message, content=each.content) for each in left[:limit]]

    @dooming
    def settle(self, message: Message, outcome: Outcome, at: datetime, reason: str = "") -> None:
        """Say what became of a message; raises StaleVersion."""
        known = self._tables.arrived.get(key_of(message))
        if known is None or known.outcome is not None:
            raise StaleVersion("the message was settled in the meantime")
        content = known.content if outcome is Outcome.FAILED else None
        self._put(attrs.evolve(known, outcome=outcome, settled_at=at, reason=reason, content=content))

    @dooming
    def requeue(self, message: Message) -> None:
        """Let a message that failed wait again; raises NotFound."""
        known = self._tables.arrived.get(key_of(message))
        if known is None or known.outcome is not Outcome.FAILED:
            raise NotFound("failed message", message.reference)
        self._put(attrs.evolve(known, outcome=None, settled_at=None, reason=""))

    def unacknowledged(self, channel: str, limit: int) -> Sequence[Message]:
        """Messages that came to a good end and of which the channel has not been told so."""
        owed = [
            each
            for each in self._tables.arrived.values()
            if each.message.channel == channel
            and each.outcome in {Outcome.FOLLOWED, Outcome.STALE}
            and each.acknowledged_at is None
        ]
        owed.sort(key=lambda each: (each.settled_at, *key_of(each.message)))
        return [each.message for each in owed[:limit]]

    def acknowledged(self, messages: Collection[Message], at: datetime) -> None:
        """Remember that the channel was told."""
        for message in messages:
            known = self._tables.arrived[key_of(message)]
            if known.acknowledged_at is None:
                self._put(attrs.evolve(known, acknowledged_at=at))

    def _put(self, after: Arrived) -> None:
        table, key = self._tables.arrived, key_of(after.message)
        before = table.get(key)
        table[key] = after
        self._undo.append(lambda: table.pop(key) if before is None else table.__setitem__(key, before))


class MemoryChannelLinks:
    """The ChannelLinks port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def find(self, channel: str, reference: str) -> Link | None:
        """By the channel's name for it, or None."""
        return self._tables.channel_links.get((channel, reference))

    def of_reservation(self, reservation: ClaimId) -> Link | None:
        """The channel's booking that a reservation is, or None."""
        every = self._tables.channel_links.values()
        return next((each for each in every if each.reservation == reservation), None)

    def listed(
        self, limit: int, after: ClaimId | None = None, *, only_flagged: bool = False
    ) -> Sequence[Link]:
        """The links that have a reservation, the newest first."""
        made = {
            each.reservation: each
            for each in self._tables.channel_links.values()
            if each.reservation is not None and (each.violations or not only_flagged)
        }
        ids = sorted((each for each in made if after is None or each < after), reverse=True)
        return [made[each] for each in ids[:limit]]

    @dooming
    def save(self, link: Link, before: Link | None) -> None:
        """Write a link; raises StaleVersion."""
        table, key = self._tables.channel_links, (link.channel, link.reference)
        stored = table.get(key)
        if stored != before:
            raise StaleVersion("the channel's booking was changed in the meantime")
        if link.reservation is not None:
            if link.reservation not in self._tables.reservations:
                raise Conflict("what this refers to is gone")
            other = self.of_reservation(link.reservation)
            if other is not None and (other.channel, other.reference) != key:
                raise Conflict("the reservation is another booking of a channel")
        table[key] = link
        self._undo.append(lambda: table.pop(key) if stored is None else table.__setitem__(key, stored))


class MemoryChannelReceipts:
    """The ChannelReceipts port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    @dooming
    def keep(self, receipt: Receipt, at: datetime) -> bool:
        """Remember a message; False where it was handled before."""
        table, key = self._tables.channel_receipts, (receipt.channel, receipt.id)
        known = table.get(key)
        if known is None:
            table[key] = receipt.digest, at
            self._undo.append(lambda: table.pop(key))
            return True
        if known[0] != receipt.digest:
            raise KeyReused("the id of this message was another message's", id=receipt.id)
        return False


class MemoryChannels:
    """The Channels port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self.inbox = MemoryChannelInbox(tables, undo)
        self.links = MemoryChannelLinks(tables, undo)
        self.receipts = MemoryChannelReceipts(tables, undo)
        self.listings = MemoryChannelListings(tables, actor, undo)


def key_of(message: Message) -> Key:
    """By what a message is found."""
    return message.channel, message.reference, message.revision
