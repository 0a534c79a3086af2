"""The commands of the front desk: rooms and tasks, check-in, what guests take, their bill, check-out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

from cyclopts import App, Parameter

from booking_adapters.http.asking import AskingAbout
from booking_adapters.http.at_desk import AtDesk
from booking_adapters.http.front_desk import FrontDesk
from booking_adapters.http.front_desk_views import (
    ArrivalView,
    BillView,
    RoomView,
    TaskView,
    arrival_view,
    bill_view,
    folio_view,
    guest_view,
    room_view,
    task_view,
)
from booking_adapters.http.texts import date_of
from booking_app.cli_bookings import PLAINLY, STAFF, Reference, TenantKey
from booking_app.cli_options import Common, known_tenant
from booking_app.plain import plain, view_data
from booking_core.domain.frontdesk.housekeeping import TaskState
from booking_core.domain.kernel.ids import TaskId, TenantId, parse_uuid
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.arrivals import ArrivalsQuery
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomReport, WorkOnTaskCommand
from booking_core.usecases.show_guest import GuestQuery

RoomKeys = Annotated[
    tuple[str, ...],
    Parameter(name="--room", negative="", help="Key of a room; repeatable. Else one that is proposed."),
]
CameAfterAll = Annotated[bool, Parameter(negative="", help="They were marked as no-show and came after all.")]
Note = Annotated[str, Parameter(help="Why, for whoever looks at the room.")]
Quantity = Annotated[int, Parameter(help="How many.")]
Group = Annotated[int, Parameter(help="Group of the extra, as `charge` tells it.")]
Why = Annotated[str, Parameter(help="Why, for the bill.")]
Method = Annotated[str, Parameter(help="Payment method for what is missing; else the card on file.")]
Cash = Annotated[
    str | None, Parameter(help="Cash handed over first, such as 50.00; kept if the card is declined.")
]
Back = Annotated[bool, Parameter(negative="", help="Hand it back instead.")]
Owing = Annotated[bool, Parameter(negative="", help="They may leave owing; an alert tells of it.")]
Waive = Annotated[str | None, Parameter(help="Why nights given up cost nothing.")]
Place = Annotated[int, Parameter(help="Which of the booked rooms, counted from 0.")]
Day = Annotated[str | None, Parameter(help="Date, such as 2026-03-13; today by default.")]
Most = Annotated[int | None, Parameter(help="How many points, at most.")]
ROOMS_PROPOSED: tuple[str, ...] = ()

desk = App(name="desk", help="The front desk: rooms, check-in, extras, bills, check-out.")
tasks = App(name="tasks", help="What housekeeping has to do.")
desk.command(tasks)


@desk.command
def arrivals(tenant: TenantKey, *, date: Day = None, common: Common = PLAINLY) -> None:
    """Show who comes on a day, and a room for each: promised, or proposed (in brackets)."""
    day = None if date is None else date_of(date, "date")
    with common.deployment() as deployment:
        query = ArrivalsQuery(tenant=known_tenant(deployment, tenant)[0], day=day)
        found = [arrival_view(each) for each in deployment.engine.front_desk.show_arrivals(query)]
    lines = "\n".join(map(_arrival_line, found)) or "Nobody is to come."
    common.print({"arrivals": [view_data(each) for each in found]}, lines)


@desk.command
def rooms(tenant: TenantKey, *, common: Common = PLAINLY) -> None:
    """Show every room, what it is like and who is in it."""
    with common.deployment() as deployment:
        board = deployment.engine.front_desk.show_rooms(known_tenant(deployment, tenant)[0])
    _print_rooms(map(room_view, board), common)


@desk.command
def report(
    tenant: TenantKey,
    resource: str,
    room: str,
    status: RoomReport,
    *,
    note: Note = "",
    common: Common = PLAINLY,
) -> None:
    """Say what a room is like: RESOURCE is the key of its type. That it is occupied follows from a check-in."""
    with common.deployment() as deployment:
        tenant_id, _ = known_tenant(deployment, tenant)
        front_desk = deployment.engine.front_desk
        front_desk.report_room(
            ReportRoomCommand(
                tenant=tenant_id, resource=resource, room=room, report=status, note=note, actor=STAFF
            )
        )
        views = _views_of(front_desk, tenant_id, {room})
    _print_rooms((each for each in views if each.resource == resource), common)


@desk.command
def check_in(
    tenant: TenantKey,
    reservation: Reference,
    *,
    rooms: RoomKeys = ROOMS_PROPOSED,
    corrects_no_show: CameAfterAll = False,
    common: Common = PLAINLY,
) -> None:
    """The guest is here: as many rooms as were booked, all or none."""
    with _visit(tenant, reservation, common) as visit:
        done = visit.check_in(rooms, corrects_no_show=corrects_no_show)
    code, status = done.reservation.code, done.reservation.status.value
    data = {"code": code, "status": status, "rooms": list(done.rooms)}
    common.print(data, "  ".join([code, status, *done.rooms]))


@desk.command
def move_room(
    tenant: TenantKey, reservation: Reference, old: str, new: str, *, common: Common = PLAINLY
) -> None:
    """Another room: the old one needs cleaning, the new one is theirs, both or neither."""
    with _visit(tenant, reservation, common) as visit:
        visit.change_room(old, new)
        views = _views_of(visit.about.engine.front_desk, visit.about.tenant, {old, new})
    _print_rooms(views, common)


@desk.command
def late_check_out(
    tenant: TenantKey, reservation: Reference, until: str, *, common: Common = PLAINLY
) -> None:
    """Stay longer on the last day, UNTIL such as 14:00, if the room is free that long; the fee is on the bill."""
    with _visit(tenant, reservation, common) as visit:
        stayed = visit.stay_until(until)
    _print_folio(visit, stayed.folio, common)


@desk.command
def charge(
    tenant: TenantKey,
    reservation: Reference,
    article: str,
    *,
    quantity: Quantity = 1,
    common: Common = PLAINLY,
) -> None:
    """Charge an article, by its code, to a guest who is checked in."""
    with _visit(tenant, reservation, common) as visit:
        folio = visit.charge(article, quantity)
    _print_folio(visit, folio, common)


@desk.command
def take_back(
    tenant: TenantKey, reservation: Reference, group: Group, *, reason: Why, common: Common = PLAINLY
) -> None:
    """Take an extra back, with its taxes; the reason stands on the bill."""
    with _visit(tenant, reservation, common) as visit:
        folio = visit.take_back(group, reason)
    _print_folio(visit, folio, common)


@desk.command
def lock_room(
    tenant: TenantKey, reservation: Reference, room: str, *, place: Place = 0, common: Common = PLAINLY
) -> None:
    """Promise a room to a guest: nobody else is given it."""
    with _visit(tenant, reservation, common) as visit:
        visit.lock_room(room, place)
    code = visit.about.reservation.code
    common.print({"code": code, "place": place, "room": room}, f"{code} gets {room}")


@desk.command
def unlock_room(
    tenant: TenantKey, reservation: Reference, *, place: Place = 0, common: Common = PLAINLY
) -> None:
    """Take a promise back: others may get the room."""
    with _visit(tenant, reservation, common) as visit:
        visit.lock_room(None, place)
    code = visit.about.reservation.code
    common.print({"code": code, "place": place, "room": None}, f"{code} gets any room")


@desk.command
def cash(
    tenant: TenantKey, reservation: Reference, amount: str, *, back: Back = False, common: Common = PLAINLY
) -> None:
    """Take cash, AMOUNT such as 50.00 and never more than is to be paid; with --back it goes to the guest."""
    with _visit(tenant, reservation, common) as visit:
        folio = visit.take_cash(Money.of(amount, visit.currency), is_handed_back=back)
    _print_folio(visit, folio, common)


@desk.command
def points(tenant: TenantKey, reservation: Reference, *, most: Most = None, common: Common = PLAINLY) -> None:
    """Pay with the guest's points: all that fit, or --most of them."""
    with _visit(tenant, reservation, common) as visit:
        redeemed = visit.redeem_points(most)
    _print_folio(visit, redeemed.folio, common)


