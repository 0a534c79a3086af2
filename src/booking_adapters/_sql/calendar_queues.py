"""Calendars outside as queues: entries that are owed to some, and others that are to be read."""

from datetime import datetime

from booking_adapters._codec.calendar_letters import EntryLetters, SubscriptionLetters
from booking_adapters._sql.calendar_link_tables import calendar_pushes, calendar_subscriptions
from booking_adapters._sql.calendar_links import SqlPushes, SqlSubscriptions
from booking_adapters._sql.counting import Standings
from booking_adapters._sql.session import Session
from booking_core.ports.queues import Standing

_ENTRIES = Standings.of(calendar_pushes, calendar_pushes.c.problem)
_SUBSCRIPTIONS = Standings.of(calendar_subscriptions, calendar_subscriptions.c.problem)


class SqlEntryQueue(EntryLetters):
    """The Queue port over entries that are owed to people's own calendars."""

    def __init__(self, session: Session) -> None:
        super().__init__(SqlPushes(session))
        self._session = session

    def standing(self, at: datetime) -> Standing:
        return _ENTRIES.at(self._session, at)


class SqlSubscriptionQueue(SubscriptionLetters):
    """The Queue port over outside calendars that are read."""

    def __init__(self, session: Session) -> None:
        super().__init__(SqlSubscriptions(session))
        self._session = session

    def standing(self, at: datetime) -> Standing:
        return _SUBSCRIPTIONS.at(self._session, at)
