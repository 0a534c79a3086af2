"""Which address does what, with which of the SDK's parameters, and which of these this server does."""

import re
from collections.abc import Callable
from functools import partial

import attrs

from booking_adapters.testing.stripe_server import (
    charges,
    customers,
    listings,
    payment_intents,
    refunds,
    setup_intents,
    webhook_endpoints,
)
from booking_adapters.testing.stripe_server.account import Account
from booking_adapters.testing.stripe_server.wire import Json, invalid_request

Handler = Callable[[Account, str, Json], Json]


@attrs.frozen(kw_only=True)
class Route:
    """An operation. `params` names the SDK's type of its parameters; None: it has none."""

    method: str
    path: str
    params: str | None
    supported: frozenset[str]
    handler: Handler
    pattern: re.Pattern[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Compile the path's `{id}`."""
        pattern = self.path.replace("{id}", r"(?P<id>[A-Za-z0-9_]{1,100})")
        object.__setattr__(self, "pattern", re.compile(pattern))


def find(method: str, path: str) -> tuple[Route, str]:
    """The operation at an address and the id in it; raises ApiError (404)."""
    for route in ROUTES:
        matched = route.pattern.fullmatch(path)
        if matched and route.method == method:
            return route, matched.groupdict().get("id", "")
    message = f"Unrecognized request URL ({method}: {path})"
    raise invalid_request(message, status=404)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split()) | {"expand"}


def _retrieve(kind: str, account: Account, id: str, _params: Json) -> Json:
    return account.find(kind, id)


def _list(kind: str, path: str, account: Account, _id: str, params: Json) -> Json:
    return listings.page(account.every(kind), params, path)


def _search(kind: str, path: str, account: Account, _id: str, params: Json) -> Json:
    return listings.search(account, kind, params, path)


def _cards_of(account: Account, id: str, params: Json) -> Json:
    account.find("customer", id)
    cards = (each for each in account.every("payment_method") if each["customer"] == id)
    return listings.page(cards, params, f"/v1/customers/{id}/payment_methods")


def _endpoints(account: Account, _id: str, params: Json) -> Json:
    shown = map(webhook_endpoints.without_secret, account.every("webhook_endpoint"))
    return listings.page(shown, params, "/v1/webhook_endpoints")


def _post(path: str, params: str | None, supported: str, handler: Handler) -> Route:
    return Route(method="POST", path=path, params=params, supported=_names(supported), handler=handler)


def _get(path: str, params: str, supported: str, handler: Handler) -> Route:
    return Route(method="GET", path=path, params=params, supported=_names(supported), handler=handler)


def _delete(path: str, handler: Handler) -> Route:
    return Route(method="DELETE", path=path, params=None, supported=frozenset(), handler=handler)


def _readable(kind: str, path: str, name: str, filters: str) -> tuple[Route, Route]:
    """Retrieve and list, which work the same for every kind."""
    paging = f"limit starting_after ending_before {filters}"
    return (
        _get(path, f"{name}ListParams", paging, partial(_list, kind, path)),
        _get(f"{path}/{{id}}", f"{name}RetrieveParams", "", partial(_retrieve, kind)),
    )


def _searchable(kind: str, path: str, name: str) -> Route:
    address = f"{path}/search"
    return _get(address, f"{name}SearchParams", "query limit page", partial(_search, kind, address))


_INTENT = """
    amount customer payment_method capture_method setup_future_usage metadata description receipt_email
    statement_descriptor_suffix payment_method_options.card.request_three_d_secure
"""
_CUSTOMER = "description email name phone metadata invoice_settings.default_payment_method"
_CARD = "metadata billing_details"
_SETUP = "customer payment_method description metadata"

