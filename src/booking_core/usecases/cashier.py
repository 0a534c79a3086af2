"""The cashier: writes down what must happen to the money of a reservation. Nothing is sent from here.

What a reservation owes is what its folio charges, less what was taken at the desk; so whoever changes a price writes
it into the folio and settles.
"""

from collections.abc import Sequence
from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import BookingError, NotFound
from booking_core.domain.kernel.ids import AlertId, ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import FIRST_STEPS, Instruction, Intent, Operation
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.domain.payments.settle import Settlement, settle
from booking_core.domain.payments.standing import is_decided
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.folio import Folio
from booking_core.ports.alerts import LONGEST_MESSAGE, Alert, kind_of
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction


class PaymentUnderWay(BookingError):
    """Money for this reservation is being asked for; wait until that is answered."""

    code = "PAYMENT_UNDER_WAY"
    retryable = True
    retry_action = "TRY_AGAIN"


@attrs.frozen
class Cashier:
    """Asks for money, settles payments with what is owed, and tells people what needs them."""

    ids: IdGenerator

    def ask(
        self,
        tx: Transaction,
        claim: ClaimId,
        amount: Money,
        *,
        method: str,
        at: datetime,
        purpose: Purpose = Purpose.BOOKING,
        operation: Operation = Operation.AUTHORISE,
        is_off_session: bool = False,
    ) -> Payment:
        """A new payment with its first intent; raises InvalidInput for nothing, or no method."""
        payment, intent = PaymentId(self.ids.new()), IntentId(self.ids.new())
        asked = Payment.ask(
            id=payment,
            reservation=claim,
            purpose=purpose,
            amount=amount,
            method=method,
            operation=operation,
            intent=intent,
            at=at,
        )
        written = Intent.write(
            Instruction(payment=payment, operation=operation, amount=amount),
            id=intent,
            reservation=claim,
            at=at,
            method=method,
            is_off_session=is_off_session,
        )
        tx.payments.save(asked, written)
        return asked.state

    def settle(self, tx: Transaction, claim: ClaimId, at: datetime) -> Settlement | None:
        """Write down what makes the payments of a reservation what its folio charges; None where it has no folio.

        To be called again after every answer, until nothing is left to write or to wait for. Nothing is captured before
        it is decided what becomes of the reservation, so whoever decides that saves it first. Points go back by
        themselves; cash does not, so staff are told of it.
        """
        folio = tx.folios.find(claim)
        if folio is None:
            return None
        owed = max(folio.owed, Money.zero(folio.currency))
        if folio.owed < owed and folio.paid_in(EntryKind.CASH) > Money.zero(folio.currency):
            self.alert(tx, claim, "cash is to be handed back", at)
        captures = is_decided(tx.reservations.get(claim))
        return self._carry_out(tx, owed, tx.payments.of_claim(claim), at, captures=captures)

    def give_back(self, tx: Transaction, payment: PaymentId, at: datetime) -> None:
        """Write down what brings one payment back to its payer, whatever is owed."""
        paid = tx.payments.get(payment)
        self._carry_out(tx, Money.zero(paid.asked.currency), [paid], at)

    def instruct(self, tx: Transaction, instruction: Instruction, at: datetime) -> None:
        """Write one instruction down; raises what `Payment.instruct` raises."""
        payment, intent = tx.payments.get(instruction.payment), IntentId(self.ids.new())
        first = instruction.operation in FIRST_STEPS
        written = Intent.write(
            instruction,
            id=intent,
            reservation=payment.reservation,
            at=at,
            method=payment.method if first else "",
            reference="" if first else payment.reference,
        )
        tx.payments.save(payment.instruct(instruction, intent=intent, at=at), written)

    def alert(self, tx: Transaction, claim: ClaimId, message: str, at: datetime, *, detail: str = "") -> None:
        """Tell staff about the money of a hold or reservation; one `message` about it is told once until settled."""
        text = f"{_called(tx, claim)}: {message}" + (f" ({detail})" if detail else "")
        alert = AlertId(self.ids.new())
        tx.alerts.raise_(
            Alert(id=alert, kind=kind_of(message), subject=claim, message=text[:LONGEST_MESSAGE], at=at)
        )

    def _carry_out(
        self,
        tx: Transaction,
        owed: Money,
        payments: Sequence[Payment],
        at: datetime,
        *,
        captures: bool = True,
    ) -> Settlement:
        intents = {
            order.intent: tx.intents.get(order.intent) for payment in payments for order in payment.orders
        }
        plan = settle(owed, payments, intents)
        for unwanted in plan.supersede:
            supersede(tx, intents[unwanted], at)
        for instruction in plan.instructions:
            if captures or instruction.operation is not Operation.CAPTURE:
                self.instruct(tx, instruction, at)
        return plan


def _called(tx: Transaction, claim: ClaimId) -> str:
    """The code by which staff know a reservation; what was never booked has its id only."""
    try:
        return tx.reservations.get(claim).code
    except NotFound:
        return str(claim)


def asking_alone(tx: Transaction, claim: ClaimId) -> None:
    """Wait until nobody else looks whether money of a reservation is asked for: looking and asking are one."""
    tx.one_at_a_time(f"money:{claim}")


def supersede(tx: Transaction, intent: Intent, at: datetime) -> None:
    """End an intent that was never sent, and the order of its payment."""
    dropped = tx.payments.get(intent.payment).drop(intent.id, at)
    tx.payments.save(dropped, intent.supersede(at, "no longer wanted"))


def let_go(tx: Transaction, claim: ClaimId, at: datetime) -> None:
    """A reservation came to nothing before it was paid for: it owes nothing, and nobody is asked any more."""
    folio = tx.folios.find(claim)
    if folio is None:
        return
    if folio.charges:
        tx.folios.save(folio.agree((), at))
    let_go_unsent(tx, claim, at)


def let_go_unsent(tx: Transaction, claim: ClaimId, at: datetime) -> None:
    """Nobody is asked for money any more.

    What was never sent is ended. About what the provider has in hand it is asked at once; its answer meets a
    reservation that has ended, and what is not owed goes back.
    """
    for payment in tx.payments.of_claim(claim):
        for order in payment.orders:
            intent = tx.intents.get(order.intent)
            if order.operation in FIRST_STEPS and intent.is_unsent:
                supersede(tx, intent, at)
            elif order.operation in FIRST_STEPS and intent.is_awaited:
                tx.intents.save(intent.hasten(at))


def covered(payments: Sequence[Payment], currency: str) -> Money:
    """What the business has of these payments, or can have: captured and authorised, less what is going back."""
    return Money.total((each.at_hand for each in payments), currency)


def at_hand(tx: Transaction, folio: Folio) -> Money:
    """What the business has of a reservation, or can have: through a provider, and in cash and points at the desk."""
    at_the_desk = folio.charges - folio.owed
    return covered(tx.payments.of_claim(folio.reservation), folio.currency) + at_the_desk


def asked_for(payments: Sequence[Payment], currency: str) -> Money:
    """What is being asked for and has not been answered yet."""
    under_way = (each.under_way(operation) for each in payments for operation in FIRST_STEPS)
    return Money.total(under_way, currency)


def card_on_file(payments: Sequence[Payment]) -> str:
    """The method of the newest payment that brought money; empty where nobody paid."""
    brought = [each for each in payments if each.method and (each.paid or each.authorised)]
    return brought[-1].method if brought else ""
