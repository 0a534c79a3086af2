from datetime import timedelta

import pytest
from stripe import CardError, InvalidRequestError, StripeClient
from stripe.params import PaymentIntentCreateParams

from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.stripe.payments import asked, charge_of


@pytest.fixture
def guest(stripe: StripeClient) -> str:
    return stripe.v1.customers.create({"name": "Ada", "email": "ada@example.com"}).id


def saved(stripe: StripeClient, server: StripeServer, guest: str, card: str) -> str:
    """A card that its holder saved for later."""
    setup = stripe.v1.setup_intents.create(
        {
            "customer": guest,
            "payment_method": card,
            "usage": "off_session",
            "allowed_payment_method_types": ["card"],
            "confirm": True,
        }
    )
    if setup.status == "requires_action":
        server.authenticate(setup.id)
        setup = stripe.v1.setup_intents.retrieve(setup.id)
    assert setup.status == "succeeded"
    assert isinstance(setup.payment_method, str)
    return setup.payment_method


def later(guest: str, method: str) -> PaymentIntentCreateParams:
    """A charge while the guest is away."""
    return {**asked(method), "customer": guest, "off_session": True}


def test_a_saved_card_is_charged_again_and_again(
    stripe: StripeClient, server: StripeServer, guest: str
) -> None:
    method = saved(stripe, server, guest, "pm_card_visa")
    for _ in range(2):
        assert stripe.v1.payment_intents.create(later(guest, method)).status == "succeeded"
    assert [each.id for each in stripe.v1.customers.payment_methods.list(guest).data] == [method]


def test_a_card_set_up_with_its_holder_needs_no_holder_later(
    stripe: StripeClient, server: StripeServer, guest: str
) -> None:
    method = saved(stripe, server, guest, "pm_card_authenticationRequiredOnSetup")
    assert stripe.v1.payment_intents.create(later(guest, method)).status == "succeeded"
    present = stripe.v1.payment_intents.create({**asked(method), "customer": guest})
    assert present.status == "requires_action"


@pytest.mark.parametrize("is_saved", [True, False])
def test_a_card_that_always_wants_its_holder_is_declined_when_the_holder_is_away(
    stripe: StripeClient, server: StripeServer, guest: str, is_saved: bool
) -> None:
    token = "pm_card_authenticationRequired"
    method = saved(stripe, server, guest, token) if is_saved else attached(stripe, guest, token)
    with pytest.raises(CardError) as declined:
        stripe.v1.payment_intents.create(later(guest, method))
    error = declined.value.error
    assert error is not None
    assert error.payment_intent is not None
    assert (error.code, error.decline_code) == ("authentication_required", "authentication_required")
    assert error.payment_intent.status == "requires_payment_method"
    recovered = stripe.v1.payment_intents.confirm(error.payment_intent.id, {"payment_method": method})
    assert recovered.status == "requires_action"


def test_a_card_attached_without_setup_wants_its_holder(stripe: StripeClient, guest: str) -> None:
    method = attached(stripe, guest, "pm_card_authenticationRequiredOnSetup")
    with pytest.raises(CardError, match="must authenticate"):
        stripe.v1.payment_intents.create(later(guest, method))


def test_a_card_can_be_saved_while_it_pays(stripe: StripeClient, guest: str) -> None:
    paid = stripe.v1.payment_intents.create(
        {**asked(), "customer": guest, "setup_future_usage": "off_session"}
    )
    assert isinstance(paid.payment_method, str)
    assert stripe.v1.payment_methods.retrieve(paid.payment_method).customer == guest
    assert stripe.v1.payment_intents.create(later(guest, paid.payment_method)).status == "succeeded"


def test_a_saved_card_that_is_declined_later(stripe: StripeClient, server: StripeServer, guest: str) -> None:
    method = saved(stripe, server, guest, "pm_card_chargeCustomerFail")
    with pytest.raises(CardError) as declined:
        stripe.v1.payment_intents.create(later(guest, method))
    assert declined.value.code == "card_declined"


def test_a_declined_card_cannot_be_saved(stripe: StripeClient, guest: str) -> None:
    with pytest.raises(CardError) as declined:
        attached(stripe, guest, "pm_card_visa_chargeDeclined")
    assert declined.value.code == "card_declined"
    with pytest.raises(CardError) as failed:
        stripe.v1.setup_intents.create(
            {
                "customer": guest,
                "payment_method": "pm_card_visa_chargeDeclined",
                "allowed_payment_method_types": ["card"],
                "confirm": True,
            }
        )
    assert failed.value.error is not None
    assert failed.value.error.setup_intent is not None
    assert failed.value.error.setup_intent.status == "requires_payment_method"


def test_the_holder_can_refuse_to_save(stripe: StripeClient, server: StripeServer, guest: str) -> None:
    setup = stripe.v1.setup_intents.create({"customer": guest, "allowed_payment_method_types": ["card"]})
    setup = stripe.v1.setup_intents.confirm(setup.id, {"payment_method": "pm_card_authenticationRequired"})
    server.authenticate(setup.id, succeed=False)
    failed = stripe.v1.setup_intents.retrieve(setup.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_setup_error is not None
    assert failed.last_setup_error.code == "setup_intent_authentication_failure"
    assert stripe.v1.setup_intents.cancel(setup.id).status == "canceled"


def test_a_merchants_authorisation_on_visa_is_shorter(
    stripe: StripeClient, server: StripeServer, guest: str
) -> None:
    method = saved(stripe, server, guest, "pm_card_visa")
    intent = stripe.v1.payment_intents.create({**later(guest, method), "capture_method": "manual"})
    details = charge_of(stripe, intent).payment_method_details
    assert details is not None
    assert details.card is not None
    window = timedelta(days=4, hours=18)
    assert details.card.capture_before == intent.created + window.total_seconds()


def test_a_guests_card_pays_for_nobody_else(stripe: StripeClient, server: StripeServer, guest: str) -> None:
    method = saved(stripe, server, guest, "pm_card_visa")
    stranger = stripe.v1.customers.create({"name": "Eve"}).id
    with pytest.raises(InvalidRequestError, match="belongs to a customer"):
        stripe.v1.payment_intents.create({**asked(method), "customer": stranger})
    with pytest.raises(InvalidRequestError, match="attached to another"):
        stripe.v1.payment_methods.attach(method, {"customer": stranger})


def test_a_card_that_was_taken_off_is_gone(stripe: StripeClient, server: StripeServer, guest: str) -> None:
    method = saved(stripe, server, guest, "pm_card_visa")
    assert stripe.v1.payment_methods.detach(method).customer is None
    with pytest.raises(InvalidRequestError, match="detached"):
        stripe.v1.payment_intents.create(later(guest, method))
    assert stripe.v1.customers.payment_methods.list(guest).data == []


def test_off_session_belongs_to_confirming(stripe: StripeClient) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.create({"amount": 100, "currency": "usd", "off_session": True})
    assert refused.value.param == "off_session"


def attached(stripe: StripeClient, guest: str, card: str) -> str:
    return stripe.v1.payment_methods.attach(card, {"customer": guest}).id
