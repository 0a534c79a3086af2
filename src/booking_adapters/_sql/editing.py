"""Live editing: its tables, what is asked of them, and the repository that both databases share."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.queries import TENANT, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Day, Document, Identifier, Instant, Whole
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.live.editing import Edited, Lock, Scope

locks = Table(
    "locks",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("token", Whole, nullable=False),
    Column("owner", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("scopes", Document, nullable=False),
    Column("since", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "token"),
    Index("locks_expires_at_idx", "tenant_id", "expires_at"),
)
fences = Table(
    "fences",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("kind", Text, nullable=False),
    Column("edited_id", Identifier, nullable=False),
    Column("starts_on", Day, nullable=False),
    Column("ends_on", Day, nullable=False),
    Column("token", Whole, nullable=False),
    Column("at", Instant, nullable=False),
    PrimaryKeyConstraint("tenant_id", "kind", "edited_id", "starts_on", "ends_on"),
    Index("fences_at_idx", "tenant_id", "at"),
)
_LOCK = tuple(each for each in locks.c if each.name != "tenant_id")
_FENCE = tuple(each for each in fences.c if each.name != "tenant_id")


def _keep(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {each.name: bindparam(each.name) for each in _LOCK}
    row = insert_new(locks).values(tenant_id=TENANT, **given)
    return row.on_conflict_do_update(
        index_elements=["tenant_id", "token"], set_={"expires_at": row.excluded.expires_at}
    )


def _saw(dialect: str) -> ClauseElement:
    """Written only where no later token saved the same meanwhile: then no row is changed."""
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {each.name: bindparam(each.name) for each in _FENCE}
    row = insert_new(fences).values(tenant_id=TENANT, **given)
    return row.on_conflict_do_update(
        index_elements=["tenant_id", "kind", "edited_id", "starts_on", "ends_on"],
        set_={"token": row.excluded.token, "at": row.excluded.at},
        where=fences.c.token <= row.excluded.token,
    )


LIVE = Query(
    select(*_LOCK).where(of_tenant(locks), locks.c.expires_at > bindparam("at")).order_by(locks.c.token)
)
LAST_LOCK = Query(select(func.max(locks.c.token)).where(of_tenant(locks)))
LAST_FENCE = Query(select(func.max(fences.c.token)).where(of_tenant(fences)))
KEEP, SAW = Query(_keep), Query(_saw)
SEEN = Query(
    select(func.max(fences.c.token)).where(
        of_tenant(fences),
        fences.c.kind == bindparam("kind"),
        fences.c.edited_id == bindparam("edited_id"),
        fences.c.starts_on < bindparam("ends_on"),
        fences.c.ends_on > bindparam("starts_on"),
    )
)
_ENDED = (
    select(locks.c.token)
    .where(of_tenant(locks), locks.c.expires_at < bindparam("before"))
    .order_by(locks.c.expires_at)
    .limit(bindparam("limit"))
)
FORGET_LOCKS = Query(delete(locks).where(of_tenant(locks), locks.c.token.in_(_ENDED)))
_OLD = (
    select(fences.c.token)
    .where(of_tenant(fences), fences.c.at < bindparam("before"))
    .order_by(fences.c.at)
    .limit(bindparam("limit"))
)
FORGET_FENCES = Query(
    delete(fences).where(of_tenant(fences), fences.c.at < bindparam("before"), fences.c.token.in_(_OLD))
)


class SqlEditing:
    """The Editing port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def live(self, at: datetime) -> Sequence[Lock]:
        return [_lock_of(row) for row in self._session.select(LIVE, at=at)]

    def last_token(self) -> int:
        ((lock,),) = self._session.select(LAST_LOCK)
        ((fence,),) = self._session.select(LAST_FENCE)
        return max(lock or 0, fence or 0)

    def keep(self, lock: Lock) -> None:
        row = {"token": lock.token, "owner": lock.owner, "holder": lock.holder}
        times = {"since": lock.since, "expires_at": lock.expires_at}
        scopes = [
            [each.kind.value, str(each.id), each.first.isoformat(), each.end.isoformat()]
            for each in lock.scopes
        ]
        with self._session.writing():
            self._session.change(KEEP, **row, **times, scopes=scopes)

    def seen(self, scopes: Collection[Scope]) -> int:
        found = [self._session.select(SEEN, **_cells(scope))[0][0] for scope in scopes]
        return max((token or 0 for token in found), default=0)

    def saw(self, scopes: Collection[Scope], token: int, at: datetime) -> None:
        with self._session.writing():
            for scope in sorted(scopes):
                if not self._session.change(SAW, **_cells(scope), token=token, at=at):
                    raise StaleVersion("this was saved under a later lock in the meantime")

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return sum(
                self._session.change(query, before=before, limit=limit)
                for query in (FORGET_LOCKS, FORGET_FENCES)
            )


def _cells(scope: Scope) -> dict[str, Any]:
    return {
        "kind": scope.kind.value,
        "edited_id": scope.id,
        "starts_on": scope.first,
        "ends_on": scope.end,
    }


def _lock_of(row: Row) -> Lock:
    token, owner, holder, scopes, since, expires_at = row
    return Lock(
        token=token,
        owner=owner,
        holder=holder,
        scopes=tuple(_scope_of(*each) for each in scopes),
        since=since,
        expires_at=expires_at,
    )


def _scope_of(kind: str, key: str, first: str, end: str) -> Scope:
    return Scope(
        kind=Edited(kind), id=UUID(key), first=date.fromisoformat(first), end=date.fromisoformat(end)
    )
