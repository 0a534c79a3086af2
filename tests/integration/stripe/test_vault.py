from datetime import timedelta

import pytest
from stripe import APIError, StripeClient

from booking_adapters.stripe.gateway import StripeGateway
from booking_adapters.stripe.vault import StripeVault
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.stripe_server import Fault, FaultKind, StripeServer
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import DeclineCode, Declined, SetUp, SetUpState, Succeeded
from booking_core.domain.payments.intent import Operation
from booking_core.ports.payments import CardVault, GatewayMisused, GatewayUnavailable
from tests.integration.stripe.intents import sent


@pytest.fixture
def vault(stripe: StripeClient) -> CardVault:
    return StripeVault(client=stripe)


def save(vault: CardVault, stripe: StripeClient, server: StripeServer, card: str = "pm_card_visa") -> SetUp:
    """The guest saves a card on the page."""
    begun = vault.begin("k1", "guest-7")
    assert (begun.state, begun.method, bool(begun.client_secret)) == (SetUpState.REQUIRES_ACTION, "", True)
    confirmed = stripe.v1.setup_intents.confirm(begun.reference, {"payment_method": card})
    if confirmed.status == "requires_action":
        assert vault.look_up(begun.reference).state is SetUpState.REQUIRES_ACTION
        server.authenticate(begun.reference)
    done = vault.look_up(begun.reference)
    assert done.state is SetUpState.SAVED
    return done


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_authenticationRequiredOnSetup"])
def test_a_saved_card_is_charged_while_the_guest_is_away(
    vault: CardVault, stripe: StripeClient, server: StripeServer, clock: FixedClock, card: str
) -> None:
    saved = save(vault, stripe, server, card)
    gateway = StripeGateway(client=stripe, return_url="https://hotel.example/done")
    for _ in range(2):
        intent = sent(Operation.CHARGE, at=clock.now(), method=saved.method, is_off_session=True)
        assert isinstance(gateway.take(intent), Succeeded)


def test_a_card_that_wants_its_owner_is_declined_while_the_owner_is_away(
    vault: CardVault, stripe: StripeClient, server: StripeServer, clock: FixedClock
) -> None:
    saved = save(vault, stripe, server, "pm_card_authenticationRequired")
    intent = sent(Operation.CHARGE, at=clock.now(), method=saved.method, is_off_session=True)
    answer = StripeGateway(client=stripe).take(intent)
    assert isinstance(answer, Declined)
    assert (answer.code, answer.provider_code) == (
        DeclineCode.AUTHENTICATION_FAILED,
        "authentication_required",
    )


def test_beginning_again_under_the_same_key_is_the_same(vault: CardVault) -> None:
    assert vault.begin("k1", "guest-7") == vault.begin("k1", "guest-7")


def test_a_guest_stays_one_customer_for_ever_and_the_provider_does_not_learn_the_key(
    vault: CardVault, stripe: StripeClient, server: StripeServer
) -> None:
    vault.begin("k1", "ada@example.com")
    vault.begin("k2", "ada@example.com")
    server.advance(timedelta(days=30))
    vault.begin("k3", "ada@example.com")
    customers = stripe.v1.customers.list().data
    assert len(customers) == 1
    assert "ada@" not in str(customers[0].to_dict())
    vault.begin("k4", "eve'; drop")
    assert len(stripe.v1.customers.list().data) == 2


def test_a_refused_card_is_not_saved(vault: CardVault, stripe: StripeClient, server: StripeServer) -> None:
    begun = vault.begin("k1", "guest-7")
    stripe.v1.setup_intents.confirm(begun.reference, {"payment_method": "pm_card_authenticationRequired"})
    server.authenticate(begun.reference, succeed=False)
    assert vault.look_up(begun.reference).state is SetUpState.FAILED
    other = vault.begin("k2", "guest-7")
    stripe.v1.setup_intents.cancel(other.reference)
    assert vault.look_up(other.reference).state is SetUpState.FAILED


def test_a_forgotten_card_is_gone_and_forgetting_again_changes_nothing(
    vault: CardVault, stripe: StripeClient, server: StripeServer, clock: FixedClock
) -> None:
    saved = save(vault, stripe, server)
    vault.forget(saved.method)
    vault.forget(saved.method)
    vault.forget("cus_1/pm_none")
    intent = sent(Operation.CHARGE, at=clock.now(), method=saved.method, is_off_session=True)
    assert isinstance(StripeGateway(client=stripe).take(intent), Declined)


def test_nothing_of_that_reference(vault: CardVault) -> None:
    with pytest.raises(NotFound):
        vault.look_up("seti_none")


def test_a_client_secret_is_not_shown(vault: CardVault) -> None:
    begun = vault.begin("k1", "guest-7")
    assert begun.client_secret not in repr(begun)


@pytest.mark.parametrize("kind", [FaultKind.UNAVAILABLE, FaultKind.RESET_BEFORE, FaultKind.RATE_LIMIT])
def test_trouble_is_typed(vault: CardVault, server: StripeServer, kind: FaultKind) -> None:
    server.faults.plan(Fault(kind=kind, method="*", times=3))
    with pytest.raises(GatewayUnavailable):
        vault.begin("k1", "guest-7")
    with pytest.raises(GatewayUnavailable):
        vault.look_up("seti_1")
    with pytest.raises(GatewayUnavailable):
        vault.forget("cus_1/pm_1")


def test_a_key_that_comes_with_another_guest_is_for_people(vault: CardVault) -> None:
    vault.begin("k1", "guest-7")
    with pytest.raises(GatewayMisused):
        vault.begin("k1", "guest-8")


def test_a_card_that_cannot_be_forgotten_now_is_unavailable(
    vault: CardVault, stripe: StripeClient, server: StripeServer
) -> None:
    saved = save(vault, stripe, server)
    server.faults.plan(Fault(kind=FaultKind.ERROR_BEFORE))
    with pytest.raises(GatewayUnavailable) as refused:
        vault.forget(saved.method)
    assert isinstance(refused.value.__cause__, APIError)
