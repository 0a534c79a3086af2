"""The store: the UnitOfWork and Tenants ports on a Postgres database."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool, PoolTimeout

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
from booking_adapters._sql.migrate import migrate_postgres
from booking_adapters._sql.notices import SqlLinks, SqlNotices, SqlPushSubscriptions
from booking_adapters._sql.outbox import SqlOutbox
from booking_adapters._sql.queues import queues_of
from booking_adapters._sql.repositories import SqlCatalogs, SqlClosures, SqlQuotes
from booking_adapters._sql.series import SqlSeriesBook
from booking_adapters._sql.statement import POSTGRES, Query, Row
from booking_adapters._sql.waitlist import SqlWaitlist
from booking_adapters._sql.webhooks import SqlWebhooks
from booking_adapters.postgres.errors import translated
from booking_adapters.postgres.repositories import (
    PostgresCalendars,
    PostgresHolds,
    PostgresRequests,
    PostgresReservations,
)
from booking_adapters.postgres.session import READING, WRITING, Connection, PostgresSession
from booking_core.domain.kernel.errors import Conflict, NotFound, SystemFailure
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.queues import Queues

ROLE = "booking_app"
"""The role every transaction works as. It owns nothing, so that the tenants' walls hold (migration 0002)."""
MOST_CONNECTIONS = 16
LONGEST_WAIT_SECONDS = 30.0

# A connection works as the role from its first statement on; whoever logs in must be a member of it. Whole numbers are
# bigint, as all columns are: smaller parameters would keep the planner from the indexes. So would random pages at four
# times the cost of others, the default: Postgres 18 then reads all bookings of a resource, and not those of a window.
SET_UP = f"""
SET ROLE {ROLE};
SET TIME ZONE 'UTC';
SET random_page_cost = 1.1;
SET lock_timeout = '10s';
SET statement_timeout = '30s';
SET idle_in_transaction_session_timeout = '60s'
"""


class PostgresTransaction:
    """The Transaction port."""

    def __init__(self, session: PostgresSession, knowledge: Knowledge) -> None:
        self.session = session
        self.catalogs = SqlCatalogs(session, knowledge)
        self.calendars = PostgresCalendars(session)
        self.holds = PostgresHolds(session)
        self.reservations = PostgresReservations(session, knowledge)
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
        self.requests = PostgresRequests(session)

    @property
    def queues(self) -> Queues:
        return queues_of(self.session)

    def one_at_a_time(self, name: str) -> None:
        with self.session.writing():
            number = self.session.number(f"one at a time: {name}")
            self.session.connection.execute("SELECT pg_advisory_xact_lock(%s)", [number])

    def alone(self) -> None:
        self.session.begin_alone()


class PostgresStore:
    """The UnitOfWork and Tenants ports. May be shared by threads; after a fork open another. Close it when done.

    `migrate()` makes or updates the tables and must have run once, by a login that owns them. Transactions need a
    login that is a member of the role `booking_app`, which `migrate()` makes: the owner is, others are granted it.
    """

    def __init__(self, url: str, *, most_connections: int = MOST_CONNECTIONS) -> None:
        self.url = url
        self.heartbeats = SqlHeartbeats(self)
        self._knowledge = Knowledge()
        self._opening = threading.Lock()
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=1,
            max_size=most_connections,
            timeout=LONGEST_WAIT_SECONDS,
            kwargs={"autocommit": True},
            configure=_set_up,
            open=False,
        )

    @classmethod
    def open(cls, url: str, *, most_connections: int = MOST_CONNECTIONS) -> Self:
        """The store of a database; it connects when it is first asked something."""
        return cls(url, most_connections=most_connections)

    def migrate(self) -> None:
        """Bring the tables to this version of the package, all or nothing."""
        migrate_postgres(lambda: psycopg.connect(self.url))

    def close(self) -> None:
        """Give the connections back."""
        self._pool.close()

    def __enter__(self) -> Self:
        """The store itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[PostgresTransaction]:
        """A transaction that may write (READ COMMITTED: what it must not lose is guarded by constraints)."""
        with self.connection() as connection:
            session = PostgresSession(connection, tenant, actor)
            with _ended(connection):
                session.begin(WRITING)
                yield PostgresTransaction(session, self._knowledge)
                session.write_request()
                if session.failure is not None:
                    raise Conflict("a change failed, so nothing was changed") from session.failure
                _commit(connection)
        session.committed()

    @contextmanager
    def reading(self, tenant: TenantId) -> Iterator[PostgresTransaction]:
        """A transaction that only reads, from the state of its beginning."""
        with self.connection() as connection:
            session = PostgresSession(connection, tenant, SYSTEM)
            with _ended(connection):
                session.begin(READING)
                yield PostgresTransaction(session, self._knowledge)

    def by_key(self, key: str) -> TenantId:
        """The id of a tenant's key; raises NotFound."""
        found = self.select(queries.TENANT_BY_KEY, key=key)
        if not found:
            raise NotFound("tenant", key)
        return TenantId(found[0][0])

    def keys(self) -> Sequence[str]:
        """Every tenant's key, in order."""
        return sorted(key for (key,) in self.select(queries.TENANT_KEYS))

    def select(self, query: Query, **values: Any) -> list[Row]:
        """What is found outside of every tenant's walls."""
        statement = query.on(POSTGRES)
        with self.connection() as connection, _ended(connection):
            found = connection.execute(statement.sql.encode(), statement.values(values)).fetchall()
            return list(statement.rows(found))

    def change(self, query: Query, **values: Any) -> None:
        """Write outside of every tenant's walls; it is committed at once."""
        statement = query.on(POSTGRES)
        with self.connection() as connection, _ended(connection):
            connection.execute(statement.sql.encode(), statement.values(values))

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one transaction; raises SystemFailure where none comes free in 30 seconds."""
        with self._opening:
            self._pool.open()
        try:
            connection = self._pool.getconn()
        except PoolTimeout as error:
            raise SystemFailure("the database does not answer or is overloaded") from error
        try:
            yield connection
        finally:
            self._pool.putconn(connection)


@contextmanager
def _ended(connection: Connection) -> Iterator[None]:
    """Nothing stays open, whatever happens; the driver's errors become refusals where they mean one."""
    try:
        yield
    except (psycopg.Error, UnicodeEncodeError) as error:
        refusal = translated(error)
        if refusal is None and connection.broken:
            # Nothing was committed, so the whole use case may run again, on another connection.
            refusal = Conflict("the connection to the database was lost")
        if refusal is None:
            raise
        raise refusal from error
    finally:
        if connection.pgconn.transaction_status not in (TransactionStatus.IDLE, TransactionStatus.UNKNOWN):
            connection.rollback()


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except psycopg.OperationalError as error:
        if connection.broken:
            raise SystemFailure(
                "the connection was lost while committing: look whether it was done"
            ) from error
        raise


def _set_up(connection: Connection) -> None:
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.execute(SET_UP.encode())
