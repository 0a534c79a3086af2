"""The storages that every story and every contract is played on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.servers import PostgresServer

STORAGES = ("memory", "sqlite", "postgres")


@pytest.fixture(params=STORAGES)
def storage(request: pytest.FixtureRequest) -> str:
    """Which storage a test runs on."""
    return str(request.param)


@pytest.fixture
def store(storage: str, request: pytest.FixtureRequest) -> Storage:
    """An empty store of each kind."""
    made: Storage = request.getfixturevalue(f"{storage}_store")
    return made


@pytest.fixture
def memory_store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file without a tenant: copying it is much faster than migrating each."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    with SqliteStore.open(path) as store:
        store.migrate()
    return path


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore.open(shutil.copy(sqlite_template, tmp_path / "booking.db")) as store:
        yield store


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated database without a tenant, to be copied."""
    name = postgres_server.create_database()
    with PostgresStore.open(postgres_server.url(name)) as store:
        store.migrate()
    return name


@pytest.fixture
def postgres_store(postgres_server: PostgresServer, postgres_template: str) -> Iterator[PostgresStore]:
    with (
        postgres_server.database(template=postgres_template) as url,
        PostgresStore.open(url) as store,
    ):
        yield store
