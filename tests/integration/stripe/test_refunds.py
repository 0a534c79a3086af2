from datetime import timedelta

import pytest
from stripe import InvalidRequestError, StripeClient

from booking_adapters.testing.stripe_server import StripeServer
from tests.integration.stripe.payments import PRICE, authorised, captured, charge_of, event_types


def test_a_payment_is_refunded_whole(stripe: StripeClient) -> None:
    intent = captured(stripe)
    refund = stripe.v1.refunds.create({"payment_intent": intent.id, "reason": "requested_by_customer"})
    assert (refund.amount, refund.status, refund.reason) == (PRICE, "succeeded", "requested_by_customer")
    charge = charge_of(stripe, intent)
    assert (charge.refunded, charge.amount_refunded) == (True, PRICE)
    assert event_types(stripe, intent)[-2:] == ["refund.created", "charge.refunded"]


def test_a_payment_is_refunded_in_parts_and_never_above_what_is_left(stripe: StripeClient) -> None:
    intent = captured(stripe, amount=1_000)
    stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 600})
    with pytest.raises(InvalidRequestError, match="from 1 to 400") as refused:
        stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 401})
    assert refused.value.param == "amount"
    stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 400})
    with pytest.raises(InvalidRequestError) as over:
        stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 1})
    assert over.value.code == "charge_already_refunded"
    refunds = stripe.v1.refunds.list({"payment_intent": intent.id}).data
    assert [each.amount for each in refunds] == [400, 600]


def test_only_what_was_captured_is_refunded(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    with pytest.raises(InvalidRequestError, match="no captured charge"):
        stripe.v1.refunds.create({"payment_intent": intent.id})
    stripe.v1.payment_intents.capture(intent.id, {"amount_to_capture": 500})
    with pytest.raises(InvalidRequestError, match="from 1 to 500"):
        stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 501})
    assert stripe.v1.refunds.create({"charge": charge_of(stripe, intent).id}).amount == 500


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_is_not_refunded(stripe: StripeClient, amount: int) -> None:
    intent = captured(stripe)
    with pytest.raises(InvalidRequestError) as refused:
        stripe.v1.refunds.create({"payment_intent": intent.id, "amount": amount})
    assert refused.value.param == "amount"


def test_a_refund_says_what_it_is_of(stripe: StripeClient) -> None:
    intent = captured(stripe)
    with pytest.raises(InvalidRequestError, match="Either charge or payment_intent"):
        stripe.v1.refunds.create({"amount": 100})
    with pytest.raises(InvalidRequestError, match="Either charge or payment_intent"):
        stripe.v1.refunds.create({"charge": charge_of(stripe, intent).id, "payment_intent": intent.id})


def test_some_cards_take_a_refund_slowly(stripe: StripeClient, server: StripeServer) -> None:
    intent = captured(stripe, "pm_card_pendingRefund")
    refund = stripe.v1.refunds.create({"payment_intent": intent.id})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    server.advance(timedelta(hours=1))
    assert stripe.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert event_types(stripe, intent)[-1] == "refund.updated"


def test_some_cards_send_a_refund_back_and_it_can_be_sent_again(
    stripe: StripeClient, server: StripeServer
) -> None:
    intent = captured(stripe, "pm_card_refundFail")
    refund = stripe.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    server.advance(timedelta(hours=1))
    failed = stripe.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    charge = charge_of(stripe, intent)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    assert event_types(stripe, intent)[-3:] == ["charge.updated", "refund.failed", "refund.updated"]
    assert stripe.v1.refunds.create({"payment_intent": intent.id}).amount == PRICE


def test_a_test_can_fail_any_refund(stripe: StripeClient, server: StripeServer) -> None:
    intent = captured(stripe)
    refund = stripe.v1.refunds.create({"payment_intent": intent.id, "amount": 100})
    server.settle_refund(refund.id, "failed")
    assert stripe.v1.refunds.retrieve(refund.id).status == "failed"
    assert charge_of(stripe, intent).amount_refunded == 0
