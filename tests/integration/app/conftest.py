from datetime import UTC, datetime

import attrs
import pytest

from booking_adapters.ambient.holidays import PublicHolidays
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_app.container import Deployment, wired
from booking_app.storage import Storage

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


@attrs.frozen
class Office:
    """A deployment under a clock that is set by hand, on each storage."""

    deployment: Deployment
    clock: FixedClock
    store: AnyStore


@pytest.fixture
def office(store: AnyStore) -> Office:
    clock = FixedClock(MONDAY)
    deployment = wired(
        Storage(store, MemoryInspection(MemoryStore())),
        clock=clock,
        ids=SeededIds(),
        holidays=PublicHolidays(),
    )
    return Office(deployment, clock, store)
