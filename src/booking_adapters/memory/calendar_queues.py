"""Calendars outside as queues, in memory: entries that are owed to some, and others that are to be read."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from booking_adapters._codec.calendar_letters import (
    ENTRIES,
    SUBSCRIPTIONS,
    push_letter,
    subscription_letter,
)
from booking_adapters._codec.letters import id_of
from booking_adapters.memory.calendar_links import MemoryCalendarLinks
from booking_adapters.memory.standing import standing_of
from booking_core.domain.calendars.push import Push
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import PushId, SubscriptionId
from booking_core.ports.queues import DeadLetter, Standing


def _standing(things: Iterable[Push | Subscription], at: datetime) -> Standing:
    return standing_of(((each.due_at, each.died_at, each.problem) for each in things), at)


class MemoryEntryQueue:
    """The Queue port over entries that are owed to people's own calendars."""

    NAME = ENTRIES

    def __init__(self, links: MemoryCalendarLinks) -> None:
        self._pushes = links.pushes

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        return _standing(self._pushes.every(), at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """What was given up, the latest first."""
        return [push_letter(each) for each in self._pushes.given_up(limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Write it again."""
        push = self._pushes.get(PushId(id_of(letter)))
        if not push.is_given_up:
            raise NotFound("dead letter", letter)
        self._pushes.save(push.requeue(at))
        return push_letter(push)

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        """Nothing: this is what calendars know, and never done with."""
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        """Nothing: a calendar knows what it was told before."""
        return 0


class MemorySubscriptionQueue:
    """The Queue port over outside calendars that are read."""

    NAME = SUBSCRIPTIONS

    def __init__(self, links: MemoryCalendarLinks) -> None:
        self._subscriptions = links.subscriptions

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        return _standing(self._subscriptions.every(), at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """What was given up, the latest first."""
        dead = [subscription_letter(each) for each in self._subscriptions.every() if each.is_given_up]
        return sorted(dead, key=lambda each: each.died_at, reverse=True)[:limit]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Read it again."""
        subscription = self._subscriptions.get(SubscriptionId(id_of(letter)))
        if not subscription.is_given_up:
            raise NotFound("dead letter", letter)
        self._subscriptions.save(subscription.resume(at))
        return subscription_letter(subscription)

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        """Nothing: subscriptions are ended by those who made them."""
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        """Nothing: subscriptions are ended by those who made them."""
        return 0
