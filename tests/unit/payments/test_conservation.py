"""Whatever is answered, lost, sent twice, cancelled or changed: no minor unit is made, lost or kept too much."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.kernel.ids import IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    RequiresAction,
    Succeeded,
    Unknown,
)
from booking_core.domain.payments.intent import Approach, Instruction, Intent, Operation
from booking_core.domain.payments.intent import history_is_path as intent_path
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.domain.payments.payment import history_is_path as payment_path
from booking_core.domain.payments.settle import Settlement, settle
from booking_core.domain.reservations.folio import Folio
from tests.unit.payments.builders import AT, LEASE, RESERVATION, intent_id, payment_id

NOTHING = Money.zero("USD")
MOST_ROUNDS = 200


@attrs.define
class Provider:
    """Moves money, once per key; what it says may be lost on the way."""

    answers: dict[str, Answer] = attrs.field(factory=dict)
    captured: dict[PaymentId, int] = attrs.field(factory=dict)
    authorised: dict[PaymentId, int] = attrs.field(factory=dict)
    waiting: dict[PaymentId, Intent] = attrs.field(factory=dict)
    moved: int = 0

    def send(self, intent: Intent, mood: int) -> Answer:
        if mood == 1:
            return Unknown(reason="lost on the way there")
        answer = self.answers.get(intent.key)
        if answer is None:
            answer = self.answers[intent.key] = self._do(intent, mood)
        return Unknown(reason="lost on the way back") if mood == 2 else answer

    def look_up(self, intent: Intent, mood: int) -> Answer | None:
        """The payer decides while we look: pays, refuses, or lets us wait."""
        asked = self.waiting.get(intent.payment)
        if asked is not None and asked.id == intent.id and mood in {0, 3}:
            del self.waiting[intent.payment]
            self.answers[intent.key] = self._begin(intent) if mood == 0 else refusal()
        return self.answers.get(intent.key)

    def _do(self, intent: Intent, mood: int) -> Answer:
        first = intent.operation in {Operation.AUTHORISE, Operation.CHARGE}
        if mood == 3 and (first or intent.operation is Operation.CAPTURE):
            self.authorised.pop(intent.payment, None)
            return refusal()
        if mood == 4 and first:
            self.waiting[intent.payment] = intent
            return RequiresAction(reference=f"pi_{intent.payment.int}")
        match intent.operation:
            case Operation.AUTHORISE | Operation.CHARGE:
                return self._begin(intent)
            case Operation.CAPTURE:
                assert intent.amount.amount_minor <= self.authorised.pop(intent.payment)
                self._move(intent, intent.amount.amount_minor)
            case Operation.VOID:
                return self._void(intent)
            case Operation.REFUND:
                self._move(intent, -intent.amount.amount_minor)
                assert self.captured[intent.payment] >= 0
        return done(intent)

    def _begin(self, intent: Intent) -> Answer:
        if intent.operation is Operation.CHARGE:
            self._move(intent, intent.amount.amount_minor)
        else:
            assert intent.payment not in self.authorised, "two live authorisations of one payment"
            self.authorised[intent.payment] = intent.amount.amount_minor
        return done(intent)

    def _void(self, intent: Intent) -> Answer:
        if self.captured.get(intent.payment):
            return Declined(code=DeclineCode.ALREADY_CAPTURED, message="too late")
        asked = self.waiting.pop(intent.payment, None)
        if asked is not None:
            self.answers[asked.key] = Declined(code=DeclineCode.ALREADY_VOIDED, message="voided")
        self.authorised.pop(intent.payment, None)
        return done(intent)

    def _move(self, intent: Intent, minor: int) -> None:
        self.captured[intent.payment] = self.captured.get(intent.payment, 0) + minor


def done(intent: Intent) -> Succeeded:
    return Succeeded(reference=f"pi_{intent.payment.int}", amount=intent.amount)


def refusal() -> Declined:
    return Declined(code=DeclineCode.CARD_DECLINED, message="no")


@attrs.define
class House:
    """One reservation's money: what is owed, the payments, their intents and the folio."""

    provider: Provider = attrs.field(factory=Provider)
    payments: dict[PaymentId, Payment] = attrs.field(factory=dict)
    intents: dict[IntentId, Intent] = attrs.field(factory=dict)
    folio: Folio = attrs.field(factory=lambda: Folio(reservation=RESERVATION, currency="USD"))
    owed: Money = NOTHING
    now: datetime = AT

    def ask(self, minor: int, operation: Operation) -> None:
        payment, intent = payment_id(len(self.payments)), intent_id(len(self.intents))
        amount = Money(minor, "USD")
        self.payments[payment] = Payment.ask(
            id=payment,
            reservation=RESERVATION,
            purpose=Purpose.BOOKING,
            amount=amount,
            method="pm",
            operation=operation,
            intent=intent,
            at=self.now,
        ).state
        self._write(Instruction(payment=payment, operation=operation, amount=amount), intent)

    def settle(self) -> Settlement:
        """Write what settling says, in one go."""
        settlement = settle(self.owed, list(self.payments.values()), self.intents)
        for gone in settlement.supersede:
            intent = self.intents[gone] = self.intents[gone].supersede(self.now, "unwanted").state
            self.payments[intent.payment] = self.payments[intent.payment].drop(gone, self.now).state
        for instruction in settlement.instructions:
            intent_ = intent_id(len(self.intents))
            before = self.payments[instruction.payment]
            self.payments[before.id] = before.instruct(instruction, intent=intent_, at=self.now).state
            self._write(instruction, intent_)
        return settlement

    def work(self, which: int, mood: int) -> None:
        """A worker takes one open intent, sends it or looks it up, and records the answer."""
        ready = [intent for intent in self.intents.values() if intent.is_ready(self.now)]
        if not ready:
            return
        intent = ready[which % len(ready)]
        pursue = self._pursuit(intent)
        leased = intent.lease(self.now, LEASE).state
        self.intents[intent.id] = leased
        if mood == 5:
            return  # the worker dies before sending
        answer = pursue(leased, mood)
        if mood == 6:
            return  # the worker dies after sending
        if answer is None:
            if leased.sent_at is not None and self.now - leased.sent_at >= timedelta(hours=23):
                self.intents[intent.id] = leased.start_anew(self.now).state
            return
        self._record(leased, answer)

    def _pursuit(self, intent: Intent) -> Callable[[Intent, int], Answer | None]:
        looking = intent.approach(self.now) is Approach.LOOK_UP
        return self.provider.look_up if looking else self.provider.send

    def _record(self, leased: Intent, answer: Answer) -> None:
        self.intents[leased.id] = leased.record(answer, self.now).state
        payment = self.payments[leased.payment]
        self.payments[payment.id] = payment.record(leased, answer, self.now).state
        if isinstance(answer, Succeeded) and leased.operation in {Operation.CHARGE, Operation.CAPTURE}:
            self.folio = self.folio.receive(
                answer.amount, payment=payment.id, intent=leased.id, at=self.now
            ).state
        if isinstance(answer, Succeeded) and leased.operation is Operation.REFUND:
            self.folio = self.folio.give_back(
                answer.amount, payment=payment.id, intent=leased.id, at=self.now
            ).state

    def _write(self, instruction: Instruction, intent: IntentId) -> None:
        payment = self.payments[instruction.payment]
        self.intents[intent] = Intent.write(
            instruction,
            id=intent,
            reservation=RESERVATION,
            at=self.now,
            method=payment.method,
            reference=payment.reference,
        ).state

    def check(self) -> None:
        for payment in self.payments.values():
            assert NOTHING <= payment.refunded + payment.under_way(Operation.REFUND) <= payment.captured
            assert payment_path(payment.history)
        assert all(intent_path(intent.history) for intent in self.intents.values())
        assert self.folio.balance + Money.total((p.amount for p in self.folio.ledger), "USD") == NOTHING

    def finish(self) -> Settlement:
        """Let everything be answered: payers refuse or pay, nothing is lost any more."""
        for turn in range(MOST_ROUNDS):
            settlement = self.settle()
            self.check()
            if settlement.is_done and not any(intent.is_open for intent in self.intents.values()):
                return settlement
            self.now += timedelta(hours=25)
            self.work(turn, 0)
        raise AssertionError("the money never comes to rest")


