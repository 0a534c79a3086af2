"""One logical payment: what was authorised, captured and refunded on it, and what is under way.

Its state is its own and shares nothing with the reservation's status. The amounts are the provider's word.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.payments.answers import Answer, Declined, Found, RequiresAction, Succeeded
from booking_core.domain.payments.intent import FIRST_STEPS, Instruction, Intent, Operation


class RefundAbovePaid(BookingError):
    """More was to be refunded than is left of what was paid there."""

    code: ClassVar[str] = "REFUND_ABOVE_PAID"

    def __init__(self, wanted: Money, left: Money) -> None:
        super().__init__(
            f"{wanted} cannot be refunded, {left} is left",
            wanted_minor=wanted.amount_minor,
            left_minor=left.amount_minor,
            currency=left.currency,
        )


class CaptureAboveAuthorised(BookingError):
    """More was to be captured than is authorised and not yet being captured."""

    code: ClassVar[str] = "CAPTURE_ABOVE_AUTHORISED"


class PaymentState(StrEnum):
    """Where the money of one payment is."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    AUTHORISED = "authorised"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    FAILED = "failed"
    PAYMENT_DUE = "payment_due"


_ARRIVED = frozenset({PaymentState.AUTHORISED, PaymentState.CAPTURED})
_GIVEN_BACK = frozenset({PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED})
_ASKED = _ARRIVED | {PaymentState.REQUIRES_ACTION, PaymentState.FAILED, PaymentState.VOIDED}

TRANSITIONS: Mapping[PaymentState, frozenset[PaymentState]] = {
    PaymentState.PENDING: _ASKED,
    PaymentState.REQUIRES_ACTION: _ASKED,
    PaymentState.AUTHORISED: frozenset(
        {
            PaymentState.PARTIALLY_CAPTURED,
            PaymentState.CAPTURED,
            PaymentState.VOIDED,
            PaymentState.PAYMENT_DUE,
        }
    ),
    PaymentState.PARTIALLY_CAPTURED: _GIVEN_BACK,
    PaymentState.CAPTURED: _GIVEN_BACK,
    PaymentState.PARTIALLY_REFUNDED: _GIVEN_BACK,
    PaymentState.REFUNDED: frozenset(),
    PaymentState.VOIDED: _ARRIVED,
    PaymentState.FAILED: _ARRIVED | {PaymentState.PENDING, PaymentState.VOIDED},
    PaymentState.PAYMENT_DUE: frozenset({PaymentState.PENDING}),
}
"""The state graph. A partial capture releases the rest of the authorisation, so nothing is captured after it.

Failed and voided can still be overtaken by money that arrived late; it is recorded, and settled like any other.
"""


FIRST_STATES = frozenset({PaymentState.PENDING, PaymentState.REQUIRES_ACTION})
"""The states in which money was asked for and has not arrived."""
OVERTAKEN = frozenset({PaymentState.FAILED, PaymentState.VOIDED})
"""The states that money can overtake although they look final."""


def is_overtaken(payment: "Payment", found: Found) -> bool:
    """Whether money came that nobody recorded: on what had ended, or captured by hand in the provider's own pages."""
    by_hand = payment.state is PaymentState.AUTHORISED and bool(found.captured)
    return payment.state in OVERTAKEN or by_hand


class Purpose(StrEnum):
    """What a payment is for."""

    BOOKING = "booking"
    DEPOSIT = "deposit"
    ADDITION = "addition"
    CHECK_OUT = "check_out"
    FEE = "fee"


OPERATIONS: Mapping[PaymentState, frozenset[Operation]] = {
    PaymentState.PENDING: frozenset({Operation.VOID}),
    PaymentState.REQUIRES_ACTION: frozenset({Operation.VOID}),
    PaymentState.AUTHORISED: frozenset({Operation.CAPTURE, Operation.VOID}),
    PaymentState.PARTIALLY_CAPTURED: frozenset({Operation.REFUND}),
    PaymentState.CAPTURED: frozenset({Operation.REFUND}),
    PaymentState.PARTIALLY_REFUNDED: frozenset({Operation.REFUND}),
    PaymentState.REFUNDED: frozenset(),
    PaymentState.VOIDED: frozenset(),
    PaymentState.FAILED: FIRST_STEPS,
    PaymentState.PAYMENT_DUE: FIRST_STEPS,
}
"""What may be instructed in which state."""


@attrs.frozen
class Order:
    """An instruction under way: the intent that carries it, what it does, and how much it is about."""

    intent: IntentId
    operation: Operation
    amount: Money


@attrs.frozen
class PaymentStep:
    """One entry of a payment's history: the state reached, and what was done."""

    state: PaymentState
    at: datetime
    note: str


