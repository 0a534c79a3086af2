"""The queues of a tenant in memory; each has its place in `queues_of`."""

from collections.abc import Sequence
from datetime import datetime

from booking_adapters.memory.calendar_links import MemoryCalendarLinks
from booking_adapters.memory.calendar_queues import MemoryEntryQueue, MemorySubscriptionQueue
from booking_adapters.memory.channel_listings import MemoryChannelListings, MemoryPushQueue
from booking_adapters.memory.channel_queues import (
    MemoryDeliveryQueue,
    MemoryMessageQueue,
    remove_oldest,
)
from booking_adapters.memory.intent_queue import MemoryIntentQueue
from booking_adapters.memory.notice_queue import MemoryNoticeQueue
from booking_adapters.memory.outbox import Key, put
from booking_adapters.memory.tables import Handling, Tables, Undo, dooming
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.ports.queues import MOST_COUNTED, DeadLetter, Queues, Standing


class MemoryHandlerQueue:
    """The Queue port over what is owed to handlers."""

    NAME = "handlers"

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def standing(self, at: datetime) -> Standing:  # noqa: ARG002 - what was told is due at once
        """How it stands."""
        outbox, owed = self._tables.outbox, self._tables.handlings
        fresh = [event.at for number, event in outbox.items() if number not in self._tables.spread]
        waiting = [outbox[key[0]].at for key, each in owed.items() if each.due_at and not each.reason]
        failing = [outbox[key[0]].at for key, each in owed.items() if each.due_at and each.reason]
        return Standing(
            waiting=min(len(fresh), MOST_COUNTED) + min(len(waiting), MOST_COUNTED),
            failing=min(len(failing), MOST_COUNTED),
            dead=min(sum(each.died_at is not None for each in owed.values()), MOST_COUNTED),
            oldest=min([*fresh, *waiting, *failing], default=None),
        )

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """Dead letters, the latest first."""
        dead = [(each.died_at, key, each) for key, each in self._tables.handlings.items() if each.died_at]
        dead.sort(key=lambda each: each[1][1])
        dead.sort(key=lambda each: (each[0], each[1][0]), reverse=True)
        return [self._letter(key, each) for _, key, each in dead[:limit]]

    @dooming
    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Make a dead letter ready anew."""
        for key, each in self._tables.handlings.items():
            if each.died_at is not None and letter == f"{key[0]}:{key[1]}":
                was = self._letter(key, each)
                put(self._tables, self._undo, key, Handling(due_at=at))
                return was
        raise NotFound("dead letter", letter)

    @dooming
    def forget(self, before: datetime, limit: int) -> int:
        """Remove events that nobody owes anything for."""
        outbox, spread = self._tables.outbox, self._tables.spread
        owed = {number for number, _ in self._tables.handlings}
        old = sorted((at, number) for number, at in spread.items() if at < before and number not in owed)
        gone = [(number, outbox.pop(number), spread.pop(number)) for _, number in old[:limit]]

        def undo() -> None:
            for number, event, at in gone:
                outbox[number], spread[number] = event, at

        self._undo.append(undo)
        return len(gone)

    def discard(self, before: datetime, limit: int) -> int:
        """Remove what nobody asked for."""
        owed = self._tables.handlings
        dated = ((each.died_at, key) for key, each in owed.items() if each.died_at)
        return remove_oldest(owed, dated, before, limit, self._undo)

    def _letter(self, key: Key, dead: Handling) -> DeadLetter:
        number, handler = key
        event = self._tables.outbox[number]
        assert dead.died_at is not None, "only the dead are letters"
        return DeadLetter(
            queue=self.NAME,
            id=f"{number}:{handler}",
            what=f"{handler}: {event.name}",
            subject=str(event.subject),
            attempts=dead.attempts,
            died_at=dead.died_at,
            reason=dead.reason,
        )


def queues_of(tables: Tables, actor: Actor, undo: Undo) -> Queues:
    """Every queue of the tenant, by name."""
    links = MemoryCalendarLinks(tables, actor, undo)
    return {
        MemoryHandlerQueue.NAME: MemoryHandlerQueue(tables, undo),
        MemoryIntentQueue.NAME: MemoryIntentQueue(tables),
        MemoryNoticeQueue.NAME: MemoryNoticeQueue(tables, actor, undo),
        MemoryEntryQueue.NAME: MemoryEntryQueue(links),
        MemorySubscriptionQueue.NAME: MemorySubscriptionQueue(links),
        MemoryMessageQueue.NAME: MemoryMessageQueue(tables, undo),
        MemoryDeliveryQueue.NAME: MemoryDeliveryQueue(tables, undo),
        MemoryPushQueue.NAME: MemoryPushQueue(MemoryChannelListings(tables, actor, undo)),
    }
