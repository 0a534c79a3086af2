"""What the front desk sends and sees."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import attrs
from litestar.params import Body

from booking_adapters.http.requests import Reason
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.frontdesk.housekeeping import Task
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.request import LARGEST_QUANTITY
from booking_core.domain.reservations.bill import Bill, bill_of
from booking_core.domain.reservations.folio import Folio
from booking_core.usecases.arrivals import Arrival
from booking_core.usecases.housekeeping import RoomOnBoard
from booking_core.usecases.show_guest import GuestFile

MOST_ROOMS = 100
RoomKey = Annotated[str, Body(min_length=1, description="Key of a room.")]
Place = Annotated[int, Body(ge=0, description="Which of the booked rooms, counted from 0.")]
RoomState = Annotated[str, Body(description="`clean`, `inspected`, `needs_cleaning` or `out_of_order`.")]
TaskStateText = Annotated[str, Body(description="`started`, `open` (put back), `done` or `cancelled`.")]
AmountMinor = Annotated[int, Body(ge=1, description="Whole minor units (cents) of the folio's currency.")]
Method = Annotated[str, Body(description="Payment method; empty: the card on file.")]
Until = Annotated[str, Body(description="Until when on the day of departure, such as `14:00`.")]


@attrs.frozen(kw_only=True)
class CheckInBody:
    """Who arrives gets `rooms`, or those that are promised or proposed."""

    rooms: Annotated[
        tuple[str, ...], Body(description="Keys of rooms.", schema_extra={"maxItems": MOST_ROOMS})
    ] = ()
    corrects_no_show: Annotated[bool, Body(description="They were marked as no-show and came after all.")] = (
        False
    )


@attrs.frozen(kw_only=True)
class RoomLockBody:
    """A room that is promised; null takes the promise back."""

    room: Annotated[str | None, Body(description="Key of a room.")]
    number: Place = 0


@attrs.frozen(kw_only=True)
class RoomChangeBody:
    """From which room into which."""

    old: RoomKey
    new: RoomKey


@attrs.frozen(kw_only=True)
class LateCheckOutBody:
    """Staying longer."""

    until: Until


@attrs.frozen(kw_only=True)
class ExtraBody:
    """Something that the house sells over the counter."""

    article: Annotated[str, Body(min_length=1, description="Code of the article.")]
    quantity: Annotated[int, Body(ge=1, le=LARGEST_QUANTITY, description="How many.")] = 1


@attrs.frozen(kw_only=True)
class CashBody:
    """Cash that was taken, or handed back."""

    amount_minor: AmountMinor
    handed_back: Annotated[bool, Body(description="It went back to the guest.")] = False


@attrs.frozen(kw_only=True)
class PointsBody:
    """Points to pay with; null: as many as there are and can be used."""

    points: Annotated[int | None, Body(ge=1, description="How many.")] = None


@attrs.frozen(kw_only=True)
class CheckOutBody:
    """How the rest is paid. With `waiver` nothing is owed for nights given up."""

    method: Method = ""
    accept_balance_due: Annotated[bool, Body(description="They may leave owing.")] = False
    waiver: Annotated[str | None, Body(description="Why nights given up cost nothing.")] = None


@attrs.frozen(kw_only=True)
class RoomReportBody:
    """What a room is like."""

    status: RoomState
    note: Reason = ""


@attrs.frozen(kw_only=True)
class TaskBody:
    """How far a task is."""

    state: TaskStateText


@attrs.frozen(kw_only=True)
class RoomView:
    """A room: `status` is `clean`, `inspected`, `occupied`, `needs_cleaning` or `out_of_order`."""

    resource: str
    room: str
    name: str
    status: str
    note: str
    reservation: str | None
    guest: str | None


@attrs.frozen(kw_only=True)
class RoomsView:
    """Every room of the house."""

    rooms: tuple[RoomView, ...]


@attrs.frozen(kw_only=True)
class PlannedRoomView:
    """A room for place `number` (from 0) of an arrival: promised, where it is `locked`, else proposed."""

    number: int
    room: str
    status: str
    locked: bool


@attrs.frozen(kw_only=True)
class ArrivalView:
    """A guest who is to come at `start`: `places` rooms are booked; where fewer are named no more are left."""

    reservation: str
    guest: str
    resource: str
    start: datetime
    end: datetime
    places: int
    rooms: tuple[PlannedRoomView, ...]


@attrs.frozen(kw_only=True)
class ArrivalsView:
    """Who comes on a day."""

    arrivals: tuple[ArrivalView, ...]


@attrs.frozen(kw_only=True)
class TaskView:
    """Work in a room. `room` is null where the room is gone from the catalog."""

    id: UUID
    room: str | None
    work: str
    state: str
    due_at: datetime | None
    assignee: str
    note: str


@attrs.frozen(kw_only=True)
class TasksView:
    """What housekeeping has to do."""

    tasks: tuple[TaskView, ...]


@attrs.frozen(kw_only=True)
class KeysView:
    """The rooms of a reservation: as many keys as rooms."""

    reservation: str
    status: str
    rooms: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ItemView:
    """What one rule, article or payment comes to; what is `included` is in a price already."""

    kind: str
    code: str
    text: str
    amount_minor: int
    nights: int
    included: bool


@attrs.frozen(kw_only=True)
class BillView:
    """Charges less received plus refunded is the balance, in minor units."""

    currency: str
    items: tuple[ItemView, ...]
    charges_minor: int
    received_minor: int
    refunded_minor: int
    balance_minor: int


@attrs.frozen(kw_only=True)
class FolioView:
    """The bill, and the groups of the extras on it (by which they are taken back)."""

    bill: BillView
    extras: tuple[int, ...]


@attrs.frozen(kw_only=True)
class DepartureView:
    """A stay as it ends, with its bill."""

    reservation: str
    status: str
    end: datetime
    bill: BillView


@attrs.frozen(kw_only=True)
class VisitView:
    """One reservation in a guest's history: `stayed`, `cancelled` or `no_show`."""

    code: str
    kind: str
    start: datetime
    end: datetime
    nights: int
    rooms: tuple[str, ...]
    spent_minor: int
    currency: str


