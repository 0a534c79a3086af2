"""The commands of the front desk: rooms and tasks, check-in, what guests take, their bill, check-out."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import attrs
from cyclopts import App, Parameter

from booking_adapters.http.front_desk_views import (
    BillView,
    RoomView,
    TaskView,
    bill_view,
    folio_view,
    guest_view,
    room_view,
    task_view,
)
from booking_app.cli_bookings import PLAINLY, STAFF, Reference, TenantKey
from booking_app.cli_options import Common, known_tenant
from booking_app.container import Deployment
from booking_app.plain import plain, view_data
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.frontdesk.housekeeping import TaskState
from booking_core.domain.kernel.ids import TaskId, TenantId, parse_uuid
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.charging import ChargeArticleCommand, TakeBackCommand
from booking_core.usecases.check_in import ChangeRoomCommand, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckOutCommand, ReopenBillCommand
from booking_core.usecases.departing import BillQuery
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomReport, WorkOnTaskCommand
from booking_core.usecases.late_check_out import StayLongerCommand
from booking_core.usecases.no_shows import WaiveFeeCommand
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand
from booking_core.usecases.show import ShowQuery
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
Owing = Annotated[bool, Parameter(negative="", help="They may leave owing; an alert tells of it.")]
Waive = Annotated[str | None, Parameter(help="Why nights given up cost nothing.")]
Most = Annotated[int | None, Parameter(help="How many points, at most.")]
ROOMS_PROPOSED: tuple[str, ...] = ()

desk = App(name="desk", help="The front desk: rooms, check-in, extras, bills, check-out.")
tasks = App(name="tasks", help="What housekeeping has to do.")
desk.command(tasks)


@attrs.frozen(kw_only=True)
class AtDesk:
    """One reservation in the hands of the front desk."""

    deployment: Deployment
    tenant: TenantId
    catalog: Catalog
    reservation: Reservation


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
        deployment.engine.front_desk.report_room(
            ReportRoomCommand(
                tenant=tenant_id, resource=resource, room=room, report=status, note=note, actor=STAFF
            )
        )
        views = _views_of(deployment, tenant_id, {room})
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
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        done = deployment.engine.front_desk.check_in(
            CheckInCommand(
                tenant=at.tenant,
                reservation=at.reservation.id,
                rooms=rooms,
                corrects_no_show=corrects_no_show,
                actor=STAFF,
            )
        )
    status = done.reservation.status.value
    data = {"code": at.reservation.code, "status": status, "rooms": list(done.rooms)}
    common.print(data, "  ".join([at.reservation.code, status, *done.rooms]))


@desk.command
def move_room(
    tenant: TenantKey, reservation: Reference, old: str, new: str, *, common: Common = PLAINLY
) -> None:
    """Another room: the old one needs cleaning, the new one is theirs, both or neither."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        deployment.engine.front_desk.change_room(
            ChangeRoomCommand(tenant=at.tenant, reservation=at.reservation.id, old=old, new=new, actor=STAFF)
        )
        views = _views_of(deployment, at.tenant, {old, new})
    _print_rooms(views, common)


@desk.command
def late_check_out(
    tenant: TenantKey, reservation: Reference, until: str, *, common: Common = PLAINLY
) -> None:
    """Stay longer on the last day, UNTIL such as 14:00, if the room is free that long; the fee is on the bill."""
    minute = minute_of_day(until, "until")
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        stayed = deployment.engine.front_desk.stay_longer(
            StayLongerCommand(tenant=at.tenant, reservation=at.reservation.id, minute=minute, actor=STAFF)
        )
    _print_folio(at, stayed.folio, common)


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
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        folio = deployment.engine.front_desk.charge(
            ChargeArticleCommand(
                tenant=at.tenant,
                reservation=at.reservation.id,
                article=article,
                quantity=quantity,
                actor=STAFF,
            )
        )
    _print_folio(at, folio, common)


@desk.command
def take_back(
    tenant: TenantKey, reservation: Reference, group: Group, *, reason: Why, common: Common = PLAINLY
) -> None:
    """Take an extra back, with its taxes; the reason stands on the bill."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        folio = deployment.engine.front_desk.take_back(
            TakeBackCommand(
                tenant=at.tenant, reservation=at.reservation.id, group=group, reason=reason, actor=STAFF
            )
        )
    _print_folio(at, folio, common)


@desk.command
def lock_room(tenant: TenantKey, reservation: Reference, room: str, *, common: Common = PLAINLY) -> None:
    """Promise a room to a guest: nobody else is given it."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        deployment.engine.front_desk.lock_room(
            LockRoomCommand(tenant=at.tenant, reservation=at.reservation.id, room=room, actor=STAFF)
        )
    common.print({"code": at.reservation.code, "room": room}, f"{at.reservation.code} gets {room}")


