"""The PaymentGateway port through Stripe's payment intents.

One payment is one payment intent of Stripe's, marked in its metadata with the id of our intent. Each call is one
request (one that fails with a 5xx, and a refused capture or void, is followed by a look), and each request ends
within the client's time-out.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import attrs
from stripe import InvalidRequestError, PaymentIntent, StripeClient, StripeError
from stripe.params import PaymentIntentCreateParams, PaymentIntentListParams

from booking_adapters.stripe.amounts import to_stripe
from booking_adapters.stripe.failures import NOT_MADE, answer_to, refusal_of_reading
from booking_adapters.stripe.reading import (
    INTENT,
    KEY,
    PAYMENT,
    RESERVATION,
    answer_of,
    answer_of_refund,
    found,
    intent_of,
    noted,
)
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import epoch
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    Found,
    RequiresAction,
    Succeeded,
    Unknown,
)
from booking_core.domain.payments.intent import FIRST_STEPS, Intent, Operation
from booking_core.ports.payments import GatewayMisused, GatewayUnavailable

CUSTOMER_AND_CARD = "/"
"""A saved card is named `cus_…/pm_…`: it can be charged for its own customer only."""
PAGE = 100
MOST_PAGES = 100
"""How far a look-up without a reference goes: 10,000 payments."""
CLOCK_SKEW = timedelta(minutes=10)
KEY_LIFE = timedelta(hours=24)
SERVER_ERROR = 500
_CHARGE = "latest_charge"
UNSAYABLE = Declined(code=DeclineCode.INVALID_REQUEST, message=NOT_MADE, provider_code="amount")
"""Stripe has no number for the amount, so it was never asked."""


@attrs.frozen(kw_only=True)
class StripeGateway:
    """The PaymentGateway port.

    `return_url` is where the bank's page sends payers back to; without it the page must use the client secret.
    `kinds` are the kinds of payment that are taken.
    """

    client: StripeClient = attrs.field(repr=False)
    return_url: str = ""
    kinds: tuple[str, ...] = ("card",)

    def take(self, intent: Intent) -> Answer:
        try:
            made = self.client.v1.payment_intents.create(
                self._payment(intent), {"idempotency_key": intent.key}
            )
        except InvalidInput:
            return UNSAYABLE
        except StripeError as error:
            return self._answer_to(error, intent)
        return answer_of(made)

    def capture(self, intent: Intent) -> Answer:
        try:
            captured = self.client.v1.payment_intents.capture(
                intent.reference,
                {"amount_to_capture": to_stripe(intent.amount)},
                {"idempotency_key": intent.key},
            )
        except InvalidInput:
            return UNSAYABLE
        except InvalidRequestError as error:
            return self._as_it_stands(intent, error)
        except StripeError as error:
            return self._answer_to(error, intent)
        return answer_of(captured)

    def void(self, intent: Intent) -> Answer:
        try:
            ended = self.client.v1.payment_intents.cancel(
                intent.reference, {}, {"idempotency_key": intent.key}
            )
        except InvalidRequestError as error:
            return self._as_it_stands(intent, error)
        except StripeError as error:
            return self._answer_to(error, intent)
        return Succeeded(reference=ended.id, amount=intent.amount)

    def refund(self, intent: Intent) -> Answer:
        try:
            refund = self.client.v1.refunds.create(
                {
                    "payment_intent": intent.reference,
                    "amount": to_stripe(intent.amount),
                    "metadata": _marks(intent),
                },
                {"idempotency_key": intent.key},
            )
        except InvalidInput:
            return UNSAYABLE
        except StripeError as error:
            return self._answer_to(error, intent)
        return answer_of_refund(refund)

    def look_up(self, intent: Intent) -> Answer | None:
        try:
            if intent.operation in FIRST_STEPS:
                payment = self._find(intent)
                return payment if isinstance(payment, Unknown | None) else answer_of(payment)
            if intent.operation is Operation.REFUND:
                return self._look_up_refund(intent)
            return self._look_up_end(intent)
        except StripeError as error:
            raise refusal_of_reading(error) from error

    def list_since(self, since: datetime, after: str = "", limit: int = 100) -> Sequence[Found]:
        asked: PaymentIntentListParams = {
            "created": {"gte": epoch(since)},
            "limit": limit,
            "expand": [f"data.{_CHARGE}"],
        }
        if after:
            asked["starting_after"] = after
        try:
            return [found(payment) for payment in self.client.v1.payment_intents.list(asked).data]
        except StripeError as error:
            raise refusal_of_reading(error) from error

    def _payment(self, intent: Intent) -> PaymentIntentCreateParams:
        """The same for the same intent, always: Stripe compares what comes under one key."""
        customer, _, card = intent.method.rpartition(CUSTOMER_AND_CARD)
        asked: PaymentIntentCreateParams = {
            "amount": to_stripe(intent.amount),
            "currency": intent.amount.currency.lower(),
            "allowed_payment_method_types": list(self.kinds),
            "payment_method": card,
            "capture_method": "manual" if intent.operation is Operation.AUTHORISE else "automatic",
            "confirm": True,
            "metadata": _marks(intent),
            "expand": [_CHARGE],
        }
        if customer:
            asked["customer"] = customer
        if intent.is_off_session:
            asked["off_session"] = True
        elif self.return_url:
            asked["return_url"] = self.return_url
        return asked

    def _answer_to(self, error: StripeError, intent: Intent) -> Answer:
        """What it means that sending ended so.

        A 5xx is saved under the key and would come back for a day, so that what was done is looked for at once.
        """
        answer = answer_to(error)
        if isinstance(answer, Unknown) and (error.http_status or 0) >= SERVER_ERROR:
            try:
                return self.look_up(intent) or answer
            except (GatewayUnavailable, GatewayMisused):
                return answer
        return answer

    def _as_it_stands(self, intent: Intent, refused: InvalidRequestError) -> Answer:
        """A refused capture or void: was it done before, is it too late, or was it asked wrongly?"""
        return self.look_up(intent) or Declined(
            code=DeclineCode.INVALID_REQUEST, message=NOT_MADE, provider_code=refused.code or ""
        )

    def _look_up_end(self, intent: Intent) -> Answer | None:
        payment = self.client.v1.payment_intents.retrieve(intent.reference, {"expand": [_CHARGE]})
        if payment.status not in {"succeeded", "canceled"}:
            return None
        if intent.operation is Operation.CAPTURE:
            return answer_of(payment)
        if payment.status == "canceled":
            return Succeeded(reference=payment.id, amount=intent.amount)
        return Declined(code=DeclineCode.ALREADY_CAPTURED, message=NOT_MADE, provider_code=payment.status)

    def _look_up_refund(self, intent: Intent) -> Answer | None:
        if reference := _held(intent):
            return answer_of_refund(self.client.v1.refunds.retrieve(reference))
        asked = self.client.v1.refunds.list({"payment_intent": intent.reference, "limit": PAGE})
        for refund in asked.auto_paging_iter():
            if noted(refund).get(INTENT) == str(intent.id):
                return answer_of_refund(refund)
        return None

    def _find(self, intent: Intent) -> PaymentIntent | Unknown | None:
        """The payment that an intent began; Unknown where there are too many to look through.

        Looked for in Stripe's list, which is complete at once, and not by its search, which lags behind.
        """
        if reference := _held(intent):
            return self.client.v1.payment_intents.retrieve(reference, {"expand": [_CHARGE]})
        if intent.sent_at is None:
            return None
        for page in self._pages(intent.sent_at - CLOCK_SKEW, intent.sent_at + KEY_LIFE + CLOCK_SKEW):
            for payment in page:
                if intent_of(payment) == intent.id and noted(payment).get(KEY) == intent.key:
                    return payment
            if len(page) < PAGE:
                return None
        return Unknown(reason="there are too many payments to look through")

    def _pages(self, first: datetime, last: datetime) -> Iterator[list[PaymentIntent]]:
        asked: PaymentIntentListParams = {
            "created": {"gte": epoch(first), "lte": epoch(last)},
            "limit": PAGE,
            "expand": [f"data.{_CHARGE}"],
        }
        for _ in range(MOST_PAGES):
            page = self.client.v1.payment_intents.list(asked).data
            yield page
            if page:
                asked["starting_after"] = page[-1].id


def _held(intent: Intent) -> str:
    """What the provider called it in its last answer, if it answered."""
    held = intent.result
    return held.reference if isinstance(held, RequiresAction | Unknown | Succeeded) else ""


def _marks(intent: Intent) -> dict[str, str]:
    return {
        INTENT: str(intent.id),
        KEY: intent.key,
        PAYMENT: str(intent.payment),
        RESERVATION: str(intent.reservation),
    }
