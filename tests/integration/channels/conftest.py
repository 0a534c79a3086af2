import pytest

from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine


@pytest.fixture
def engine(store: Storage) -> TheEngine:
    """The whole engine on each storage; it is Monday, 2026-03-02, 06:00 UTC (07:00 in Berlin)."""
    return TheEngine(store)
