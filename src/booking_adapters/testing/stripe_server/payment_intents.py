"""Payment intents: the life of one payment (docs.stripe.com/payments/paymentintents/lifecycle)."""

from functools import partial

from booking_adapters.testing.stripe_server import charges, shapes
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.cards import Decline
from booking_adapters.testing.stripe_server.customers import attach, declined, usable, used_up
from booking_adapters.testing.stripe_server.fields import (
    assign,
    check_amount,
    check_currency,
    check_return,
    choose_methods,
    merge_metadata,
)
from booking_adapters.testing.stripe_server.wire import ApiError, Json, invalid_request

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
"""The states in which a payment can still be changed."""
CANCELABLE = OPEN | {"requires_capture"}
PLAIN_FIELDS = ("description", "receipt_email", "setup_future_usage", "statement_descriptor_suffix")
NEEDS_HOLDER = Decline(
    "authentication_required", "authentication_required", "The card's holder must authenticate this payment."
)
FAILED_AUTHENTICATION = "payment_intent_authentication_failure"


def create(account: Account, _id: str, params: Json) -> Json:
    """A new payment, confirmed at once where `confirm` says so."""
    for name in ("off_session", "return_url"):
        if params.get(name) and not params.get("confirm"):
            raise invalid_request(f"{name} can only be sent with confirm", param=name)
    currency = check_currency(params["currency"])
    check_amount(params["amount"], currency)
    intent = shapes.payment_intent(account, params["amount"], currency)
    choose_methods(intent, params)
    _change(account, intent, params)
    account.add(intent)
    account.emit("payment_intent.created", intent)
    return _confirm(account, intent, params) if params.get("confirm") else intent


def update(account: Account, id: str, params: Json) -> Json:
    """Change a payment; once it is authorised, only what is noted on it."""
    intent = account.find("payment_intent", id)
    fixed = params.keys() - {"metadata", "description", "expand"}
    if fixed and intent["status"] not in OPEN:
        raise _unexpected(intent, f"changed ({', '.join(sorted(fixed))})")
    if "amount" in params or "currency" in params:
        currency = check_currency(params["currency"] if "currency" in params else intent["currency"])
        amount = params["amount"] if "amount" in params else intent["amount"]
        check_amount(amount, currency)
        intent |= {"amount": amount, "currency": currency}
    _change(account, intent, params)
    return intent


def confirm(account: Account, id: str, params: Json) -> Json:
    """Try to pay."""
    return _confirm(account, account.find("payment_intent", id), params)


def capture(account: Account, id: str, params: Json) -> Json:
    """Take the authorised amount or a part of it; the rest is released."""
    intent = account.find("payment_intent", id)
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "captured")
    if not params.get("final_capture", True):
        raise invalid_request("The card cannot be captured several times", param="final_capture")
    most: int = intent["amount_capturable"]
    amount: int = params.get("amount_to_capture", most)
    if not 0 < amount <= most:
        message = f"amount_to_capture must be from 1 to {most}"
        code = "amount_too_small" if amount <= 0 else "amount_too_large"
        raise invalid_request(message, code=code, param="amount_to_capture")
    merge_metadata(intent, params)
    charges.capture(account, account.find("charge", intent["latest_charge"]), amount)
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    account.emit("payment_intent.succeeded", intent)
    return intent


def cancel(account: Account, id: str, params: Json) -> Json:
    """Call a payment off; an authorisation is released."""
    intent = account.find("payment_intent", id)
    if intent["status"] not in CANCELABLE:
        raise _unexpected(intent, "canceled")
    return _end(account, intent, params.get("cancellation_reason"))


def authenticate(account: Account, id: str, *, succeed: bool) -> Json:
    """What the card's holder answers to 3D Secure: the payment goes on, or needs another payment method."""
    intent = account.find("payment_intent", id)
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "authenticated")
    intent["next_action"] = None
    method = account.find("payment_method", intent["payment_method"])
    if succeed:
        decline = account.plastic[method["id"]].card.decline
        _charge(account, intent, method, decline, is_authenticated=True)
        return intent
    error = {"type": "invalid_request_error", "code": FAILED_AUTHENTICATION}
    error["message"] = "The card's holder could not be authenticated; another payment method is needed."
    _fail(account, intent, method, error)
    return intent


