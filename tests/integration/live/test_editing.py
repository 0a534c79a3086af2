"""Two administrators and one cabin, on every storage: the second cannot save over the first."""

from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from booking_adapters._live.fallbacks import FallbackLocks
from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.memory.live import MemoryLocks
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.contracts import LocksContract
from booking_adapters.testing.contracts.live import IDS, SECOND, Pass, dates, wish
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import LockHeld, StaleLock
from booking_core.ports.live import Locks, Unreachable
from booking_core.usecases.editing import (
    ForgetEdits,
    LockCommand,
    LockReference,
    ReleaseLock,
    RenewLock,
    TakeLock,
)
from tests.integration.live.desk import Desk


class TestStoredLocks(LocksContract):
    @pytest.fixture
    def engine(self, store: Storage) -> TheEngine:
        return TheEngine(store)

    @pytest.fixture
    def tenant(self, engine: TheEngine) -> TenantId:
        return engine.opens(cabins(1)).tenant

    @pytest.fixture
    def locks(self, engine: TheEngine) -> Locks:
        return StoredLocks(engine.store, engine.clock)

    @pytest.fixture
    def passes(self, engine: TheEngine) -> Pass:
        return lambda span: engine.clock.set(engine.clock.now() + span)


def test_while_somebody_edits_a_cabin_nobody_else_saves_it_for_those_dates(desk: Desk) -> None:
    lock = desk.edits("ann", 10, 13)
    bob = desk.as_("bob")
    for save in (
        lambda: bob.book("cabin", "2026-03-12/2026-03-14", by=["cabin-1"]),
        lambda: bob.close("cabin-1", "2026-03-12"),
    ):
        with pytest.raises(LockHeld) as refused:
            save()
        assert refused.value.details["holder"] == "Ann"
        assert refused.value.details["since"] == lock.since
    assert bob.book("cabin", "2026-03-13/2026-03-15", by=["cabin-1"]).version == 1
    assert bob.book("cabin", "2026-03-10/2026-03-13", by=["cabin-2"]).version == 1
    assert desk.as_("ann", lock).book("cabin", "2026-03-10/2026-03-13", by=["cabin-1"]).version == 1


def test_a_booking_cannot_be_moved_out_of_or_into_what_somebody_edits(desk: Desk) -> None:
    inside = desk.as_("ann").book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])
    outside = desk.as_("ann").book("cabin", "2026-03-20/2026-03-22", by=["cabin-1"])
    lock = desk.edits("ann", 10, 13)
    bob, ann = desk.as_("bob"), desk.as_("ann", lock)
    changes: tuple[Callable[[], object], ...] = (
        lambda: bob.move(inside, "2026-03-16/2026-03-18", by=["cabin-1"]),
        lambda: bob.move(outside, "2026-03-12/2026-03-14", by=["cabin-1"]),
        lambda: bob.cancel(inside),
    )
    for change in changes:
        with pytest.raises(LockHeld):
            change()
    assert bob.show(inside.id) == inside
    moved = ann.move(inside, "2026-03-10/2026-03-13", by=["cabin-1"])
    assert ann.cancel(moved).version == moved.version + 1


def test_guests_and_the_worker_are_not_kept_waiting(desk: Desk) -> None:
    desk.edits("ann", 10, 13)
    guest = attrs.evolve(desk.camp, actor=Actor("guest"))
    booked = guest.book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])
    assert desk.camp.cancel(booked).version == 2


def test_a_killed_clients_lock_ends_by_itself(desk: Desk) -> None:
    desk.edits("ann", 10, 13)
    desk.passes(30)
    assert desk.as_("bob").book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"]).version == 1


def test_under_a_lock_that_has_ended_nothing_is_saved(desk: Desk) -> None:
    lock = desk.edits("ann", 10, 13)
    desk.passes(30)
    with pytest.raises(StaleLock):
        desk.as_("ann", lock).book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])


def test_a_stale_token_cannot_save_once_a_later_one_has(desk: Desk) -> None:
    """Ann looked at the locks in time, and then slept while Bob took over and saved."""
    old = desk.edits("ann", 10, 13)
    desk.is_overtaken()
    with pytest.raises(StaleLock):
        desk.as_("ann", old).book("cabin", "2026-03-12/2026-03-13", by=["cabin-1"])
    with desk.camp.engine.store.reading(desk.camp.tenant) as tx:
        assert tx.editing.seen([*old.scopes]) > old.token


