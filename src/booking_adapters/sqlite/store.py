"""The store: the UnitOfWork and Tenants ports on one SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from booking_adapters._sql import queries
from booking_adapters._sql.alerts import SqlAlerts
from booking_adapters._sql.amendments import SqlAmendments
from booking_adapters._sql.audit import SqlAuditLog
from booking_adapters._sql.calendar_links import SqlCalendarLinks
from booking_adapters._sql.channels import SqlChannels
from booking_adapters._sql.editing import SqlEditing
from booking_adapters._sql.frontdesk import SqlFrontDesk
from booking_adapters._sql.heartbeats import SqlHeartbeats
from booking_adapters._sql.knowledge import Knowledge
from booking_adapters._sql.ledger import SqlFolios, SqlIntents, SqlPayments, SqlProviderEvents
from booking_adapters._sql.migrate import migrate_sqlite
from booking_adapters._sql.notices import SqlLinks, SqlNotices, SqlPushSubscriptions
from booking_adapters._sql.outbox import SqlOutbox
from booking_adapters._sql.queues import queues_of
from booking_adapters._sql.repositories import (
    SqlCatalogs,
    SqlClosures,
    SqlHolds,
    SqlQuotes,
    SqlRequests,
    SqlReservations,
)
from booking_adapters._sql.series import SqlSeriesBook
from booking_adapters._sql.statement import SQLITE, Query, Row
from booking_adapters._sql.waitlist import SqlWaitlist
from booking_adapters._sql.webhooks import SqlWebhooks
from booking_adapters.sqlite.calendars import SqliteCalendars
from booking_adapters.sqlite.connections import Connections
from booking_adapters.sqlite.errors import translated
from booking_adapters.sqlite.queue import queue_of
from booking_adapters.sqlite.session import SqliteSession
from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.queues import Queues


class SqliteTransaction:
    """The Transaction port."""

    def __init__(self, session: SqliteSession, knowledge: Knowledge) -> None:
        self.session = session
        self.catalogs = SqlCatalogs(session, knowledge)
        self.calendars = SqliteCalendars(session)
        self.holds = SqlHolds(session)
        self.reservations = SqlReservations(session, knowledge)
        self.closures = SqlClosures(session)
        self.editing = SqlEditing(session)
        self.quotes = SqlQuotes(session)
        self.folios = SqlFolios(session)
        self.payments = SqlPayments(session)
        self.intents = SqlIntents(session)
        self.amendments = SqlAmendments(session)
        self.provider_events = SqlProviderEvents(session)
        self.front_desk = SqlFrontDesk(session)
        self.alerts = SqlAlerts(session)
        self.audit_log = SqlAuditLog(session)
        self.series = SqlSeriesBook(session)
        self.waitlist = SqlWaitlist(session)
        self.calendar_links = SqlCalendarLinks(session)
        self.channels = SqlChannels(session)
        self.webhooks = SqlWebhooks(session)
        self.notices = SqlNotices(session)
        self.links = SqlLinks(session)
        self.push_subscriptions = SqlPushSubscriptions(session)
        self.outbox = SqlOutbox(session)
        self.requests = SqlRequests(session)

    @property
    def queues(self) -> Queues:
        return queues_of(self.session)

    def one_at_a_time(self, name: str) -> None:
        """Nothing to wait for: there is one writer at a time."""

    def alone(self) -> None:
        """Nothing to wait for either."""


class SqliteStore:
    """The UnitOfWork and Tenants ports. Writers go one at a time, in the order in which they came; readers never wait.

    `migrate()` makes or updates the tables and must have run once. A store may be shared by threads; after a fork
    open another. Close it when done. `heartbeats` are the signs of life of its workers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connections = Connections(path)
        self._queue = queue_of(path)
        self.heartbeats = SqlHeartbeats(self)
        self._knowledge = Knowledge()

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """The store of a file, which is made when it does not exist."""
        return cls(Path(path).absolute())

    def migrate(self) -> None:
        """Bring the tables to this version of the package, all or nothing."""
        with self._queue.turn():
            migrate_sqlite(self.path)

    def close(self) -> None:
        """Give the file back."""
        self.connections.close()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[SqliteTransaction]:
        """A transaction that may write; raises Busy where another process writes for more than 5 seconds."""
        with self._queue.turn(), self.connections.lend() as connection:
            session = SqliteSession(connection, tenant, actor)
            # From the first word on it is a writer: one that becomes it later could fail on what it has read.
            with _ended(connection, "BEGIN IMMEDIATE"):
                yield SqliteTransaction(session, self._knowledge)
                if session.failure is not None:
                    raise Conflict("a change failed, so nothing was changed") from session.failure
                connection.execute("COMMIT")
        session.committed()

    @contextmanager
    def reading(self, tenant: TenantId) -> Iterator[SqliteTransaction]:
        """A transaction that only reads: the state of its first question, whatever is written meanwhile."""
        with self.connections.lend() as connection:
            connection.execute("PRAGMA query_only = ON")
            try:
                with _ended(connection, "BEGIN"):
                    yield SqliteTransaction(SqliteSession(connection, tenant, SYSTEM), self._knowledge)
            finally:
                connection.execute("PRAGMA query_only = OFF")

    def by_key(self, key: str) -> TenantId:
        """The id of a tenant's key; raises NotFound."""
        found = self.select(queries.TENANT_BY_KEY, key=key)
        if not found:
            raise NotFound("tenant", key)
        return TenantId(found[0][0])

    def keys(self) -> Sequence[str]:
        """Every tenant's key, in order."""
        return [key for (key,) in self.select(queries.TENANT_KEYS)]

    def select(self, query: Query, **values: Any) -> list[Row]:
        """What is found outside of every tenant."""
        statement = query.on(SQLITE)
        with self.connections.lend() as connection, _ended(connection, "BEGIN"):
            return list(statement.rows(connection.execute(statement.sql, statement.values(values))))

    def change(self, query: Query, **values: Any) -> None:
        """Write outside of every tenant, and commit."""
        statement = query.on(SQLITE)
        with (
            self._queue.turn(),
            self.connections.lend() as connection,
            _ended(connection, "BEGIN IMMEDIATE"),
        ):
            connection.execute(statement.sql, statement.values(values))
            connection.execute("COMMIT")


@contextmanager
def _ended(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """A transaction that does not stay open; the driver's errors become refusals where they mean one."""
    try:
        connection.execute(begin)
        yield
    except (sqlite3.Error, UnicodeEncodeError) as error:
        refusal = translated(error)
        if refusal is None:
            raise
        raise refusal from error
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
