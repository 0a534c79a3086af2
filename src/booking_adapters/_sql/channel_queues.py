"""Messages from channels and to a tenant's own addresses, as queues."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, literal_column, select

from booking_adapters._codec.channel_letters import (
    DELIVERIES,
    MESSAGES,
    delivery_letter,
    message_letter,
    message_of,
)
from booking_adapters._codec.letters import id_of
from booking_adapters._sql.channel_receipts import FORGET_RECEIPTS
from booking_adapters._sql.channels import SqlChannelInbox, channel_inbox, message_of_row
from booking_adapters._sql.counting import Standings, counted
from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.removing import removing_oldest
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_adapters._sql.webhooks import SqlWebhookDeliveries, webhook_deliveries
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import DeliveryId
from booking_core.ports.channels import Outcome
from booking_core.ports.queues import DeadLetter, Standing

_OUTCOME = channel_inbox.c.outcome
_FAILED = literal_column(f"'{Outcome.FAILED}'") == _OUTCOME
_WAITS = literal_column("''") == _OUTCOME
_LETTER = tuple(
    channel_inbox.c[name] for name in ("channel", "reference", "revision", "kind", "reason", "settled_at")
)
WAITING = counted(channel_inbox, channel_inbox.c.received_at, _WAITS)
BURIED = counted(channel_inbox, channel_inbox.c.settled_at, _FAILED)
DEAD = Query(
    select(*_LETTER)
    .where(of_tenant(channel_inbox), _FAILED)
    .order_by(channel_inbox.c.settled_at.desc(), *_LETTER[:3])
    .limit(bindparam("limit"))
)
DEAD_ONE = Query(
    select(*_LETTER).where(
        of_tenant(channel_inbox),
        _FAILED,
        *(each == bindparam(f"of_{each.name}") for each in _LETTER[:3]),
    )
)
_FINE = _OUTCOME.in_([literal_column(f"'{each}'") for each in (Outcome.FOLLOWED, Outcome.STALE)])
FORGET_MESSAGES = removing_oldest(channel_inbox, channel_inbox.c.settled_at, _FINE)
DISCARD_MESSAGES = removing_oldest(channel_inbox, channel_inbox.c.settled_at, _FAILED)


class SqlMessageQueue:
    """The Queue port over what channels sent. What was followed is known by its link and need not be kept."""

    NAME = MESSAGES

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:  # noqa: ARG002 - what arrived is due at once
        ((waiting, oldest),) = self._session.select(WAITING)
        ((dead, _),) = self._session.select(BURIED)
        return Standing(waiting=waiting, dead=dead, oldest=oldest)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [
            message_letter(message_of_row(message), reason, died_at)
            for *message, reason, died_at in self._session.select(DEAD, limit=limit)
        ]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:  # noqa: ARG002 - it is due at once
        known = message_of(letter)
        one = {
            "of_channel": known.channel,
            "of_reference": known.reference,
            "of_revision": known.revision,
        }
        found = self._session.select(DEAD_ONE, **one)
        if not found:
            raise NotFound("dead letter", letter)
        *message, reason, died_at = found[0]
        SqlChannelInbox(self._session).requeue(known)
        return message_letter(message_of_row(message), reason, died_at)

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return sum(
                self._session.change(query, before=before, limit=limit)
                for query in (FORGET_MESSAGES, FORGET_RECEIPTS)
            )

    def discard(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(DISCARD_MESSAGES, before=before, limit=limit)


STANDINGS = Standings.of(webhook_deliveries, webhook_deliveries.c.reason)
FORGET_DELIVERIES = removing_oldest(webhook_deliveries, webhook_deliveries.c.delivered_at)
DISCARD_DELIVERIES = removing_oldest(webhook_deliveries, webhook_deliveries.c.died_at)


class SqlDeliveryQueue:
    """The Queue port over messages to a tenant's own addresses."""

    NAME = DELIVERIES

    def __init__(self, session: Session) -> None:
        self._session = session

    def standing(self, at: datetime) -> Standing:
        return STANDINGS.at(self._session, at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        return [delivery_letter(each) for each in SqlWebhookDeliveries(self._session).given_up(limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        deliveries = SqlWebhookDeliveries(self._session)
        delivery = deliveries.get(DeliveryId(id_of(letter)))
        if delivery.died_at is None:
            raise NotFound("dead letter", letter)
        deliveries.save(delivery.again(at))
        return delivery_letter(delivery)

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(FORGET_DELIVERIES, before=before, limit=limit)

    def discard(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(DISCARD_DELIVERIES, before=before, limit=limit)
