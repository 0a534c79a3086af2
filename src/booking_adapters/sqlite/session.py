"""An open SQLite transaction of one tenant."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from booking_adapters._sql import queries
from booking_adapters._sql.rows import audit_row
from booking_adapters._sql.statement import SQLITE, Query, Row
from booking_adapters._sql.types import json_text, microseconds
from booking_adapters.sqlite.errors import translated
from booking_core.domain.kernel.events import Actor, Event
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import epoch
from booking_core.domain.reservations.calendar import Allocation

TAKE = """
INSERT INTO allocations (tenant_id, owner_id, resource_id, lane, starts_at, ends_at, made_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
# Writers follow each other, so the next number is one more than the last.
TO_OUTBOX = """
INSERT INTO outbox (tenant_id, id, name, subject_id, version, at, data)
SELECT :tenant, coalesce(max(id), 0) + 1, :name, :subject_id, :version, :at, :data
FROM outbox WHERE tenant_id = :tenant
"""
TO_AUDIT = """
INSERT INTO audit (
    tenant_id, id, actor_kind, actor_name, actor_address, name, subject_id, version, at, data)
SELECT :tenant, coalesce(max(id), 0) + 1,
    :actor_kind, :actor_name, :actor_address, :name, :subject_id, :version, :at, :data
FROM audit WHERE tenant_id = :tenant
"""


class SqliteSession:
    """The Session of a connection with an open transaction."""

    def __init__(self, connection: sqlite3.Connection, tenant: TenantId, actor: Actor) -> None:
        self.connection = connection
        self.tenant = tenant
        self.tenant_text = str(tenant)
        self._actor = actor
        self._after_commit: list[Callable[[], object]] = []
        self.failure: Exception | None = None

    def select(self, query: Query, **values: Any) -> list[Row]:
        statement = query.on(SQLITE)
        given = statement.values(values) | {"tenant": self.tenant_text}
        return list(statement.rows(self.connection.execute(statement.sql, given)))

    def change(self, query: Query, **values: Any) -> int:
        statement = query.on(SQLITE)
        given = statement.values(values) | {"tenant": self.tenant_text}
        return self.connection.execute(statement.sql, given).rowcount

    @contextmanager
    def writing(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, UnicodeEncodeError) as error:
            self.failure = translated(error) or error
            raise self.failure from error
        except Exception as error:
            self.failure = error
            raise

    def when_committed(self, act: Callable[[], object]) -> None:
        self._after_commit.append(act)

    def committed(self) -> None:
        """Do what was to be done after the commit."""
        for act in self._after_commit:
            act()

    def catalog_version(self) -> int | None:
        ((version,),) = self.select(queries.CATALOG_VERSION)
        return None if version is None else int(version)

    def alone_with_catalog(self) -> None:
        """Nothing to wait for: there is one writer at a time."""

    def take(
        self,
        allocations: Collection[Allocation],
        owner: UUID,
        made_at: datetime | None,
        expires_at: datetime | None,
    ) -> None:
        made = None if made_at is None else microseconds(made_at)
        expires = None if expires_at is None else microseconds(expires_at)
        rows = [
            (
                self.tenant_text,
                str(owner),
                str(each.resource),
                each.lane,
                epoch(each.period.start),
                epoch(each.period.end),
                made,
                expires,
            )
            for each in allocations
        ]
        self.connection.executemany(TAKE, rows)

    def record(self, events: Sequence[Event]) -> None:
        for event in events:
            entry = audit_row(event, self._actor) | {
                "tenant": self.tenant_text,
                "subject_id": str(event.subject),
                "at": microseconds(event.at),
                "data": json_text(dict(event.data)),
            }
            self.connection.execute(TO_OUTBOX, entry)
            self.connection.execute(TO_AUDIT, entry)
