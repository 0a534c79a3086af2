"""Signs of life of workers: the one table, beside the tenants' names, that belongs to no tenant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Instant
from booking_core.ports.heartbeats import MOST_WORKERS, REMEMBERED

workers = Table(
    "workers",
    metadata,
    Column("name", Text, nullable=False),
    Column("seen_at", Instant, nullable=False),
    PrimaryKeyConstraint("name"),
)


def _beat(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    row = insert_new(workers).values(name=bindparam("name"), seen_at=bindparam("seen_at"))
    return row.on_conflict_do_update(index_elements=["name"], set_={"seen_at": row.excluded.seen_at})


BEAT = Query(_beat)
END = Query(delete(workers).where(workers.c.name == bindparam("name")))
FORGET = Query(delete(workers).where(workers.c.seen_at <= bindparam("before")))
LAST = Query(
    select(workers.c.name, workers.c.seen_at).order_by(workers.c.seen_at.desc()).limit(bindparam("limit"))
)


class WithoutTenant(Protocol):
    """A store, asked outside of every tenant's walls: one statement, which is a transaction of its own."""

    def select(self, query: Query, **values: Any) -> list[Row]:
        """The rows."""
        ...

    def change(self, query: Query, **values: Any) -> None:
        """Write."""
        ...


class SqlHeartbeats:
    """The Heartbeats port."""

    def __init__(self, store: WithoutTenant) -> None:
        self._store = store

    def beat(self, worker: str, at: datetime) -> None:
        self._store.change(BEAT, name=worker, seen_at=at)
        self._store.change(FORGET, before=at - REMEMBERED)

    def end(self, worker: str) -> None:
        self._store.change(END, name=worker)

    def last(self) -> Mapping[str, datetime]:
        return dict(self._store.select(LAST, limit=MOST_WORKERS))
