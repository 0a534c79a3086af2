"""Wiring of the front desk."""

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.http.front_desk import FrontDesk
from booking_core.domain.availability.rules import RuleBook
from booking_core.ports.ambient import IdGenerator
from booking_core.usecases.arrivals import ShowArrivals
from booking_core.usecases.charging import ChargeArticle, ChargeExtra, TakeBackExtra
from booking_core.usecases.check_in import ChangeRoom, CheckIn, LockRoom
from booking_core.usecases.check_out import CheckOut, PrepareCheckOut, ReopenBill
from booking_core.usecases.departing import ShowBill
from booking_core.usecases.housekeeping import ListTasks, ReportRoom, ShowRooms, WorkOnTask
from booking_core.usecases.keep_promises import KeepPromises
from booking_core.usecases.late_check_out import StayLonger
from booking_core.usecases.no_shows import WaiveNoShowFee
from booking_core.usecases.paying_at_desk import RedeemPoints, TakeCash
from booking_core.usecases.reading import Reader
from booking_core.usecases.remembering import EarnPoints, GivePointsBack, RecordVisits
from booking_core.usecases.send_intents import SendIntents
from booking_core.usecases.show_guest import ShowGuest
from booking_core.usecases.tell_housekeeping import TellHousekeeping

FRONT_DESK_HANDLERS = (TellHousekeeping, KeepPromises, RecordVisits, EarnPoints, GivePointsBack)
"""What follows behind the counter from what happens at it."""


def front_desk(*, send: SendIntents, ids: IdGenerator, reader: Reader, rules: RuleBook) -> FrontDesk:
    """Every use case of the front desk, on the storage and by the clock of the sender."""
    begin, clock = send.begin, send.clock
    prepare = PrepareCheckOut(begin=begin, clock=clock, ids=ids)
    return FrontDesk(
        show_arrivals=Persistent(ShowArrivals(begin=begin, clock=clock)),
        show_rooms=Persistent(ShowRooms(begin=begin)),
        report_room=Persistent(ReportRoom(begin=begin, clock=clock)),
        list_tasks=Persistent(ListTasks(begin=begin)),
        work_on_task=Persistent(WorkOnTask(begin=begin, clock=clock)),
        check_in=Persistent(CheckIn(begin=begin, clock=clock)),
        lock_room=Persistent(LockRoom(begin=begin, clock=clock)),
        change_room=Persistent(ChangeRoom(begin=begin, clock=clock)),
        stay_longer=Persistent(StayLonger(begin=begin, clock=clock, reader=reader, rules=rules)),
        charge=Persistent(ChargeArticle(begin=begin, charge=ChargeExtra(begin=begin, clock=clock))),
        take_back=Persistent(TakeBackExtra(begin=begin, clock=clock)),
        show_bill=Persistent(ShowBill(begin=begin)),
        take_cash=Persistent(TakeCash(begin=begin, clock=clock)),
        redeem_points=Persistent(RedeemPoints(begin=begin, clock=clock, ids=ids)),
        check_out=CheckOut(prepare=Persistent(prepare), send=send),
        reopen_bill=Persistent(ReopenBill(begin=begin, clock=clock)),
        waive_no_show_fee=Persistent(WaiveNoShowFee(begin=begin, clock=clock, ids=ids)),
        show_guest=Persistent(ShowGuest(begin=begin)),
    )
