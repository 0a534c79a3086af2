"""What is written in the audit log and the outbox of each storage."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts import Written
from booking_adapters.testing.servers import PostgresServer
from booking_core.domain.kernel.ids import TenantId


@pytest.fixture(scope="package")
def sqlite_store(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """One file for all contracts: each test is a tenant of its own."""
    path = tmp_path_factory.mktemp("contracts") / "booking.db"
    with SqliteStore.open(shutil.copy(sqlite_template, path)) as store:
        yield store


@pytest.fixture(scope="package")
def postgres_store(postgres_server: PostgresServer, postgres_template: str) -> Iterator[PostgresStore]:
    """One database for all contracts."""
    with (
        postgres_server.database(template=postgres_template) as url,
        PostgresStore.open(url) as store,
    ):
        yield store


@pytest.fixture
def audit(storage: str, request: pytest.FixtureRequest) -> Written:
    reader: Written = request.getfixturevalue(f"{storage}_audit")
    return reader


@pytest.fixture
def outbox(storage: str, request: pytest.FixtureRequest) -> Written:
    reader: Written = request.getfixturevalue(f"{storage}_outbox")
    return reader


@pytest.fixture
def sqlite_audit(store: SqliteStore) -> Written:
    return lambda tenant: _rows(
        store, "SELECT name, actor_name FROM audit WHERE tenant_id = ? ORDER BY id", tenant
    )


@pytest.fixture
def sqlite_outbox(store: SqliteStore) -> Written:
    return lambda tenant: _rows(store, "SELECT name, '' FROM outbox WHERE tenant_id = ? ORDER BY id", tenant)


@pytest.fixture
def postgres_audit(store: PostgresStore) -> Written:
    return lambda tenant: _written(
        store, "SELECT name, actor_name FROM audit WHERE tenant_id = %s ORDER BY id", tenant
    )


@pytest.fixture
def postgres_outbox(store: PostgresStore) -> Written:
    return lambda tenant: _written(
        store, "SELECT name, '' FROM outbox WHERE tenant_id = %s ORDER BY id", tenant
    )


@pytest.fixture
def memory_audit(store: MemoryStore) -> Written:
    return lambda tenant: [(event.name, actor.name) for actor, event in store.tables(tenant).audit]


@pytest.fixture
def memory_outbox(store: MemoryStore) -> Written:
    return lambda tenant: [(event.name, "") for event in store.tables(tenant).outbox.values()]


def _rows(store: SqliteStore, question: str, tenant: TenantId) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(store.path)) as connection:
        return connection.execute(question, [str(tenant)]).fetchall()


def _written(store: PostgresStore, question: LiteralString, tenant: TenantId) -> list[tuple[str, str]]:
    """Read as the superuser that the store's address names: row-level security would hide everything."""
    with psycopg.connect(store.url) as connection:
        return connection.execute(question, [tenant]).fetchall()
