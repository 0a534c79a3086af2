"""Between rows of the front desk and the domain, by hand."""

from collections.abc import Sequence

from booking_adapters._codec.frontdesk import assigned_rooms_data, assigned_rooms_of
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.statement import Row
from booking_core.domain.frontdesk.guests import Guest, Visit, VisitKind
from booking_core.domain.frontdesk.housekeeping import Task, TaskState, Work
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount, Movement, Why
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import Room, RoomStatus
from booking_core.domain.kernel.ids import ClaimId, TaskId, UnitId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period

OWNER_COLUMNS = 3
"""How many columns in front of an addition's belong to its guest or account."""


def room_row(room: Room) -> Cells:
    """A room."""
    return {
        "id": room.unit,
        "status": room.status.value,
        "occupant_id": room.occupant,
        "note": room.note,
        "version": room.version,
    }


def room_of(row: Row) -> Room:
    """The room of a row."""
    unit, status, occupant, note, version = row
    return Room(
        unit=UnitId(unit),
        status=RoomStatus(status),
        occupant=None if occupant is None else ClaimId(occupant),
        note=note,
        version=version,
    )


def task_row(task: Task) -> Cells:
    """A task."""
    return {
        "id": task.id,
        "unit_id": task.unit,
        "work": task.work.value,
        "state": task.state.value,
        "due_at": task.due_at,
        "note": task.note,
        "assignee": task.assignee,
        "version": task.version,
    }


def task_of(row: Row) -> Task:
    """The task of a row."""
    task, unit, work, state, due_at, note, assignee, version = row
    return Task(
        id=TaskId(task),
        unit=UnitId(unit),
        work=Work(work),
        state=TaskState(state),
        due_at=due_at,
        note=note,
        assignee=assignee,
        version=version,
    )


def visit_row(guest: Guest, number: int) -> Cells:
    """A visit of a guest, counted from 1."""
    visit = guest.visits[number - 1]
    return {
        "guest_id": guest.id,
        "number": number,
        "reservation_id": visit.reservation,
        "code": visit.code,
        "kind": visit.kind.value,
        "starts_at": visit.period.start,
        "ends_at": visit.period.end,
        "spent_minor": visit.spent.amount_minor,
        "currency": visit.spent.currency,
        "nights": visit.nights,
        "rooms": list(visit.rooms),
    }


def guest_of(rows: Sequence[Row]) -> Guest | None:
    """The guest of their rows, one for each visit; None for no rows."""
    if not rows:
        return None
    guest, key, version, first, *_ = rows[0]
    visits = () if first is None else tuple(_visit_of(row[OWNER_COLUMNS + 1 :]) for row in rows)
    return Guest(id=guest, key=key, visits=visits, version=version)


def _visit_of(row: Row) -> Visit:
    reservation, code, kind, starts, ends, spent, currency, nights, rooms = row
    return Visit(
        reservation=ClaimId(reservation),
        code=code,
        kind=VisitKind(kind),
        period=Period(starts, ends),
        spent=Money(spent, currency),
        nights=nights,
        rooms=tuple(rooms),
    )


def movement_row(account: LoyaltyAccount, number: int) -> Cells:
    """A movement of an account, counted from 1."""
    movement = account.movements[number - 1]
    return {
        "account_id": account.id,
        "number": number,
        "why": movement.why.value,
        "points": movement.points,
        "reservation_id": movement.reservation,
        "at": movement.at,
    }


def account_of(rows: Sequence[Row]) -> LoyaltyAccount | None:
    """The account of its rows, one for each movement; None for no rows."""
    if not rows:
        return None
    account, guest, _, first, *_ = rows[0]
    moved = () if first is None else tuple(_movement_of(row[OWNER_COLUMNS + 1 :]) for row in rows)
    return LoyaltyAccount(id=account, guest=guest, movements=moved)


def _movement_of(row: Row) -> Movement:
    why, points, reservation, at = row
    return Movement(why=Why(why), points=points, reservation=ClaimId(reservation), at=at)


def assignment_row(assignment: RoomAssignment) -> Cells:
    """The rooms of a reservation."""
    rooms = assigned_rooms_data(assignment.rooms)
    return {"id": assignment.reservation, "rooms": rooms, "version": assignment.version}


def assignment_of(row: Row) -> RoomAssignment:
    """The rooms of a row."""
    reservation, rooms, version = row
    return RoomAssignment(reservation=ClaimId(reservation), rooms=assigned_rooms_of(rooms), version=version)
