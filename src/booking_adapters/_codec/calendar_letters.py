"""What was given up about calendars outside, as dead letters; and the part of their queues that no storage decides."""

from collections.abc import Sequence
from datetime import datetime

from booking_adapters._codec.letters import id_of, letter_of
from booking_core.domain.calendars.push import Push
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import PushId, SubscriptionId
from booking_core.ports.calendar_links import Pushes, Subscriptions
from booking_core.ports.queues import DeadLetter

ENTRIES = "calendar entries"
SUBSCRIPTIONS = "calendar subscriptions"


def push_letter(push: Push) -> DeadLetter:
    """An entry that could not be written into a calendar."""
    what = f"write version {push.wanted} into a calendar"
    trying = push.attempts, push.died_at, push.problem
    return letter_of(ENTRIES, push.id, what, push.reservation, trying)


def subscription_letter(subscription: Subscription) -> DeadLetter:
    """An outside calendar that could not be read."""
    trying = subscription.failures, subscription.died_at, subscription.problem
    what = f"read {subscription.name}"
    return letter_of(SUBSCRIPTIONS, subscription.id, what, subscription.resource, trying)


class NeverDoneWith:
    """The part of a Queue whose rows are what is known of a calendar: they stay, also when they were given up."""

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0


class EntryLetters(NeverDoneWith):
    """The part of the Queue over entries that are owed to people's own calendars."""

    NAME = ENTRIES

    def __init__(self, pushes: Pushes) -> None:
        self._pushes = pushes

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [push_letter(each) for each in self._pushes.given_up(limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        push = self._pushes.get(PushId(id_of(letter)))
        if not push.is_given_up:
            raise NotFound("dead letter", letter)
        self._pushes.save(push.requeue(at))
        return push_letter(push)


class SubscriptionLetters(NeverDoneWith):
    """The part of the Queue over outside calendars that are read."""

    NAME = SUBSCRIPTIONS

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        dead = [subscription_letter(each) for each in self._subscriptions.every() if each.is_given_up]
        return sorted(dead, key=lambda each: each.died_at, reverse=True)[:limit]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        subscription = self._subscriptions.get(SubscriptionId(id_of(letter)))
        if not subscription.is_given_up:
            raise NotFound("dead letter", letter)
        self._subscriptions.save(subscription.resume(at))
        return subscription_letter(subscription)
