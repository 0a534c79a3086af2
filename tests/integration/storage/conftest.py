"""Hands into the databases, beside the stores."""

import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from tests.integration.storage.hands import Hand, postgres_hand, sqlite_hand


@pytest.fixture
def sqlite(sqlite_store: SqliteStore) -> Hand:
    return sqlite_hand(sqlite_store)


@pytest.fixture
def postgres(postgres_store: PostgresStore) -> Hand:
    return postgres_hand(postgres_store)
