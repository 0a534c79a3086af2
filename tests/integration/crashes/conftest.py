import pytest

from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine


@pytest.fixture
def engine(store: Storage) -> TheEngine:
    """The whole engine on each storage."""
    return TheEngine(store)
