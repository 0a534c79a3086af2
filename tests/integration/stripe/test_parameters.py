from typing import Any, cast

import pytest
import stripe as sdk
from stripe import InvalidRequestError, StripeClient

from booking_adapters.testing.stripe_server import StripeServer
from booking_adapters.testing.stripe_server.parameters import NOT_DONE_HERE
from booking_adapters.testing.stripe_server.routes import ROUTES
from tests.integration.stripe.payments import asked, captured


def create(stripe: StripeClient, **params: object) -> None:
    """A payment with parameters that the SDK's types would not let through."""
    stripe.v1.payment_intents.create(cast("Any", {**asked(), **params}))


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        (
            {"automatic_payment_methods": {"enable": True}},
            "parameter_unknown",
            "automatic_payment_methods[enable]",
        ),
        (
            {"automatic_payment_methods": {"allow_redirects": "never"}},
            "parameter_missing",
            "automatic_payment_methods[enabled]",
        ),
        ({"amount": "12.50"}, "parameter_invalid_integer", "amount"),
        ({"amount": 10**18}, "parameter_invalid_integer", "amount"),
        ({"description": {"a": "b"}}, None, "description"),
        ({"confirm": "yes"}, None, "confirm"),
        ({"capture_method": "later"}, None, "capture_method"),
        ({"off_session": "sometimes"}, None, "off_session"),
        ({"customer": ""}, "parameter_invalid_empty", "customer"),
        ({"metadata": "x"}, None, "metadata"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, None, "metadata"),
        ({"transfer_group": "tour"}, NOT_DONE_HERE, "transfer_group"),
        (
            {"payment_method_types": ["card"]},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ({"expand": ["amount.latest"]}, None, "expand"),
    ],
)
def test_a_wrong_parameter_is_named(
    stripe: StripeClient, params: dict[str, object], code: str | None, param: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        create(stripe, **params)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (400, code, param)


@pytest.mark.parametrize("missing", ["amount", "currency"])
def test_a_missing_parameter_is_named(stripe: StripeClient, missing: str) -> None:
    params = {name: value for name, value in asked().items() if name != missing}
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.create(cast("Any", params))
    assert (refused.value.code, refused.value.param) == ("parameter_missing", missing)


def test_every_parameter_this_server_does_is_one_the_sdk_knows() -> None:
    for route in ROUTES:
        if route.params is not None:
            known = getattr(sdk.params, route.params).__annotations__
            unknown = {each.partition(".")[0] for each in route.supported} - known.keys() - {"expand"}
            assert unknown == set(), route.path


def test_every_answer_has_the_fields_of_the_sdks_classes(stripe: StripeClient) -> None:
    """What is not optional there is there, and nothing else is."""
    intent = captured(stripe)
    stripe.v1.refunds.create({"payment_intent": intent.id})
    stripe.v1.customers.create()
    stripe.v1.setup_intents.create()
    stripe.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["*"]})
    api = stripe.v1
    page: Any
    for page in (
        api.payment_intents.list(),
        api.charges.list(),
        api.refunds.list(),
        api.customers.list(),
        api.setup_intents.list(),
        api.payment_methods.list({"type": "card"}),
        api.events.list(),
        api.webhook_endpoints.list(),
    ):
        annotations = type(page.data[0]).__annotations__
        sent = page.data[0].to_dict().keys()
        assert sent - annotations.keys() == set(), page.url
        needed = {name for name, hint in annotations.items() if not is_optional(hint)}
        assert needed - sent == set(), page.url


def is_optional(hint: object) -> bool:
    return "Optional" in str(hint) or "None" in str(hint) or "ClassVar" in str(hint) or "_inner" in str(hint)


def test_ids_are_expanded_where_that_is_asked(stripe: StripeClient) -> None:
    guest = stripe.v1.customers.create({"name": "Ada"})
    intent = stripe.v1.payment_intents.create(
        {**asked(), "customer": guest.id, "expand": ["latest_charge.customer", "customer"]}
    )
    assert isinstance(intent.customer, sdk.Customer)
    assert isinstance(intent.latest_charge, sdk.Charge)
    assert isinstance(intent.latest_charge.customer, sdk.Customer)
    assert intent.latest_charge.customer.name == "Ada"
    listed = stripe.v1.payment_intents.list({"expand": ["data.latest_charge"]}).data[0]
    assert isinstance(listed.latest_charge, sdk.Charge)
    assert isinstance(stripe.v1.payment_intents.retrieve(intent.id).latest_charge, str)


@pytest.mark.parametrize("key", ["sk_live_1", "sk_test_other", "pk_test_booking"])
def test_only_the_servers_own_key_opens_it(server: StripeServer, key: str) -> None:
    client = StripeClient(key, base_addresses={"api": server.url})
    with pytest.raises(sdk.AuthenticationError):
        client.v1.customers.list()


def test_another_api_version_than_the_sdks_is_refused(server: StripeServer) -> None:
    client = StripeClient(server.api_key, base_addresses={"api": server.url}, stripe_version="2020-08-27")
    with pytest.raises(InvalidRequestError, match="speaks"):
        client.v1.customers.list()


def test_every_answer_has_a_request_id(stripe: StripeClient) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.customers.retrieve("cus_none")
    assert refused.value.request_id is not None
    assert refused.value.request_id.startswith("req_")
    answer = stripe.v1.customers.list().last_response
    assert answer is not None
    assert answer.headers["stripe-version"] == sdk.api_version
