"""Whatever dies between an intent and its record, the money moves once, and the folio knows it once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.sandbox import Account, SandboxGateway, Trouble
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.cashier import PRICE, SOON, Cashier
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import Found, Unknown
from booking_core.domain.payments.intent import Intent, IntentState, Operation
from booking_core.domain.payments.payment import Payment, PaymentState
from booking_core.domain.reservations.folio import Folio
from booking_core.ports.payments import PaymentGateway
from booking_core.ports.storage import Transaction
from booking_core.usecases.send_intents import BATCH, LEASE, SendIntents, post_to_folio
from tests.integration.crashes.dying import Arrows, Died, DyingGateway, DyingUnitOfWork, SleepyGateway

PART = Money(10_000, "USD")
NOTHING = Money.zero("USD")
MOST_ARROWS = 60
MOST_ROUNDS = 20


@attrs.frozen
class Desk:
    """A business with a reservation, its folio, a worker, and the provider they use."""

    cashier: Cashier
    claim: ClaimId
    account: Account
    clock: FixedClock

    @classmethod
    def fresh(cls, store: Storage) -> "Desk":
        """A business of its own."""
        scene, clock = Scene.fresh(store), FixedClock(SOON)
        booked = scene.reserve("room", hours(10, 11))
        with scene.begin() as tx:
            tx.folios.save(Folio.open(booked.id, (), "USD", NOW))
        return cls(Cashier(scene), booked.id, Account(clock), clock)

    @property
    def gateway(self) -> PaymentGateway:
        """The way to the provider."""
        return SandboxGateway(self.account)

    def worker(self, arrows: Arrows | None = None) -> SendIntents:
        """A worker that dies at an arrow, or none."""
        arrows = arrows or Arrows()
        return SendIntents(
            begin=DyingUnitOfWork(self.cashier.scene.store, arrows),
            gateway=DyingGateway(self.gateway, arrows),
            clock=self.clock,
            ids=self.cashier.scene.ids,
        )

    def work(self) -> None:
        """Rounds, while time passes, until nothing is open."""
        for _ in range(MOST_ROUNDS):
            self.worker()(self.cashier.scene.tenant)
            if not any(intent.is_open for intent in self.intents):
                return
            self.clock.advance(LEASE)
        pytest.fail(f"still open: {self.intents}")

    @property
    def intents(self) -> list[Intent]:
        """Of the reservation, the oldest first."""
        with self.cashier.scene.reading() as tx:
            return list(tx.intents.of_claim(self.claim))

    @property
    def payment(self) -> Payment:
        """The only one of the reservation."""
        with self.cashier.scene.reading() as tx:
            (payment,) = tx.payments.of_claim(self.claim)
        return payment

    @property
    def folio(self) -> Folio:
        """What the folio knows."""
        with self.cashier.scene.reading() as tx:
            return tx.folios.get(self.claim)

    @property
    def charged(self) -> list[Found]:
        """What the provider has."""
        return list(self.gateway.list_since(NOW))

    def check_sound(self, state: PaymentState, captured: Money, refunded: Money = NOTHING) -> None:
        """Provider, payment and folio say the same, once."""
        (found,) = self.charged
        held = PRICE if state is PaymentState.AUTHORISED else NOTHING
        assert (found.authorised, found.captured, found.refunded) == (held, captured, refunded)
        payment = self.payment
        assert (payment.state, payment.captured, payment.refunded) == (state, captured, refunded)
        assert (self.folio.received, self.folio.refunded) == (captured, refunded)
        assert payment.orders == ()
        assert {intent.state for intent in self.intents} == {IntentState.SUCCEEDED}


def charge(desk: Desk) -> None:
    desk.cashier.asked(desk.claim, operation=Operation.CHARGE)


def authorise(desk: Desk) -> None:
    desk.cashier.asked(desk.claim)


def capture(desk: Desk) -> None:
    authorise(desk)
    desk.work()
    desk.cashier.instruct(desk.payment, Operation.CAPTURE, PART)


def void(desk: Desk) -> None:
    authorise(desk)
    desk.work()
    desk.cashier.instruct(desk.payment, Operation.VOID)


def refund(desk: Desk) -> None:
    charge(desk)
    desk.work()
    desk.cashier.instruct(desk.payment, Operation.REFUND, PART)


WORKFLOWS: dict[Callable[[Desk], None], tuple[PaymentState, Money, Money]] = {
    charge: (PaymentState.CAPTURED, PRICE, NOTHING),
    authorise: (PaymentState.AUTHORISED, NOTHING, NOTHING),
    capture: (PaymentState.PARTIALLY_CAPTURED, PART, NOTHING),
    void: (PaymentState.VOIDED, NOTHING, NOTHING),
    refund: (PaymentState.PARTIALLY_REFUNDED, PRICE, PART),
}
RECOVERIES = {"at once": LEASE, "the next day": timedelta(hours=30)}


@pytest.mark.parametrize("written", WORKFLOWS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("after", RECOVERIES)
def test_dying_at_any_arrow_moves_the_money_once(
    store: Storage, written: Callable[[Desk], None], after: str
) -> None:
    for arrow in range(MOST_ARROWS):
        desk = Desk.fresh(store)
        written(desk)
        try:
            desk.worker(Arrows(dies_at=arrow))(desk.cashier.scene.tenant)
        except Died:
            desk.clock.advance(RECOVERIES[after])
            desk.work()
            desk.check_sound(*WORKFLOWS[written])
        else:
            desk.check_sound(*WORKFLOWS[written])
            assert arrow >= 6, "lease, send and record have two arrows each"
            return
    pytest.fail("there were more arrows than expected")


@pytest.mark.parametrize("written", WORKFLOWS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("trouble", Trouble)
def test_trouble_on_the_way_moves_the_money_once(
    store: Storage, written: Callable[[Desk], None], trouble: Trouble
) -> None:
    desk = Desk.fresh(store)
    written(desk)
    desk.account.trouble(trouble)
    round_ = desk.worker()(desk.cashier.scene.tenant)
    assert round_.is_cut_short == (trouble is Trouble.UNAVAILABLE)
    desk.clock.advance(LEASE)
    desk.work()
    desk.check_sound(*WORKFLOWS[written])


def test_a_lost_answer_is_looked_up_once_the_key_is_old(store: Storage) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    desk.account.trouble(Trouble.LOST_AFTER)
    desk.worker()(desk.cashier.scene.tenant)
    desk.clock.advance(timedelta(hours=30))
    desk.work()
    desk.check_sound(PaymentState.CAPTURED, PRICE)
    assert desk.intents[0].generation == 1


def test_what_never_arrived_is_sent_under_a_new_key_once_the_old_one_has_aged(store: Storage) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    desk.account.trouble(Trouble.LOST_BEFORE)
    desk.worker()(desk.cashier.scene.tenant)
    desk.clock.advance(timedelta(hours=30))
    desk.work()
    desk.check_sound(PaymentState.CAPTURED, PRICE)
    assert desk.intents[0].generation == 2


def test_a_worker_that_slept_past_its_lease_changes_nothing(store: Storage) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    slow, quick = desk.worker(), desk.worker()

    def sleep() -> None:
        desk.clock.advance(LEASE)
        quick(desk.cashier.scene.tenant)

    sleepy = SleepyGateway(desk.gateway, Arrows(), sleep)
    attrs.evolve(slow, gateway=sleepy)(desk.cashier.scene.tenant)
    desk.check_sound(PaymentState.CAPTURED, PRICE)


def test_a_key_used_for_something_else_is_for_people_and_the_rest_goes_on(store: Storage) -> None:
    desk = Desk.fresh(store)
    _, intent = desk.cashier.asked(operation=Operation.CHARGE)
    desk.gateway.take(attrs.evolve(intent, amount=PART))
    charge(desk)
    round_ = desk.worker()(desk.cashier.scene.tenant)
    assert (round_.worked_on, round_.misused) == (2, (intent.id,))
    assert desk.payment.state is PaymentState.CAPTURED
    assert desk.cashier.intent(intent).is_open


def test_sending_before_writing_charges_twice_and_this_test_sees_it(store: Storage) -> None:
    """The negative control: without an intent that was written first, whoever begins again charges again."""
    desk = Desk.fresh(store)

    def charge_then_save(arrows: Arrows) -> None:
        payment, intent = desk.cashier.a_payment(desk.claim, operation=Operation.CHARGE)
        DyingGateway(desk.gateway, arrows).take(intent.state)
        with desk.cashier.scene.begin() as tx:
            tx.payments.save(payment, intent)

    with pytest.raises(Died):
        charge_then_save(Arrows(dies_at=1))
    charge_then_save(Arrows())
    desk.work()
    assert len(desk.charged) == 2
    with pytest.raises(ValueError, match="too many values"):
        desk.check_sound(PaymentState.CAPTURED, PRICE)


def test_a_payer_who_is_asked_is_asked_about_until_they_answered(store: Storage) -> None:
    desk = Desk.fresh(store)
    payment, intent = desk.cashier.a_payment(desk.claim)
    asks = attrs.evolve(intent, state=attrs.evolve(intent.state, method="pm_card_authenticationRequired"))
    with desk.cashier.scene.begin() as tx:
        tx.payments.save(payment, asks)
    for _ in range(3):
        desk.worker()(desk.cashier.scene.tenant)
        assert desk.intents[0].state is IntentState.REQUIRES_ACTION
        desk.clock.advance(LEASE)
    assert desk.payment.state is PaymentState.REQUIRES_ACTION
    desk.account.authenticate(desk.payment.reference)
    desk.work()
    desk.check_sound(PaymentState.AUTHORISED, NOTHING)


def test_what_the_provider_lost_sight_of_is_asked_about_again(store: Storage) -> None:
    desk = Desk.fresh(store)
    charge(desk)
    taken = desk.intents[0].lease(NOW, LEASE)
    desk.cashier.save(taken)
    desk.cashier.save(taken.state.record(Unknown(reason="processing", reference="payment_9"), NOW))
    desk.clock.advance(LEASE)
    desk.worker()(desk.cashier.scene.tenant)
    result = desk.intents[0].result
    assert isinstance(result, Unknown)
    assert result.reference == "payment_9"
    assert desk.charged == []


def test_a_lost_race_is_recorded_again_and_not_sent_again(store: Storage) -> None:
    desk, calls, losses = Desk.fresh(store), Arrows(), [Conflict("somebody was quicker")] * 3
    charge(desk)

    def lose_and_post(tx: Transaction, payment: Payment, intent: Intent, at: datetime) -> None:
        if losses:
            raise losses.pop()
        post_to_folio(tx, payment, intent, at)

    gateway = DyingGateway(desk.gateway, calls)
    attrs.evolve(desk.worker(), gateway=gateway, then=lose_and_post)(desk.cashier.scene.tenant)
    assert (losses, calls.passed) == ([], 2)
    desk.check_sound(PaymentState.CAPTURED, PRICE)


def test_one_who_always_loses_leaves_it_to_the_next_round(store: Storage) -> None:
    desk = Desk.fresh(store)
    charge(desk)

    def lose(tx: Transaction, payment: Payment, intent: Intent, at: datetime) -> None:
        raise Conflict("somebody was quicker")

    attrs.evolve(desk.worker(), then=lose)(desk.cashier.scene.tenant)
    assert desk.payment.state is PaymentState.PENDING
    desk.clock.advance(LEASE)
    desk.work()
    desk.check_sound(PaymentState.CAPTURED, PRICE)


def test_money_for_a_hold_is_in_no_folio_yet(store: Storage) -> None:
    desk = Desk.fresh(store)
    payment, _ = desk.cashier.asked(operation=Operation.CHARGE)
    desk.work()
    assert desk.cashier.payment(payment).captured == PRICE
    assert desk.folio.received == NOTHING


def test_nothing_due_is_a_round_of_nothing(store: Storage) -> None:
    desk = Desk.fresh(store)
    assert desk.worker()(desk.cashier.scene.tenant).worked_on == 0


def test_a_round_ends_before_everything_is_done(memory_store: MemoryStore) -> None:
    desk = Desk.fresh(memory_store)
    for _ in range(BATCH + 1):
        charge(desk)
    first, second = (desk.worker()(desk.cashier.scene.tenant).worked_on for _ in range(2))
    assert (first, second) == (BATCH, 1)
