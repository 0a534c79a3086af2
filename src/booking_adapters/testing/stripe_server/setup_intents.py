"""Setup intents: save a card for later charges while its holder is away."""

from booking_adapters.testing.stripe_server import shapes
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.cards import Authentication
from booking_adapters.testing.stripe_server.customers import attach, declined, usable
from booking_adapters.testing.stripe_server.fields import assign, check_return, choose_methods, merge_metadata
from booking_adapters.testing.stripe_server.wire import ApiError, Json, invalid_request

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
PLAIN_FIELDS = ("description", "usage")


def create(account: Account, _id: str, params: Json) -> Json:
    """A new setup, confirmed at once where `confirm` says so."""
    intent = shapes.setup_intent(account)
    choose_methods(intent, params)
    _change(account, intent, params)
    account.add(intent)
    account.emit("setup_intent.created", intent)
    return _confirm(account, intent, params) if params.get("confirm") else intent


def update(account: Account, id: str, params: Json) -> Json:
    """Change a setup that is not done."""
    intent = account.find("setup_intent", id)
    if params.keys() - {"metadata", "description", "expand"} and intent["status"] not in OPEN:
        raise _unexpected(intent, "changed")
    _change(account, intent, params)
    return intent


def confirm(account: Account, id: str, params: Json) -> Json:
    """Try to save the card."""
    return _confirm(account, account.find("setup_intent", id), params)


def cancel(account: Account, id: str, params: Json) -> Json:
    """Call a setup off."""
    intent = account.find("setup_intent", id)
    if intent["status"] not in OPEN:
        raise _unexpected(intent, "canceled")
    intent |= {"status": "canceled", "cancellation_reason": params.get("cancellation_reason")}
    intent["next_action"] = None
    account.emit("setup_intent.canceled", intent)
    return intent


def authenticate(account: Account, id: str, *, succeed: bool) -> Json:
    """What the card's holder answers to 3D Secure."""
    intent = account.find("setup_intent", id)
    if intent["status"] != "requires_action":
        raise _unexpected(intent, "authenticated")
    if succeed:
        _finish(account, intent)
    else:
        error = {"type": "invalid_request_error", "code": "setup_intent_authentication_failure"}
        error["message"] = "The card's holder could not be authenticated; another payment method is needed."
        _fail(account, intent, error)
    return intent


def _confirm(account: Account, intent: Json, params: Json) -> Json:
    if intent["status"] not in OPEN:
        raise _unexpected(intent, "confirmed")
    _change(account, intent, params)
    if intent["payment_method"] is None:
        raise _unexpected(intent, "confirmed without a payment method")
    check_return(intent, params)
    card = account.plastic[intent["payment_method"]].card
    if card.authentication in {Authentication.ALWAYS, Authentication.UNLESS_SET_UP}:
        url = f"{account.base_url}/_pages/3ds/{intent['id']}"
        action = shapes.next_action(url, params.get("return_url"))
        intent |= {"status": "requires_action", "next_action": action}
        account.emit("setup_intent.requires_action", intent)
        return intent
    _finish(account, intent)
    if intent["last_setup_error"]:
        raise ApiError(402, {**intent["last_setup_error"], "setup_intent": intent})
    return intent


def _finish(account: Account, intent: Json) -> None:
    method = account.find("payment_method", intent["payment_method"])
    plastic = account.plastic[method["id"]]
    if plastic.card.decline and not plastic.card.can_be_saved:
        _fail(account, intent, declined(plastic.card.decline).error)
        return
    if intent["customer"]:
        attach(account, method, account.find("customer", intent["customer"]))
    plastic.is_set_up |= intent["usage"] == "off_session"
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    account.emit("setup_intent.succeeded", intent)


def _fail(account: Account, intent: Json, error: Json) -> None:
    method = account.find("payment_method", intent["payment_method"])
    intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent["last_setup_error"] = {**error, "payment_method": method}
    account.emit("setup_intent.setup_failed", intent)


def _change(account: Account, intent: Json, params: Json) -> None:
    if "customer" in params:
        intent["customer"] = account.find("customer", params["customer"], param="customer")["id"]
    if "payment_method" in params:
        intent["payment_method"] = usable(account, params["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
    assign(intent, params, PLAIN_FIELDS)
    merge_metadata(intent, params)


def _unexpected(intent: Json, verb: str) -> ApiError:
    message = f"A setup intent that is {intent['status']} cannot be {verb}"
    return invalid_request(message, code="setup_intent_unexpected_state", setup_intent=intent)
