import urllib.request

import pytest
from stripe import CardError, PaymentIntent, StripeClient

from booking_adapters.testing.stripe_server import CARDS, Card, StripeServer
from booking_adapters.testing.stripe_server.cards import Authentication
from tests.integration.stripe.payments import asked, charge_of, event_types

DECLINED = [card for card in CARDS if card.decline and card.authentication is Authentication.NEVER]
CHALLENGED = [card for card in CARDS if card.authentication is not Authentication.NEVER and not card.decline]
GOOD = [card for card in CARDS if not card.decline and card not in CHALLENGED and not card.is_invalid]


def name(card: Card) -> str:
    return card.tokens[0] if card.tokens else card.number


@pytest.mark.parametrize("card", DECLINED, ids=name)
def test_a_declined_card_says_why_and_leaves_the_payment_open(stripe: StripeClient, card: Card) -> None:
    assert card.decline is not None
    with pytest.raises(CardError) as declined:
        stripe.v1.payment_intents.create(asked(name(card)))
    error = declined.value.error
    assert error is not None
    assert error.payment_intent is not None
    assert (declined.value.http_status, error.type) == (402, "card_error")
    assert (error.code, error.decline_code) == (card.decline.code, card.decline.decline_code)
    assert error.payment_intent.status == "requires_payment_method"
    charge = charge_of(stripe, error.payment_intent)
    assert (charge.id, charge.status, charge.paid) == (error.charge, "failed", False)
    paid = stripe.v1.payment_intents.confirm(error.payment_intent.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    assert event_types(stripe, paid) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


@pytest.mark.parametrize("card", GOOD, ids=name)
def test_a_good_card_pays_by_its_token_and_by_its_number(stripe: StripeClient, card: Card) -> None:
    assert stripe.v1.payment_intents.create(asked(name(card))).status == "succeeded"
    method = stripe.v1.payment_methods.create(
        {"type": "card", "card": {"number": card.number, "exp_month": 12, "exp_year": 34, "cvc": "123"}}
    )
    assert method.card is not None
    assert (method.card.last4, method.card.exp_year) == (card.number[-4:], 2034)
    assert stripe.v1.payment_intents.create(asked(method.id)).status == "succeeded"


@pytest.mark.parametrize(
    ("number", "month", "year", "code"),
    [
        ("4242424242424241", 12, 2034, "incorrect_number"),
        ("4242424242424242", 13, 2034, "invalid_expiry_month"),
        ("4242424242424242", 2, 2026, "invalid_expiry_year"),
        ("4111111111111111", 12, 2034, "card_declined"),
    ],
)
def test_wrong_card_details_make_no_payment_method(
    stripe: StripeClient, number: str, month: int, year: int, code: str
) -> None:
    with pytest.raises(CardError) as refused:
        stripe.v1.payment_methods.create(
            {"type": "card", "card": {"number": number, "exp_month": month, "exp_year": year, "cvc": "123"}}
        )
    assert refused.value.code == code


@pytest.mark.parametrize("card", CHALLENGED, ids=name)
def test_the_holder_authenticates_and_the_payment_goes_on(
    stripe: StripeClient, server: StripeServer, card: Card
) -> None:
    intent = stripe.v1.payment_intents.create({**asked(name(card)), "capture_method": "manual"})
    assert intent.status == "requires_action"
    assert intent.next_action is not None
    assert intent.next_action.type == "use_stripe_sdk"
    assert intent.latest_charge is None
    server.authenticate(intent.id)
    done = stripe.v1.payment_intents.retrieve(intent.id)
    assert (done.status, done.next_action) == ("requires_capture", None)
    details = charge_of(stripe, done).payment_method_details
    assert details is not None
    assert details.card is not None
    assert details.card.three_d_secure is not None
    assert details.card.three_d_secure.result == "authenticated"


def test_a_holder_who_fails_needs_another_card(stripe: StripeClient, server: StripeServer) -> None:
    intent = stripe.v1.payment_intents.create(asked("pm_card_authenticationRequired"))
    server.authenticate(intent.id, succeed=False)
    failed = stripe.v1.payment_intents.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    again = stripe.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert again.status == "succeeded"


def test_an_authenticated_card_can_still_be_declined(stripe: StripeClient, server: StripeServer) -> None:
    card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    intent = stripe.v1.payment_intents.create(asked(card))
    server.authenticate(intent.id)
    failed = stripe.v1.payment_intents.retrieve(intent.id)
    assert failed.last_payment_error is not None
    assert failed.last_payment_error.decline_code == "insufficient_funds"
    assert event_types(stripe, intent)[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_payer_who_is_being_asked_can_be_cut_off(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create(asked("pm_card_authenticationRequired"))
    ended = stripe.v1.payment_intents.cancel(intent.id)
    assert (ended.status, ended.next_action) == ("canceled", None)


def test_a_shop_can_ask_for_3d_secure_on_any_card(stripe: StripeClient) -> None:
    wanted = {"card": {"request_three_d_secure": "any"}}
    intent = stripe.v1.payment_intents.create({**asked(), "payment_method_options": wanted})  # type: ignore[typeddict-item]
    assert intent.status == "requires_action"


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [("complete", "succeeded", "succeeded"), ("fail", "requires_payment_method", "failed")],
)
def test_a_person_answers_on_the_page_of_the_bank(
    stripe: StripeClient, outcome: str, status: str, told: str
) -> None:
    back = "https://hotel.example/done?booking=7"
    intent = stripe.v1.payment_intents.create({**asked("pm_card_authenticationRequired"), "return_url": back})
    url = bank_page(intent)
    with urllib.request.urlopen(url, timeout=10) as page:  # noqa: S310 - our own server on this machine
        assert b"Complete authentication" in page.read()
    location = press(f"{url}/{outcome}")
    assert location.startswith(f"{back}&payment_intent={intent.id}")
    assert location.endswith(f"redirect_status={told}")
    assert stripe.v1.payment_intents.retrieve(intent.id).status == status


def bank_page(intent: PaymentIntent) -> str:
    assert intent.next_action is not None
    assert intent.next_action.redirect_to_url is not None
    assert intent.next_action.redirect_to_url.url is not None
    return intent.next_action.redirect_to_url.url


class StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def press(url: str) -> str:
    """Where the browser is sent after pressing a button."""
    opener = urllib.request.build_opener(StayHere)
    with pytest.raises(urllib.request.HTTPError) as redirected:
        opener.open(url, data=b"", timeout=10)
    with redirected.value as answer:
        assert answer.code == 303
        return answer.headers["Location"]