@desk.command
def points(tenant: TenantKey, reservation: Reference, *, most: Most = None, common: Common = PLAINLY) -> None:
    """Pay with the guest's points: all that fit, or --most of them."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        redeemed = deployment.engine.front_desk.redeem_points(
            RedeemCommand(tenant=at.tenant, reservation=at.reservation.id, points=most, actor=STAFF)
        )
    _print_folio(at, redeemed.folio, common)


@desk.command
def reopen_bill(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Call a check-out off: the bill can be charged again."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        folio = deployment.engine.front_desk.reopen_bill(
            ReopenBillCommand(tenant=at.tenant, reservation=at.reservation.id, actor=STAFF)
        )
    _print_folio(at, folio, common)


@desk.command
def waive_no_show_fee(
    tenant: TenantKey, reservation: Reference, *, reason: Why, common: Common = PLAINLY
) -> None:
    """Who did not come owes nothing; the reason is kept."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        command = WaiveFeeCommand(
            tenant=at.tenant, reservation=at.reservation.id, waiver=Waiver(reason), actor=STAFF
        )
        folio = deployment.engine.front_desk.waive_no_show_fee(command)
    _print_folio(at, folio, common)


@desk.command
def bill(tenant: TenantKey, reservation: Reference, *, common: Common = PLAINLY) -> None:
    """Show the bill as it stands."""
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        query = BillQuery(tenant=at.tenant, reservation=at.reservation.id)
        found = bill_view(deployment.engine.front_desk.show_bill(query))
    _print_bill(at.reservation, found, common)


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
    waiver = None if waive is None else Waiver(waive)
    with common.deployment() as deployment:
        at = _at_desk(deployment, tenant, reservation)
        if cash is not None:
            _take_cash(at, cash)
        done = deployment.engine.front_desk.check_out(
            CheckOutCommand(
                tenant=at.tenant,
                reservation=at.reservation.id,
                method=method,
                accept_balance_due=accept_balance_due,
                waiver=waiver,
                actor=STAFF,
            )
        )
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


def _work(tenant: str, task: str, state: TaskState, common: Common) -> None:
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        command = WorkOnTaskCommand(
            tenant=tenant_id, task=TaskId(parse_uuid(task, "task")), state=state, actor=STAFF
        )
        view = task_view(catalog, deployment.engine.front_desk.work_on_task(command))
    common.print(view_data(view), _task_line(view))


def _at_desk(deployment: Deployment, tenant: str, reference: str) -> AtDesk:
    tenant_id, catalog = known_tenant(deployment, tenant)
    found = deployment.engine.show(ShowQuery(tenant=tenant_id, reservation=reference))
    return AtDesk(deployment=deployment, tenant=tenant_id, catalog=catalog, reservation=found)


def _take_cash(at: AtDesk, amount: str) -> None:
    """Before the rest is charged; who took it is on the folio."""
    currency = at.catalog.venue_of(at.catalog.service(at.reservation.service)).currency
    at.deployment.engine.front_desk.take_cash(
        CashCommand(
            tenant=at.tenant,
            reservation=at.reservation.id,
            amount=Money.of(amount, currency),
            actor=STAFF,
        )
    )


def _views_of(deployment: Deployment, tenant: TenantId, keys: set[str]) -> list[RoomView]:
    board = deployment.engine.front_desk.show_rooms(tenant)
    return [room_view(each) for each in board if each.unit.key in keys]


def _print_rooms(views: Iterable[RoomView], common: Common) -> None:
    shown = list(views)
    lines = [
        "  ".join(filter(None, (each.room, each.status, each.reservation, each.guest, each.note)))
        for each in shown
    ]
    common.print({"rooms": [view_data(each) for each in shown]}, "\n".join(lines) or "No rooms.")


def _print_folio(at: AtDesk, folio: Folio, common: Common) -> None:
    view = folio_view(folio)
    groups = ", ".join(map(str, view.extras)) or "none"
    lines = [*_bill_lines(at.reservation, view.bill), f"  extras by group: {groups}"]
    common.print({"code": at.reservation.code, **view_data(view)}, "\n".join(lines))


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
