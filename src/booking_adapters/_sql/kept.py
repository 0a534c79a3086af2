"""Things that are kept whole in a row each, under an id and a version: reading, writing and taking them by turns."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs
from sqlalchemy import ColumnElement, Select, Table, bindparam, delete, select

from booking_adapters._sql.queries import adding, changing, of_tenant
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change, Versioned

T = TypeVar("T", bound=Versioned)


def asked(table: Table, *where: ColumnElement[bool]) -> Select[Any]:
    """Whole rows of a tenant, without the tenant."""
    return select(*(each for each in table.c if each.name != "tenant_id")).where(of_tenant(table), *where)


def due(table: Table) -> Query:
    """Those whose time has come, without those that another worker is taking (SQLite has one writer anyway)."""
    ready = asked(table, table.c.due_at <= bindparam("at")).order_by(table.c.due_at, table.c.id)
    return Query(ready.limit(bindparam("limit")).with_for_update(skip_locked=True))


def _removing(table: Table) -> Query:
    same = (table.c.id == bindparam("owner"), table.c.version == bindparam("was"))
    return Query(delete(table).where(of_tenant(table), *same))


@attrs.frozen
class Kind(Generic[T]):
    """How one kind of thing is kept: what it is called, how it becomes a row and back, and where."""

    name: str
    row_of: Callable[[T], Cells]
    made_of: Callable[[Row], T]
    by_id: Query
    every: Query
    add: Query
    change: Query
    remove: Query

    @classmethod
    def of(
        cls, name: str, table: Table, row_of: Callable[[T], Cells], made_of: Callable[[Row], T]
    ) -> "Kind[T]":
        """The kind that is kept in a table."""
        return cls(
            name,
            row_of,
            made_of,
            by_id=Query(asked(table, table.c.id == bindparam("id"))),
            every=Query(asked(table).order_by(table.c.id)),
            add=adding(table),
            change=changing(table),
            remove=_removing(table),
        )


class Kept(Generic[T]):
    """What repositories of such things do alike."""

    kind: Kind[T]

    def __init__(self, session: Session) -> None:
        self._session = session

    def _get(self, id: UUID) -> T:
        found = self._session.select(self.kind.by_id, id=id)
        if not found:
            raise NotFound(self.kind.name, id)
        return self.kind.made_of(found[0])

    def _found(self, query: Query, **values: Any) -> list[T]:
        return [self.kind.made_of(row) for row in self._session.select(query, **values)]

    def every(self) -> Sequence[T]:
        """All of them, by id."""
        return self._found(self.kind.every)

    def _save(self, change: Change[T, T | None] | Change[T | None, T | None]) -> None:
        before, state = change.before, change.state
        with self._session.writing():
            if state is None:
                assert before is not None, "what is removed was there"
                done = self._session.change(self.kind.remove, owner=before.id, was=before.version)
            elif before is None:
                done = self._session.change(self.kind.add, **self.kind.row_of(state))
            else:
                cells = self.kind.row_of(state)
                del cells["id"]
                done = self._session.change(self.kind.change, owner=before.id, was=before.version, **cells)
            if not done:
                raise StaleVersion(f"the {self.kind.name} was changed in the meantime")
            self._session.record(change.events)
