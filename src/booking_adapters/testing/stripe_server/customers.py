"""Customers, and the cards they pay with."""

from booking_adapters.testing.stripe_server import shapes
from booking_adapters.testing.stripe_server.account import Account, Plastic
from booking_adapters.testing.stripe_server.cards import BY_NUMBER, BY_TOKEN, Card, Decline
from booking_adapters.testing.stripe_server.fields import assign, merge_metadata
from booking_adapters.testing.stripe_server.wire import ApiError, Json, card_error, invalid_request, missing

CUSTOMER_FIELDS = ("description", "email", "name", "phone")
MONTHS = range(1, 13)


def create_customer(account: Account, _id: str, params: Json) -> Json:
    """A new customer, with a card attached where one is named."""
    customer = shapes.customer(account)
    _change(customer, params)
    account.add(customer)
    account.emit("customer.created", customer)
    if "payment_method" in params:
        attach(account, usable(account, params["payment_method"]), customer)
    return customer


def update_customer(account: Account, id: str, params: Json) -> Json:
    """Change a customer."""
    customer = account.find("customer", id)
    _change(customer, params)
    account.emit("customer.updated", customer)
    return customer


def delete_customer(account: Account, id: str, _params: Json) -> Json:
    """Forget a customer and let go of the cards."""
    customer = account.find("customer", id)
    for method in account.every("payment_method"):
        if method["customer"] == id:
            method["customer"] = None
    account.remove(customer)
    account.emit("customer.deleted", customer)
    return {"id": id, "object": "customer", "deleted": True}


def create_method(account: Account, _id: str, params: Json) -> Json:
    """A payment method from the details of a test card, or from a token."""
    if params.get("type") != "card":
        raise invalid_request("The test server takes cards only", param="type")
    details = params.get("card")
    if details is None:
        raise invalid_request("Missing required param: card.", code="parameter_missing", param="card")
    method = method_from_card(account, details)
    merge_metadata(method, params)
    _bill(method, params)
    return method


def method_from_card(account: Account, details: Json) -> Json:
    """Keep a card given by its number or by a token as a payment method; raises ApiError (402 for bad numbers)."""
    if "token" in details:
        token = details["token"]
        if token not in BY_TOKEN or not token.startswith("tok_"):
            raise missing("token", token, param="card[token]")
        return _keep(account, BY_TOKEN[token], shapes.EXPIRES_MONTH, shapes.EXPIRES_YEAR)
    card = BY_NUMBER.get(details.get("number", ""))
    if card is None:
        message = "The test server takes the documented test cards only"
        raise card_error(message, code="card_declined", decline_code="test_mode_live_card")
    if card.is_invalid:
        raise card_error("The card number is not valid.", code="incorrect_number", param="number")
    month, year = details.get("exp_month", 0), details.get("exp_year", 0)
    if month not in MONTHS:
        raise card_error("The expiry month is not valid.", code="invalid_expiry_month", param="exp_month")
    year += 2000 if year < 100 else 0  # the two-digit form
    if not is_current(account, month, year):
        raise card_error("The expiry year lies in the past.", code="invalid_expiry_year", param="exp_year")
    return _keep(account, card, month, year)


def is_current(account: Account, month: int, year: int) -> bool:
    """Whether a card has not expired yet (it is good to the end of its month)."""
    today = account.today()
    return (year, month) >= (today.year, today.month)


def usable(account: Account, name: str, param: str = "payment_method") -> Json:
    """The payment method of an id, or a fresh one of a ready-made test card such as `pm_card_visa`."""
    if name.startswith("pm_card_") and name in BY_TOKEN:
        return _keep(account, BY_TOKEN[name], shapes.EXPIRES_MONTH, shapes.EXPIRES_YEAR)
    return account.find("payment_method", name, param=param)


def update_method(account: Account, id: str, params: Json) -> Json:
    """Change what is noted on a card."""
    method = account.find("payment_method", id)
    merge_metadata(method, params)
    _bill(method, params)
    account.emit("payment_method.updated", method)
    return method


def attach_method(account: Account, id: str, params: Json) -> Json:
    """Save a card to a customer."""
    method = usable(account, id, "id")
    if "customer" not in params:
        raise invalid_request("Missing required param: customer.", code="parameter_missing", param="customer")
    return attach(account, method, account.find("customer", params["customer"], param="customer"))


def attach(account: Account, method: Json, customer: Json) -> Json:
    """Save a card to a customer; raises ApiError where it belongs to another, was used up, or is declined."""
    if method["customer"] not in {None, customer["id"]}:
        raise invalid_request("The payment method is attached to another customer", param="payment_method")
    plastic = account.plastic[method["id"]]
    if plastic.is_used and method["customer"] is None:
        raise used_up(method)
    if plastic.card.decline and not plastic.card.can_be_saved:
        raise declined(plastic.card.decline)
    if method["customer"] is None:
        method["customer"] = customer["id"]
        account.emit("payment_method.attached", method)
    return method


def detach_method(account: Account, id: str, _params: Json) -> Json:
    """Take a card off its customer; it cannot be used again."""
    method = account.find("payment_method", id)
    if method["customer"] is None:
        raise invalid_request("The payment method is not attached to a customer")
    method["customer"] = None
    account.plastic[id].is_used = True
    account.emit("payment_method.detached", method)
    return method


def declined(decline: Decline, **more: object) -> ApiError:
    """The error of a card that is refused."""
    return card_error(decline.message, code=decline.code, decline_code=decline.decline_code, **more)


def used_up(method: Json) -> ApiError:
    """A card that was used without a customer, or detached, cannot be used again."""
    message = f"{method['id']} was used before without being attached to a customer, or was detached"
    return invalid_request(message, param="payment_method")


def _keep(account: Account, card: Card, month: int, year: int) -> Json:
    method = account.add(shapes.payment_method(account, card, month=month, year=year))
    account.plastic[method["id"]] = Plastic(card)
    return method


def _change(customer: Json, params: Json) -> None:
    assign(customer, params, CUSTOMER_FIELDS)
    merge_metadata(customer, params)
    settings = params.get("invoice_settings", {})
    if "default_payment_method" in settings:
        customer["invoice_settings"]["default_payment_method"] = settings["default_payment_method"] or None


def _bill(method: Json, params: Json) -> None:
    details = params.get("billing_details", {})
    assign(method["billing_details"], details, ("email", "name", "phone"))
    if details.get("address"):
        method["billing_details"]["address"] = shapes.NO_ADDRESS | details["address"]
