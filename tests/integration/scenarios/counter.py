"""The counter of a hotel, and who works behind it."""

from datetime import datetime, timedelta

import attrs

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.testing.builders import grand_hotel, named_id, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.desk import DeskTerms, LateFee, LoyaltyTerms
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.frontdesk.housekeeping import TaskState
from booking_core.domain.frontdesk.rooms import RoomStatus
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import UnitId
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.reservations.cancellation import CancellationPolicy, Waiver
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.charging import ChargeCommand, ChargeExtra, TakeBackCommand, TakeBackExtra
from booking_core.usecases.check_in import (
    ChangeRoom,
    ChangeRoomCommand,
    CheckIn,
    CheckInCommand,
    LockRoom,
    LockRoomCommand,
)
from booking_core.usecases.check_out import (
    CheckOut,
    CheckOutCommand,
    PrepareCheckOut,
    ReopenBill,
    ReopenBillCommand,
)
from booking_core.usecases.departing import BillQuery, ShowBill
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.housekeeping import (
    ListTasks,
    ReportRoom,
    ReportRoomCommand,
    RoomReport,
    ShowRooms,
    WorkOnTask,
    WorkOnTaskCommand,
)
from booking_core.usecases.late_check_out import StayLonger, StayLongerCommand
from booking_core.usecases.no_shows import WaiveFeeCommand, WaiveNoShowFee
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand, RedeemPoints, TakeCash
from booking_core.usecases.remembering import EarnPoints, GivePointsBack, RecordVisits
from booking_core.usecases.show_guest import GuestFile, GuestQuery, ShowGuest

ROOMS = ("301", "302", "303")
TERMS = DeskTerms(
    late_fees=(
        LateFee(14 * 60, Money(3_000, "USD")),
        LateFee(18 * 60, Percentage.of(50)),
    ),
    loyalty=LoyaltyTerms(points_per_unit=1, point_value=Money(1, "USD")),
)
MINIBAR = Extra(code="MINIBAR", text="Minibar", price=Money(1_250, "USD"))


