"""Objects in the shapes Stripe gives them (docs.stripe.com/api); values that never vary here are written out."""

from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.cards import Card
from booking_adapters.testing.stripe_server.wire import Json

EXPIRES_MONTH, EXPIRES_YEAR = 12, 2099
CHECKS = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def _unset(names: str) -> Json:
    return dict.fromkeys(names.split())


# The fields that are there and that nothing here fills, or that are filled in later.
CUSTOMER_UNSET = _unset("""
    address currency default_source description discount email name phone shipping test_clock
""")
PAYMENT_INTENT_UNSET = _unset("""
    allowed_payment_method_types application application_fee_amount automatic_payment_methods
    canceled_at cancellation_reason customer customer_account description excluded_payment_method_types
    last_payment_error latest_charge next_action on_behalf_of payment_method
    payment_method_configuration_details processing receipt_email review setup_future_usage shipping
    source statement_descriptor statement_descriptor_suffix transfer_data transfer_group
""")
CHARGE_UNSET = _unset("""
    application application_fee application_fee_amount balance_transaction failure_balance_transaction
    failure_code failure_message on_behalf_of outcome receipt_number receipt_url review shipping source
    source_transfer statement_descriptor statement_descriptor_suffix transfer_data transfer_group
""")
REFUND_UNSET = _unset("""
    balance_transaction reason receipt_number source_transfer_reversal transfer_reversal
""")
SETUP_INTENT_UNSET = _unset("""
    allowed_payment_method_types application automatic_payment_methods cancellation_reason customer
    customer_account description excluded_payment_method_types flow_directions last_setup_error
    latest_attempt mandate next_action on_behalf_of payment_method payment_method_configuration_details
    single_use_mandate
""")


def customer(account: Account) -> Json:
    """A customer of whom nothing is known."""
    return {
        "id": account.new_id("cus"),
        "object": "customer",
        **CUSTOMER_UNSET,
        "balance": 0,
        "created": account.now(),
        "delinquent": False,
        "invoice_prefix": "TEST",
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "next_invoice_sequence": 1,
        "preferred_locales": [],
        "tax_exempt": "none",
    }


def payment_method(account: Account, card: Card, *, month: int, year: int) -> Json:
    """A card as a payment method that belongs to nobody yet."""
    return {
        "id": account.new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing_details(),
        "card": {
            "brand": card.brand,
            "checks": dict(CHECKS),
            "country": card.country,
            "display_brand": card.brand,
            "exp_month": month,
            "exp_year": year,
            "fingerprint": f"fp{card.number[-8:]}",
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        "created": account.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
    }


def payment_intent(account: Account, amount: int, currency: str) -> Json:
    """A payment intent that waits for a payment method."""
    intent_id = account.new_id("pi")
    return {
        "id": intent_id,
        "object": "payment_intent",
        **PAYMENT_INTENT_UNSET,
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "capture_method": "automatic_async",
        "client_secret": account.new_id(f"{intent_id}_secret"),
        "confirmation_method": "automatic",
        "created": account.now(),
        "currency": currency,
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": _card_options()},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
    }


def charge(account: Account, intent: Json, method: Json) -> Json:
    """A charge of an intent's amount to a payment method, before its outcome."""
    return {
        "id": account.new_id("ch"),
        "object": "charge",
        **CHARGE_UNSET,
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": "TEST",
        "captured": False,
        "created": account.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "fraud_details": {},
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {
            "type": "card",
            "card": _card_details(method["card"], intent["amount"]),
        },
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": "failed",
    }


def refund(account: Account, charge: Json, amount: int) -> Json:
    """A refund of a part of a charge that has arrived."""
    return {
        "id": account.new_id("re"),
        "object": "refund",
        **REFUND_UNSET,
        "amount": amount,
        "charge": charge["id"],
        "created": account.now(),
        "currency": charge["currency"],
        "destination_details": {"card": {"type": "refund"}, "type": "card"},
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "status": "succeeded",
    }


def setup_intent(account: Account) -> Json:
    """A setup intent that waits for a payment method."""
    intent_id = account.new_id("seti")
    return {
        "id": intent_id,
        "object": "setup_intent",
        **SETUP_INTENT_UNSET,
        "client_secret": account.new_id(f"{intent_id}_secret"),
        "created": account.now(),
        "livemode": False,
        "metadata": {},
        "payment_method_options": {"card": {"mandate_options": None, "network": None, **_three_d_secure()}},
        "payment_method_types": ["card"],
        "status": "requires_payment_method",
        "usage": "off_session",
    }


def webhook_endpoint(account: Account, url: str, names: list[str]) -> Json:
    """An address that is told of events; its secret signs them."""
    return {
        "id": account.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": account.now(),
        "description": None,
        "enabled_events": names,
        "livemode": False,
        "metadata": {},
        "secret": account.new_id("whsec"),
        "status": "enabled",
        "url": url,
    }


def next_action(url: str, return_url: str | None) -> Json:
    """Where the holder is sent to authenticate: a redirect where the shop said where to return to."""
    if return_url:
        return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": return_url}}
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url},
    }


def _billing_details() -> Json:
    return {"address": dict(NO_ADDRESS), "email": None, "name": None, "phone": None, "tax_id": None}


def _card_options() -> Json:
    return {"installments": None, "mandate_options": None, "network": None, **_three_d_secure()}


def _three_d_secure() -> Json:
    return {"request_three_d_secure": "automatic"}


def _card_details(details: Json, amount: int) -> Json:
    """What a charge tells of its card."""
    kept = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {
        **{name: details[name] for name in kept},
        "amount_authorized": None,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": details["brand"],
        "network_token": {"used": False},
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "three_d_secure": None,
        "wallet": None,
    }
