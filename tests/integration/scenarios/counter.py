"""The counter of a hotel, and who works behind it."""

from datetime import date, datetime, timedelta

import attrs

from booking_adapters.testing.builders import grand_hotel, named_id, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_app.front_desk_wiring import front_desk
from booking_core.domain.catalog.desk import Article, DeskTerms, LateFee, LoyaltyTerms
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.frontdesk.housekeeping import Task, TaskState
from booking_core.domain.frontdesk.rooms import RoomStatus
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import UnitId
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing import Base, Levy, Percent
from booking_core.domain.reservations.bill import Bill
from booking_core.domain.reservations.cancellation import CancellationPolicy, Waiver
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.arrivals import ArrivalsQuery
from booking_core.usecases.charging import ChargeArticleCommand, TakeBackCommand
from booking_core.usecases.check_in import ChangeRoomCommand, CheckInCommand, LockRoomCommand
from booking_core.usecases.check_out import CheckOutCommand, PrepareCheckOut, ReopenBillCommand
from booking_core.usecases.departing import BillQuery
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomReport, WorkOnTaskCommand
from booking_core.usecases.late_check_out import StayLongerCommand
from booking_core.usecases.no_shows import WaiveFeeCommand
from booking_core.usecases.paying_at_desk import CashCommand, RedeemCommand
from booking_core.usecases.show_guest import GuestFile, GuestQuery
from tests.integration.following import what_follows

ROOMS = ("301", "302", "303")
MINIBAR = Article(code="MINIBAR", text="Minibar", price=Money(1_250, "USD"))
TAX = Levy.tax("sales-tax", Percent(Percentage.of(10), Base.AFTER_DISCOUNT))
BREAKFAST = Article(code="BREAKFAST", text="Breakfast", price=Money(2_000, "USD"), levies=(TAX,))
TERMS = DeskTerms(
    late_fees=(
        LateFee(14 * 60, Money(3_000, "USD")),
        LateFee(18 * 60, Percentage.of(50)),
    ),
    articles=(MINIBAR, BREAKFAST),
    loyalty=LoyaltyTerms(points_per_unit=1, point_value=Money(1, "USD")),
)