@desk.command
def reopen_bill(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Call a check-out off: the bill can be charged again."""
    with _visit(tenant, reservation, common) as visit:
        folio = visit.reopen_bill()
    _print_folio(visit, folio, common)


@desk.command
def waive_no_show_fee(
    tenant: TenantKey, reservation: Reference, *, reason: Why, common: Common = PLAINLY
) -> None:
    """Who did not come owes nothing; the reason is kept."""
    with _visit(tenant, reservation, common) as visit:
        folio = visit.waive_no_show_fee(reason)
    _print_folio(visit, folio, common)


@desk.command
def bill(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Show the bill as it stands."""
    with _visit(tenant, reservation, common) as visit:
        found = bill_view(visit.bill())
    _print_bill(visit.about.reservation, found, common)


@desk.command
def check_out(
    tenant: TenantKey,
    reservation: Reference,
    *,
    method: Method = "",
    cash: Cash = None,
    accept_balance_due: Owing = False,
    waive: Waive = None,
    common: Common = PLAINLY,
) -> None:
    """The guest leaves: what is missing is charged. Declined, it is refused with the balance."""
    with _visit(tenant, reservation, common) as visit:
        if cash is not None:
            visit.take_cash(Money.of(cash, visit.currency))
        done = visit.check_out(method, accept_balance_due=accept_balance_due, waived=waive)
    _print_bill(done.reservation, bill_view(done.bill), common)


@desk.command
def guest(tenant: TenantKey, key: str, *, common: Common = PLAINLY) -> None:
    """Show what a guest was here for, and their points: KEY is a mail address, else a telephone number, else a name."""
    with common.deployment() as deployment:
        tenant_id, _ = known_tenant(deployment, tenant)
        view = guest_view(
            key, deployment.engine.front_desk.show_guest(GuestQuery(tenant=tenant_id, guest=key))
        )
    lines = [f"{key}  {view.points} points"]
    for visit in view.visits:
        spent = Money(visit.spent_minor, visit.currency)
        lines.append(f"  {visit.code}  {visit.start:%Y-%m-%d}  {visit.kind}  {visit.nights} nights  {spent}")
    common.print(view_data(view), "\n".join(lines))


@tasks.command(name="list")
def list_tasks(tenant: TenantKey, *, common: Common = PLAINLY) -> None:
    """Show the tasks under way, those due first before those due never."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = [task_view(catalog, each) for each in deployment.engine.front_desk.list_tasks(tenant_id)]
    text = "\n".join(map(_task_line, found)) or "Nothing to do."
    common.print({"tasks": [view_data(each) for each in found]}, text)


@tasks.command
def start(tenant: TenantKey, task: str, *, common: Common = PLAINLY) -> None:
    """Somebody works on it."""
    _work(tenant, task, TaskState.STARTED, common)


@tasks.command
def finish(tenant: TenantKey, task: str, *, common: Common = PLAINLY) -> None:
    """It is done: the room is what the work made of it."""
    _work(tenant, task, TaskState.DONE, common)


@tasks.command
def put_back(tenant: TenantKey, task: str, *, common: Common = PLAINLY) -> None:
    """Nobody works on it after all."""
    _work(tenant, task, TaskState.OPEN, common)


@tasks.command
def cancel(tenant: TenantKey, task: str, *, common: Common = PLAINLY) -> None:
    """It is not needed; the room stays as it is."""
    _work(tenant, task, TaskState.CANCELLED, common)


def _work(tenant: str, task: str, state: TaskState, common: Common) -> None:
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        command = WorkOnTaskCommand(
            tenant=tenant_id, task=TaskId(parse_uuid(task, "task")), state=state, actor=STAFF
        )
        view = task_view(catalog, deployment.engine.front_desk.work_on_task(command))
    common.print(view_data(view), _task_line(view))


@contextmanager
def _visit(tenant: str, reference: str, common: Common) -> Iterator[AtDesk]:
    """One reservation in the hands of the front desk."""
    with common.deployment() as deployment:
        yield AtDesk(AskingAbout(deployment.engine, STAFF, tenant, reference))


def _views_of(front_desk: FrontDesk, tenant: TenantId, keys: set[str]) -> list[RoomView]:
    return [room_view(each) for each in front_desk.show_rooms(tenant) if each.unit.key in keys]


def _arrival_line(arrival: ArrivalView) -> str:
    rooms = ", ".join(each.room if each.locked else f"({each.room})" for each in arrival.rooms)
    missing = arrival.places - len(arrival.rooms)
    lacks = f"{missing} without a room" if missing else ""
    return "  ".join(filter(None, (arrival.reservation, arrival.guest, arrival.resource, rooms, lacks)))


def _print_rooms(views: Iterable[RoomView], common: Common) -> None:
    shown = list(views)
    lines = [
        "  ".join(filter(None, (each.room, each.status, each.reservation, each.guest, each.note)))
        for each in shown
    ]
    common.print({"rooms": [view_data(each) for each in shown]}, "\n".join(lines) or "No rooms.")


def _print_folio(visit: AtDesk, folio: Folio, common: Common) -> None:
    view = folio_view(folio)
    groups = ", ".join(map(str, view.extras)) or "none"
    lines = [*_bill_lines(visit.about.reservation, view.bill), f"  extras by group: {groups}"]
    common.print({"code": visit.about.reservation.code, **view_data(view)}, "\n".join(lines))


def _print_bill(reservation: Reservation, view: BillView, common: Common) -> None:
    data = {"code": reservation.code, "status": plain(reservation.status), "bill": view_data(view)}
    common.print(data, "\n".join(_bill_lines(reservation, view)))


def _bill_lines(reservation: Reservation, bill: BillView) -> Iterator[str]:
    """What is on the bill, and what is still to be paid."""
    yield f"{reservation.code}  {reservation.status.value}"
    for item in bill.items:
        amount = Money(item.amount_minor, bill.currency).to_decimal()
        yield f"  {amount:>12}  {item.text or item.code}{' (included)' if item.included else ''}"
    yield f"  {Money(bill.balance_minor, bill.currency).to_decimal():>12}  {bill.currency} still owed"


def _task_line(task: TaskView) -> str:
    return "  ".join(filter(None, (str(task.id), task.room, task.work, task.state, task.note)))
