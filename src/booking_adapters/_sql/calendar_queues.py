"""Calendars outside as queues: entries that are owed to some, and others that are to be read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, bindparam, literal_column

from booking_adapters._codec.calendar_letters import (
    ENTRIES,
    SUBSCRIPTIONS,
    id_of,
    push_letter,
    subscription_letter,
)
from booking_adapters._sql.calendar_link_tables import calendar_pushes, calendar_subscriptions
from booking_adapters._sql.calendar_links import SqlPushes, SqlSubscriptions
from booking_adapters._sql.counting import counted
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import PushId, SubscriptionId
from booking_core.ports.queues import DeadLetter, Standing


def _standing(table: Table) -> tuple[Query, Query, Query]:
    """What is due and was not tried, what failed and is tried again, and what was given up."""
    untried = table.c.problem == literal_column("''")
    return (
        counted(table, table.c.due_at, table.c.due_at <= bindparam("at"), untried),
        counted(table, table.c.due_at, table.c.due_at.is_not(None), ~untried),
        counted(table, table.c.died_at, table.c.died_at.is_not(None)),
    )


class _CalendarQueue:
    """What both have in common. Rows are what is known of a calendar and are never done with."""

    table: Table

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting, self._failing, self._dead = _STANDINGS[self.table.name]

    def standing(self, at: datetime) -> Standing:
        ((waiting, first),) = self._session.select(self._waiting, at=at)
        ((failing, second),) = self._session.select(self._failing)
        ((dead, _),) = self._session.select(self._dead)
        since = [each for each in (first, second) if each is not None]
        return Standing(waiting=waiting, failing=failing, dead=dead, oldest=min(since, default=None))

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0


_STANDINGS = {each.name: _standing(each) for each in (calendar_pushes, calendar_subscriptions)}


class SqlEntryQueue(_CalendarQueue):
    """The Queue port over entries that are owed to people's own calendars."""

    NAME = ENTRIES
    table = calendar_pushes

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
    table = calendar_subscriptions

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
