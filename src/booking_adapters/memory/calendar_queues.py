"""Calendars outside as queues, in memory: entries that are owed to some, and others that are to be read."""

from collections.abc import Iterable
from datetime import datetime

from booking_adapters._codec.calendar_letters import EntryLetters, SubscriptionLetters
from booking_adapters.memory.calendar_links import MemoryCalendarLinks
from booking_adapters.memory.standing import standing_of
from booking_core.domain.calendars.push import Push
from booking_core.domain.calendars.subscription import Subscription
from booking_core.ports.queues import Standing


def _standing(things: Iterable[Push | Subscription], at: datetime) -> Standing:
    return standing_of(((each.due_at, each.died_at, each.problem) for each in things), at)


class MemoryEntryQueue(EntryLetters):
    """The Queue port over entries that are owed to people's own calendars."""

    def __init__(self, links: MemoryCalendarLinks) -> None:
        super().__init__(links.pushes)
        self._every = links.pushes.every

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        return _standing(self._every(), at)


class MemorySubscriptionQueue(SubscriptionLetters):
    """The Queue port over outside calendars that are read."""

    def __init__(self, links: MemoryCalendarLinks) -> None:
        super().__init__(links.subscriptions)

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        return _standing(self._subscriptions.every(), at)
