"""What follows from a room's news: housekeeping has the task that the room now calls for, once, and no other."""

from datetime import datetime, timedelta
from typing import ClassVar

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.frontdesk.housekeeping import Task, Work, work_in
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import TaskId, UnitId
from booking_core.domain.kernel.period import from_epoch
from booking_core.domain.kernel.zone import wall_epoch
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction

MOST_TASKS_OF_A_ROOM = 20
A_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class TellHousekeeping:
    """Opens cleaning where a room was left or is dirty, repair where it is out of order, inspection where it is due.

    A task that the room no longer calls for is called off. News that the room has outlived open nothing: what it needs
    now follows from its latest.
    """

    ids: IdGenerator
    name: ClassVar[str] = "tell housekeeping"
    events: ClassVar[frozenset[str]] = frozenset(
        {"RoomVacated", "RoomNeedsCleaning", "RoomOutOfOrder", "RoomCleaned", "RoomInspected", "RoomOccupied"}
    )

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Bring the tasks of the room into line with it; a room that is no longer in the catalog needs nothing."""
        unit = UnitId(event.subject)
        room = tx.front_desk.rooms.of([unit])[unit]
        if room.version != event.version:
            return
        catalog = tx.catalogs.load()
        resource = _home_of(catalog, unit)
        venue = None if resource is None else catalog.venue_of(resource)
        work = None if venue is None else work_in(room, is_inspected_house=venue.desk.inspected_only)
        under_way = tx.front_desk.tasks.under_way(MOST_TASKS_OF_A_ROOM, unit)
        for task in under_way:
            if task.work is not work:
                tx.front_desk.tasks.save(task.cancel(event.at))
        if venue is not None and work is not None and work not in {task.work for task in under_way}:
            opened = Task.open(
                id=TaskId(self.ids.new()),
                unit=unit,
                work=work,
                at=event.at,
                due_at=_due(work, venue, event.at),
                note=room.note,
            )
            tx.front_desk.tasks.save(opened)


def _home_of(catalog: Catalog, unit: UnitId) -> Resource | None:
    """The room type that a room belongs to."""
    homes = (each for each in catalog.resources.values() if unit in {member.id for member in each.units})
    return next(homes, None)


def _due(work: Work, venue: Venue, at: datetime) -> datetime | None:
    """The next time when guests may check in; nobody can say when a repair is done."""
    if work is Work.REPAIR:
        return None
    today = at.astimezone(venue.zone).date()
    days = (today, today + A_DAY)
    return next(due for day in days if (due := from_epoch(wall_epoch(day, venue.check_in, venue.zone))) > at)
