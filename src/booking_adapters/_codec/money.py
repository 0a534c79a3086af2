"""What of payments and intents has no column of its own."""

from datetime import datetime
from typing import Any

import attrs

from booking_adapters._codec.converter import read, write
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import Answer, Declined, RequiresAction, Succeeded, Unknown
from booking_core.domain.payments.intent import Intent, IntentStep
from booking_core.domain.payments.payment import Order, Payment, PaymentStep

_ANSWERS: dict[str, type[Answer]] = {
    "succeeded": Succeeded,
    "declined": Declined,
    "requires_action": RequiresAction,
    "unknown": Unknown,
}
_TAGS = {kind: tag for tag, kind in _ANSWERS.items()}


@attrs.frozen(kw_only=True)
class PaymentBody:
    """A payment without its columns."""

    asked: Money
    method: str
    reference: str
    orders: tuple[Order, ...]
    history: tuple[PaymentStep, ...]


@attrs.frozen(kw_only=True)
class IntentBody:
    """An intent without its columns; `next_at` is also a column, while the intent is open."""

    method: str
    reference: str
    next_at: datetime
    history: tuple[IntentStep, ...]
    is_off_session: bool
    generation: int
    attempts: int
    is_doubtful: bool
    sent_at: datetime | None
    result: Any


def payment_data(payment: Payment) -> Any:
    """The body of a payment."""
    return write(_body(PaymentBody, payment))


def payment_body_of(data: Any) -> PaymentBody:
    """The body of its data; raises InvalidInput."""
    return read(data, PaymentBody)


def intent_data(intent: Intent) -> Any:
    """The body of an intent."""
    return write(_body(IntentBody, intent, result=answer_data(intent.result)))


def intent_body_of(data: Any) -> IntentBody:
    """The body of its data, the answer in it read; raises InvalidInput."""
    body = read(data, IntentBody)
    return attrs.evolve(body, result=answer_of(body.result))


def answer_data(answer: Answer | None) -> Any:
    """A provider's answer: its kind, and what it says."""
    return None if answer is None else [_TAGS[type(answer)], write(answer)]


def answer_of(data: Any) -> Answer | None:
    """The answer of its data; raises InvalidInput."""
    match data:
        case None:
            return None
        case [str(tag), said] if tag in _ANSWERS:
            return read(said, _ANSWERS[tag])
    raise InvalidInput("answer", f"must be one of {', '.join(_ANSWERS)} with what it says", data)


def _body(kind: type[Any], whole: object, **given: object) -> Any:
    fields = {each.name: getattr(whole, each.name) for each in attrs.fields(kind)}
    return kind(**{**fields, **given})
