import pytest

from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.usecases.editing import (
    Edits,
)
from booking_core.usecases.watched import WatchedUnits
from tests.integration.live.desk import Desk


@pytest.fixture
def desk(store: Storage) -> Desk:
    plain = TheEngine(store)
    desk = Desk(plain.opens(cabins(2)), StoredLocks(store, plain.clock))
    watched = WatchedUnits(begin=store, edits=Edits(locks=desk), clock=plain.clock)
    desk.camp.engine = TheEngine(watched, plain.clock, plain.ids)
    return desk
