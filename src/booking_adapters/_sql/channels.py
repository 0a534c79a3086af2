"""What channels sent, and what became of it: the tables, what is asked of them, and the repositories."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._codec.converter import read, write
from booking_adapters._sql.channel_listings import SqlChannelListings
from booking_adapters._sql.channel_receipts import SqlChannelReceipts
from booking_adapters._sql.queries import TENANT, adding, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Document, Flag, Identifier, Instant, Whole
from booking_core.domain.channels.booking import Content, DuplicateExternalReference, ExternalBooking
from booking_core.domain.channels.link import Kind, Link, Message
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.ids import ClaimId
from booking_core.ports.channels import Outcome

LAST = UUID(int=2**128 - 1)
"""After every id."""
_WAITING = text("outcome = ''")
_SETTLED_ONES = text("outcome <> ''")
_OWED = text("outcome IN ('followed', 'stale') AND acknowledged_at IS NULL")

channel_inbox = Table(
    "channel_inbox",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("kind", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    # Personal data, kept until the message was followed.
    Column("content", Document),
    Column("received_at", Instant, nullable=False),
    # Empty while it waits.
    Column("outcome", Text, nullable=False),
    Column("settled_at", Instant),
    Column("reason", Text, nullable=False),
    Column("acknowledged_at", Instant),
    PrimaryKeyConstraint("tenant_id", "channel", "reference", "revision"),
    Index(
        "channel_inbox_waiting_idx",
        "tenant_id",
        "received_at",
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    ),
    Index(
        "channel_inbox_owed_idx",
        "tenant_id",
        "channel",
        "settled_at",
        postgresql_where=_OWED,
        sqlite_where=_OWED,
    ),
    Index(
        "channel_inbox_settled_idx",
        "tenant_id",
        "outcome",
        "settled_at",
        postgresql_where=_SETTLED_ONES,
        sqlite_where=_SETTLED_ONES,
    ),
)

_MADE = text("reservation_id IS NOT NULL")

channel_links = Table(
    "channel_links",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("reservation_id", Identifier),
    Column("is_cancelled", Flag, nullable=False),
    Column("violations", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "channel", "reference"),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["reservations.tenant_id", "reservations.id"]),
    Index(
        "channel_links_reservation_idx",
        "tenant_id",
        "reservation_id",
        unique=True,
        postgresql_where=_MADE,
        sqlite_where=_MADE,
    ),
)

_MESSAGE = tuple(channel_inbox.c[name] for name in ("channel", "reference", "revision", "kind"))
_ONE = (
    of_tenant(channel_inbox),
    channel_inbox.c.channel == bindparam("of_channel"),
    channel_inbox.c.reference == bindparam("of_reference"),
    channel_inbox.c.revision == bindparam("of_revision"),
)


def _receive(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    names = ("channel", "reference", "revision", "kind", "fingerprint", "content", "received_at")
    given: dict[str, object] = {name: bindparam(name) for name in names}
    waits: dict[str, object] = {"outcome": literal_column("''"), "reason": literal_column("''")}
    return insert_new(channel_inbox).values(tenant_id=TENANT, **given, **waits).on_conflict_do_nothing()


RECEIVE = Query(_receive)
FINGERPRINT = Query(select(channel_inbox.c.fingerprint).where(*_ONE))
# What is constant is part of the text: the partial indexes are used for a constant alone.
WAITING = Query(
    select(*_MESSAGE, channel_inbox.c.content)
    .where(of_tenant(channel_inbox), channel_inbox.c.outcome == literal_column("''"))
    .order_by(channel_inbox.c.received_at, *_MESSAGE[:3])
    .limit(bindparam("limit"))
)
_SETTLED: dict[str, object] = {name: bindparam(name) for name in ("outcome", "settled_at", "reason")}
_STILL_WAITS = channel_inbox.c.outcome == literal_column("''")
SETTLE = Query(
    update(channel_inbox).where(*_ONE, _STILL_WAITS).values(**_SETTLED, content=literal_column("NULL"))
)
BURY = Query(update(channel_inbox).where(*_ONE, _STILL_WAITS).values(**_SETTLED))
REQUEUE = Query(
    update(channel_inbox)
    .where(*_ONE, channel_inbox.c.outcome == literal_column(f"'{Outcome.FAILED}'"))
    .values(outcome=literal_column("''"), settled_at=literal_column("NULL"), reason=literal_column("''"))
)
UNACKNOWLEDGED = Query(
    select(*_MESSAGE)
    .where(of_tenant(channel_inbox), channel_inbox.c.channel == bindparam("channel"), _OWED)
    .order_by(channel_inbox.c.settled_at, *_MESSAGE[:3])
    .limit(bindparam("limit"))
)
ACKNOWLEDGED = Query(
    update(channel_inbox)
    .where(*_ONE, channel_inbox.c.acknowledged_at.is_(None))
    .values(acknowledged_at=bindparam("at"))
)

_LINK = tuple(each for each in channel_links.c if each.name != "tenant_id")
_ONE_LINK = (
    of_tenant(channel_links),
    channel_links.c.channel == bindparam("of_channel"),
    channel_links.c.reference == bindparam("of_reference"),
)
LINK = Query(select(*_LINK).where(*_ONE_LINK))
LINK_OF_RESERVATION = Query(
    select(*_LINK).where(of_tenant(channel_links), channel_links.c.reservation_id == bindparam("reservation"))
)
_NEWEST = (
    select(*_LINK)
    .where(of_tenant(channel_links), channel_links.c.reservation_id < bindparam("before"))
    .order_by(channel_links.c.reservation_id.desc())
    .limit(bindparam("limit"))
)
LISTED = Query(_NEWEST)
FLAGGED = Query(_NEWEST.where(channel_links.c.violations != bindparam("none", type_=Document)))
ADD_LINK = adding(channel_links)
# The reservation of a booking never changes; its revision only grows, so it tells whether somebody else was here.
CHANGE_LINK = Query(
    update(channel_links)
    .where(*_ONE_LINK, channel_links.c.revision == bindparam("was"))
    .values(
        revision=bindparam("revision"),
        is_cancelled=bindparam("is_cancelled"),
        violations=bindparam("violations"),
    )
)


class SqlChannelInbox:
    """The ChannelInbox port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def receive(self, booking: ExternalBooking, at: datetime) -> bool:
        message, fingerprint = booking.message, booking.fingerprint
        with self._session.writing():
            if self._session.change(
                RECEIVE,
                channel=message.channel,
                reference=message.reference,
                revision=message.revision,
                kind=message.kind.value,
                fingerprint=fingerprint,
                content=None if booking.content is None else write(booking.content),
                received_at=at,
            ):
                return True
            if (fingerprint,) not in [
                tuple(row) for row in self._session.select(FINGERPRINT, **_one(message))
            ]:
                raise DuplicateExternalReference(
                    "this revision of the booking is known with another content",
                    reference=message.reference,
                    revision=message.revision,
                )
        return False

    def waiting(self, limit: int) -> Sequence[ExternalBooking]:
        rows = self._session.select(WAITING, limit=limit)
        return [
            ExternalBooking(
                message=message_of_row(row[:-1]), content=None if row[-1] is None else read(row[-1], Content)
            )
            for row in rows
        ]

    def settle(self, message: Message, outcome: Outcome, at: datetime, reason: str = "") -> None:
        query = BURY if outcome is Outcome.FAILED else SETTLE
        came_to = {"outcome": outcome.value, "settled_at": at, "reason": reason}
        with self._session.writing():
            if not self._session.change(query, **_one(message), **came_to):
                raise StaleVersion("the message was settled in the meantime")

    def requeue(self, message: Message) -> None:
        with self._session.writing():
            if not self._session.change(REQUEUE, **_one(message)):
                raise NotFound("failed message", message.reference)

    def unacknowledged(self, channel: str, limit: int) -> Sequence[Message]:
        return [
            message_of_row(row) for row in self._session.select(UNACKNOWLEDGED, channel=channel, limit=limit)
        ]

    def acknowledged(self, messages: Collection[Message], at: datetime) -> None:
        with self._session.writing():
            for message in messages:
                self._session.change(ACKNOWLEDGED, **_one(message), at=at)


