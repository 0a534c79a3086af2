from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from stripe import APIError, CardError, IdempotencyError, InvalidRequestError, RateLimitError, StripeClient

from booking_adapters.testing.stripe_server import Fault, FaultKind, StripeServer
from tests.integration.stripe.conftest import Connect
from tests.integration.stripe.payments import asked, authorised

A_DAY = timedelta(hours=24)


def payments(stripe: StripeClient) -> int:
    return len(stripe.v1.payment_intents.list({"limit": 100}).data)


def test_the_same_key_gives_the_same_answer_and_has_one_effect(stripe: StripeClient) -> None:
    first = stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
    again = stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
    assert (again.id, payments(stripe)) == (first.id, 1)
    assert first.last_response is not None
    assert again.last_response is not None
    assert "idempotent-replayed" not in first.last_response.headers
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert again.last_response.headers["original-request"] == first.last_response.request_id


def test_the_answer_is_the_first_one_even_when_the_object_went_on(stripe: StripeClient) -> None:
    intent = stripe.v1.payment_intents.create(
        {**asked(), "capture_method": "manual"}, {"idempotency_key": "k"}
    )
    stripe.v1.payment_intents.capture(intent.id)
    again = stripe.v1.payment_intents.create(
        {**asked(), "capture_method": "manual"}, {"idempotency_key": "k"}
    )
    assert again.status == "requires_capture"


def test_a_key_serves_one_set_of_parameters(stripe: StripeClient) -> None:
    stripe.v1.payment_intents.create(asked(amount=100), {"idempotency_key": "k"})
    with pytest.raises(IdempotencyError, match="other parameters") as refused:
        stripe.v1.payment_intents.create(asked(amount=200), {"idempotency_key": "k"})
    assert refused.value.http_status == 400
    assert payments(stripe) == 1


def test_a_key_serves_one_address(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    stripe.v1.payment_intents.cancel(intent.id, {}, {"idempotency_key": "k"})
    with pytest.raises(IdempotencyError, match="first used for /v1/payment_intents/"):
        stripe.v1.customers.create({}, {"idempotency_key": "k"})


def test_a_decline_is_an_answer_and_stays_one(stripe: StripeClient) -> None:
    for _ in range(2):
        with pytest.raises(CardError):
            stripe.v1.payment_intents.create(asked("pm_card_visa_chargeDeclined"), {"idempotency_key": "k"})
    assert payments(stripe) == 1


def test_parameters_that_were_refused_do_not_use_up_the_key(stripe: StripeClient) -> None:
    with pytest.raises(InvalidRequestError):
        stripe.v1.refunds.create({"payment_intent": ""}, {"idempotency_key": "k"})
    assert stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"}).status == "succeeded"


def test_what_the_endpoint_refused_is_kept(stripe: StripeClient) -> None:
    intent = authorised(stripe)
    with pytest.raises(InvalidRequestError):
        stripe.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k"})
    stripe.v1.payment_intents.capture(intent.id)
    with pytest.raises(InvalidRequestError, match="no captured charge"):
        stripe.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "k"})


def test_a_key_is_forgotten_after_24_hours(stripe: StripeClient, server: StripeServer) -> None:
    first = stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
    server.advance(A_DAY - timedelta(seconds=1))
    assert stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"}).id == first.id
    server.advance(timedelta(seconds=1))
    assert stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"}).id != first.id


@pytest.mark.parametrize("kind", [FaultKind.ERROR_BEFORE, FaultKind.ERROR_AFTER])
def test_a_500_is_kept_too(stripe: StripeClient, server: StripeServer, kind: FaultKind) -> None:
    server.faults.plan(Fault(kind=kind))
    for _ in range(2):
        with pytest.raises(APIError) as broken:
            stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
        assert broken.value.http_status == 500
    assert payments(stripe) == (1 if kind is FaultKind.ERROR_AFTER else 0)


def test_a_key_is_too_long(stripe: StripeClient) -> None:
    with pytest.raises(InvalidRequestError, match="255"):
        stripe.v1.customers.create({}, {"idempotency_key": "k" * 256})


def test_the_same_key_while_the_first_request_runs_is_a_conflict(
    stripe: StripeClient, server: StripeServer, connect: Connect
) -> None:
    server.faults.plan(Fault(kind=FaultKind.SLOW, seconds=1))
    with ThreadPoolExecutor(1) as other:
        pay = lambda: connect(server).v1.payment_intents.create(asked(), {"idempotency_key": "k"})  # noqa: E731
        first = other.submit(pay)
        assert server.faults.wait_until_slow()
        with pytest.raises(APIError) as conflict:
            stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
        assert (conflict.value.http_status, code_of(conflict.value)) == (409, "idempotency_key_in_use")
        assert first.result().status == "succeeded"
    assert payments(stripe) == 1


def test_two_requests_on_one_object_do_not_run_together(
    stripe: StripeClient, server: StripeServer, connect: Connect
) -> None:
    intent = authorised(stripe)
    server.faults.plan(Fault(kind=FaultKind.SLOW, path="*/capture", seconds=2))
    with ThreadPoolExecutor(1) as other:
        first = other.submit(lambda: connect(server).v1.payment_intents.capture(intent.id))
        assert server.faults.wait_until_slow()
        with pytest.raises(RateLimitError) as refused:
            stripe.v1.payment_intents.cancel(intent.id)
        assert (refused.value.http_status, code_of(refused.value)) == (429, "lock_timeout")
        assert first.result().status == "succeeded"


def test_the_sdk_repeats_a_conflict_with_the_same_key(server: StripeServer, connect: Connect) -> None:
    server.faults.plan(Fault(kind=FaultKind.KEY_IN_USE))
    stripe = connect(server, retries=2)
    assert stripe.v1.payment_intents.create(asked()).status == "succeeded"
    keys = [each.idempotency_key for each in server.seen if each.method == "POST"]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def code_of(error: APIError | RateLimitError) -> str | None:
    assert error.error is not None
    return error.error.code
