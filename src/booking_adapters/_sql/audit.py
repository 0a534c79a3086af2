"""The audit log's seals: their table, what is asked of it and of the log, and the repository of both databases."""

from collections.abc import Sequence

from sqlalchemy import Column, PrimaryKeyConstraint, Table, Text, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.queries import TENANT, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import audit, metadata
from booking_adapters._sql.types import Identifier, Instant, Whole
from booking_core.domain.audit.seal import Entry, Seal
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Event

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("number", Whole, nullable=False),
    Column("last", Whole, nullable=False),
    Column("entries", Whole, nullable=False),
    Column("at", Instant, nullable=False),
    Column("digest", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "number"),
)

NEWEST = Query(select(func.coalesce(func.max(audit.c.id), 0)).where(of_tenant(audit)))
ENTRIES = Query(
    select(
        audit.c.id,
        audit.c.actor_kind,
        audit.c.name,
        audit.c.subject_id,
        audit.c.version,
        audit.c.at,
        audit.c.data,
    )
    .where(of_tenant(audit), audit.c.id > bindparam("after"), audit.c.id <= bindparam("last"))
    .order_by(audit.c.id)
    .limit(bindparam("limit"))
)
_SEAL = tuple(each for each in audit_seals.c if each.name != "tenant_id")
LAST_SEAL = Query(select(*_SEAL).where(of_tenant(audit_seals)).order_by(audit_seals.c.number.desc()).limit(1))
SEALS = Query(
    select(*_SEAL)
    .where(of_tenant(audit_seals), audit_seals.c.number > bindparam("after"))
    .order_by(audit_seals.c.number)
    .limit(bindparam("limit"))
)


def _add(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {each.name: bindparam(each.name) for each in _SEAL}
    return insert_new(audit_seals).values(tenant_id=TENANT, **given).on_conflict_do_nothing()


ADD = Query(_add)


class SqlAuditLog:
    """The AuditLog port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def newest(self) -> int:
        return int(self._session.select(NEWEST)[0][0])

    def entries(self, after: int, last: int, limit: int) -> Sequence[Entry]:
        return [_entry(row) for row in self._session.select(ENTRIES, after=after, last=last, limit=limit)]

    def last_seal(self) -> Seal | None:
        return next((_seal(row) for row in self._session.select(LAST_SEAL)), None)

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        return [_seal(row) for row in self._session.select(SEALS, after=after, limit=limit)]

    def add(self, seal: Seal) -> None:
        with self._session.writing():
            added = self._session.change(
                ADD, number=seal.number, last=seal.last, entries=seal.entries, at=seal.at, digest=seal.digest
            )
            if not added:
                raise Conflict("these entries were sealed in the meantime")


def _entry(row: Row) -> Entry:
    number, kind, name, subject, version, at, data = row
    event = Event(name=name, subject=subject, version=version, at=at, data=data)
    return Entry(number=number, actor_kind=kind, event=event)


def _seal(row: Row) -> Seal:
    number, last, entries, at, digest = row
    return Seal(number=number, last=last, entries=entries, at=at, digest=digest)