@attrs.frozen(kw_only=True)
class Payment:
    """The money asked for once, by one method at a time.

    `authorised` is what can still be captured until `authorised_until`; `captured` and `refunded` only grow.
    `orders` are under way: of each kind at most one, except refunds. `reference` is the provider's name of it.
    """

    id: PaymentId
    reservation: ClaimId
    purpose: Purpose
    asked: Money
    method: str
    state: PaymentState
    authorised: Money
    captured: Money
    refunded: Money
    orders: tuple[Order, ...]
    history: tuple[PaymentStep, ...]
    reference: str = ""
    authorised_until: datetime | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a second currency, and refunds, done and under way, beyond what was captured."""
        for amount in (
            self.authorised,
            self.captured,
            self.refunded,
            *(order.amount for order in self.orders),
        ):
            if amount.currency != self.asked.currency:
                raise CurrencyMismatch(self.asked.currency, amount.currency)
            if amount.is_negative:
                raise InvalidInput("payment", "has a negative amount", str(amount))
        if self.refundable.is_negative:
            raise RefundAbovePaid(self.refunded + self.under_way(Operation.REFUND), self.captured)

    @classmethod
    def ask(
        cls,
        *,
        id: PaymentId,
        reservation: ClaimId,
        purpose: Purpose,
        amount: Money,
        method: str,
        operation: Operation,
        intent: IntentId,
        at: datetime,
    ) -> Change["Payment", None]:
        """A new payment whose authorisation or charge is under way as `intent`; raises InvalidInput."""
        if operation not in FIRST_STEPS:
            raise InvalidInput("operation", "a payment begins with authorise or charge", operation)
        nothing = Money.zero(amount.currency)
        if not amount > nothing:
            raise InvalidInput("amount", "must be more than nothing", str(amount))
        payment = cls(
            id=id,
            reservation=reservation,
            purpose=purpose,
            asked=amount,
            method=method,
            state=PaymentState.PENDING,
            authorised=nothing,
            captured=nothing,
            refunded=nothing,
            orders=(Order(intent, operation, amount),),
            history=(PaymentStep(PaymentState.PENDING, at, f"{operation} asked"),),
        )
        return Change(payment, (_event(payment, "PaymentAsked", at),), None)

    @property
    def version(self) -> int:
        """How many steps its history has."""
        return len(self.history)

    @property
    def refundable(self) -> Money:
        """What is left to refund: captured, less refunds done and under way."""
        return self.captured - self.refunded - self.under_way(Operation.REFUND)

    @property
    def paid(self) -> Money:
        """What the business has of it: captured less refunded."""
        return self.captured - self.refunded

    @property
    def at_hand(self) -> Money:
        """What the business has of it, or can capture: nothing of what is going back or being let go."""
        if self.order_of(Operation.VOID) is not None:
            return self.refundable
        return self.refundable + self.authorised

    def under_way(self, operation: Operation) -> Money:
        """The sum of the orders of one kind."""
        amounts = (order.amount for order in self.orders if order.operation is operation)
        return Money.total(amounts, self.asked.currency)

    def order_of(self, *operations: Operation) -> Order | None:
        """The first order of one of these kinds, or None."""
        return next((order for order in self.orders if order.operation in operations), None)

    def instruct(
        self, instruction: Instruction, *, intent: IntentId, at: datetime, method: str = ""
    ) -> Change["Payment", "Payment"]:
        """Put an instruction under way; it is saved together with its intent.

        A failed or lapsed payment is asked again this way, by another `method` if one is given. Raises
        RefundAbovePaid, CaptureAboveAuthorised, and InvalidTransition where the state forbids it or another
        order is in the way.
        """
        operation, amount = instruction.operation, instruction.amount
        self._check_instruction(operation, amount)
        first = operation in FIRST_STEPS
        changes: dict[str, Any] = {"orders": (*self.orders, Order(intent, operation, amount))}
        if first:
            changes |= {
                "method": method or self.method,
                "asked": amount,
                "reference": "",
                "authorised_until": None,
            }
        state = PaymentState.PENDING if first else self.state
        return self._step(state, at, f"{operation} asked", "PaymentInstructed", **changes)

    def _check_instruction(self, operation: Operation, amount: Money) -> None:
        if operation not in OPERATIONS[self.state]:
            raise InvalidTransition(
                f"cannot {operation} a payment that is {self.state}", payment=str(self.id)
            )
        if not amount > Money.zero(self.asked.currency):
            raise InvalidInput("amount", "must be more than nothing", str(amount))
        if operation is Operation.REFUND and amount > self.refundable:
            raise RefundAbovePaid(amount, self.refundable)
        if operation is Operation.CAPTURE and amount > self.authorised:
            raise CaptureAboveAuthorised(
                f"{amount} is more than the {self.authorised} authorised", payment=str(self.id)
            )
        in_the_way = self.order_of(Operation.CAPTURE, Operation.VOID, *FIRST_STEPS)
        awaits_payer = operation is Operation.VOID and bool(self.reference)
        if in_the_way is not None and not (awaits_payer and in_the_way.operation in FIRST_STEPS):
            raise InvalidTransition(
                f"{in_the_way.operation} is under way: resolve it first", payment=str(self.id)
            )

    def drop(self, intent: IntentId, at: datetime) -> Change["Payment", "Payment"]:
        """An order was superseded before it was sent; a payment never asked for at all is voided."""
        orders = tuple(order for order in self.orders if order.intent != intent)
        state = PaymentState.VOIDED if self.state is PaymentState.PENDING and not orders else self.state
        return self._step(state, at, "order superseded", "PaymentInstructed", orders=orders)

    def record(self, intent: Intent, answer: Answer, at: datetime) -> Change["Payment", "Payment"]:
        """What the provider answered to an order of this payment, in state and amounts.

        Raises InvalidTransition where the intent is not under way here (its answer was recorded before).
        """
        order = next((each for each in self.orders if each.intent == intent.id), None)
        if order is None:
            raise InvalidTransition(
                "this order is not under way", payment=str(self.id), intent=str(intent.id)
            )
        changes: dict[str, Any] = {}
        if isinstance(answer, Succeeded | Declined):
            changes["orders"] = tuple(each for each in self.orders if each is not order)
        if order.operation in FIRST_STEPS and not isinstance(answer, Declined) and answer.reference:
            changes["reference"] = answer.reference
        state = self.state
        if isinstance(answer, Succeeded):
            state, amounts = self._after_success(order.operation, answer)
            changes |= amounts
        elif isinstance(answer, Declined):
            state, amounts = self._after_refusal(order.operation)
            changes |= amounts
        elif isinstance(answer, RequiresAction) and self.state is PaymentState.PENDING:
            state = PaymentState.REQUIRES_ACTION
        return self._step(state, at, f"{order.operation} {intent.state}", "PaymentRecorded", **changes)

    def discover(self, found: Found, at: datetime) -> Change["Payment", "Payment"]:
        """Money that a sweep found on an overtaken payment: recorded, so that settling keeps or gives it back.

        Raises InvalidTransition where it `is_overtaken` by nothing, and while anything is under way.
        """
        state = PaymentState.CAPTURED if found.captured else PaymentState.AUTHORISED
        if self.orders or not is_overtaken(self, found):
            raise InvalidTransition(
                f"money was found on a payment that is {self.state}", payment=str(self.id)
            )
        amounts = {"authorised": found.authorised, "captured": found.captured, "refunded": found.refunded}
        return self._step(state, at, "found", "PaymentDiscovered", reference=found.reference, **amounts)

    def _after_success(
        self, operation: Operation, answer: Succeeded
    ) -> tuple[PaymentState, Mapping[str, object]]:
        nothing = Money.zero(self.asked.currency)
        match operation:
            case Operation.AUTHORISE:
                until = answer.authorised_until
                return PaymentState.AUTHORISED, {"authorised": answer.amount, "authorised_until": until}
            case Operation.CHARGE:
                return PaymentState.CAPTURED, {"captured": self.captured + answer.amount}
            case Operation.CAPTURE:
                whole = answer.amount >= self.authorised
                state = PaymentState.CAPTURED if whole else PaymentState.PARTIALLY_CAPTURED
                return state, {"captured": self.captured + answer.amount, "authorised": nothing}
            case Operation.VOID:
                return PaymentState.VOIDED, {"authorised": nothing}
        refunded = self.refunded + answer.amount
        whole = refunded == self.captured
        return (PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED), {"refunded": refunded}

    def _after_refusal(self, operation: Operation) -> tuple[PaymentState, Mapping[str, object]]:
        """A capture that fails leaves the payment due; a void or refund that fails leaves all as it was."""
        if operation is Operation.CAPTURE:
            return PaymentState.PAYMENT_DUE, {"authorised": Money.zero(self.asked.currency)}
        asked = self.state in FIRST_STATES
        return PaymentState.FAILED if asked and operation in FIRST_STEPS else self.state, {}

    def _step(
        self, state: PaymentState, at: datetime, note: str, name: str, **changes: Any
    ) -> Change["Payment", "Payment"]:
        if state is not self.state and state not in TRANSITIONS[self.state]:
            raise InvalidTransition(
                f"a payment that is {self.state} cannot become {state}", payment=str(self.id)
            )
        step = PaymentStep(state, at, note)
        reached = attrs.evolve(self, state=state, history=(*self.history, step), **changes)
        return Change(reached, (_event(reached, name, at),), self)


def history_is_path(history: tuple[PaymentStep, ...]) -> bool:
    """Whether a history begins at pending and follows the arrows (what is only under way repeats its state)."""
    if not history or history[0].state is not PaymentState.PENDING:
        return False
    return all(
        later.state is earlier.state or later.state in TRANSITIONS[earlier.state]
        for earlier, later in pairwise(history)
    )


def _event(payment: Payment, name: str, at: datetime) -> Event:
    data = {
        "reservation": str(payment.reservation),
        "purpose": payment.purpose.value,
        "state": payment.state.value,
        "currency": payment.asked.currency,
        "authorised_minor": payment.authorised.amount_minor,
        "captured_minor": payment.captured.amount_minor,
        "refunded_minor": payment.refunded.amount_minor,
    }
    return Event(name=name, subject=payment.id, version=payment.version, at=at, data=data)
