"""What is written in the audit log and the outbox of each storage."""

import sqlite3
from contextlib import closing

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts import Written
from booking_core.domain.kernel.ids import TenantId


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
def memory_audit(store: MemoryStore) -> Written:
    return lambda tenant: [(event.name, actor.name) for actor, event in store.tables(tenant).audit]


@pytest.fixture
def memory_outbox(store: MemoryStore) -> Written:
    return lambda tenant: [(event.name, "") for event in store.tables(tenant).outbox]


def _rows(store: SqliteStore, question: str, tenant: TenantId) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(store.path)) as connection:
        return connection.execute(question, [str(tenant)]).fetchall()
