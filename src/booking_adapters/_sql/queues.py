"""The queues of a tenant as those see them who keep them running; each has its place in `queues_of`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    bindparam,
    delete,
    exists,
    literal_column,
    not_,
    select,
    update,
)

from booking_adapters._sql.calendar_queues import SqlEntryQueue, SqlSubscriptionQueue
from booking_adapters._sql.channel_listings import SqlPushQueue
from booking_adapters._sql.channel_queues import SqlDeliveryQueue, SqlMessageQueue
from booking_adapters._sql.counting import counted
from booking_adapters._sql.intent_queue import SqlIntentQueue
from booking_adapters._sql.notice_queue import SqlNoticeQueue
from booking_adapters._sql.outbox import handlings
from booking_adapters._sql.queries import TENANT, of_tenant
from booking_adapters._sql.removing import removing_oldest
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import outbox
from booking_core.domain.kernel.errors import NotFound
from booking_core.ports.queues import DeadLetter, Queues, Standing

LONGEST_NUMBER = 19
"""How many digits a whole number of 64 bits has at most."""


_FRESH = counted(outbox, outbox.c.at, outbox.c.spread_at.is_(None))
_WAITING = counted(
    handlings,
    handlings.c.told_at,
    handlings.c.due_at.is_not(None),
    handlings.c.reason == literal_column("''"),
)
_FAILING = counted(
    handlings,
    handlings.c.told_at,
    handlings.c.due_at.is_not(None),
    handlings.c.reason != literal_column("''"),
)
_BURIED = counted(handlings, handlings.c.died_at, handlings.c.died_at.is_not(None))
_LETTER = (
    handlings.c.number,
    handlings.c.handler,
    outbox.c.name,
    handlings.c.subject_id,
    handlings.c.attempts,
    handlings.c.died_at,
    handlings.c.reason,
)
_TOLD = handlings.join(
    outbox, (outbox.c.tenant_id == TENANT) & (outbox.c.id == handlings.c.number), isouter=False
)
_ONE = (handlings.c.number == bindparam("letter_number"), handlings.c.handler == bindparam("letter_handler"))
_IS_DEAD = handlings.c.died_at.is_not(None)
DEAD = Query(
    select(*_LETTER)
    .select_from(_TOLD)
    .where(of_tenant(handlings), _IS_DEAD)
    .order_by(handlings.c.died_at.desc(), handlings.c.number.desc(), handlings.c.handler)
    .limit(bindparam("limit"))
)
DEAD_ONE = Query(select(*_LETTER).select_from(_TOLD).where(of_tenant(handlings), _IS_DEAD, *_ONE))
REQUEUE = Query(
    update(handlings)
    .where(of_tenant(handlings), _IS_DEAD, *_ONE)
    .values(
        attempts=literal_column("0"),
        due_at=bindparam("at"),
        died_at=literal_column("NULL"),
        reason=literal_column("''"),
    )
)
_STILL_OWED = exists().where(
    handlings.c.tenant_id == TENANT,
    handlings.c.subject_id == outbox.c.subject_id,
    handlings.c.number == outbox.c.id,
)
_DONE = (
    select(outbox.c.id)
    .where(of_tenant(outbox), outbox.c.spread_at < bindparam("before"), not_(_STILL_OWED))
    .order_by(outbox.c.spread_at)
    .limit(bindparam("limit"))
)
FORGET = Query(delete(outbox).where(of_tenant(outbox), outbox.c.id.in_(_DONE)))
DISCARD = removing_oldest(handlings, handlings.c.died_at)


class SqlHandlerQueue:
    """The Queue port over what is owed to handlers."""

    NAME = "handlers"

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:  # noqa: ARG002 - what was told is due at once
        (fresh, first), (waiting, second), (failing, third), (dead, _) = (
            self._session.select(query)[0] for query in (_FRESH, _WAITING, _FAILING, _BURIED)
        )
        since = [each for each in (first, second, third) if each is not None]
        return Standing(
            waiting=fresh + waiting, failing=failing, dead=dead, oldest=min(since) if since else None
        )

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [self._letter(row) for row in self._session.select(DEAD, limit=limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        number, _, handler = letter.partition(":")
        is_number = number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER
        one = {"letter_number": int(number) if is_number else 0, "letter_handler": handler}
        with self._session.writing():
            found = self._session.select(DEAD_ONE, **one)
            if not found or not self._session.change(REQUEUE, **one, at=at):
                raise NotFound("dead letter", letter)
        return self._letter(found[0])

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(FORGET, before=before, limit=limit)

    def discard(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(DISCARD, before=before, limit=limit)

    def _letter(self, row: Row) -> DeadLetter:
        number, handler, name, subject, attempts, died_at, reason = row
        return DeadLetter(
            queue=self.NAME,
            id=f"{number}:{handler}",
            what=f"{handler}: {name}",
            subject=str(subject),
            attempts=attempts,
            died_at=died_at,
            reason=reason,
        )


def queues_of(session: Session) -> Queues:
    """Every queue of the tenant, by name."""
    return {
        SqlHandlerQueue.NAME: SqlHandlerQueue(session),
        SqlIntentQueue.NAME: SqlIntentQueue(session),
        SqlNoticeQueue.NAME: SqlNoticeQueue(session),
        SqlEntryQueue.NAME: SqlEntryQueue(session),
        SqlSubscriptionQueue.NAME: SqlSubscriptionQueue(session),
        SqlMessageQueue.NAME: SqlMessageQueue(session),
        SqlDeliveryQueue.NAME: SqlDeliveryQueue(session),
        SqlPushQueue.NAME: SqlPushQueue(session),
    }
