"""What is written in the audit log and the outbox of each storage."""

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.contracts import Written


@pytest.fixture
def audit(storage: str, request: pytest.FixtureRequest) -> Written:
    reader: Written = request.getfixturevalue(f"{storage}_audit")
    return reader


@pytest.fixture
def outbox(storage: str, request: pytest.FixtureRequest) -> Written:
    reader: Written = request.getfixturevalue(f"{storage}_outbox")
    return reader


@pytest.fixture
def memory_audit(store: MemoryStore) -> Written:
    return lambda tenant: [(event.name, actor.name) for actor, event in store.tables(tenant).audit]


@pytest.fixture
def memory_outbox(store: MemoryStore) -> Written:
    return lambda tenant: [(event.name, "") for event in store.tables(tenant).outbox]
