"""Everything that touches a calendar heeds the locks of others: what is sold, holds, promised rooms, closures."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

import attrs
import pytest

from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.testing.builders import cabins, grand_hotel
from booking_adapters.testing.contracts.live import IDS
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.catalog.resource import Resource, Unit
from booking_core.domain.catalog.service import Need
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import ResourceId, UnitId
from booking_core.domain.live.editing import LockHeld, StaleLock
from booking_core.usecases.check_in import LockRoom, LockRoomCommand
from booking_core.usecases.editing import (
    Edits,
    LockCommand,
    ReleaseLock,
    TakeLock,
)
from booking_core.usecases.watched import WatchedUnits
from tests.integration.live.desk import Desk


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
    desk.is_overtaken()
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


def test_staff_describe_a_business_that_nobody_can_be_editing_yet(store: Storage) -> None:
    plain, business = TheEngine(store), cabins(1)
    begin = WatchedUnits(begin=store, edits=Edits(locks=StoredLocks(store, plain.clock)), clock=plain.clock)
    with begin(business.tenant.id, Actor("staff", "ann")) as tx:
        tx.catalogs.save(business.catalog, plain.clock.now())
    with store.reading(business.tenant.id) as tx:
        assert tx.catalogs.load().version == 1


def test_what_is_no_longer_sold_is_opened_again_whatever_is_locked(desk: Desk) -> None:
    closed = desk.as_("ann").close("cabin-2", "2026-03-12").closure

    def without_it(catalog: Catalog) -> Catalog:
        kept = {id_: each for id_, each in catalog.resources.items() if each.key != "cabin-2"}
        needs = {
            id_: attrs.evolve(each, needs=_of(each.needs, kept)) for id_, each in catalog.services.items()
        }
        return attrs.evolve(catalog, resources=kept, services=needs)

    desk.passes(14 * 86_400)
    save_catalog(desk.camp, without_it)
    with desk.camp.engine.store(desk.camp.tenant, Actor("staff", "bob")) as tx:
        tx.closures.save(tx.closures.get(closed.id).reopen(desk.camp.engine.clock.now()))
        assert tx.closures.overlapping(closed.resource, closed.period) == []


def _of(needs: Sequence[Need], kept: Mapping[ResourceId, Resource]) -> tuple[Need, ...]:
    """Needs that only what is kept fills."""
    return tuple(
        attrs.evolve(need, any_of=tuple(each for each in need.any_of if each in kept)) for need in needs
    )


def test_all_that_a_client_was_editing_is_free_when_it_has_gone(desk: Desk) -> None:
    desk.edits("ann", 10, 13)
    desk.edits("ann", 10, 13, "cabin-2")
    clock, told = desk.camp.engine.clock, LocalUpdates()
    release = ReleaseLock(locks=desk.locks, updates=told, clock=clock)
    with told.subscribe(desk.camp.tenant, lambda: None) as heard:
        release.everything_of(desk.camp.tenant, "ann")
        assert [each.name for each in heard.take()] == ["LockReleased"] * 2
    assert desk.locks.held(desk.camp.tenant) == []


def test_a_lock_is_for_a_booking_or_for_a_cabin_on_dates(desk: Desk) -> None:
    booked = desk.camp.book("cabin", "2026-03-10/2026-03-12", by=["cabin-1"])
    engine = desk.camp.engine
    take = TakeLock(begin=engine.store, locks=desk.locks, updates=LocalUpdates(), clock=engine.clock)
    one = LockCommand(tenant=desk.camp.tenant, owner="a", holder="Ann", resource="cabin-1")
    for wrong in (one, attrs.evolve(one, reservation=booked.id), attrs.evolve(one, first=date(2026, 3, 1))):
        with pytest.raises(InvalidInput):
            take(wrong)


def test_a_token_that_is_overtaken_between_looking_and_writing_is_stale(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from booking_adapters._sql.editing import SqlEditing
    from booking_adapters.memory.editing import MemoryEditing

    old = desk.edits("ann", 10, 13)

    def blinded() -> None:
        for editing in (SqlEditing, MemoryEditing):
            monkeypatch.setattr(editing, "seen", lambda *_: 0)

    desk.is_overtaken(end=13, then=blinded)
    with pytest.raises(StaleLock):
        desk.as_("ann", old).book("cabin", "2026-03-12/2026-03-13", by=["cabin-1"])


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
