"""Contracts are worth something only if they fail: broken stores, each of which its contract must notice."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.repositories import MemoryTransaction
from booking_adapters.memory.tables import Undo
from booking_adapters.testing.contracts import LanesContract, OneAtATimeContract, UnitOfWorkContract
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId

NOTICED = (AssertionError, pytest.fail.Exception)


class NeverRollsBack(MemoryStore):
    """Keeps what was written, whatever happens afterwards."""

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[MemoryTransaction]:
        with super().__call__(tenant, actor) as tx:
            try:
                yield tx
            except BaseException as error:  # noqa: BLE001 - raised again when it is committed
                failure: BaseException | None = error
            else:
                failure = None
        if failure is not None:
            raise failure


class NeverWaits(MemoryStore):
    """Lets everybody in at once."""

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[MemoryTransaction]:
        yield MemoryTransaction(self.tables(tenant), actor, Undo())


def test_an_unguarded_lane_is_noticed() -> None:
    scene = Scene.fresh(MemoryStore(guarded=False))
    with pytest.raises(NOTICED):
        LanesContract().test_a_taken_lane_is_refused(scene, "reserve", "hold", 9, 11)


def test_a_missing_rollback_is_noticed() -> None:
    scene = Scene.fresh(NeverRollsBack())
    with pytest.raises(NOTICED):
        UnitOfWorkContract().test_an_exception_leaves_nothing_behind(scene, RuntimeError)


def test_a_dirty_read_is_noticed() -> None:
    scene = Scene.fresh(NeverWaits())
    with pytest.raises(NOTICED):
        UnitOfWorkContract().test_a_reader_keeps_to_one_state(scene)


def test_a_turn_that_is_not_waited_for_is_noticed() -> None:
    scene = Scene.fresh(NeverWaits())
    with pytest.raises(NOTICED):
        OneAtATimeContract().test_the_same_name_waits_until_the_first_is_done(scene)
