"""Charges: made when a payment is confirmed, then captured, released or refunded."""

from booking_adapters.testing.stripe_server import shapes
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.cards import Decline
from booking_adapters.testing.stripe_server.fields import assign, merge_metadata
from booking_adapters.testing.stripe_server.wire import Json

DAY_SECONDS = 24 * 3600
HOLDER_WINDOW_SECONDS = 7 * DAY_SECONDS
"""How long an authorisation holds that the card's holder made (docs.stripe.com/payments/place-a-hold…)."""
MERCHANT_WINDOW_SECONDS = 4 * DAY_SECONDS + 18 * 3600
"""And one that the merchant made on a Visa card while the holder was away."""


def make(
    account: Account, intent: Json, method: Json, *, decline: Decline | None, is_authenticated: bool = False
) -> Json:
    """Charge or authorise an intent's amount, or have it declined."""
    charge = account.add(shapes.charge(account, intent, method))
    intent["latest_charge"] = charge["id"]
    card = charge["payment_method_details"]["card"]
    if is_authenticated:
        card["three_d_secure"] = {
            "authentication_flow": "challenge",
            "electronic_commerce_indicator": "05",
            "exemption_indicator": None,
            "result": "authenticated",
            "result_reason": None,
            "transaction_id": account.new_id("3ds"),
            "version": "2.2.0",
        }
    if decline:
        charge["failure_code"], charge["failure_message"] = decline.code, decline.message
        charge["outcome"] = _outcome("issuer_declined", "declined_by_network", decline.decline_code)
        account.emit("charge.failed", charge)
        return charge
    charge |= {"status": "succeeded", "paid": True}
    charge["outcome"] = _outcome("authorized", "approved_by_network", None)
    card["amount_authorized"], card["authorization_code"] = intent["amount"], "123456"
    if intent["capture_method"] != "manual":
        charge |= {"captured": True, "amount_captured": charge["amount"]}
    account.emit("charge.succeeded", charge)
    return charge


def capture(account: Account, charge: Json, amount: int) -> None:
    """Take a part of what was authorised. What is left is released, without a refund (since 2025-03-31)."""
    charge |= {"captured": True, "amount_captured": amount}
    account.emit("charge.captured", charge)


def outstanding(charge: Json) -> int:
    """How much of a charge can still be refunded."""
    return int(charge["amount_captured"] - charge["amount_refunded"])


def note_refunded(account: Account, charge: Json, amount: int) -> None:
    """Count a refund, or with a negative amount the money of one that came back."""
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["captured"] and outstanding(charge) == 0
    account.emit("charge.refunded" if amount > 0 else "charge.updated", charge)


def update_charge(account: Account, id: str, params: Json) -> Json:
    """Change what is noted on a charge."""
    charge = account.find("charge", id)
    assign(charge, params, ("description", "receipt_email"))
    merge_metadata(charge, params)
    account.emit("charge.updated", charge)
    return charge


def _outcome(kind: str, network: str, reason: str | None) -> Json:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": reason,
        "seller_message": "made by the test server",
        "type": kind,
    }