ROUTES: tuple[Route, ...] = (
    # Search comes before retrieve, which would take it for an id.
    _searchable("payment_intent", "/v1/payment_intents", "PaymentIntent"),
    _searchable("charge", "/v1/charges", "Charge"),
    _searchable("customer", "/v1/customers", "Customer"),
    *_readable("customer", "/v1/customers", "Customer", "created email"),
    *_readable("payment_method", "/v1/payment_methods", "PaymentMethod", "customer type"),
    *_readable("payment_intent", "/v1/payment_intents", "PaymentIntent", "created customer"),
    *_readable("charge", "/v1/charges", "Charge", "created customer payment_intent"),
    *_readable("refund", "/v1/refunds", "Refund", "created charge payment_intent"),
    *_readable("setup_intent", "/v1/setup_intents", "SetupIntent", "created customer payment_method"),
    *_readable("event", "/v1/events", "Event", "created type types"),
    _post("/v1/customers", "CustomerCreateParams", f"{_CUSTOMER} payment_method", customers.create_customer),
    _post("/v1/customers/{id}", "CustomerUpdateParams", _CUSTOMER, customers.update_customer),
    _delete("/v1/customers/{id}", customers.delete_customer),
    _get(
        "/v1/customers/{id}/payment_methods",
        "CustomerPaymentMethodListParams",
        "limit starting_after ending_before type",
        _cards_of,
    ),
    _post("/v1/payment_methods", "PaymentMethodCreateParams", f"{_CARD} type card", customers.create_method),
    _post("/v1/payment_methods/{id}", "PaymentMethodUpdateParams", _CARD, customers.update_method),
    _post(
        "/v1/payment_methods/{id}/attach", "PaymentMethodAttachParams", "customer", customers.attach_method
    ),
    _post("/v1/payment_methods/{id}/detach", "PaymentMethodDetachParams", "", customers.detach_method),
    _post(
        "/v1/payment_intents",
        "PaymentIntentCreateParams",
        f"{_INTENT} currency allowed_payment_method_types automatic_payment_methods confirm off_session return_url",
        payment_intents.create,
    ),
    _post(
        "/v1/payment_intents/{id}", "PaymentIntentUpdateParams", f"{_INTENT} currency", payment_intents.update
    ),
    _post(
        "/v1/payment_intents/{id}/confirm",
        "PaymentIntentConfirmParams",
        """payment_method off_session return_url setup_future_usage receipt_email capture_method
        payment_method_options.card.request_three_d_secure""",
        payment_intents.confirm,
    ),
    _post(
        "/v1/payment_intents/{id}/capture",
        "PaymentIntentCaptureParams",
        "amount_to_capture final_capture metadata",
        payment_intents.capture,
    ),
    _post(
        "/v1/payment_intents/{id}/cancel",
        "PaymentIntentCancelParams",
        "cancellation_reason",
        payment_intents.cancel,
    ),
    _post(
        "/v1/charges/{id}", "ChargeUpdateParams", "description receipt_email metadata", charges.update_charge
    ),
    _post(
        "/v1/refunds", "RefundCreateParams", "amount charge payment_intent reason metadata", refunds.create
    ),
    _post("/v1/refunds/{id}", "RefundUpdateParams", "metadata", refunds.update),
    _post(
        "/v1/setup_intents",
        "SetupIntentCreateParams",
        f"{_SETUP} usage allowed_payment_method_types automatic_payment_methods confirm return_url",
        setup_intents.create,
    ),
    _post("/v1/setup_intents/{id}", "SetupIntentUpdateParams", _SETUP, setup_intents.update),
    _post(
        "/v1/setup_intents/{id}/confirm",
        "SetupIntentConfirmParams",
        "payment_method return_url",
        setup_intents.confirm,
    ),
    _post(
        "/v1/setup_intents/{id}/cancel",
        "SetupIntentCancelParams",
        "cancellation_reason",
        setup_intents.cancel,
    ),
    _post(
        "/v1/webhook_endpoints",
        "WebhookEndpointCreateParams",
        "url enabled_events description metadata",
        webhook_endpoints.create,
    ),
    _get(
        "/v1/webhook_endpoints", "WebhookEndpointListParams", "limit starting_after ending_before", _endpoints
    ),
    _get("/v1/webhook_endpoints/{id}", "WebhookEndpointRetrieveParams", "", webhook_endpoints.retrieve),
    _post(
        "/v1/webhook_endpoints/{id}",
        "WebhookEndpointUpdateParams",
        "url enabled_events description metadata disabled",
        webhook_endpoints.update,
    ),
    _delete("/v1/webhook_endpoints/{id}", webhook_endpoints.delete),
)