def test_without_the_fence_the_stale_token_saves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same story with nobody remembering tokens."""
    from booking_adapters._sql.editing import SqlEditing
    from booking_adapters.memory.editing import MemoryEditing

    for editing in (SqlEditing, MemoryEditing):
        monkeypatch.setattr(editing, "saw", lambda *_: None)
    old = desk.edits("ann", 10, 13)
    desk.is_overtaken()
    saved = desk.as_("ann", old).book("cabin", "2026-03-12/2026-03-13", by=["cabin-1"])
    assert saved.version == 1


def test_a_lock_for_something_else_is_no_leave_to_save(desk: Desk) -> None:
    lock = desk.edits("ann", 10, 13, "cabin-2")
    with pytest.raises(InvalidInput):
        desk.as_("ann", lock).book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])


def test_a_lock_on_a_booking_covers_its_cabin_for_its_dates(desk: Desk) -> None:
    booked = desk.camp.book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])
    engine = desk.camp.engine
    take = TakeLock(begin=engine.store, locks=desk.locks, updates=LocalUpdates(), clock=engine.clock)
    take(LockCommand(tenant=desk.camp.tenant, owner="a", holder="Ann", reservation=booked.id))
    with pytest.raises(LockHeld):
        desk.edits("bob", 11, 12)
    with pytest.raises(LockHeld):
        desk.as_("bob").cancel(booked)
    assert desk.edits("bob", 12, 13).holder == "Bob"


def test_renewing_goes_on_and_releasing_frees(desk: Desk) -> None:
    lock = desk.edits("ann", 10, 13)
    clock, told = desk.camp.engine.clock, LocalUpdates()
    reference = LockReference(tenant=desk.camp.tenant, owner="ann", token=lock.token)
    with told.subscribe(desk.camp.tenant, lambda: None) as heard:
        desk.passes(20)
        renewed = RenewLock(locks=desk.locks, updates=told, clock=clock)(reference)
        assert renewed.expires_at == lock.expires_at + timedelta(seconds=20)
        release = ReleaseLock(locks=desk.locks, updates=told, clock=clock)
        release(reference)
        release(reference)
        assert [each.name for each in heard.take()] == ["LockRenewed", "LockReleased"]
        assert "ann" not in str(told)
    assert desk.edits("bob", 10, 13).token > lock.token


def test_what_is_wanted_must_be_sayable(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.edits("ann", 10, 13, "cabin-9")
    with pytest.raises(InvalidInput):
        desk.edits("ann", 13, 10)
    with pytest.raises(InvalidInput):
        desk.edits("", 10, 13)


def test_old_locks_and_tokens_are_forgotten(desk: Desk) -> None:
    lock = desk.edits("ann", 10, 13)
    desk.as_("ann", lock).book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])
    forget = ForgetEdits(begin=desk.camp.engine.store, clock=desk.camp.engine.clock)
    assert forget(desk.camp.tenant) == 0
    desk.passes(8 * 86_400)
    assert forget(desk.camp.tenant) == 2


class Lost:
    """Locks of a server that does not answer while `is_lost`."""

    def __init__(self, locks: Locks) -> None:
        self._locks = locks
        self.is_lost = False

    def __getattr__(self, name: str) -> object:
        if self.is_lost:
            raise Unreachable("lost")
        return getattr(self._locks, name)


def test_while_the_server_is_lost_the_storage_keeps_the_locks_and_later_both_are_honoured(
    desk: Desk,
) -> None:
    clock, tenant = desk.camp.engine.clock, desk.camp.tenant
    server = Lost(MemoryLocks(clock))
    locks = FallbackLocks(server, desk.locks, clock)  # type: ignore[arg-type]  # passes everything on
    first = locks.acquire(tenant, wish("ann", dates(1, 5)))
    server.is_lost = True
    desk.passes(1)
    with pytest.raises(StaleLock):
        locks.renew(tenant, first.token, "ann", SECOND)
    second = locks.acquire(tenant, wish("bob", dates(1, 5)))
    assert locks.held(tenant) == [second]
    assert second.token > first.token
    server.is_lost = False
    with pytest.raises(LockHeld):
        locks.acquire(tenant, wish("cem", dates(4, 6)))
    assert locks.renew(tenant, second.token, "bob", 30 * SECOND).token == second.token
    assert [lock.holder for lock in locks.held(tenant)] == ["Ann", "Bob"]
    assert list(locks.release_all(tenant, "bob")) == [second]
    assert locks.release(tenant, first.token, "ann") == first
    assert locks.held(tenant) == []
    assert locks.held(TenantId(IDS.new())) == []
