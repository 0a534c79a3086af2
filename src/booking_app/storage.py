"""The storage that the settings name: opened, made ready, closed."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol
from urllib.parse import urlsplit

import attrs

from booking_adapters._live.shared_updates import Carrier
from booking_adapters._sql.presence import COLUMNS_POSTGRES, COLUMNS_SQLITE, has_tables, is_current
from booking_adapters.ambient.bell import LocalBell
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.heartbeats import MemoryHeartbeats
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.inspection import SqliteInspection
from booking_adapters.sqlite.updates import SqliteCarrier
from booking_app.settings import Settings
from booking_core.domain.kernel.errors import InvalidInput, SystemFailure
from booking_core.ports.bell import Bell
from booking_core.ports.heartbeats import Heartbeats
from booking_core.ports.inspection import Inspection
from booking_core.ports.storage import Tenants, UnitOfWork

if TYPE_CHECKING:
    from booking_adapters.postgres import PostgresStore

CONNECT_SECONDS = 10


class StorageNotReady(SystemFailure):
    """The storage has no tables yet, or those of an earlier version; `booking migrate` makes them."""

    code: ClassVar[str] = "STORAGE_NOT_READY"
    retryable: ClassVar[bool] = False
    retry_action: ClassVar[str | None] = "MIGRATE"


class Store(UnitOfWork, Tenants, Protocol):
    """What every storage adapter is: it begins transactions and knows the tenants."""


@attrs.frozen
class Storage:
    """An open store, who looks it over, and what is rung when something was committed to it.

    `carrier` takes live updates to the other processes on it, where nothing faster does; `heartbeats` are the signs of
    life of its workers.
    """

    store: Store
    inspection: Inspection
    bell: Bell = attrs.field(factory=LocalBell)
    carrier: Carrier | None = None
    heartbeats: Heartbeats = attrs.field(factory=MemoryHeartbeats)


def open_storage(settings: Settings, stack: ExitStack) -> Storage:
    """The storage of `settings.storage`, closed with the stack; raises InvalidInput, StorageNotReady, SystemFailure."""
    match urlsplit(settings.storage).scheme:
        case "memory":
            memory = MemoryStore()
            return Storage(memory, MemoryInspection(memory))
        case "sqlite":
            return _sqlite(sqlite_path(settings.storage), stack)
        case "postgresql" | "postgres":
            return _postgres(settings, stack)
        case scheme:
            raise _unknown(scheme)


def migrate(settings: Settings) -> bool:
    """Bring the tables of the storage to this version; False where there are none to bring (memory).

    Raises InvalidInput for an address that names none, and SystemFailure where the storage cannot be written, or is of
    a later version.
    """
    match urlsplit(settings.storage).scheme:
        case "memory":
            return False
        case "sqlite":
            path = sqlite_path(settings.storage)
            _check_writable(path)
            with SqliteStore.open(path) as file:
                file.migrate()
        case "postgresql" | "postgres":
            store = _postgres_store()
            _postgres_columns(settings.storage)
            with store.open(settings.storage) as database:
                database.migrate()
        case scheme:
            raise _unknown(scheme)
    return True


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///…` address: `sqlite:///a.db` is beside us, `sqlite:////srv/a.db` is absolute.

    Raises InvalidInput for other addresses and for a directory that does not exist.
    """
    prefix, _, name = url.partition(":///")
    if prefix != "sqlite" or not name:
        raise InvalidInput("storage", "must name a file as sqlite:///path/to/file", url)
    path = Path(name)
    if not path.parent.is_dir():
        raise InvalidInput("storage", "the directory does not exist", str(path.parent))
    return path


def _check_writable(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=CONNECT_SECONDS)) as connection:
            connection.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        raise SystemFailure(f"the storage cannot be written: {error}") from error


def _sqlite(path: Path, stack: ExitStack) -> Storage:
    """A file that was migrated; one that does not exist is not made by asking."""
    if not path.exists():
        raise _without_tables()
    try:
        with closing(sqlite3.connect(path, timeout=CONNECT_SECONDS)) as connection:
            columns = connection.execute(COLUMNS_SQLITE).fetchall()
    except sqlite3.DatabaseError as error:
        raise SystemFailure(f"the storage cannot be read: {error}") from error
    _check_tables(columns)
    store = stack.enter_context(SqliteStore.open(path))
    return Storage(
        store,
        SqliteInspection(store),
        carrier=SqliteCarrier(store.path),
        heartbeats=store.heartbeats,
    )


def _postgres(settings: Settings, stack: ExitStack) -> Storage:
    store_class = _postgres_store()
    from booking_adapters.postgres.bell import PostgresBell
    from booking_adapters.postgres.inspection import PostgresInspection
    from booking_adapters.postgres.updates import PostgresCarrier

    _check_tables(_postgres_columns(settings.storage))
    store = stack.enter_context(store_class.open(settings.storage, most_connections=settings.pool_size))
    bell = stack.enter_context(PostgresBell(settings.storage, LocalBell()))
    return Storage(
        store,
        PostgresInspection(store),
        bell,
        carrier=PostgresCarrier(settings.storage),
        heartbeats=store.heartbeats,
    )


def _postgres_columns(url: str) -> list[tuple[str, str]]:
    """The tables and columns of the database; raises SystemFailure where it does not answer."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=CONNECT_SECONDS) as connection:
            return connection.execute(COLUMNS_POSTGRES).fetchall()
    except psycopg.Error as error:
        reason = next(iter(str(error).splitlines()), "for no stated reason")
        raise SystemFailure(f"the database does not answer: {reason}") from error


def _check_tables(columns: list[tuple[str, str]]) -> None:
    if not has_tables(columns):
        raise _without_tables()
    if not is_current(columns):
        raise StorageNotReady("the storage is of an earlier version: run `booking migrate` first")


def _postgres_store() -> type["PostgresStore"]:
    try:
        from booking_adapters.postgres import PostgresStore
    except ImportError as error:
        raise InvalidInput(
            "storage", "Postgres needs the extra: pip install 'booking-core[postgres]'"
        ) from error
    return PostgresStore


def _unknown(scheme: str) -> InvalidInput:
    return InvalidInput("storage", "must begin with sqlite:///, postgresql:// or memory://", scheme)


def _without_tables() -> StorageNotReady:
    return StorageNotReady("the storage has no tables yet: run `booking migrate` first")
