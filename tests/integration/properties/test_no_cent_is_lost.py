"""Whatever guests and desk do, in whatever order: the folios and the provider know of the same money, to the cent."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from booking_adapters.http.front_desk import FrontDesk
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.builders import grand_hotel, named_id
from booking_adapters.testing.engine import TheEngine
from booking_app.front_desk_wiring import front_desk
from booking_core.domain.catalog.policy import frozen_parameters
from booking_core.domain.catalog.resource import Unit
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import UnitId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.standing import Standing, standing_of
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.inspection import Finding
from booking_core.ports.storage import Page
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.charging import ChargeArticleCommand, TakeBackCommand
from booking_core.usecases.check_in import CheckInCommand
from booking_core.usecases.check_out import CheckOutCommand, ReopenBillCommand
from booking_core.usecases.housekeeping import ReportRoomCommand, RoomReport
from booking_core.usecases.late_check_out import StayLongerCommand
from booking_core.usecases.no_shows import WaiveFeeCommand
from booking_core.usecases.paying_at_desk import CashCommand
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.wanted import Wanted
from tests.effort import EFFORT, scaled
from tests.integration.scenarios.counter import ROOMS, TERMS
from tests.integration.scenarios.paid_hotel import (
    ALL_AHEAD,
    BANK_ASKS,
    BROKE,
    DESK,
    GUEST,
    MARCH_1,
    VISA,
    PaidHotel,
    nights,
    usd,
)
from tests.integration.scenarios.test_modifications import with_extra_adults

CARDS = st.sampled_from((VISA, VISA, VISA, VISA, VISA, VISA, BROKE, BANK_ASKS))
FIRST_CARDS = st.sampled_from((VISA, VISA, VISA, VISA, BROKE, BANK_ASKS, ""))
STAYS = st.sampled_from(((15, 16), (15, 17), (15, 18), (16, 18), (16, 19), (17, 19), (18, 19)))
ADULTS = st.sampled_from((2, 2, 3))
WHOM = st.sampled_from((GUEST, DESK))
UPKEEP = {24, 29}
"""Seals and handlers: nobody does the upkeep here."""
NOTHING = usd("0")


class Hotel(RuleBasedStateMachine):
    """Three rooms, guests who pay ahead with cards of all kinds, and a desk."""

    guests: Bundle[Reservation] = Bundle("guests")

    seen: ClassVar[set[str]] = set()
    """What happened in some story or other: where nothing does, nothing is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.naps = False

    @initialize(deposit=st.booleans(), approves=st.sampled_from((False, False, True)))
    def opens(self, deposit: bool, approves: bool) -> None:
        engine = TheEngine(self.store)
        engine.clock.set(MARCH_1)
        units = tuple(Unit(id=UnitId(named_id("unit", key)), key=key, name=key) for key in ROOMS)
        house = grand_hotel(len(ROOMS)).changing("deluxe-king", units=units)
        asks = frozen_parameters({"ask": {"percent": "30"}}) if deposit else ALL_AHEAD
        house = house.priced("deluxe-king", with_extra_adults()).under(
            payment=asks,
            needs_approval=approves,
            no_show_after=timedelta(hours=12),
            no_show_fee=(("first_night", True),),
        )
        house = attrs.evolve(house, venue=attrs.evolve(house.venue, desk=TERMS))
        self.hotel = PaidHotel(engine.opens(house))
        search = engine.search_slots
        self.desk: FrontDesk = front_desk(
            send=engine.till.send, ids=engine.ids, reader=search.reader, rules=search.rules
        )

    def tries(self, act: Callable[[], Any]) -> Any:
        """What may be refused; the worker goes on in any case, unless it naps."""
        try:
            return act()
        except BookingError:
            return None
        finally:
            if not self.naps:
                self.hotel.works(2)

    @rule(
        target=guests,
        dates=STAYS,
        adults=ADULTS,
        card=FIRST_CARDS,
    )
    def book(self, dates: tuple[int, int], adults: int, card: str) -> Any:
        booked = self.tries(
            lambda: self.hotel.engine.till.book_and_pay(
                BookCommand(
                    tenant=self.hotel.tenant,
                    wanted=wanted(dates, adults),
                    customer=Customer(name="Ada"),
                    method=card,
                    actor=GUEST,
                )
            )
        )
        return multiple() if booked is None else booked.reservation

    @rule(guest=guests, card=CARDS)
    def pay(self, guest: Reservation, card: str) -> None:
        self.tries(lambda: self.hotel.pay(guest, card))

    @rule(guest=guests, succeeds=st.booleans())
    def answer_the_bank(self, guest: Reservation, succeeds: bool) -> None:
        def answer() -> None:
            for payment in self.hotel.payments(guest):
                if payment.reference and payment.state == "requires_action":
                    self.hotel.engine.till.account.authenticate(payment.reference, succeeds=succeeds)
            self.hotel.resume(guest)

        self.tries(answer)

    @rule(
        guest=guests,
        dates=STAYS,
        adults=ADULTS,
        card=st.sampled_from(("", "", VISA, BROKE, BANK_ASKS)),
        actor=WHOM,
        mercy=st.booleans(),
    )
    def move(
        self, guest: Reservation, dates: tuple[int, int], adults: int, card: str, actor: Any, mercy: bool
    ) -> None:
        self.tries(
            lambda: self.hotel.engine.till.reschedule_and_pay(
                RescheduleCommand(
                    tenant=self.hotel.tenant,
                    reservation=guest.id,
                    wanted=wanted(dates, adults),
                    method=card,
                    waives_penalty=mercy and actor is DESK,
                    reason="the lift" if mercy else "",
                    actor=actor,
                )
            )
        )

    @rule(guest=guests, cents=st.sampled_from((1, 5_000, 66_414, 100_000)))
    def give_back(self, guest: Reservation, cents: int) -> None:
        amount = Money(cents, "USD")
        self.tries(
            lambda: self.hotel.engine.till.refund(
                RefundCommand(
                    tenant=self.hotel.tenant, reservation=guest.id, amount=amount, reason="sorry", actor=DESK
                )
            )
        )

    @rule(guest=guests, actor=WHOM, mercy=st.booleans())
    def cancel(self, guest: Reservation, actor: Any, mercy: bool) -> None:
        waives = mercy and actor is DESK
        self.tries(lambda: self.hotel.cancel(guest, actor=actor, reason="ill", waives=waives))

    @rule(guest=guests, is_thirsty=st.booleans(), after_all=st.booleans())
    def arrive(self, guest: Reservation, is_thirsty: bool, after_all: bool) -> None:
        """On the day itself at the earliest; every room is made up for it."""
        clock = self.hotel.engine.clock
        clock.set(max(clock.now(), self.hotel.desk.show(guest.id).period.start))
        for room in ROOMS:
            report = ReportRoomCommand(
                tenant=self.hotel.tenant, resource="deluxe-king", room=room, report=RoomReport.CLEAN
            )
            with suppress(BookingError):
                self.desk.report_room(report)
        command = CheckInCommand(tenant=self.hotel.tenant, reservation=guest.id, corrects_no_show=after_all)
        self.tries(lambda: self.desk.check_in(command))
        if is_thirsty:
            self.charge_or_take_back(guest, None)

    @rule(guest=guests, group=st.one_of(st.none(), st.integers(1, 20)))
    def charge_or_take_back(self, guest: Reservation, group: int | None) -> None:
        whose: dict[str, Any] = {"tenant": self.hotel.tenant, "reservation": guest.id}
        if group is None:
            self.tries(lambda: self.desk.charge(ChargeArticleCommand(**whose, article="MINIBAR")))
        else:
            self.tries(
                lambda: self.desk.take_back(TakeBackCommand(**whose, group=group, reason="not theirs"))
            )

    @rule(guest=guests, card=st.sampled_from(("", VISA, BROKE)), owing=st.booleans(), mercy=st.booleans())
    def leave(self, guest: Reservation, card: str, owing: bool, mercy: bool) -> None:
        command = CheckOutCommand(
            tenant=self.hotel.tenant,
            reservation=guest.id,
            method=card,
            accept_balance_due=owing,
            waiver=Waiver("the lift") if mercy else None,
        )
        self.tries(lambda: self.desk.check_out(command))

    @rule(guest=guests, hour=st.sampled_from((14, 18)))
    def stay_longer(self, guest: Reservation, hour: int) -> None:
        longer = StayLongerCommand(tenant=self.hotel.tenant, reservation=guest.id, minute=hour * 60)
        self.tries(lambda: self.desk.stay_longer(longer))

    @rule(guest=guests)
    def open_the_bill_again(self, guest: Reservation) -> None:
        self.tries(
            lambda: self.desk.reopen_bill(ReopenBillCommand(tenant=self.hotel.tenant, reservation=guest.id))
        )

    @rule(guest=guests)
    def waive_the_fee(self, guest: Reservation) -> None:
        waived = WaiveFeeCommand(
            tenant=self.hotel.tenant, reservation=guest.id, waiver=Waiver("the lift"), actor=DESK
        )
        self.tries(lambda: self.desk.waive_no_show_fee(waived))

    @rule(guest=guests, is_welcome=st.booleans())
    def decide(self, guest: Reservation, is_welcome: bool) -> None:
        """Staff approve or refuse."""
        decide = self.hotel.desk.confirm if is_welcome else self.hotel.desk.decline
        self.tries(lambda: decide(guest))

    @rule(guest=guests, cents=st.sampled_from((1, 5_000, 18_900)), back=st.booleans())
    def take_cash(self, guest: Reservation, cents: int, back: bool) -> None:
        command = CashCommand(
            tenant=self.hotel.tenant,
            reservation=guest.id,
            amount=Money(cents, "USD"),
            is_handed_back=back,
            actor=DESK,
        )
        self.tries(lambda: self.desk.take_cash(command))

    @rule(naps=st.booleans())
    def the_worker_naps(self, naps: bool) -> None:
        """What was written down stays on its way."""
        self.naps = naps
        self.tries(lambda: None)

    @rule(hours=st.sampled_from((1, 1, 12, 24 * 7)))
    def time_passes(self, hours: int) -> None:
        self.hotel.engine.clock.advance(timedelta(hours=hours))
        self.tries(lambda: None)

    @invariant()
    def the_books_and_the_provider_agree(self) -> None:
        if not hasattr(self, "hotel"):
            return
        known = {each.reference: each for each in self.hotel.at_provider()}
        received = NOTHING
        for guest in self.everybody():
            folio = self.hotel.folio(guest)
            cash = folio.paid_in(EntryKind.CASH)
            received += folio.received - folio.refunded - cash
            self.seen.update({guest.status.value, *(entry.kind.value for entry in folio.entries)})
            assert Money.total((each.amount for each in folio.ledger), "USD") + folio.balance == NOTHING
            for payment in self.hotel.payments(guest):
                found = known.get(payment.reference)
                captured, refunded = (found.captured, found.refunded) if found else (NOTHING, NOTHING)
                assert folio.paid_by(payment.id) == payment.paid == captured - refunded
                assert NOTHING <= refunded <= captured
            if standing_of(guest, self.hotel.engine.clock.now()) is Standing.FIRM and not self.naps:
                assert folio.balance >= min(NOTHING, -cash), "what was paid too much goes back"
            if guest.status is Status.PENDING:
                assert folio.received == folio.refunded + cash, "nothing is captured before it is decided"
        assert received == self.hotel.kept()

    def everybody(self) -> list[Reservation]:
        """Everybody who ever booked."""
        with self.store.reading(self.hotel.tenant) as tx:
            window = self.hotel.desk.wall.period("2024-03-01/2024-04-01")
            return list(tx.reservations.overlapping(None, window, Page(limit=500)))

    def teardown(self) -> None:
        """Doctor has nothing to say."""
        if hasattr(self, "hotel"):
            self.hotel.works(4)
            assert wrong(self.store, self.hotel) == []


def wanted(dates: tuple[int, int], adults: int) -> Wanted:
    return Wanted(service="deluxe-king", stay=nights(*dates), party=Party(adults), rate_plan="AAA")


def wrong(store: MemoryStore, hotel: PaidHotel) -> list[Finding]:
    findings = MemoryInspection(store).of_tenant(hotel.tenant, hotel.engine.clock.now())
    return [each for each in findings if not each.holds and each.number not in UPKEEP]


def play(*phases: Phase) -> None:
    """Many stories."""
    run_state_machine_as_test(
        Hotel,
        settings=settings(
            max_examples=scaled(60),
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
            phases=phases or tuple(Phase),
        ),
    )


@pytest.mark.slow
def test_no_path_makes_or_loses_a_cent() -> None:
    play()
    if EFFORT >= 1:
        assert {"payment", "refund", "confirmed", "cancelled"} <= Hotel.seen


@pytest.mark.slow
def test_and_one_that_did_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hotel that forgets to settle keeps what is not its own."""
    monkeypatch.setattr(Cashier, "settle", lambda *_: None)
    with pytest.raises(AssertionError):
        play(Phase.generate)
