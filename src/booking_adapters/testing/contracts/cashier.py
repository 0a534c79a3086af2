"""The hands that write money on the scene: payments and intents of one tenant."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.contracts.scene import NOW, Scene
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    Succeeded,
)
from booking_core.domain.payments.intent import Instruction, Intent, Operation
from booking_core.domain.payments.payment import Payment, Purpose

PRICE = Money(66_414, "USD")
LEASE = timedelta(minutes=1)
SOON = NOW + timedelta(seconds=2)
WEEK = timedelta(days=7)


@attrs.frozen
class Cashier:
    """Hands that write payments and intents of one tenant; each opens a transaction and returns what it wrote."""

    scene: Scene

    def asked(self, claim: ClaimId | None = None, **facts: Any) -> tuple[Payment, Intent]:
        """A payment that is asked for, and its first intent."""
        payment, intent = self.a_payment(claim, **facts)
        with self.scene.begin() as tx:
            tx.payments.save(payment, intent)
        return payment.state, intent.state

    def a_payment(
        self,
        claim: ClaimId | None = None,
        *,
        operation: Operation = Operation.AUTHORISE,
        amount: Money = PRICE,
        is_off_session: bool = False,
    ) -> tuple[Change[Payment, None], Change[Intent, None]]:
        """The decision to ask for a payment."""
        ids, whose = self.scene.ids, claim or ClaimId(self.scene.ids.new())
        payment, intent = PaymentId(ids.new()), IntentId(ids.new())
        asked = Payment.ask(
            id=payment,
            reservation=whose,
            purpose=Purpose.BOOKING,
            amount=amount,
            method="pm_card_visa",
            operation=operation,
            intent=intent,
            at=NOW,
        )
        written = Intent.write(
            Instruction(payment=payment, operation=operation, amount=amount),
            id=intent,
            reservation=whose,
            at=NOW,
            method="pm_card_visa",
            is_off_session=is_off_session,
        )
        return asked, written

    def told(
        self, payment: Payment, operation: Operation, amount: Money | None = None
    ) -> tuple[Change[Payment, Payment], Change[Intent, None]]:
        """The decision to do something with what was paid."""
        instruction = Instruction(payment=payment.id, operation=operation, amount=amount or payment.asked)
        intent = IntentId(self.scene.ids.new())
        written = Intent.write(
            instruction, id=intent, reservation=payment.reservation, at=SOON, reference=payment.reference
        )
        return payment.instruct(instruction, intent=intent, at=SOON), written

    def instruct(
        self, payment: Payment, operation: Operation, amount: Money | None = None
    ) -> tuple[Payment, Intent]:
        """Decide so, and write it."""
        changed, written = self.told(payment, operation, amount)
        with self.scene.begin() as tx:
            tx.payments.save(changed, written)
        return changed.state, written.state

    def answered(self, payment: Payment, intent: Intent, answer: Answer) -> tuple[Payment, Intent]:
        """The intent is taken, sent, and answered so."""
        with self.scene.begin() as tx:
            leased = intent.lease(max(SOON, intent.next_at), LEASE)
            tx.intents.save(leased)
        with self.scene.begin() as tx:
            recorded = leased.state.record(answer, SOON)
            paid = payment.record(recorded.state, answer, SOON)
            tx.payments.save(paid, recorded)
        return paid.state, recorded.state

    def authorised(self, reference: str = "pi_1") -> tuple[Payment, Intent]:
        """A payment whose authorisation succeeded."""
        answer = Succeeded(reference=reference, amount=PRICE, authorised_until=NOW + WEEK)
        return self.answered(*self.asked(), answer)

    def charged(self, reference: str = "pi_1") -> tuple[Payment, Intent]:
        """A payment that was charged."""
        asked = self.asked(operation=Operation.CHARGE)
        return self.answered(*asked, Succeeded(reference=reference, amount=PRICE))

    def payment(self, payment: Payment) -> Payment:
        """As it is stored."""
        with self.scene.reading() as tx:
            return tx.payments.get(payment.id)

    def intent(self, intent: Intent) -> Intent:
        """As it is stored."""
        with self.scene.reading() as tx:
            return tx.intents.get(intent.id)

    def save(self, change: Change[Intent, Intent]) -> Intent:
        """Write an intent alone."""
        with self.scene.begin() as tx:
            tx.intents.save(change)
        return change.state


class MoneyContract(StorageContract):
    """What both contracts share."""

    @pytest.fixture
    def cashier(self, scene: Scene) -> Cashier:
        """The hands of a fresh tenant."""
        return Cashier(scene)
