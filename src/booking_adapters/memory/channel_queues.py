"""Messages from channels and to a tenant's own addresses, as queues, in memory."""

from collections.abc import Iterable, MutableMapping, Sequence
from datetime import datetime
from typing import TypeVar

from booking_adapters._codec.channel_letters import (
    DELIVERIES,
    MESSAGES,
    delivery_letter,
    message_letter,
    message_of,
)
from booking_adapters._codec.letters import id_of
from booking_adapters.memory.channels import MemoryChannelInbox, key_of
from booking_adapters.memory.standing import standing_of
from booking_adapters.memory.tables import Arrived, Tables, Undo, dooming
from booking_adapters.memory.webhooks import MemoryWebhookDeliveries
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import DeliveryId
from booking_core.ports.channels import Outcome
from booking_core.ports.queues import MOST_COUNTED, DeadLetter, Standing

K = TypeVar("K")
V = TypeVar("V")


class MemoryMessageQueue:
    """The Queue port over what channels sent."""

    NAME = MESSAGES

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def standing(self, at: datetime) -> Standing:  # noqa: ARG002 - what arrived is due at once
        """How it stands."""
        waiting = [each.at for each in self._tables.arrived.values() if each.outcome is None]
        return Standing(
            waiting=min(len(waiting), MOST_COUNTED),
            dead=min(len(self._failed()), MOST_COUNTED),
            oldest=min(waiting, default=None),
        )

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """What could not be followed, the latest first."""
        return [_letter(each) for each in reversed(self._failed())][:limit]

    @dooming
    def requeue(self, letter: str, at: datetime) -> DeadLetter:  # noqa: ARG002 - it is due at once
        """Import it again."""
        known = self._tables.arrived.get(key_of(message_of(letter)))
        if known is None or known.outcome is not Outcome.FAILED:
            raise NotFound("dead letter", letter)
        MemoryChannelInbox(self._tables, self._undo).requeue(known.message)
        return _letter(known)

    def forget(self, before: datetime, limit: int) -> int:
        """Remove what was followed, and receipts."""
        fine = {Outcome.FOLLOWED, Outcome.STALE}
        receipts = self._tables.channel_receipts
        handled = ((at, key) for key, (_, at) in receipts.items())
        return self._removed(fine, before, limit) + remove_oldest(
            receipts, handled, before, limit, self._undo
        )

    def discard(self, before: datetime, limit: int) -> int:
        """Remove what nobody asked for."""
        return self._removed({Outcome.FAILED}, before, limit)

    def _failed(self) -> Sequence[Arrived]:
        failed = [each for each in self._tables.arrived.values() if each.outcome is Outcome.FAILED]
        return sorted(failed, key=lambda each: (each.settled_at, key_of(each.message)))

    def _removed(self, outcomes: set[Outcome], before: datetime, limit: int) -> int:
        table = self._tables.arrived
        dated = (
            (each.settled_at, key)
            for key, each in table.items()
            if each.outcome in outcomes and each.settled_at is not None
        )
        return remove_oldest(table, dated, before, limit, self._undo)


class MemoryDeliveryQueue:
    """The Queue port over messages to a tenant's own addresses."""

    NAME = DELIVERIES

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._deliveries, self._tables, self._undo = MemoryWebhookDeliveries(tables, undo), tables, undo

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        every = self._tables.deliveries.values()
        return standing_of(((each.due_at, each.died_at, each.reason) for each in every), at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """What was given up, the latest first."""
        dead = [delivery_letter(each) for each in self._tables.deliveries.values() if each.died_at]
        dead.sort(key=lambda each: each.id)
        return sorted(dead, key=lambda each: each.died_at, reverse=True)[:limit]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Send it again."""
        delivery = self._deliveries.get(DeliveryId(id_of(letter)))
        if delivery.died_at is None:
            raise NotFound("dead letter", letter)
        self._deliveries.save(delivery.again(at))
        return delivery_letter(delivery)

    def forget(self, before: datetime, limit: int) -> int:
        """Remove what arrived."""
        table = self._tables.deliveries
        dated = ((each.delivered_at, key) for key, each in table.items() if each.delivered_at)
        return remove_oldest(table, dated, before, limit, self._undo)

    def discard(self, before: datetime, limit: int) -> int:
        """Remove what nobody asked for."""
        table = self._tables.deliveries
        dated = ((each.died_at, key) for key, each in table.items() if each.died_at)
        return remove_oldest(table, dated, before, limit, self._undo)


def remove_oldest(
    table: MutableMapping[K, V], dated: Iterable[tuple[datetime, K]], before: datetime, limit: int, undo: Undo
) -> int:
    """Remove at most `limit` rows that are from before an instant; how many."""
    old = sorted((each for each in dated if each[0] < before), key=lambda each: each[0])[:limit]
    gone = {key: table.pop(key) for _, key in old}
    undo.append(lambda: table.update(gone))
    return len(gone)


def _letter(failed: Arrived) -> DeadLetter:
    assert failed.settled_at is not None, "what failed was settled"
    return message_letter(failed.message, failed.reason, failed.settled_at)
