"""Calendars outside as queues: entries that are owed to some, and others that are to be read."""

from collections.abc import Sequence
from datetime import datetime

from booking_adapters._codec.calendar_letters import (
    ENTRIES,
    SUBSCRIPTIONS,
    push_letter,
    subscription_letter,
)
from booking_adapters._codec.letters import id_of
from booking_adapters._sql.calendar_link_tables import calendar_pushes, calendar_subscriptions
from booking_adapters._sql.calendar_links import SqlPushes, SqlSubscriptions
from booking_adapters._sql.counting import Standings
from booking_adapters._sql.session import Session
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import PushId, SubscriptionId
from booking_core.ports.queues import DeadLetter, Standing


class _CalendarQueue:
    """What both have in common. Rows are what is known of a calendar: never done with, and never thrown away."""

    standings: Standings

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:
        return self.standings.at(self._session, at)

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0


class SqlEntryQueue(_CalendarQueue):
    """The Queue port over entries that are owed to people's own calendars."""

    NAME = ENTRIES
    standings = Standings.of(calendar_pushes, calendar_pushes.c.problem)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [push_letter(each) for each in SqlPushes(self._session).given_up(limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        pushes = SqlPushes(self._session)
        push = pushes.get(PushId(id_of(letter)))
        if not push.is_given_up:
            raise NotFound("dead letter", letter)
        pushes.save(push.requeue(at))
        return push_letter(push)


class SqlSubscriptionQueue(_CalendarQueue):
    """The Queue port over outside calendars that are read."""

    NAME = SUBSCRIPTIONS
    standings = Standings.of(calendar_subscriptions, calendar_subscriptions.c.problem)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        every = SqlSubscriptions(self._session).every()
        dead = [subscription_letter(each) for each in every if each.is_given_up]
        return sorted(dead, key=lambda each: each.died_at, reverse=True)[:limit]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        subscriptions = SqlSubscriptions(self._session)
        subscription = subscriptions.get(SubscriptionId(id_of(letter)))
        if not subscription.is_given_up:
            raise NotFound("dead letter", letter)
        subscriptions.save(subscription.resume(at))
        return subscription_letter(subscription)