class SqlChannelLinks:
    """The ChannelLinks port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, channel: str, reference: str) -> Link | None:
        found = self._session.select(LINK, of_channel=channel, of_reference=reference)
        return _link(found[0]) if found else None

    def of_reservation(self, reservation: ClaimId) -> Link | None:
        found = self._session.select(LINK_OF_RESERVATION, reservation=reservation)
        return _link(found[0]) if found else None

    def listed(
        self, limit: int, after: ClaimId | None = None, *, only_flagged: bool = False
    ) -> Sequence[Link]:
        before = LAST if after is None else after
        if only_flagged:
            return [_link(row) for row in self._session.select(FLAGGED, before=before, limit=limit, none=[])]
        return [_link(row) for row in self._session.select(LISTED, before=before, limit=limit)]

    def save(self, link: Link, before: Link | None) -> None:
        state = {
            "revision": link.revision,
            "is_cancelled": link.is_cancelled,
            "violations": list(link.violations),
        }
        with self._session.writing():
            if before is None:
                name = {"channel": link.channel, "reference": link.reference}
                self._session.change(ADD_LINK, **name, reservation_id=link.reservation, **state)
            elif not self._session.change(
                CHANGE_LINK,
                of_channel=link.channel,
                of_reference=link.reference,
                was=before.revision,
                **state,
            ):
                raise StaleVersion("the channel's booking was changed in the meantime")


class SqlChannels:
    """The Channels port."""

    def __init__(self, session: Session) -> None:
        self.inbox = SqlChannelInbox(session)
        self.links = SqlChannelLinks(session)
        self.receipts = SqlChannelReceipts(session)
        self.listings = SqlChannelListings(session)


def _one(message: Message) -> dict[str, object]:
    return {
        "of_channel": message.channel,
        "of_reference": message.reference,
        "of_revision": message.revision,
    }


def message_of_row(row: Sequence[Any]) -> Message:
    """The message of its four columns."""
    channel, reference, revision, kind = row
    return Message(channel=channel, reference=reference, revision=revision, kind=Kind(kind))


def _link(row: Row) -> Link:
    channel, reference, revision, reservation, is_cancelled, violations = row
    return Link(
        channel=channel,
        reference=reference,
        revision=revision,
        reservation=None if reservation is None else ClaimId(reservation),
        is_cancelled=is_cancelled,
        violations=tuple(violations),
    )
