import time

import pytest
from stripe import APIConnectionError, APIError, RateLimitError, StripeClient

from booking_adapters.testing.stripe_server import Fault, FaultKind, StripeServer
from booking_core.domain.kernel.errors import InvalidInput
from tests.integration.stripe.conftest import Connect
from tests.integration.stripe.payments import asked, authorised

SOON = 0.3


def payments(stripe: StripeClient) -> int:
    return len(stripe.v1.payment_intents.list({"limit": 100}).data)


@pytest.mark.parametrize(
    ("kind", "effects"),
    [
        (FaultKind.HANG_BEFORE, 0),
        (FaultKind.HANG_AFTER, 1),
        (FaultKind.RESET_BEFORE, 0),
        (FaultKind.RESET_AFTER, 1),
    ],
)
def test_an_answer_that_never_comes_and_the_same_key_again(
    stripe: StripeClient, server: StripeServer, connect: Connect, kind: FaultKind, effects: int
) -> None:
    server.faults.plan(Fault(kind=kind))
    hasty = connect(server, timeout=SOON)
    with pytest.raises(APIConnectionError) as lost:
        hasty.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
    assert lost.value.should_retry
    assert payments(stripe) == effects
    paid = stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
    assert (paid.status, payments(stripe)) == ("succeeded", 1)


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER])
def test_the_sdk_repeats_after_a_lost_connection_and_pays_once(
    server: StripeServer, connect: Connect, kind: FaultKind
) -> None:
    server.faults.plan(Fault(kind=kind))
    stripe = connect(server, retries=1)
    assert stripe.v1.payment_intents.create(asked()).status == "succeeded"
    assert payments(stripe) == 1


def test_the_negative_control_a_fresh_key_after_a_lost_answer_pays_twice(
    stripe: StripeClient, server: StripeServer
) -> None:
    server.faults.plan(Fault(kind=FaultKind.RESET_AFTER))
    with pytest.raises(APIConnectionError):
        stripe.v1.payment_intents.create(asked(), {"idempotency_key": "one"})
    stripe.v1.payment_intents.create(asked(), {"idempotency_key": "two"})
    assert payments(stripe) == 2


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        (FaultKind.ERROR_BEFORE, 500, APIError),
        (FaultKind.ERROR_AFTER, 500, APIError),
        (FaultKind.UNAVAILABLE, 503, APIError),
        (FaultKind.KEY_IN_USE, 409, APIError),
        (FaultKind.LOCK_TIMEOUT, 429, RateLimitError),
        (FaultKind.RATE_LIMIT, 429, RateLimitError),
    ],
)
def test_an_error_answer(
    stripe: StripeClient, server: StripeServer, kind: FaultKind, status: int, error: type[APIError]
) -> None:
    server.faults.plan(Fault(kind=kind))
    with pytest.raises(error) as failed:
        stripe.v1.payment_intents.create(asked())
    assert failed.value.http_status == status
    assert payments(stripe) == (1 if kind is FaultKind.ERROR_AFTER else 0)


@pytest.mark.parametrize("kind", [FaultKind.UNAVAILABLE, FaultKind.RATE_LIMIT, FaultKind.LOCK_TIMEOUT])
def test_what_was_turned_away_unread_works_with_the_same_key(
    stripe: StripeClient, server: StripeServer, kind: FaultKind
) -> None:
    server.faults.plan(Fault(kind=kind))
    with pytest.raises((APIError, RateLimitError)):
        stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"})
    assert stripe.v1.payment_intents.create(asked(), {"idempotency_key": "k"}).status == "succeeded"


def test_a_slow_answer_comes(stripe: StripeClient, server: StripeServer) -> None:
    server.faults.plan(Fault(kind=FaultKind.SLOW, seconds=SOON))
    began = time.monotonic()
    assert stripe.v1.payment_intents.create(asked()).status == "succeeded"
    assert time.monotonic() - began >= SOON


def test_a_fault_meets_the_request_it_is_meant_for(stripe: StripeClient, server: StripeServer) -> None:
    server.faults.plan(
        Fault(kind=FaultKind.UNAVAILABLE, path="/v1/payment_intents/*/capture", skip=1, times=2)
    )
    stripe.v1.payment_intents.capture(authorised(stripe).id)
    intent = authorised(stripe)
    for _ in range(2):
        with pytest.raises(APIError):
            stripe.v1.payment_intents.capture(intent.id)
    assert stripe.v1.payment_intents.capture(intent.id).status == "succeeded"
    assert server.faults.planned == ()


def test_reading_can_fail_too(stripe: StripeClient, server: StripeServer) -> None:
    server.faults.plan(Fault(kind=FaultKind.ERROR_BEFORE, method="GET", path="/v1/customers"))
    with pytest.raises(APIError):
        stripe.v1.customers.list()
    assert stripe.v1.customers.list().data == []


def test_faults_can_be_called_off(stripe: StripeClient, server: StripeServer) -> None:
    server.faults.plan(Fault(kind=FaultKind.UNAVAILABLE, times=9))
    server.faults.clear()
    assert stripe.v1.payment_intents.create(asked()).status == "succeeded"


def test_the_requests_that_came_can_be_counted(stripe: StripeClient, server: StripeServer) -> None:
    server.faults.plan(Fault(kind=FaultKind.RESET_BEFORE))
    with pytest.raises(APIConnectionError):
        stripe.v1.customers.create({}, {"idempotency_key": "a"})
    stripe.v1.customers.create({}, {"idempotency_key": "a"})
    assert [(each.path, each.idempotency_key, each.status) for each in server.seen] == [
        ("/v1/customers", "a", None),
        ("/v1/customers", "a", 200),
    ]


@pytest.mark.parametrize("wrong", [{"times": 0}, {"skip": -1}, {"seconds": 121.0}, {"seconds": -1.0}])
def test_a_fault_that_never_happens_or_never_ends_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        Fault(kind=FaultKind.SLOW, **wrong)  # type: ignore[arg-type]
