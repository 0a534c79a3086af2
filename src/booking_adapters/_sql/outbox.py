"""What is owed to handlers: its table, what is asked of it, and the repository that both databases share.

A handling is a row while it is owed, and as a dead letter; handled, it is gone. So the table is as small as what is
left to do, whatever has happened, and the row's end is the mark that is committed with what the handler wrote.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.queries import TENANT, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata, outbox
from booking_adapters._sql.types import Identifier, Instant, Whole, json_text
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.events import Event
from booking_core.ports.outbox import EVERY_EVENT, Owed

_OWED = text("due_at IS NOT NULL")
_DEAD = text("died_at IS NOT NULL")

handlings = Table(
    "handlings",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("subject_id", Identifier, nullable=False),
    # Its event's number in the outbox.
    Column("number", Whole, nullable=False),
    Column("handler", Text, nullable=False),
    Column("told_at", Instant, nullable=False),
    Column("attempts", Whole, nullable=False),
    # When it is ready for its next attempt; empty for a dead letter.
    Column("due_at", Instant),
    Column("died_at", Instant),
    Column("reason", Text, nullable=False),
    # By subject, because a handler gets the events of one in order.
    PrimaryKeyConstraint("tenant_id", "subject_id", "number", "handler"),
    Index("handlings_due_idx", "tenant_id", "due_at", postgresql_where=_OWED, sqlite_where=_OWED),
    Index("handlings_dead_idx", "tenant_id", "died_at", postgresql_where=_DEAD, sqlite_where=_DEAD),
)
_EARLIER = handlings.alias("earlier")


def _listed(dialect: str, name: str) -> Select[Any]:
    """The elements of a JSON array of texts or numbers that is given as one value, as texts."""
    given = bindparam(name, type_=Text)
    if dialect == "sqlite":
        each = func.json_each(given).table_valued("value")
    else:
        each = func.jsonb_array_elements_text(cast(given, JSONB)).table_valued("value")
    return select(each.c.value)


def _ready(dialect: str) -> ColumnElement[bool]:
    return and_(
        of_tenant(handlings),
        handlings.c.due_at <= bindparam("at"),
        handlings.c.handler.in_(_listed(dialect, "handlers")),
    )


_FRESH = and_(of_tenant(outbox), outbox.c.spread_at.is_(None))
FRESH = Query(select(outbox.c.id).where(_FRESH).order_by(outbox.c.id).limit(bindparam("limit")))


def _waits(dialect: str) -> ClauseElement:
    fresh, ready = exists().where(_FRESH), exists().where(_ready(dialect))
    return select(literal_column("1")).where(or_(fresh, ready))


WAITS = Query(_waits)


def _ids(dialect: str) -> Select[Any]:
    each = _listed(dialect, "ids").subquery()
    return select(cast(each.c.value, Whole))


MARK_SPREAD = Query(
    lambda dialect: (
        update(outbox)
        .where(of_tenant(outbox), outbox.c.id.in_(_ids(dialect)))
        .values(spread_at=bindparam("spread_at", type_=outbox.c.spread_at.type))
    )
)


def _owe(dialect: str) -> ClauseElement:
    """What is told in these events is owed to all whom it interests: pairs of a handler and the name of an event."""
    given = bindparam("interests", type_=Text)
    place: list[ColumnElement[Any]]
    if dialect == "sqlite":
        pairs = func.json_each(given).table_valued("value").alias("pairs")
        place = [func.json_extract(pairs.c.value, each) for each in ("$[0]", "$[1]")]
    else:
        pairs = func.jsonb_array_elements(cast(given, JSONB)).table_valued("value").alias("pairs")
        place = [pairs.c.value.op("->>")(literal_column(each)) for each in ("0", "1")]
    handler, name = place
    owed = select(
        outbox.c.tenant_id,
        outbox.c.subject_id,
        outbox.c.id,
        handler,
        outbox.c.at,
        literal_column("0"),
        bindparam("spread_at", type_=Instant),
        literal_column("''"),
    ).where(
        of_tenant(outbox),
        outbox.c.id.in_(_ids(dialect)),
        or_(name == outbox.c.name, name == literal_column(f"'{EVERY_EVENT}'")),
    )
    columns = ("tenant_id", "subject_id", "number", "handler", "told_at", "attempts", "due_at", "reason")
    return handlings.insert().from_select(columns, owed.distinct())


OWE = Query(_owe)


def _earlier_is_owed() -> ColumnElement[bool]:
    return exists().where(
        _EARLIER.c.tenant_id == TENANT,
        _EARLIER.c.subject_id == handlings.c.subject_id,
        _EARLIER.c.number < handlings.c.number,
        _EARLIER.c.handler == handlings.c.handler,
        _EARLIER.c.due_at.is_not(None),
    )


_TOLD = (outbox.c.name, outbox.c.subject_id, outbox.c.version, outbox.c.at, outbox.c.data)


def _take(dialect: str) -> ClauseElement:
    """What another worker is taking at this moment is passed over. SQLite has one writer and needs no lock."""
    told = and_(outbox.c.tenant_id == TENANT, outbox.c.id == handlings.c.number)
    return (
        select(handlings.c.number, handlings.c.handler, handlings.c.attempts, *_TOLD)
        .select_from(handlings.join(outbox, told))
        .where(_ready(dialect), not_(_earlier_is_owed()))
        .order_by(handlings.c.due_at, handlings.c.number, handlings.c.handler)
        .limit(bindparam("limit"))
        .with_for_update(of=handlings, skip_locked=True)
    )


TAKE = Query(_take)


def _same(table: Table) -> ColumnElement[bool]:
    """The handling as it was taken, unless somebody else has taken it since."""
    return and_(
        of_tenant(table),
        *(table.c[name] == bindparam(f"its_{name}") for name in ("subject_id", "number", "handler")),
        table.c.attempts == bindparam("its_attempts"),
        table.c.due_at.is_not(None),
    )


def _changed(*names: str) -> Query:
    given: dict[str, object] = {name: bindparam(name) for name in names}
    return Query(update(handlings).where(_same(handlings)).values(given))


LEASED = _changed("attempts", "due_at")
PUT_OFF = _changed("attempts", "due_at", "reason")
GIVEN_UP = _changed("due_at", "died_at", "reason")
HANDLED = Query(delete(handlings).where(_same(handlings)))


class SqlOutbox:
    """The Outbox port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def waits(self, handlers: Collection[str], at: datetime) -> bool:
        return bool(self._session.select(WAITS, handlers=json_text(list(handlers)), at=at))

    def spread(self, interests: Mapping[str, frozenset[str]], at: datetime, limit: int) -> int:
        ids = [number for (number,) in self._session.select(FRESH, limit=limit)]
        if not ids:
            return 0
        pairs = [(handler, name) for handler, names in interests.items() for name in names]
        with self._session.writing():
            self._session.change(OWE, ids=json_text(ids), interests=json_text(pairs), spread_at=at)
            return self._session.change(MARK_SPREAD, ids=json_text(ids), spread_at=at)

    def lease(self, handlers: Collection[str], at: datetime, limit: int, for_: timedelta) -> Sequence[Owed]:
        with self._session.writing():
            rows = self._session.select(TAKE, handlers=json_text(list(handlers)), at=at, limit=limit)
            taken = [_owed(row) for row in rows]
            for owed in taken:
                before = _key(owed) | {"its_attempts": owed.attempts - 1}
                self._session.change(LEASED, **before, attempts=owed.attempts, due_at=at + for_)
        return taken

    def handled(self, owed: Owed) -> None:
        self._settle(HANDLED, owed)

    def put_off(self, owed: Owed, until: datetime, reason: str = "") -> None:
        attempts = owed.attempts if reason else owed.attempts - 1
        self._settle(PUT_OFF, owed, attempts=attempts, due_at=until, reason=reason)

    def give_up(self, owed: Owed, at: datetime, reason: str) -> None:
        self._settle(GIVEN_UP, owed, due_at=None, died_at=at, reason=reason)

    def _settle(self, query: Query, owed: Owed, **values: object) -> None:
        with self._session.writing():
            if not self._session.change(query, **_key(owed), **values):
                raise StaleVersion("this was handled or taken by somebody else in the meantime")


def _key(owed: Owed) -> dict[str, object]:
    return {
        "its_subject_id": owed.event.subject,
        "its_number": owed.number,
        "its_handler": owed.handler,
        "its_attempts": owed.attempts,
    }


def _owed(row: Row) -> Owed:
    number, handler, attempts, name, subject, version, at, data = row
    event = Event(name=name, subject=subject, version=version, at=at, data=data)
    return Owed(number=number, handler=handler, event=event, attempts=attempts + 1)
