from collections.abc import Callable

import pytest
from stripe import StripeClient

from booking_adapters.stripe.connection import connect as connect_gateway
from booking_adapters.stripe.gateway import StripeGateway
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import Fault, FaultKind, StripeServer
from booking_core.domain.payments.answers import Answer, Succeeded, Unknown
from booking_core.domain.payments.intent import Intent, Operation
from booking_core.ports.payments import GatewayUnavailable
from tests.integration.stripe.conftest import Connect
from tests.integration.stripe.intents import PRICE, sent
from tests.integration.stripe.payments import authorised, captured, charge_of

LOST_BEFORE = [FaultKind.HANG_BEFORE, FaultKind.RESET_BEFORE]
LOST_AFTER = [FaultKind.HANG_AFTER, FaultKind.RESET_AFTER]
TURNED_AWAY = [FaultKind.LOCK_TIMEOUT, FaultKind.RATE_LIMIT]
OPERATIONS = [Operation.AUTHORISE, Operation.CHARGE, Operation.CAPTURE, Operation.VOID, Operation.REFUND]


@pytest.fixture
def gateway(server: StripeServer, connect: Connect) -> StripeGateway:
    return StripeGateway(client=connect(server, timeout=0.5))


@pytest.fixture
def intent(request: pytest.FixtureRequest, stripe: StripeClient, clock: FixedClock) -> Intent:
    """An instruction of the kind asked for, on a payment that can take it."""
    operation: Operation = request.param
    if operation in {Operation.AUTHORISE, Operation.CHARGE}:
        return sent(operation, at=clock.now(), method="pm_card_visa")
    paid = captured(stripe) if operation is Operation.REFUND else authorised(stripe)
    return sent(operation, at=clock.now(), reference=paid.id)


def send(gateway: StripeGateway, intent: Intent) -> Answer:
    calls: dict[Operation, Callable[[Intent], Answer]] = {
        Operation.AUTHORISE: gateway.take,
        Operation.CHARGE: gateway.take,
        Operation.CAPTURE: gateway.capture,
        Operation.VOID: gateway.void,
        Operation.REFUND: gateway.refund,
    }
    return calls[intent.operation](intent)


def money(stripe: StripeClient) -> tuple[int, int, int]:
    """How many payments there are, what they captured and what they refunded."""
    intents = stripe.v1.payment_intents.list({"limit": 100}).data
    refunds = [charge_of(stripe, each).amount_refunded for each in intents if each.latest_charge]
    return len(intents), sum(each.amount_received for each in intents), sum(refunds)


@pytest.mark.parametrize("intent", OPERATIONS, indirect=True)
@pytest.mark.parametrize("kind", [*LOST_BEFORE, *LOST_AFTER])
def test_a_lost_answer_is_unknown_and_sending_again_settles_it_once(
    server: StripeServer, gateway: StripeGateway, stripe: StripeClient, intent: Intent, kind: FaultKind
) -> None:
    server.faults.plan(Fault(kind=kind))
    lost = send(gateway, intent)
    assert isinstance(lost, Unknown)
    assert lost.reference == ""
    assert (gateway.look_up(intent) is None) is (kind in LOST_BEFORE)
    answer = send(gateway, intent)
    assert isinstance(answer, Succeeded)
    assert answer.amount == PRICE
    assert send(gateway, intent) == answer
    after = money(stripe)
    assert gateway.look_up(intent) == answer
    captures = intent.operation in {Operation.CHARGE, Operation.CAPTURE, Operation.REFUND}
    refunds = intent.operation is Operation.REFUND
    assert after == (1, PRICE.amount_minor * captures, PRICE.amount_minor * refunds)


@pytest.mark.parametrize("intent", OPERATIONS, indirect=True)
def test_a_500_after_the_effect_is_found_out_at_once(
    server: StripeServer, gateway: StripeGateway, intent: Intent
) -> None:
    server.faults.plan(Fault(kind=FaultKind.ERROR_AFTER))
    answer = send(gateway, intent)
    assert isinstance(answer, Succeeded)
    assert gateway.look_up(intent) == answer


@pytest.mark.parametrize("intent", OPERATIONS, indirect=True)
def test_a_500_without_effect_stays_unknown_and_moves_no_money(
    server: StripeServer, gateway: StripeGateway, stripe: StripeClient, intent: Intent
) -> None:
    before = money(stripe)
    server.faults.plan(Fault(kind=FaultKind.ERROR_BEFORE))
    for _ in range(2):  # the 500 is saved under the key
        answer = send(gateway, intent)
        assert isinstance(answer, Unknown)
        assert answer.reference == ""
    assert gateway.look_up(intent) is None
    assert money(stripe) == before


@pytest.mark.parametrize("intent", OPERATIONS, indirect=True)
@pytest.mark.parametrize("kind", TURNED_AWAY)
def test_what_was_turned_away_unread_certainly_had_no_effect(
    server: StripeServer, gateway: StripeGateway, stripe: StripeClient, intent: Intent, kind: FaultKind
) -> None:
    before = money(stripe)
    server.faults.plan(Fault(kind=kind))
    with pytest.raises(GatewayUnavailable):
        send(gateway, intent)
    assert money(stripe) == before
    assert isinstance(send(gateway, intent), Succeeded)


@pytest.mark.parametrize("intent", [Operation.CHARGE], indirect=True)
@pytest.mark.parametrize("kind", [FaultKind.KEY_IN_USE, FaultKind.UNAVAILABLE])
def test_a_request_under_way_and_a_503_are_unknown(
    server: StripeServer, gateway: StripeGateway, intent: Intent, kind: FaultKind
) -> None:
    server.faults.plan(Fault(kind=kind))
    assert isinstance(send(gateway, intent), Unknown)
    assert isinstance(send(gateway, intent), Succeeded)


@pytest.mark.parametrize("intent", [Operation.CHARGE], indirect=True)
def test_a_look_that_fails_after_a_500_leaves_it_unknown(
    server: StripeServer, gateway: StripeGateway, intent: Intent
) -> None:
    server.faults.plan(
        Fault(kind=FaultKind.ERROR_AFTER), Fault(kind=FaultKind.UNAVAILABLE, method="GET", path="*")
    )
    assert isinstance(send(gateway, intent), Unknown)
    assert isinstance(gateway.look_up(intent), Succeeded)


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.ERROR_BEFORE, FaultKind.RATE_LIMIT])
@pytest.mark.parametrize("intent", [Operation.CAPTURE], indirect=True)
def test_reading_that_fails_is_unavailable(
    server: StripeServer, gateway: StripeGateway, clock: FixedClock, intent: Intent, kind: FaultKind
) -> None:
    server.faults.plan(Fault(kind=kind, method="GET", times=2))
    with pytest.raises(GatewayUnavailable):
        gateway.look_up(intent)
    with pytest.raises(GatewayUnavailable):
        gateway.list_since(clock.now())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_provider_that_is_not_there_certainly_had_no_part_in_it(
    operation: Operation, clock: FixedClock
) -> None:
    with StripeServer(clock) as gone:
        url = gone.url
    gateway = StripeGateway(client=connect_gateway("sk_test_booking", url=url))
    with pytest.raises(GatewayUnavailable) as refused:
        send(gateway, sent(operation, at=clock.now(), method="pm_card_visa", reference="pi_1"))
    assert refused.value.retryable
    assert url not in refused.value.message
