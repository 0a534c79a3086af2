"""The storages that every story and every contract is played on."""

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.contracts.scene import Storage

STORAGES = ("memory",)


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
