"""What the tests of this folder say over and over, said once."""

from stripe import Charge, PaymentIntent, StripeClient
from stripe.params import PaymentIntentCreateParams

PRICE = 66_414


def asked(card: str = "pm_card_visa", amount: int = PRICE) -> PaymentIntentCreateParams:
    """A payment by card, confirmed at once."""
    return {
        "amount": amount,
        "currency": "usd",
        "allowed_payment_method_types": ["card"],
        "payment_method": card,
        "confirm": True,
    }


def authorised(stripe: StripeClient, card: str = "pm_card_visa", amount: int = PRICE) -> PaymentIntent:
    """A payment that is authorised and waits for its capture."""
    intent = stripe.v1.payment_intents.create({**asked(card, amount), "capture_method": "manual"})
    assert intent.status == "requires_capture"
    return intent


def captured(stripe: StripeClient, card: str = "pm_card_visa", amount: int = PRICE) -> PaymentIntent:
    """A payment whose money arrived."""
    intent = stripe.v1.payment_intents.create(asked(card, amount))
    assert intent.status == "succeeded"
    return intent


def charge_of(stripe: StripeClient, intent: PaymentIntent) -> Charge:
    """The latest charge of a payment."""
    fresh = stripe.v1.payment_intents.retrieve(intent.id)
    assert isinstance(fresh.latest_charge, str)
    return stripe.v1.charges.retrieve(fresh.latest_charge)


def event_types(stripe: StripeClient, intent: PaymentIntent) -> list[str]:
    """What happened to a payment and its charges, oldest first."""
    events = stripe.v1.events.list({"limit": 100}).data
    about = [each for each in events if intent.id in str(each.data.object.to_dict())]
    return [each.type for each in reversed(about)]
