"""Stripe's objects in the words of the trade."""

from uuid import UUID

from stripe import Charge, PaymentIntent, Refund, StripeObject

from booking_adapters.stripe.amounts import from_stripe
from booking_adapters.stripe.failures import NOT_MADE, declined
from booking_core.domain.kernel.ids import IntentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import from_epoch
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    Found,
    RequiresAction,
    Succeeded,
    Unknown,
)

INTENT = "booking_intent"
KEY = "booking_key"
PAYMENT = "booking_payment"
RESERVATION = "booking_reservation"
LAPSED = frozenset({"expired", "automatic"})
"""Why Stripe cancels by itself: the authorisation was over (`automatic` before API version 2025-03-31)."""


def answer_of(payment: PaymentIntent) -> Answer:
    """What has become of a payment."""
    match payment.status:
        case "requires_capture":
            return _succeeded(payment, payment.amount_capturable)
        case "succeeded":
            return _succeeded(payment, payment.amount_received)
        case "requires_action":
            return _asks_payer(payment)
        case "canceled" | "requires_payment_method":
            return _declined(payment)
        case status:
            return Unknown(reason=status, reference=payment.id)


def answer_of_refund(refund: Refund) -> Answer:
    """What has become of a refund; one that is pending is in the provider's hands."""
    match refund.status:
        case "succeeded":
            return Succeeded(reference=refund.id, amount=from_stripe(refund.amount, refund.currency))
        case "failed" | "canceled":
            reason = refund.failure_reason if "failure_reason" in refund.to_dict() else None
            return Declined(
                code=DeclineCode.OTHER,
                message="The refund did not arrive.",
                provider_code=reason or refund.status,
            )
        case status:
            return Unknown(reason=f"refund {status}", reference=refund.id)


def found(payment: PaymentIntent) -> Found:
    """An entry of Stripe's list; its latest charge must be expanded."""
    charge = payment.latest_charge
    refunded = charge.amount_refunded if isinstance(charge, Charge) else 0
    return Found(
        reference=payment.id,
        intent=intent_of(payment),
        authorised=_money(payment, payment.amount_capturable),
        captured=_money(payment, payment.amount_received),
        refunded=_money(payment, refunded),
        created_at=from_epoch(payment.created),
    )


def intent_of(payment: PaymentIntent) -> IntentId | None:
    """The intent that began a payment, None where it is none of ours."""
    try:
        return IntentId(UUID(noted(payment).get(INTENT, "")))
    except ValueError:
        return None


def noted(thing: PaymentIntent | Refund) -> dict[str, str]:
    """The metadata of an object."""
    metadata: StripeObject | None = thing.metadata
    return {} if metadata is None else metadata.to_dict()


def _succeeded(payment: PaymentIntent, units: int) -> Succeeded:
    until = _capture_before(payment) if payment.status == "requires_capture" else None
    return Succeeded(
        reference=payment.id,
        amount=_money(payment, units),
        authorised_until=None if until is None else from_epoch(until),
    )


def _declined(payment: PaymentIntent) -> Declined:
    """Why a payment was cancelled, or why it needs another card."""
    if payment.status == "canceled":
        reason = payment.cancellation_reason or ""
        code = DeclineCode.AUTHORISATION_EXPIRED if reason in LAPSED else DeclineCode.ALREADY_VOIDED
        return Declined(code=code, message=NOT_MADE, provider_code=reason)
    error = payment.last_payment_error
    if error is None:
        return Declined(code=DeclineCode.OTHER, message=NOT_MADE, provider_code=payment.status)
    told = error.to_dict()  # Stripe leaves out what it has nothing to say about
    return declined(told.get("code"), told.get("decline_code"), told.get("message"))


def _capture_before(payment: PaymentIntent) -> int | None:
    charge = payment.latest_charge
    if not isinstance(charge, Charge):
        return None
    # Optional all the way down: other kinds of payment and older servers leave it out.
    card = (charge.to_dict().get("payment_method_details") or {}).get("card") or {}
    until: int | None = card.get("capture_before")
    return until


def _asks_payer(payment: PaymentIntent) -> RequiresAction:
    action = payment.next_action.to_dict() if payment.next_action else {}
    url = (action.get("redirect_to_url") or {}).get("url") or ""
    return RequiresAction(reference=payment.id, url=url, client_secret=payment.client_secret or "")


def _money(payment: PaymentIntent, units: int) -> Money:
    return from_stripe(units, payment.currency)
