"""The contract of the FrontDesk: rooms, tasks, guests, points and assignments survive, and none is overwritten."""

from datetime import timedelta
from functools import partial

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.frontdesk.guests import Guest, Visit, VisitKind
from booking_core.domain.frontdesk.housekeeping import Task, Work
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount, Why
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, TaskId, UnitId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.reservation import Reservation


def a_unit(scene: Scene) -> UnitId:
    """The id of some room."""
    return UnitId(scene.ids.new())


def save_room(scene: Scene, *changes: Change[Room, Room]) -> Room:
    """Save changes of a room one after the other, and return the last state."""
    with scene.begin() as tx:
        for change in changes:
            tx.front_desk.rooms.save(change)
    return changes[-1].state


def a_clean_room(scene: Scene) -> Room:
    """A room that was cleaned, as it is stored."""
    return save_room(scene, Room(unit=a_unit(scene)).cleaned(NOW))


def a_task(scene: Scene, unit: UnitId, *, due_in: int | None = None) -> Task:
    """A task that was opened, as it is stored."""
    due_at = None if due_in is None else NOW + timedelta(hours=due_in)
    opened = Task.open(
        id=TaskId(scene.ids.new()), unit=unit, work=Work.CLEANING, at=NOW, due_at=due_at, note="first"
    )
    with scene.begin() as tx:
        tx.front_desk.tasks.save(opened)
    return opened.state


def a_visit(reservation: Reservation, kind: VisitKind = VisitKind.STAYED) -> Visit:
    """What a reservation came to."""
    return Visit(
        reservation=reservation.id,
        code=reservation.code,
        kind=kind,
        period=reservation.period,
        spent=Money(66_414, "USD"),
        nights=3,
        rooms=("301", "302"),
    )


def save_guest(scene: Scene, change: Change[Guest, Guest]) -> Guest:
    """Save, and return the guest."""
    with scene.begin() as tx:
        tx.front_desk.guests.save(change)
    return change.state


def save_account(scene: Scene, change: Change[LoyaltyAccount, LoyaltyAccount]) -> LoyaltyAccount:
    """Save, and return the account."""
    with scene.begin() as tx:
        tx.front_desk.loyalty.save(change)
    return change.state


def save_assignment(scene: Scene, change: Change[RoomAssignment, RoomAssignment]) -> RoomAssignment:
    """Save, and return the assignment."""
    with scene.begin() as tx:
        tx.front_desk.assignments.save(change)
    return change.state


