from datetime import timedelta

import pytest
from stripe import InvalidRequestError, StripeClient

from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.stripe.payments import (
    PRICE,
    asked,
    authorised,
    captured,
    charge_of,
    event_types,
)

WEEK = timedelta(days=7)


def test_an_authorised_payment_is_captured_whole(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    assert (intent.amount_capturable, intent.amount_received) == (PRICE, 0)
    taken = stripe.v1.payment_intents.capture(intent.id)
    assert (taken.status, taken.amount_capturable, taken.amount_received) == ("succeeded", 0, PRICE)
    assert event_types(stripe, intent) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
    ]


def test_a_part_is_captured_and_the_rest_is_released_without_a_refund(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    taken = stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 20_000})
    charge = charge_of(stripe, intent)
    assert (taken.amount, taken.amount_received, taken.amount_capturable) == (PRICE, 20_000, 0)
    assert (charge.amount, charge.amount_captured, charge.amount_refunded) == (PRICE, 20_000, 0)
    assert stripe.v1.refunds.list({"payment_intent": intent.id}).data == []


@pytest.mark.parametrize(("amount", "code"), [(0, "amount_too_small"), (PRICE + 1, "amount_too_large")])
def test_no_more_and_no_less_than_something_of_the_authorised_is_captured(
    stripe: StripeClient, amount: int, code: str
) -> None:
    intent = authorised(stripe)
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": amount})
    assert (refused.value.code, refused.value.param) == (code, "amount_to_capture")
    assert stripe.v1.payment_intents.retrieve(intent.id).amount_capturable == PRICE


def test_what_is_captured_is_not_captured_again(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    stripe.v1.payment_intents.capture(intent.id)
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.capture(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error is not None
    assert refused.value.error.payment_intent is not None
    assert refused.value.error.payment_intent.status == "succeeded"


def test_canceling_an_authorised_payment_releases_it(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    ended = stripe.v1.payment_intents.cancel(intent.id, {"cancellation_reason": "requested_by_customer"})
    assert (ended.status, ended.amount_capturable) == ("canceled", 0)
    assert ended.cancellation_reason == "requested_by_customer"
    charge = charge_of(stripe, intent)
    assert (charge.captured, charge.refunded, charge.amount_refunded) == (False, False, 0)


@pytest.mark.parametrize("end", ["succeeded", "canceled"])
def test_an_ended_payment_cannot_be_canceled(stripe: StripeClient, end: str) -> None:
    intent = captured(stripe) if end == "succeeded" else authorised(stripe)
    if end == "canceled":
        stripe.v1.payment_intents.cancel(intent.id)
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


def test_an_authorisation_lapses_after_seven_days(stripe: StripeClient, server: StripeServer) -> None:
    intent = authorised(stripe)
    details = charge_of(stripe, intent).payment_method_details
    assert details is not None
    assert details.card is not None
    assert details.card.capture_before == intent.created + WEEK.total_seconds()
    server.advance(WEEK - timedelta(seconds=1))
    assert stripe.v1.payment_intents.retrieve(intent.id).status == "requires_capture"
    server.advance(timedelta(seconds=1))
    ended = stripe.v1.payment_intents.retrieve(intent.id)
    assert (ended.status, ended.cancellation_reason) == ("canceled", "expired")
    assert event_types(stripe, intent)[-2:] == ["charge.expired", "payment_intent.canceled"]


def test_a_captured_payment_does_not_lapse(stripe: StripeClient, server: StripeServer) -> None:
    intent = authorised(stripe)
    stripe.v1.payment_intents.capture(intent.id)
    server.advance(2 * WEEK)
    assert stripe.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_payment_goes_step_by_step(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create(
        {"amount": PRICE, "currency": "USD", "allowed_payment_method_types": ["card"]}
    )
    assert (intent.status, intent.currency) == ("requires_payment_method", "usd")
    intent = stripe.v1.payment_intents.update(intent.id, {"amount": 100, "payment_method": "pm_card_visa"})
    assert (intent.status, intent.amount) == ("requires_confirmation", 100)
    intent = stripe.v1.payment_intents.confirm(intent.id)
    assert (intent.status, intent.amount_received) == ("succeeded", 100)
    with pytest.raises(InvalidRequestError, match="cannot be changed"):
        stripe.v1.payment_intents.update(intent.id, {"amount": 200})
    noted = stripe.v1.payment_intents.update(intent.id, {"metadata": {"reservation": "GH-NYC-1"}})
    assert noted.metadata.to_dict() == {"reservation": "GH-NYC-1"}


def test_metadata_merge_and_unset(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create({**asked(), "metadata": {"a": "1", "b": "2"}})
    merged = stripe.v1.payment_intents.update(intent.id, {"metadata": {"a": "", "c": "3"}})
    assert merged.metadata.to_dict() == {"b": "2", "c": "3"}
    assert stripe.v1.payment_intents.update(intent.id, {"metadata": ""}).metadata.to_dict() == {}


def test_automatic_methods_may_redirect_and_so_need_to_know_where_to_return(stripe: StripeClient) -> None:
    automatic = asked()
    del automatic["allowed_payment_method_types"]
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.create(automatic)
    assert refused.value.param == "return_url"
    paid = stripe.v1.payment_intents.create({**automatic, "return_url": "https://hotel.example/done"})
    assert paid.status == "succeeded"
    never = {"enabled": True, "allow_redirects": "never"}
    paid = stripe.v1.payment_intents.create({**automatic, "automatic_payment_methods": never})  # type: ignore[typeddict-item]
    assert paid.status == "succeeded"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "usd", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (10_001, "kwd", "invalid_charge_amount"),
        (10_001, "isk", "invalid_charge_amount"),
    ],
)
def test_amounts_that_no_card_can_be_charged_are_refused(
    stripe: StripeClient, amount: int, currency: str, code: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.create({"amount": amount, "currency": currency})
    assert (refused.value.code, refused.value.param) == (code, "amount")


def test_a_card_pays_once_unless_it_is_saved(stripe: StripeClient) -> None:
    card = stripe.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    captured(stripe, card.id)
    with pytest.raises(InvalidRequestError, match="used before"):
        captured(stripe, card.id)


def test_nothing_of_that_id(stripe: StripeClient) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.payment_intents.retrieve("pi_none")
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        404,
        "resource_missing",
        "id",
    )
