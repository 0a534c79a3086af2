"""The storage that the settings name."""

import sqlite3
from contextlib import ExitStack
from pathlib import Path
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from booking_adapters.memory import MemoryStore
from booking_adapters.sqlite import SqliteStore
from booking_app.settings import Settings
from booking_core.domain.kernel.errors import InvalidInput, SystemFailure
from booking_core.ports.storage import Tenants, UnitOfWork


class StorageNotReady(SystemFailure):
    """The storage has no tables yet; `booking migrate` makes them."""

    code: ClassVar[str] = "STORAGE_NOT_READY"
    retryable: ClassVar[bool] = False
    retry_action: ClassVar[str | None] = "MIGRATE"


class Store(UnitOfWork, Tenants, Protocol):
    """What every storage adapter is: it begins transactions and knows the tenants."""


def open_store(settings: Settings, stack: ExitStack) -> Store:
    """The store of `settings.storage`, closed with the stack; raises InvalidInput, StorageNotReady."""
    match urlsplit(settings.storage).scheme:
        case "memory":
            return MemoryStore()
        case "sqlite":
            return _with_tables(stack.enter_context(_sqlite(settings)))
        case scheme:
            raise InvalidInput("storage", "must begin with sqlite:///, postgresql:// or memory://", scheme)


def migrate(settings: Settings) -> bool:
    """Bring the tables of the storage to this version; False where there are none to bring (memory)."""
    match urlsplit(settings.storage).scheme:
        case "sqlite":
            with _sqlite(settings) as store:
                store.migrate()
            return True
        case _:
            with ExitStack() as stack:
                open_store(settings, stack)
            return False


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///…` address: `sqlite:///a.db` is beside us, `sqlite:////srv/a.db` is absolute."""
    prefix, _, path = url.partition(":///")
    if prefix != "sqlite" or not path:
        raise InvalidInput("storage", "must name a file as sqlite:///path/to/file", url)
    return Path(path)


def _with_tables(store: SqliteStore) -> SqliteStore:
    """The store, once it is known that it was migrated; a file that does not exist is not made by asking."""
    try:
        if store.path.exists():
            store.keys()
            return store
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error):
            raise
    raise StorageNotReady("the storage has no tables yet: run `booking migrate` first")


def _sqlite(settings: Settings) -> SqliteStore:
    path = sqlite_path(settings.storage)
    if not path.parent.is_dir():
        raise InvalidInput("storage", "the directory does not exist", str(path.parent))
    return SqliteStore.open(path)
