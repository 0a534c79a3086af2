"""What the API drives behind the counter."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.frontdesk.housekeeping import Task
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.bill import Bill
from booking_core.domain.reservations.folio import Folio
from booking_core.usecases.arrivals import Arrival, ArrivalsQuery
from booking_core.usecases.charging import ChargeArticleCommand, TakeBackCommand
from booking_core.usecases.check_in import ChangeRoomCommand, CheckedIn, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckedOut, CheckOutCommand, ReopenBillCommand
from booking_core.usecases.departing import BillQuery
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomOnBoard, WorkOnTaskCommand
from booking_core.usecases.late_check_out import StayedLonger, StayLongerCommand
from booking_core.usecases.no_shows import WaiveFeeCommand
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand, Redeemed
from booking_core.usecases.show_guest import GuestFile, GuestQuery


@attrs.frozen(kw_only=True)
class FrontDesk:
    """One callable per use case of the front desk; those that write are `Persistent`."""

    show_arrivals: Callable[[ArrivalsQuery], Sequence[Arrival]]
    show_rooms: Callable[[TenantId], Sequence[RoomOnBoard]]
    report_room: Callable[[ReportRoomCommand], Room]
    list_tasks: Callable[[TenantId], Sequence[Task]]
    work_on_task: Callable[[WorkOnTaskCommand], Task]
    check_in: Callable[[CheckInCommand], CheckedIn]
    lock_room: Callable[[LockRoomCommand], None]
    change_room: Callable[[ChangeRoomCommand], tuple[Room, Room]]
    stay_longer: Callable[[StayLongerCommand], StayedLonger]
    charge: Callable[[ChargeArticleCommand], Folio]
    take_back: Callable[[TakeBackCommand], Folio]
    show_bill: Callable[[BillQuery], Bill]
    take_cash: Callable[[CashCommand], Folio]
    redeem_points: Callable[[RedeemCommand], Redeemed]
    check_out: Callable[[CheckOutCommand], CheckedOut]
    reopen_bill: Callable[[ReopenBillCommand], Folio]
    waive_no_show_fee: Callable[[WaiveFeeCommand], Folio]
    show_guest: Callable[[GuestQuery], GuestFile]
