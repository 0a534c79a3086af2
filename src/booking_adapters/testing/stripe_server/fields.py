"""Fields that many objects share: plain values that can be unset, and metadata."""

from collections.abc import Iterable

from booking_adapters.testing.stripe_server.wire import Json, invalid_request

MOST_METADATA = 50
LONGEST_METADATA_KEY = 40
LONGEST_METADATA_VALUE = 500
LARGEST_AMOUNT = 99_999_999
SMALLEST_AMOUNT = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50, "chf": 50, "cad": 50, "aud": 50, "sek": 300}
"""The least that a card can be charged, in the currency's smallest unit; 1 where it is not listed."""
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
TWO_ZEROS = frozenset({"isk", "ugx"})
"""Without decimals in the world, with two at Stripe, which must be 00."""


def assign(object: Json, params: Json, names: Iterable[str]) -> None:
    """Take over the named parameters that were sent; an empty value unsets."""
    for name in names:
        if name in params:
            object[name] = None if params[name] == "" else params[name]


def merge_metadata(object: Json, params: Json) -> None:
    """Metadata merge key by key: an empty value unsets its key, an empty whole all of them."""
    changes = params.get("metadata")
    if changes is None:
        return
    if changes == "":
        object["metadata"] = {}
        return
    for key, value in changes.items():
        if len(key) > LONGEST_METADATA_KEY:
            message = f"Metadata keys can have up to {LONGEST_METADATA_KEY} characters"
            raise invalid_request(message, param="metadata")
        if len(value) > LONGEST_METADATA_VALUE:
            message = f"Metadata values can have up to {LONGEST_METADATA_VALUE} characters"
            raise invalid_request(message, param=f"metadata[{key}]")
    merged = {key: value for key, value in (object["metadata"] | changes).items() if value != ""}
    if len(merged) > MOST_METADATA:
        raise invalid_request(f"Metadata can have up to {MOST_METADATA} keys", param="metadata")
    object["metadata"] = merged


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse what no card can be charged in a currency."""
    if amount < SMALLEST_AMOUNT.get(currency, 1):
        raise invalid_request(
            "The amount is below the least that can be charged", code="amount_too_small", param=param
        )
    if amount > LARGEST_AMOUNT:
        raise invalid_request("The amount has more than 8 digits", code="amount_too_large", param=param)
    if (currency in THREE_DECIMALS and amount % 10) or (currency in TWO_ZEROS and amount % 100):
        message = f"An amount in {currency} cannot be that exact"
        raise invalid_request(message, code="invalid_charge_amount", param=param)


def check_currency(currency: str) -> str:
    """The currency in lower case; refuse what is not three letters."""
    code = currency.lower()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise invalid_request(f"Invalid currency: {currency[:20]}", param="currency")
    return code


def choose_methods(intent: Json, params: Json) -> None:
    """How an intent's kinds of payment are chosen: from a list, or by Stripe itself (the default since Endive).

    Of whatever is allowed, this server has cards only.
    """
    allowed = params.get("allowed_payment_method_types")
    if allowed is None:
        automatic = params.get("automatic_payment_methods", {"enabled": True})
        if automatic["enabled"]:
            redirects = automatic.get("allow_redirects", "always")
            intent["automatic_payment_methods"] = {"enabled": True, "allow_redirects": redirects}
        return
    if "automatic_payment_methods" in params:
        message = "allowed_payment_method_types and automatic_payment_methods exclude each other"
        raise invalid_request(message, param="allowed_payment_method_types")
    if "card" not in allowed:
        raise invalid_request("The test server takes cards only", param="allowed_payment_method_types")
    intent["allowed_payment_method_types"] = allowed


def check_return(intent: Json, params: Json) -> None:
    """Automatic methods may redirect the payer away: confirming them needs to know where to come back to."""
    automatic = intent["automatic_payment_methods"]
    if automatic and automatic["allow_redirects"] == "always" and not params.get("return_url"):
        message = "A return_url is needed, because automatic payment methods may redirect"
        named: Json = {intent["object"]: intent}
        raise invalid_request(message, param="return_url", **named)
