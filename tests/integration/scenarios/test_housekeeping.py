"""What housekeeping is told: it follows from what happens to a room, once, on every storage."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.frontdesk.housekeeping import TaskState, Work
from booking_core.domain.frontdesk.rooms import RoomStatus
from booking_core.domain.kernel.errors import Conflict, InvalidTransition, NotFound
from booking_core.usecases.housekeeping import RoomReport
from tests.integration.scenarios.counter import ROOMS, TERMS, Desk


@pytest.fixture
def desk(engine: TheEngine) -> Desk:
    return Desk(engine)


def to_do(desk: Desk) -> list[tuple[str, Work, TaskState]]:
    """Which room needs what, by room."""
    keys = {each.unit.id: each.unit.key for each in desk.does.show_rooms(desk.tenant)}
    return sorted((keys[task.unit], task.work, task.state) for task in desk.tasks())


def test_a_clean_house_has_nothing_to_do(desk: Desk) -> None:
    assert to_do(desk) == []


def test_after_a_departure_the_room_is_to_be_cleaned_by_the_next_check_in(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.leaves(guest, owing=True)
    assert desk.rooms()["301"] == (RoomStatus.NEEDS_CLEANING, None)
    assert list(desk.does.list_tasks(desk.tenant)) == [], "it follows from the event, not from the request"
    assert to_do(desk) == [("301", Work.CLEANING, TaskState.OPEN)]
    (task,) = desk.tasks()
    assert task.due_at is not None
    assert desk.hotel.wall.shown(task.due_at) == "15:00"
    assert task.due_at.date() == guest.period.end.date()


def test_many_workers_at_once_open_one_task_for_a_room(desk: Desk) -> None:
    party = desk.a_guest(rooms=3)
    desk.arrives(party)
    desk.leaves(party, owing=True)
    results = all_at_once(*[desk.what_follows] * 4)
    assert [each for each in results if not isinstance(each, int | Conflict)] == []
    desk.it_is_at_least(
        party.period.end + timedelta(minutes=1)
    )  # what lost a race is handled again after a pause
    assert to_do(desk) == [(key, Work.CLEANING, TaskState.OPEN) for key in ROOMS]


def test_after_a_change_of_rooms_the_old_one_is_to_be_cleaned(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.arrives(guest, "301")
    desk.moves(guest, "301", "303")
    assert to_do(desk) == [("301", Work.CLEANING, TaskState.OPEN)]


def test_a_room_that_is_reported_dirty_is_to_be_cleaned_once(desk: Desk) -> None:
    desk.report("302", RoomReport.NEEDS_CLEANING)
    assert to_do(desk) == [("302", Work.CLEANING, TaskState.OPEN)]
    with pytest.raises(InvalidTransition):
        desk.report("302", RoomReport.NEEDS_CLEANING)
    desk.report("302", RoomReport.CLEAN)
    desk.report("302", RoomReport.NEEDS_CLEANING)
    assert to_do(desk) == [("302", Work.CLEANING, TaskState.OPEN)]
    (task,) = desk.tasks()
    assert task.note == "seen"


def test_what_is_out_of_order_is_repaired_and_then_cleaned(desk: Desk) -> None:
    desk.report("302", RoomReport.OUT_OF_ORDER)
    assert to_do(desk) == [("302", Work.REPAIR, TaskState.OPEN)]
    (repair,) = desk.tasks()
    assert repair.due_at is None
    desk.works_on(repair, TaskState.DONE)
    assert desk.rooms()["302"] == (RoomStatus.NEEDS_CLEANING, None)
    assert to_do(desk) == [("302", Work.CLEANING, TaskState.OPEN)]
    desk.cleans()
    assert desk.rooms()["302"] == (RoomStatus.CLEAN, None)
    assert to_do(desk) == []


def test_a_task_that_is_no_longer_needed_is_called_off(desk: Desk) -> None:
    desk.report("302", RoomReport.NEEDS_CLEANING)
    (cleaning,) = desk.tasks()
    desk.works_on(cleaning, TaskState.STARTED)
    desk.report("302", RoomReport.OUT_OF_ORDER)
    assert to_do(desk) == [("302", Work.REPAIR, TaskState.OPEN)]
    with pytest.raises(InvalidTransition):
        desk.works_on(cleaning, TaskState.DONE)
    assert desk.rooms()["302"] == (RoomStatus.OUT_OF_ORDER, None)


def test_a_task_is_put_back_and_called_off_by_hand(desk: Desk) -> None:
    desk.report("302", RoomReport.NEEDS_CLEANING)
    (task,) = desk.tasks()
    assert desk.works_on(task, TaskState.STARTED).assignee == "Ana"
    assert desk.works_on(task, TaskState.OPEN).assignee == ""
    desk.works_on(task, TaskState.CANCELLED)
    assert to_do(desk) == []
    assert desk.rooms()["302"] == (RoomStatus.NEEDS_CLEANING, None)


def test_a_house_that_inspects_every_room_has_it_inspected_before_a_guest_gets_it(engine: TheEngine) -> None:
    desk = Desk(engine, attrs.evolve(TERMS, inspected_only=True))
    assert to_do(desk) == [(key, Work.INSPECTION, TaskState.OPEN) for key in ROOMS]
    desk.cleans()
    assert desk.rooms() == dict.fromkeys(ROOMS, (RoomStatus.INSPECTED, None))
    assert to_do(desk) == []
    guest = desk.a_guest()
    desk.arrives(guest)
    desk.leaves(guest, owing=True)
    (cleaning,) = desk.tasks()
    desk.works_on(cleaning, TaskState.DONE)
    assert to_do(desk) == [("301", Work.INSPECTION, TaskState.OPEN)]
    desk.report("301", RoomReport.NEEDS_CLEANING)
    assert to_do(desk) == [("301", Work.CLEANING, TaskState.OPEN)], "the inspection found it dirty"


def test_staff_may_say_themselves_that_a_room_was_inspected(engine: TheEngine) -> None:
    desk = Desk(engine, attrs.evolve(TERMS, inspected_only=True))
    desk.report("301", RoomReport.INSPECTED)
    assert to_do(desk) == [(key, Work.INSPECTION, TaskState.OPEN) for key in ("302", "303")]
    desk.report("302", RoomReport.NEEDS_CLEANING)
    with pytest.raises(InvalidTransition):
        desk.report("302", RoomReport.INSPECTED)


def test_news_that_come_late_open_nothing(desk: Desk) -> None:
    for report in (
        RoomReport.NEEDS_CLEANING,
        RoomReport.OUT_OF_ORDER,
        RoomReport.NEEDS_CLEANING,
        RoomReport.CLEAN,
    ):
        desk.report("302", report)
    assert to_do(desk) == []


def test_a_room_that_is_gone_from_the_catalog_needs_nothing(desk: Desk) -> None:
    desk.report("303", RoomReport.NEEDS_CLEANING)
    hotel = desk.hotel.business
    (resource,) = (each for each in hotel.catalog.resources.values() if each.units)
    desk.hotel.becomes(hotel.changing("deluxe-king", units=resource.units[:2]).revised())
    assert to_do(desk) == []
    with pytest.raises(NotFound):
        desk.report("303", RoomReport.CLEAN)


def test_a_room_that_needs_cleaning_at_night_is_due_tomorrow(desk: Desk) -> None:
    guest = desk.a_guest()
    desk.it_is_at_least(guest.period.start)
    desk.report("302", RoomReport.NEEDS_CLEANING)
    (task,) = desk.tasks()
    assert task.due_at is not None
    assert (task.due_at - guest.period.start).days == 1