def _confirm(account: Account, intent: Json, params: Json) -> Json:
    if intent["status"] not in OPEN:
        raise _unexpected(intent, "confirmed")
    if intent["status"] != "requires_payment_method" or "payment_method" in params:
        intent["next_action"] = None
    changes = {name: value for name, value in params.items() if name not in {"amount", "currency"}}
    _change(account, intent, changes)
    if "capture_method" in params:
        intent["capture_method"] = params["capture_method"]
    if intent["payment_method"] is None:
        raise _unexpected(intent, "confirmed without a payment method")
    check_return(intent, params)
    method = account.find("payment_method", intent["payment_method"])
    _check_owner(account, intent, method)
    plastic = account.plastic[method["id"]]
    is_off_session = bool(params.get("off_session"))
    asked = intent["payment_method_options"]["card"]["request_three_d_secure"] in {"any", "challenge"}
    asks = plastic.card.asks_holder(is_off_session=is_off_session, is_set_up=plastic.is_set_up)
    if asks and is_off_session:
        _charge(account, intent, method, NEEDS_HOLDER)
    elif asks or (asked and not is_off_session):
        url = f"{account.base_url}/_pages/3ds/{intent['id']}"
        action = shapes.next_action(url, params.get("return_url"))
        intent |= {"status": "requires_action", "next_action": action}
        account.emit("payment_intent.requires_action", intent)
    else:
        _charge(account, intent, method, plastic.card.decline, is_off_session=is_off_session)
    error = intent["last_payment_error"]
    if intent["status"] == "requires_payment_method" and error:
        raise ApiError(402, {**error, "payment_intent": intent})
    return intent


def _charge(
    account: Account,
    intent: Json,
    method: Json,
    decline: Decline | None,
    *,
    is_authenticated: bool = False,
    is_off_session: bool = False,
) -> None:
    charge = charges.make(account, intent, method, decline=decline, is_authenticated=is_authenticated)
    if decline:
        _fail(account, intent, method, declined(decline, charge=charge["id"]).error)
        return
    intent["last_payment_error"] = None
    _save_card(account, intent, method)
    if charge["captured"]:
        intent |= {"status": "succeeded", "amount_received": intent["amount"]}
        account.emit("payment_intent.succeeded", intent)
        return
    intent |= {"status": "requires_capture", "amount_capturable": intent["amount"]}
    is_short = is_off_session and method["card"]["brand"] == "visa"
    window = charges.MERCHANT_WINDOW_SECONDS if is_short else charges.HOLDER_WINDOW_SECONDS
    before = account.later(window, lambda: _expire(account, intent))
    charge["payment_method_details"]["card"]["capture_before"] = before
    account.emit("payment_intent.amount_capturable_updated", intent)


def take_up(account: Account) -> None:
    """What was kept goes on: authorisations lapse at their time."""
    for intent in account.every("payment_intent"):
        if intent["status"] == "requires_capture":
            charge = account.find("charge", intent["latest_charge"])
            before = charge["payment_method_details"]["card"]["capture_before"]
            account.later(before - account.now(), partial(_expire, account, intent))


def _save_card(account: Account, intent: Json, method: Json) -> None:
    """A card that paid is spent, unless it belongs to a customer or is saved for later now."""
    plastic = account.plastic[method["id"]]
    if intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        attach(account, method, account.find("customer", intent["customer"]))
    plastic.is_set_up |= intent["setup_future_usage"] == "off_session"
    plastic.is_used |= method["customer"] is None


def _fail(account: Account, intent: Json, method: Json, error: Json) -> None:
    intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent["last_payment_error"] = {**error, "payment_method": method}
    account.emit("payment_intent.payment_failed", intent)


def _expire(account: Account, intent: Json) -> None:
    """The authorisation was not captured in time."""
    if intent["status"] == "requires_capture":
        account.emit("charge.expired", account.find("charge", intent["latest_charge"]))
        _end(account, intent, "expired")


def _end(account: Account, intent: Json, reason: str | None) -> Json:
    intent |= {"status": "canceled", "canceled_at": account.now(), "cancellation_reason": reason}
    intent |= {"amount_capturable": 0, "next_action": None}
    account.emit("payment_intent.canceled", intent)
    return intent


def _change(account: Account, intent: Json, params: Json) -> None:
    if "customer" in params:
        intent["customer"] = account.find("customer", params["customer"], param="customer")["id"]
    if "capture_method" in params and intent["status"] in OPEN:
        intent["capture_method"] = params["capture_method"]
    if "payment_method" in params:
        intent["payment_method"] = usable(account, params["payment_method"])["id"]
        if intent["status"] in OPEN:
            intent["status"] = "requires_confirmation"
    three_d_secure = params.get("payment_method_options", {}).get("card", {}).get("request_three_d_secure")
    if three_d_secure:
        intent["payment_method_options"]["card"]["request_three_d_secure"] = three_d_secure
    assign(intent, params, PLAIN_FIELDS)
    merge_metadata(intent, params)


def _check_owner(account: Account, intent: Json, method: Json) -> None:
    """A saved card pays for its own customer only, and a spent one for nobody."""
    if method["customer"] and method["customer"] != intent["customer"]:
        message = f"{method['id']} belongs to a customer: name that customer on the payment intent"
        raise invalid_request(message, param="payment_method", payment_intent=intent)
    if method["customer"] is None and account.plastic[method["id"]].is_used:
        raise used_up(method)


def _unexpected(intent: Json, verb: str) -> ApiError:
    message = f"A payment intent that is {intent['status']} cannot be {verb}"
    return invalid_request(message, code="payment_intent_unexpected_state", payment_intent=intent)
