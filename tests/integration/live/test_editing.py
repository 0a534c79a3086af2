"""Two administrators and one cabin, on every storage: the second cannot save over the first."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import attrs
import pytest

from booking_adapters._live.fallbacks import FallbackLocks
from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.memory.live import MemoryLocks
from booking_adapters.testing.builders import cabins, grand_hotel
from booking_adapters.testing.contracts import LocksContract
from booking_adapters.testing.contracts.live import IDS, SECOND, Pass, dates, wish
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TenantId, UnitId
from booking_core.domain.live.editing import Lock, LockHeld, LockWish, StaleLock
from booking_core.ports.live import Locks, Unreachable
from booking_core.usecases.check_in import LockRoom, LockRoomCommand
from booking_core.usecases.editing import (
    Edits,
    ForgetEdits,
    LockCommand,
    LockReference,
    ReleaseLock,
    RenewLock,
    TakeLock,
)
from booking_core.usecases.watched import WatchedUnits

MARCH = ("2026-03-10/2026-03-13", "2026-03-11/2026-03-14")


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


@attrs.define(eq=False)
class Desk:
    """A camp with two administrators; `before_saving` happens after a change has looked at the locks."""

    camp: OpenBusiness
    locks: Locks
    before_saving: Callable[[], object] | None = None

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        """The locks, and then whatever happens meanwhile."""
        found = self.locks.held(tenant)
        meanwhile, self.before_saving = self.before_saving, None
        if meanwhile is not None:
            meanwhile()
        return found

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        return self.locks.acquire(tenant, wish)

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        return self.locks.renew(tenant, token, owner, ttl)

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        return self.locks.release(tenant, token, owner)

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        return self.locks.release_all(tenant, owner)

    def edits(self, owner: str, first: int, end: int, cabin: str = "cabin-1") -> Lock:
        """Somebody begins to edit a cabin on days of March."""
        engine = self.camp.engine
        take = TakeLock(begin=engine.store, locks=self.locks, updates=LocalUpdates(), clock=engine.clock)
        return take(
            LockCommand(
                tenant=self.camp.tenant,
                owner=owner,
                holder=owner.title(),
                resource=cabin,
                first=date(2026, 3, first),
                end=date(2026, 3, end),
            )
        )

    def as_(self, name: str, lock: Lock | None = None) -> OpenBusiness:
        """The camp as a member of staff works on it, perhaps under a lock."""
        actor = Actor("staff", name, lock=lock.token if lock else None)
        return attrs.evolve(self.camp, actor=actor)

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        clock = self.camp.engine.clock
        clock.set(clock.now() + timedelta(seconds=seconds))


@pytest.fixture
def desk(store: Storage) -> Desk:
    plain = TheEngine(store)
    desk = Desk(plain.opens(cabins(2)), StoredLocks(store, plain.clock))
    watched = WatchedUnits(begin=store, edits=Edits(locks=desk), clock=plain.clock)
    desk.camp.engine = TheEngine(watched, plain.clock, plain.ids)
    return desk


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

    def meanwhile() -> None:
        desk.passes(31)
        new = desk.edits("bob", 10, 14)
        desk.as_("bob", new).book("cabin", "2026-03-10/2026-03-11", by=["cabin-1"])

    desk.before_saving = meanwhile
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

    def meanwhile() -> None:
        desk.passes(31)
        new = desk.edits("bob", 10, 14)
        desk.as_("bob", new).book("cabin", "2026-03-10/2026-03-11", by=["cabin-1"])

    desk.before_saving = meanwhile
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


def save_catalog(camp: OpenBusiness, change: Callable[[Catalog], Catalog]) -> None:
    """Save what is sold, as somebody changed it."""
    with camp.engine.store(camp.tenant, camp.actor) as tx:
        stored = tx.catalogs.load()
        wanted = attrs.evolve(change(stored), version=stored.version + 1)
        tx.catalogs.save(wanted, camp.engine.clock.now())


def renamed(key: str) -> Callable[[Catalog], Catalog]:
    """A catalog in which a resource has another name."""

    def change(catalog: Catalog) -> Catalog:
        resource = catalog.resource(key)
        other = attrs.evolve(resource, name="Old mill")
        return attrs.evolve(catalog, resources={**catalog.resources, resource.id: other})

    return change


def in_tokyo(catalog: Catalog) -> Catalog:
    """A catalog whose venues, and so all their resources, go by another time."""
    venues = {key: attrs.evolve(each, zone=ZoneInfo("Asia/Tokyo")) for key, each in catalog.venues.items()}
    return attrs.evolve(catalog, venues=venues)


@pytest.mark.parametrize("change", [renamed("cabin-1"), in_tokyo], ids=["resource", "venue"])
def test_what_somebody_edits_is_not_described_anew_by_somebody_else(
    desk: Desk, change: Callable[[Catalog], Catalog]
) -> None:
    lock = desk.edits("ann", 10, 13)
    with pytest.raises(LockHeld):
        save_catalog(desk.as_("bob"), change)
    save_catalog(desk.as_("ann", lock), change)
    save_catalog(desk.as_("bob"), renamed("cabin-2"))


def test_the_price_of_what_somebody_edits_may_change(desk: Desk) -> None:
    desk.edits("ann", 10, 13)
    save_catalog(
        desk.as_("bob"), lambda catalog: attrs.evolve(catalog, notices=NoticeSettings(language="de"))
    )


def test_a_stale_token_cannot_describe_what_a_later_one_has_saved(desk: Desk) -> None:
    old = desk.edits("ann", 10, 13)

    def meanwhile() -> None:
        desk.passes(31)
        new = desk.edits("bob", 10, 14)
        desk.as_("bob", new).book("cabin", "2026-03-10/2026-03-11", by=["cabin-1"])

    desk.before_saving = meanwhile
    with pytest.raises(StaleLock):
        save_catalog(desk.as_("ann", old), renamed("cabin-1"))


def test_staff_place_no_hold_where_somebody_edits_and_guests_do(desk: Desk) -> None:
    lock = desk.edits("ann", 10, 13)
    bob, ann = desk.as_("bob"), desk.as_("ann", lock)
    guest = attrs.evolve(desk.camp, actor=Actor("guest"))
    with pytest.raises(LockHeld):
        bob.hold("cabin", "2026-03-12/2026-03-14", "bob's browser", by=["cabin-1"])
    assert bob.hold("cabin", "2026-03-13/2026-03-15", "bob's browser", by=["cabin-1"]).version == 1
    held = ann.hold("cabin", "2026-03-10/2026-03-11", "ann's browser", by=["cabin-1"])
    bob.release(held, "ann's browser")
    assert guest.hold("cabin", "2026-03-10/2026-03-11", "a browser", by=["cabin-1"]).version == 1


def test_a_room_is_promised_to_nobody_while_somebody_else_edits_the_booking(store: Storage) -> None:
    plain = TheEngine(store)
    units = tuple(Unit(id=UnitId(IDS.new()), key=key, name=key) for key in ("301", "302", "303"))
    hotel = plain.opens(grand_hotel(3).changing("deluxe-king", units=units))
    booked = hotel.book("deluxe-king", "2026-03-10/2026-03-12")
    locks = StoredLocks(store, plain.clock)
    take = TakeLock(begin=store, locks=locks, updates=LocalUpdates(), clock=plain.clock)
    lock = take(LockCommand(tenant=hotel.tenant, owner="a", holder="Ann", reservation=booked.id))
    promise = LockRoom(
        begin=WatchedUnits(begin=store, edits=Edits(locks=locks), clock=plain.clock), clock=plain.clock
    )

    def command(name: str, token: int | None = None) -> LockRoomCommand:
        actor = Actor("staff", name, lock=token)
        return LockRoomCommand(tenant=hotel.tenant, reservation=booked.id, room="301", actor=actor)

    with pytest.raises(LockHeld):
        promise(command("bob"))
    with store.reading(hotel.tenant) as tx:
        assert not tx.front_desk.assignments.of([booked.id])[booked.id].rooms
    promise(command("ann", lock.token))
    with store.reading(hotel.tenant) as tx:
        assert len(tx.front_desk.assignments.of([booked.id])[booked.id].locked) == 1


def test_without_the_watch_the_second_saves_over_the_first_everywhere(store: Storage) -> None:
    """The control: the same saves on a unit of work that looks at no locks."""
    plain = TheEngine(store)
    desk = Desk(plain.opens(cabins(2)), StoredLocks(store, plain.clock))
    desk.edits("ann", 10, 13)
    bob = desk.as_("bob")
    bob.hold("cabin", "2026-03-10/2026-03-11", "bob's browser", by=["cabin-1"])
    bob.close("cabin-1", "2026-03-12")
    save_catalog(bob, renamed("cabin-1"))
    with store.reading(bob.tenant) as tx:
        assert tx.catalogs.load().resource("cabin-1").name == "Old mill"
