import attrs
import pytest

from booking_core.domain.frontdesk.housekeeping import (
    LONGEST_NOTE,
    Task,
    TaskState,
    Work,
    room_after,
)
from booking_core.domain.frontdesk.housekeeping import (
    TRANSITIONS as TASK_TRANSITIONS,
)
from booking_core.domain.frontdesk.rooms import (
    ASSIGNABLE,
    INSPECTED_ONLY,
    TRANSITIONS,
    Room,
    RoomNotAssignable,
    RoomStatus,
    give_rooms,
    move_guest,
)
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.ids import ResourceId, TaskId
from tests.unit.folio.builders import RESERVATION, reservation
from tests.unit.frontdesk.builders import NOON, deluxe_kings, guest, room, rooms, unit


def occupied(number: int = 1) -> Room:
    return room(number).occupy(RESERVATION, NOON).state


def test_a_guest_gets_a_clean_room_and_leaves_one_to_be_cleaned() -> None:
    taken = room().occupy(RESERVATION, NOON)
    assert (taken.state.status, taken.state.occupant) == (RoomStatus.OCCUPIED, RESERVATION)
    assert taken.events[0].name == "RoomOccupied"

    left = taken.state.vacate(RESERVATION, NOON)
    assert (left.state.status, left.state.occupant) == (RoomStatus.NEEDS_CLEANING, None)
    assert left.events[0].data["reservation"] == str(RESERVATION)
    assert left.state.version == 3


@pytest.mark.parametrize("status", RoomStatus)
def test_only_a_room_fit_for_a_guest_is_given(status: RoomStatus) -> None:
    there = occupied() if status is RoomStatus.OCCUPIED else room(status=status)
    if status in ASSIGNABLE:
        assert there.occupy(guest(7), NOON).state.occupant == guest(7)
    else:
        with pytest.raises(RoomNotAssignable) as refused:
            there.occupy(guest(7), NOON)
        assert refused.value.details["status"] == status


def test_a_house_that_inspects_gives_inspected_rooms_only() -> None:
    with pytest.raises(RoomNotAssignable):
        room().occupy(RESERVATION, NOON, INSPECTED_ONLY)
    inspected = room().inspected(NOON).state
    assert inspected.occupy(RESERVATION, NOON, INSPECTED_ONLY).state.status is RoomStatus.OCCUPIED


def test_a_room_goes_its_round() -> None:
    dirty = room().soiled(NOON, "spilt").state
    assert (dirty.status, dirty.note) == (RoomStatus.NEEDS_CLEANING, "spilt")
    assert dirty.cleaned(NOON).state.note == ""
    broken = dirty.out_of_order(NOON, "no water").state
    assert broken.soiled(NOON).state.status is RoomStatus.NEEDS_CLEANING
    with pytest.raises(InvalidTransition):
        broken.cleaned(NOON)
    with pytest.raises(InvalidTransition):
        dirty.inspected(NOON)


def test_an_occupied_room_is_its_guests() -> None:
    with pytest.raises(InvalidTransition):
        occupied().vacate(guest(7), NOON)
    with pytest.raises(InvalidTransition):
        occupied().soiled(NOON)
    with pytest.raises(InvalidTransition):
        occupied().out_of_order(NOON, "no water")
    for status, occupant in ((RoomStatus.OCCUPIED, None), (RoomStatus.CLEAN, RESERVATION)):
        with pytest.raises(InvalidInput, match="occupant"):
            Room(unit=unit(1), status=status, occupant=occupant)
    assert set(TRANSITIONS) == set(RoomStatus)


def test_check_in_gives_as_many_rooms_as_are_booked() -> None:
    given = give_rooms(reservation(rooms=2), deluxe_kings(), [unit(1), unit(3)], rooms(3), at=NOON)

    assert [change.state.unit for change in given] == [unit(1), unit(3)]
    assert {change.state.occupant for change in given} == {RESERVATION}


@pytest.mark.parametrize(
    "chosen",
    [[], [unit(1)], [unit(1), unit(1)], [unit(1), unit(2), unit(3)], [unit(1), unit(1), unit(2)]],
)
def test_too_few_too_many_or_the_same_room_twice_are_refused(chosen: list[object]) -> None:
    with pytest.raises(InvalidInput, match="rooms"):
        give_rooms(reservation(rooms=2), deluxe_kings(), chosen, rooms(3), at=NOON)  # type: ignore[arg-type]


def test_a_foreign_dirty_or_unknown_room_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no such room"):
        give_rooms(reservation(), deluxe_kings(), [unit(9)], rooms(9), at=NOON)
    other = attrs.evolve(deluxe_kings(), id=ResourceId(unit(77)))
    with pytest.raises(InvalidInput, match="was not booked"):
        give_rooms(reservation(), other, [unit(1)], rooms(3), at=NOON)
    with pytest.raises(RoomNotAssignable):
        give_rooms(reservation(), deluxe_kings(), [unit(1)], rooms(3, RoomStatus.NEEDS_CLEANING), at=NOON)
    with pytest.raises(RoomNotAssignable, match="needs cleaning"):
        give_rooms(reservation(), deluxe_kings(), [unit(1)], {}, at=NOON)


def test_a_guest_moves_to_another_room_or_stays() -> None:
    old, new = move_guest(RESERVATION, occupied(1), room(2), NOON)
    assert (old.state.status, new.state.occupant) == (RoomStatus.NEEDS_CLEANING, RESERVATION)

    with pytest.raises(RoomNotAssignable):
        move_guest(RESERVATION, occupied(1), room(2, RoomStatus.OUT_OF_ORDER), NOON)
    with pytest.raises(InvalidTransition):
        move_guest(guest(7), occupied(1), room(2), NOON)


def task(work: Work = Work.CLEANING) -> Task:
    return Task.open(id=TaskId(unit(500)), unit=unit(1), work=work, at=NOON, due_at=NOON).state


def test_a_task_is_started_put_back_and_done() -> None:
    started = task().start("Rosa", NOON).state
    assert started.assignee == "Rosa"
    assert started.put_back(NOON).state.assignee == ""

    done = started.finish(NOON)
    assert (done.state.state, done.events[0].name) == (TaskState.DONE, "TaskDone")
    for ended in (done.state, task().cancel(NOON).state):
        with pytest.raises(InvalidTransition):
            ended.start("Rosa", NOON)
    assert set(TASK_TRANSITIONS) == set(TaskState)


def test_a_task_is_late_after_its_time_until_it_is_done() -> None:
    later = NOON.replace(hour=13)
    assert task().is_late(later)
    assert not task().is_late(NOON)
    assert not task().finish(NOON).state.is_late(later)
    assert not attrs.evolve(task(), due_at=None).is_late(later)


def test_a_note_has_an_end() -> None:
    with pytest.raises(InvalidInput, match="note"):
        Task.open(
            id=TaskId(unit(500)), unit=unit(1), work=Work.REPAIR, at=NOON, note="x" * (LONGEST_NOTE + 1)
        )


@pytest.mark.parametrize(
    ("work", "before", "after"),
    [
        (Work.CLEANING, RoomStatus.NEEDS_CLEANING, RoomStatus.CLEAN),
        (Work.INSPECTION, RoomStatus.CLEAN, RoomStatus.INSPECTED),
        (Work.REPAIR, RoomStatus.OUT_OF_ORDER, RoomStatus.NEEDS_CLEANING),
    ],
)
def test_finished_work_changes_its_room(work: Work, before: RoomStatus, after: RoomStatus) -> None:
    assert room_after(work, room(status=before), NOON).state.status is after