ACTIONS = st.one_of(
    st.tuples(
        st.just("ask"), st.integers(1, 10_000), st.sampled_from([Operation.AUTHORISE, Operation.CHARGE])
    ),
    st.tuples(st.just("owe"), st.integers(0, 15_000), st.none()),
    st.tuples(st.just("work"), st.integers(0, 9), st.integers(0, 6)),
    st.tuples(st.just("settle"), st.none(), st.none()),
    st.tuples(st.just("wait"), st.integers(1, 30 * 3600), st.none()),
)


@given(st.lists(ACTIONS, max_size=40))
def test_in_the_end_the_house_has_exactly_what_it_is_owed_or_knows_what_is_missing(
    actions: list[tuple[str, int, object]],
) -> None:
    house = House()
    for name, number, other in actions:
        match name:
            case "ask" if len(house.payments) < 5:
                assert isinstance(other, Operation)
                house.ask(number, other)
            case "owe":
                house.owed = Money(number, "USD")
            case "work":
                assert isinstance(other, int)
                house.work(number, other)
            case "wait":
                house.now += timedelta(seconds=number)
            case _:
                house.settle()
        house.check()
    settlement = house.finish()

    at_the_provider = {payment: minor for payment, minor in house.provider.captured.items() if minor}
    here = {p.id: p.paid.amount_minor for p in house.payments.values() if p.paid}
    assert here == at_the_provider
    assert house.provider.authorised == {}
    paid = Money.total((payment.paid for payment in house.payments.values()), "USD")
    assert paid == house.owed - settlement.missing
    assert house.folio.received - house.folio.refunded == paid