class Desk:
    """The counter of a hotel with the rooms 301, 302 and 303, all clean, on a quiet afternoon."""

    def __init__(self, engine: TheEngine) -> None:
        units = tuple(Unit(id=UnitId(named_id("unit", key)), key=key, name=key) for key in ROOMS)
        hotel = grand_hotel(3).changing("deluxe-king", units=units)
        hotel = hotel.under(no_show_after=timedelta(hours=12), no_show_fee=(("first_night", True),))
        terms = CancellationPolicy.flexible("Flexible 24-Hour")
        tariff = nightly("DELUXE-KING", Money(18_900, "USD"), policy=terms)
        hotel = hotel.priced("deluxe-king", tariff)
        hotel = attrs.evolve(hotel, venue=attrs.evolve(hotel.venue, desk=TERMS))
        self.hotel: OpenBusiness = engine.opens(hotel)
        store, clock = engine.store, engine.clock
        self.tenant = self.hotel.tenant
        self.check_in = Persistent(CheckIn(begin=store, clock=clock))
        self._lock = Persistent(LockRoom(begin=store, clock=clock))
        self._change = Persistent(ChangeRoom(begin=store, clock=clock))
        self._charge = Persistent(ChargeExtra(begin=store, clock=clock))
        self._take_back = Persistent(TakeBackExtra(begin=store, clock=clock))
        prepare = Persistent(PrepareCheckOut(begin=store, clock=clock, ids=engine.ids))
        self.till = engine.till
        self.check_out = CheckOut(prepare=prepare, send=self.till.send)
        self._reopen = Persistent(ReopenBill(begin=store, clock=clock))
        self._report = Persistent(ReportRoom(begin=store, clock=clock))
        self._work = Persistent(WorkOnTask(begin=store, clock=clock))
        self.tasks, self.board = ListTasks(begin=store), ShowRooms(begin=store)
        self.bill = ShowBill(begin=store)
        self._cash = Persistent(TakeCash(begin=store, clock=clock))
        self._redeem = Persistent(RedeemPoints(begin=store, clock=clock, ids=engine.ids))
        reader, rules = engine.search_slots.reader, engine.search_slots.rules
        self._stay_longer = Persistent(StayLonger(begin=store, clock=clock, reader=reader, rules=rules))
        self._waive = Persistent(WaiveNoShowFee(begin=store, clock=clock, ids=engine.ids))
        self.failures: list[Exception] = []
        self._guests = ShowGuest(begin=store)
        handlers = [kind(ids=engine.ids) for kind in (RecordVisits, EarnPoints, GivePointsBack)]
        self._handle = HandleEvents(
            begin=store,
            handlers=handlers,
            clock=clock,
            ids=engine.ids,
            on_failure=lambda _owed, error: self.failures.append(error),
        )
        for key in ROOMS:
            self.report(key, RoomReport.CLEAN)

    def a_guest(
        self, name: str = "Ada", *, rooms: int = 1, nights: str = "2026-03-15/2026-03-18"
    ) -> Reservation:
        """A stay that is booked."""
        return self.hotel.book("deluxe-king", nights, customer=name, seats=rooms)

    def arrives(self, guest: Reservation, *rooms: str, after_all: bool = False) -> tuple[str, ...]:
        """Check in on the day of arrival; the keys that were handed out."""
        self.it_is_at_least(guest.period.start)
        return self.check_in(self.check_in_command(guest, *rooms, after_all=after_all)).rooms

    def check_in_command(self, guest: Reservation, *rooms: str, after_all: bool = False) -> CheckInCommand:
        """What the desk wants."""
        return CheckInCommand(
            tenant=self.tenant, reservation=guest.id, rooms=rooms, corrects_no_show=after_all
        )

    def it_is_at_least(self, moment: datetime) -> None:
        """Time passes until then."""
        clock = self.hotel.engine.clock
        clock.set(max(clock.now(), moment))

    def lock(self, guest: Reservation, room: str | None, number: int = 0) -> None:
        """Promise a room."""
        self._lock(LockRoomCommand(tenant=self.tenant, reservation=guest.id, room=room, number=number))

    def moves(self, guest: Reservation, old: str, new: str) -> None:
        """The guest changes rooms."""
        self._change(ChangeRoomCommand(tenant=self.tenant, reservation=guest.id, old=old, new=new))

    def charge(self, guest: Reservation, extra: Extra = MINIBAR) -> Money:
        """Charge an extra; the balance."""
        return self._charge(ChargeCommand(tenant=self.tenant, reservation=guest.id, extra=extra)).balance

    def take_back(self, guest: Reservation, group: int) -> Money:
        """Take an extra back; the balance."""
        taken = TakeBackCommand(tenant=self.tenant, reservation=guest.id, group=group, reason="not theirs")
        return self._take_back(taken).balance

    def leaves(self, guest: Reservation, *, owing: bool = False) -> Reservation:
        """Check out at the end of the stay."""
        self.it_is_at_least(guest.period.end)
        return self.leaves_now(guest, owing=owing)

    def leaves_now(
        self, guest: Reservation, *, owing: bool = False, waiver: Waiver | None = None, card: str = ""
    ) -> Reservation:
        """Check out."""
        command = CheckOutCommand(
            tenant=self.tenant,
            reservation=guest.id,
            method=card,
            accept_balance_due=owing,
            waiver=waiver,
        )
        return self.check_out(command).reservation

    def reopens(self, guest: Reservation) -> None:
        """Call the check-out off."""
        self._reopen(ReopenBillCommand(tenant=self.tenant, reservation=guest.id))

    def stays_until(self, guest: Reservation, hour: int) -> Money:
        """Leave later on the last day; the balance."""
        command = StayLongerCommand(tenant=self.tenant, reservation=guest.id, minute=hour * 60)
        return self._stay_longer(command).folio.balance

    def waives(self, guest: Reservation, reason: str) -> Money:
        """Let a guest off who did not come; the balance."""
        command = WaiveFeeCommand(tenant=self.tenant, reservation=guest.id, waiver=Waiver(reason))
        return self._waive(command).balance

    def owes(self, guest: Reservation) -> Money:
        """The balance as it stands."""
        return self.bill(BillQuery(tenant=self.tenant, reservation=guest.id)).balance

    def report(self, room: str, report: RoomReport) -> None:
        """Say what a room is like."""
        self._report(
            ReportRoomCommand(
                tenant=self.tenant, resource="deluxe-king", room=room, report=report, note="seen"
            )
        )

    def takes_cash(self, guest: Reservation, minor: int, *, back: bool = False) -> Money:
        """Ana takes cash, or hands it back; the balance."""
        command = CashCommand(
            tenant=self.tenant,
            reservation=guest.id,
            amount=Money(minor, "USD"),
            is_handed_back=back,
            actor=Actor(kind="staff", name="Ana"),
        )
        return self._cash(command).balance

    def redeems(self, guest: Reservation, points: int | None = None) -> tuple[Money, int]:
        """Pay with points; the balance, and the points that are left."""
        done = self._redeem(RedeemCommand(tenant=self.tenant, reservation=guest.id, points=points))
        return done.folio.balance, done.account.balance

    def knows(self, guest: str) -> GuestFile:
        """What the house knows of a guest, once all that was told is handled."""
        self._handle(self.tenant)
        assert self.failures == []
        return self._guests(GuestQuery(tenant=self.tenant, guest=guest))

    def rooms(self) -> dict[str, tuple[RoomStatus, str | None]]:
        """The board: the state of each room, and whose it is."""
        return {
            each.unit.key: (each.room.status, each.guest.customer.name if each.guest else None)
            for each in self.board(self.tenant)
        }

    def cleans(self) -> None:
        """Housekeeping does all there is to do."""
        maid = Actor(kind="staff", name="Ana")
        for task in self.tasks(self.tenant):
            for state in (TaskState.STARTED, TaskState.DONE):
                command = WorkOnTaskCommand(tenant=self.tenant, task=task.id, state=state, actor=maid)
                self._work(command)
