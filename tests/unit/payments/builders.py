"""Payments and intents in sentences, and a provider that plays by the rules."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    RequiresAction,
    Succeeded,
    Unknown,
)
from booking_core.domain.payments.intent import Instruction, Intent, Operation
from booking_core.domain.payments.payment import Payment, Purpose

AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
RESERVATION = ClaimId(UUID(int=1))
LEASE = timedelta(minutes=1)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def after(**passed: float) -> datetime:
    return AT + timedelta(**passed)


def intent_id(number: int) -> IntentId:
    return IntentId(UUID(int=1000 + number))


def payment_id(number: int) -> PaymentId:
    return PaymentId(UUID(int=100 + number))


def succeeded(amount: str = "100", **changes: object) -> Succeeded:
    return Succeeded(**{"reference": "pi_1", "amount": usd(amount), **changes})  # type: ignore[arg-type]


def declined(code: DeclineCode = DeclineCode.CARD_DECLINED) -> Declined:
    return Declined(code=code, message="The card was declined.")


ACTION = RequiresAction(reference="pi_1", url="https://bank.example/3ds")
LOST = Unknown(reason="time-out")
PROCESSING = Unknown(reason="processing", reference="pi_1")
ANSWERS: tuple[Answer, ...] = (succeeded(), declined(), ACTION, LOST)


def written(
    operation: Operation = Operation.AUTHORISE, amount: str = "100", number: int = 1, at: datetime = AT
) -> Intent:
    """An intent that is due."""
    first = operation in {Operation.AUTHORISE, Operation.CHARGE}
    return Intent.write(
        Instruction(payment=payment_id(1), operation=operation, amount=usd(amount)),
        id=intent_id(number),
        reservation=RESERVATION,
        at=at,
        method="pm_visa" if first else "",
        reference="" if first else "pi_1",
    ).state


def sending(operation: Operation = Operation.AUTHORISE, at: datetime = AT) -> Intent:
    return written(operation).lease(at, LEASE).state


def asked(
    amount: str = "100", *, charge: bool = False, number: int = 1, at: datetime = AT, intent: int = 1
) -> Payment:
    """A payment whose first step is under way as intent 1."""
    return Payment.ask(
        id=payment_id(number),
        reservation=RESERVATION,
        purpose=Purpose.BOOKING,
        amount=usd(amount),
        method="pm_visa",
        operation=Operation.CHARGE if charge else Operation.AUTHORISE,
        intent=intent_id(intent),
        at=at,
    ).state


def answered(payment: Payment, answer: Answer, number: int = 1, at: datetime = AT) -> Payment:
    """What an answer to intent `number` makes of a payment."""
    order = next(order for order in payment.orders if order.intent == intent_id(number))
    intent = written(order.operation, str(order.amount).split()[0], number)
    return payment.record(intent.lease(at, LEASE).state, answer, at).state


def authorised(amount: str = "100", number: int = 1, at: datetime = AT) -> Payment:
    answer = succeeded(amount, authorised_until=at + timedelta(days=7))
    return answered(asked(amount, number=number, at=at), answer, at=at)


def captured(amount: str = "100", number: int = 1, at: datetime = AT) -> Payment:
    return answered(asked(amount, charge=True, number=number, at=at), succeeded(amount), at=at)


def told(
    payment: Payment, operation: Operation, amount: str, number: int, at: datetime = AT, method: str = ""
) -> Payment:
    """A payment with one more order under way, as intent `number`."""
    instruction = Instruction(payment=payment.id, operation=operation, amount=usd(amount))
    return payment.instruct(instruction, intent=intent_id(number), at=at, method=method).state