class Desk:
    """The counter of a hotel with the rooms 301, 302 and 303, all clean, on a quiet afternoon."""

    def __init__(self, engine: TheEngine, terms: DeskTerms = TERMS, *, is_priced: bool = True) -> None:
        units = tuple(Unit(id=UnitId(named_id("unit", key)), key=key, name=key) for key in ROOMS)
        hotel = grand_hotel(3).changing("deluxe-king", units=units)
        hotel = hotel.under(no_show_after=timedelta(hours=12), no_show_fee=(("first_night", True),))
        policy = CancellationPolicy.flexible("Flexible 24-Hour")
        if is_priced:
            hotel = hotel.priced("deluxe-king", nightly("DELUXE-KING", Money(18_900, "USD"), policy=policy))
        hotel = attrs.evolve(hotel, venue=attrs.evolve(hotel.venue, desk=terms))
        self.hotel: OpenBusiness = engine.opens(hotel)
        self.tenant = self.hotel.tenant
        self.till = engine.till
        reader, rules = engine.search_slots.reader, engine.search_slots.rules
        self.does = front_desk(send=engine.till.send, ids=engine.ids, reader=reader, rules=rules)
        for key in ROOMS:
            self.report(key, RoomReport.CLEAN)

    def a_guest(
        self, name: str = "Ada", *, rooms: int = 1, nights: str = "2026-03-15/2026-03-18"
    ) -> Reservation:
        """A stay that is booked."""
        return self.hotel.book("deluxe-king", nights, customer=name, seats=rooms)

    def arrivals(self, day: str | None = None) -> dict[str, list[str]]:
        """Who comes on a day, and the rooms of each: `301!` is promised, `301` proposed."""
        query = ArrivalsQuery(tenant=self.tenant, day=None if day is None else date.fromisoformat(day))
        return {
            each.reservation.customer.name: [
                f"{room.unit.key}{'!' if room.is_locked else ''}" for room in each.rooms
            ]
            for each in self.does.show_arrivals(query)
        }

    def arrives(self, guest: Reservation, *rooms: str, after_all: bool = False) -> tuple[str, ...]:
        """Check in on the day of arrival; the keys that were handed out."""
        self.it_is_at_least(guest.period.start)
        return self.does.check_in(self.check_in_command(guest, *rooms, after_all=after_all)).rooms

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
        self.does.lock_room(
            LockRoomCommand(tenant=self.tenant, reservation=guest.id, room=room, number=number)
        )

    def moves(self, guest: Reservation, old: str, new: str) -> None:
        """The guest changes rooms."""
        self.does.change_room(ChangeRoomCommand(tenant=self.tenant, reservation=guest.id, old=old, new=new))

    def charge(self, guest: Reservation, article: str = MINIBAR.code) -> Money:
        """Charge an article; the balance."""
        command = ChargeArticleCommand(tenant=self.tenant, reservation=guest.id, article=article)
        return self.does.charge(command).balance

    def take_back(self, guest: Reservation, group: int) -> Money:
        """Take an extra back; the balance."""
        taken = TakeBackCommand(tenant=self.tenant, reservation=guest.id, group=group, reason="not theirs")
        return self.does.take_back(taken).balance

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
        return self.does.check_out(command).reservation

    def prepares(self, guest: Reservation, card: str) -> None:
        """The first half of a check-out: the charge is written down, and not sent."""
        engine = self.hotel.engine
        prepare = PrepareCheckOut(begin=engine.store, clock=engine.clock, ids=engine.ids)
        prepare(CheckOutCommand(tenant=self.tenant, reservation=guest.id, method=card))

    def reopens(self, guest: Reservation) -> None:
        """Call the check-out off."""
        self.does.reopen_bill(ReopenBillCommand(tenant=self.tenant, reservation=guest.id))

    def stays_until(self, guest: Reservation, hour: int) -> Money:
        """Leave later on the last day; the balance."""
        command = StayLongerCommand(tenant=self.tenant, reservation=guest.id, minute=hour * 60)
        return self.does.stay_longer(command).folio.balance

    def waives(self, guest: Reservation, reason: str) -> Money:
        """Let a guest off who did not come; the balance."""
        command = WaiveFeeCommand(tenant=self.tenant, reservation=guest.id, waiver=Waiver(reason))
        return self.does.waive_no_show_fee(command).balance

    def owes(self, guest: Reservation) -> Money:
        """The balance as it stands."""
        return self.bill(guest).balance

    def bill(self, guest: Reservation) -> Bill:
        """What is on the folio, read by its guest."""
        return self.does.show_bill(BillQuery(tenant=self.tenant, reservation=guest.id))

    def report(self, room: str, report: RoomReport) -> None:
        """Say what a room is like."""
        self.does.report_room(
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
        return self.does.take_cash(command).balance

    def redeems(self, guest: Reservation, points: int | None = None) -> tuple[Money, int]:
        """Pay with points; the balance, and the points that are left."""
        done = self.does.redeem_points(RedeemCommand(tenant=self.tenant, reservation=guest.id, points=points))
        return done.folio.balance, done.account.balance

    def knows(self, guest: str) -> GuestFile:
        """What the house knows of a guest, once all that was told is handled."""
        self.what_follows()
        return self.does.show_guest(GuestQuery(tenant=self.tenant, guest=guest))

    def what_follows(self) -> int:
        """Let what was told be handled; how much was."""
        return what_follows(self.hotel.engine, self.tenant)

    def tasks(self) -> list[Task]:
        """What housekeeping has to do, once all that was told is handled."""
        self.what_follows()
        return list(self.does.list_tasks(self.tenant))

    def rooms(self) -> dict[str, tuple[RoomStatus, str | None]]:
        """The board: the state of each room, and whose it is."""
        return {
            each.unit.key: (each.room.status, each.guest.customer.name if each.guest else None)
            for each in self.does.show_rooms(self.tenant)
        }

    def cleans(self) -> None:
        """Housekeeping does all there is to do."""
        for task in self.tasks():
            for state in (TaskState.STARTED, TaskState.DONE):
                self.works_on(task, state)

    def works_on(self, task: Task, state: TaskState) -> Task:
        """Ana starts a task, puts it back, finishes it or calls it off."""
        maid = Actor(kind="staff", name="Ana")
        command = WorkOnTaskCommand(tenant=self.tenant, task=task.id, state=state, actor=maid)
        return self.does.work_on_task(command)