@attrs.frozen(kw_only=True)
class GuestView:
    """A guest's history and points."""

    key: str
    visits: tuple[VisitView, ...]
    points: int


def room_view(board: RoomOnBoard) -> RoomView:
    """A room on the board."""
    return RoomView(
        resource=board.resource.key,
        room=board.unit.key,
        name=board.unit.name,
        status=board.room.status.value,
        note=board.room.note,
        reservation=board.guest.code if board.guest else None,
        guest=board.guest.customer.name if board.guest else None,
    )


def arrival_view(arrival: Arrival) -> ArrivalView:
    """A guest who is to come."""
    reservation = arrival.reservation
    return ArrivalView(
        reservation=reservation.code,
        guest=reservation.customer.name,
        resource=arrival.resource.key,
        start=reservation.period.start,
        end=reservation.period.end,
        places=reservation.quantity,
        rooms=tuple(
            PlannedRoomView(
                number=each.number,
                room=each.unit.key,
                status=each.room.status.value,
                locked=each.is_locked,
            )
            for each in arrival.rooms
        ),
    )


def task_view(catalog: Catalog, task: Task) -> TaskView:
    """A task."""
    keys = {unit.id: unit.key for each in catalog.resources.values() for unit in each.units}
    return TaskView(
        id=task.id,
        room=keys.get(task.unit),
        work=task.work.value,
        state=task.state.value,
        due_at=task.due_at,
        assignee=task.assignee,
        note=task.note,
    )


def bill_view(bill: Bill) -> BillView:
    """A bill."""
    items = tuple(
        ItemView(
            kind=item.kind.value,
            code=item.code,
            text=item.text,
            amount_minor=item.amount.amount_minor,
            nights=item.nights,
            included=item.included,
        )
        for item in bill.items
    )
    charges, received, refunded, balance = _minor([bill.charges, bill.received, bill.refunded, bill.balance])
    return BillView(
        currency=bill.balance.currency,
        items=items,
        charges_minor=charges,
        received_minor=received,
        refunded_minor=refunded,
        balance_minor=balance,
    )


def folio_view(folio: Folio) -> FolioView:
    """A folio."""
    groups = sorted({entry.group for entry in folio.entries if entry.group})
    return FolioView(bill=bill_view(bill_of(folio)), extras=tuple(groups))


def guest_view(key: str, file: GuestFile) -> GuestView:
    """A guest."""
    visits = tuple(
        VisitView(
            code=visit.code,
            kind=visit.kind.value,
            start=visit.period.start,
            end=visit.period.end,
            nights=visit.nights,
            rooms=visit.rooms,
            spent_minor=visit.spent.amount_minor,
            currency=visit.spent.currency,
        )
        for visit in (file.guest.standing if file.guest else ())
    )
    return GuestView(key=key, visits=visits, points=file.account.balance if file.account else 0)


def _minor(amounts: Sequence[Money]) -> list[int]:
    return [amount.amount_minor for amount in amounts]