class FrontDeskContract(StorageContract):
    """Everything behind the counter."""

    def test_a_room_nobody_spoke_of_needs_cleaning(self, scene: Scene) -> None:
        unit = a_unit(scene)
        with scene.reading() as tx:
            assert tx.front_desk.rooms.of([unit]) == {unit: Room(unit=unit)}
            assert tx.front_desk.rooms.of([]) == {}

    def test_a_room_is_found_by_who_is_in_it(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        clean, broken = a_clean_room(scene), Room(unit=a_unit(scene)).out_of_order(NOW, "the shower leaks")
        occupied = save_room(scene, clean.occupy(booked.id, NOW))
        out_of_order = save_room(scene, broken)
        with scene.reading() as tx:
            assert tx.front_desk.rooms.of([occupied.unit, broken.state.unit]) == {
                occupied.unit: occupied,
                out_of_order.unit: out_of_order,
            }
            assert list(tx.front_desk.rooms.occupied_by(booked.id)) == [occupied]
        save_room(scene, occupied.vacate(booked.id, NOW))
        with scene.reading() as tx:
            assert list(tx.front_desk.rooms.occupied_by(booked.id)) == []

    def test_a_room_changed_meanwhile_is_not_overwritten(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        clean = a_clean_room(scene)
        occupied = save_room(scene, clean.occupy(booked.id, NOW))
        with pytest.raises(StaleVersion):
            save_room(scene, clean.soiled(NOW))
        with pytest.raises(StaleVersion):
            save_room(scene, Room(unit=clean.unit).cleaned(NOW))
        with scene.reading() as tx:
            assert tx.front_desk.rooms.of([clean.unit])[clean.unit] == occupied

    def test_of_two_who_speak_of_a_new_room_at_once_one_wins(self, scene: Scene) -> None:
        unit = a_unit(scene)
        told = [Room(unit=unit).cleaned(NOW), Room(unit=unit).out_of_order(NOW, "painted")]
        results = all_at_once(*(partial(save_room, scene, each) for each in told))
        assert sorted(isinstance(each, Conflict) for each in results) == [False, True]

    def test_nobody_is_in_a_room_who_did_not_book(self, scene: Scene) -> None:
        clean = a_clean_room(scene)
        with pytest.raises(Conflict):
            save_room(scene, clean.occupy(ClaimId(scene.ids.new()), NOW))

    def test_tasks_under_way_come_as_they_are_due(self, scene: Scene) -> None:
        unit = a_unit(scene)
        whenever, late, soon = (
            a_task(scene, unit),
            a_task(scene, a_unit(scene), due_in=5),
            a_task(scene, unit, due_in=1),
        )
        with scene.reading() as tx:
            assert list(tx.front_desk.tasks.under_way(9)) == [soon, late, whenever]
            assert list(tx.front_desk.tasks.under_way(1)) == [soon]
            assert list(tx.front_desk.tasks.under_way(9, unit)) == [soon, whenever]

    def test_a_task_is_taken_once_and_leaves_the_list_when_it_is_done(self, scene: Scene) -> None:
        opened = a_task(scene, a_unit(scene))
        started = opened.start("Ana", NOW)
        with scene.begin() as tx:
            tx.front_desk.tasks.save(started)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.front_desk.tasks.save(opened.start("Ben", NOW))
        with scene.begin() as tx:
            assert tx.front_desk.tasks.get(opened.id) == started.state
            tx.front_desk.tasks.save(started.state.finish(NOW))
        with scene.reading() as tx:
            assert list(tx.front_desk.tasks.under_way(9)) == []
            assert tx.front_desk.tasks.get(opened.id) == started.state.finish(NOW).state

    def test_there_is_no_task_that_nobody_opened(self, scene: Scene) -> None:
        with pytest.raises(NotFound), scene.reading() as tx:
            tx.front_desk.tasks.get(TaskId(scene.ids.new()))

    def test_a_guest_keeps_every_visit_in_order(self, scene: Scene) -> None:
        first, second = scene.reserve("room", hours(10, 11)), scene.reserve("room", hours(12, 13))
        new = Guest(id=scene.ids.new(), key="ada@example.org")
        guest = save_guest(scene, new.record(a_visit(second), NOW))
        guest = save_guest(scene, guest.record(a_visit(first, VisitKind.NO_SHOW), NOW))
        with scene.reading() as tx:
            assert tx.front_desk.guests.find("ada@example.org") == guest
            assert tx.front_desk.guests.find("bob@example.org") is None

    def test_a_guest_of_one_key_is_one_guest(self, scene: Scene) -> None:
        first, second = scene.reserve("room", hours(10, 11)), scene.reserve("room", hours(12, 13))
        guest = Guest(id=scene.ids.new(), key="ada@example.org").record(a_visit(first), NOW)
        save_guest(scene, guest)
        with pytest.raises(Conflict):
            save_guest(scene, Guest(id=scene.ids.new(), key="ada@example.org").record(a_visit(second), NOW))
        with pytest.raises(Conflict):
            save_guest(scene, guest)

    def test_a_no_show_who_came_after_all_is_in_the_history_as_both(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        new = Guest(id=scene.ids.new(), key="ada@example.org")
        missed = save_guest(scene, new.record(a_visit(booked, VisitKind.NO_SHOW), NOW))
        stayed = save_guest(scene, missed.record(a_visit(booked), NOW))
        with scene.reading() as tx:
            assert tx.front_desk.guests.find("ada@example.org") == stayed
        assert [visit.kind for visit in stayed.visits] == [VisitKind.NO_SHOW, VisitKind.STAYED]

    def test_a_reservation_is_in_one_history(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        save_guest(scene, Guest(id=scene.ids.new(), key="ada").record(a_visit(booked), NOW))
        with pytest.raises(Conflict):
            save_guest(scene, Guest(id=scene.ids.new(), key="bob").record(a_visit(booked), NOW))

    def test_points_survive_and_are_not_moved_twice(self, scene: Scene) -> None:
        stay, next_stay = ClaimId(scene.ids.new()), ClaimId(scene.ids.new())
        account = LoyaltyAccount(id=scene.ids.new(), guest="ada@example.org")
        earned = save_account(scene, account.earn(664, stay, NOW))
        redeemed = save_account(scene, earned.redeem(100, next_stay, NOW))
        with scene.reading() as tx:
            found = tx.front_desk.loyalty.find("ada@example.org")
            assert tx.front_desk.loyalty.find("bob@example.org") is None
        assert found == redeemed
        assert (found.balance, found.points_of(next_stay, Why.REDEEMED)) == (564, -100)
        with pytest.raises(StaleVersion):
            save_account(scene, earned.redeem(600, next_stay, NOW))
        with pytest.raises(Conflict):
            save_account(scene, account.earn(1, next_stay, NOW))

    def test_assigned_rooms_survive_and_are_not_overwritten(self, scene: Scene) -> None:
        booked, other = scene.reserve("room", hours(10, 11)), scene.reserve("room", hours(12, 13))
        nothing = RoomAssignment(reservation=booked.id)
        promised = save_assignment(scene, nothing.lock(0, a_unit(scene), NOW))
        freed = save_assignment(scene, promised.unlock(0, NOW))
        locked = save_assignment(scene, freed.lock(1, a_unit(scene), NOW))
        with scene.reading() as tx:
            assert tx.front_desk.assignments.of([booked.id, other.id]) == {
                booked.id: locked,
                other.id: RoomAssignment(reservation=other.id),
            }
        with pytest.raises(StaleVersion):
            save_assignment(scene, promised.lock(2, a_unit(scene), NOW))
        with pytest.raises(Conflict):
            save_assignment(scene, nothing.lock(0, a_unit(scene), NOW))

    def test_rooms_are_assigned_to_reservations_alone(self, scene: Scene) -> None:
        nobody = RoomAssignment(reservation=ClaimId(scene.ids.new()))
        with pytest.raises(Conflict):
            save_assignment(scene, nobody.lock(0, a_unit(scene), NOW))

    def test_another_tenant_sees_nothing_of_it(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        occupied = save_room(scene, a_clean_room(scene).occupy(booked.id, NOW))
        task = a_task(scene, occupied.unit)
        save_guest(scene, Guest(id=scene.ids.new(), key="ada").record(a_visit(booked), NOW))
        stranger = Scene.fresh(scene.store)
        with stranger.reading() as tx:
            desk = tx.front_desk
            assert desk.rooms.of([occupied.unit]) == {occupied.unit: Room(unit=occupied.unit)}
            assert list(desk.rooms.occupied_by(booked.id)) == []
            assert list(desk.tasks.under_way(9, task.unit)) == []
            assert desk.guests.find("ada") is None
