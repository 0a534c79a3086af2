"""Every payment provider keeps the contracts of the payment ports."""

from datetime import datetime, timedelta

import attrs
import pytest

from booking_adapters.sandbox import Account, SandboxGateway, SandboxVault, Trouble
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts import CardVaultContract, PaymentGatewayContract, Provider
from booking_adapters.testing.contracts.provider import PRICE, an_intent
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import RequiresAction, Succeeded, Unknown
from booking_core.domain.payments.intent import Operation
from booking_core.ports.payments import CardVault, GatewayUnavailable, PaymentGateway


@attrs.frozen
class SandboxProvider:
    """The other side of the sandbox."""

    account: Account
    clock: FixedClock

    def now(self) -> datetime:
        return self.clock.now()

    def advance(self, by: timedelta) -> None:
        self.clock.advance(by)

    def authenticate(self, reference: str, *, succeeds: bool = True) -> None:
        self.account.authenticate(reference, succeeds=succeeds)

    def present_card(self, reference: str, card: str) -> None:
        self.account.present_card(reference, card)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def account(clock: FixedClock) -> Account:
    return Account(clock)


@pytest.fixture
def provider(account: Account, clock: FixedClock) -> Provider:
    return SandboxProvider(account, clock)


@pytest.fixture
def gateway(account: Account) -> PaymentGateway:
    return SandboxGateway(account)


@pytest.fixture
def vault(account: Account) -> CardVault:
    return SandboxVault(account)


class TestSandboxGateway(PaymentGatewayContract): ...


class TestSandboxVault(CardVaultContract): ...


def test_a_call_that_does_not_arrive_has_no_effect(
    gateway: PaymentGateway, account: Account, clock: FixedClock
) -> None:
    account.trouble(Trouble.UNAVAILABLE, Trouble.LOST_BEFORE)
    intent = an_intent(Operation.CHARGE, clock.now(), method="pm_card_visa")
    with pytest.raises(GatewayUnavailable):
        gateway.take(intent)
    assert isinstance(gateway.take(intent), Unknown)
    assert gateway.look_up(intent) is None
    assert isinstance(gateway.take(intent), Succeeded)


def test_an_answer_that_is_lost_comes_again_with_the_same_key(
    gateway: PaymentGateway, account: Account, clock: FixedClock
) -> None:
    account.trouble(Trouble.LOST_AFTER)
    intent = an_intent(Operation.CHARGE, clock.now(), method="pm_card_visa")
    assert gateway.take(intent) == Unknown(reason="time-out")
    (found,) = gateway.list_since(clock.now())
    assert gateway.take(intent) == Succeeded(reference=found.reference, amount=PRICE)
    assert len(gateway.list_since(clock.now())) == 1


def test_a_key_that_is_too_old_pays_twice(gateway: PaymentGateway, clock: FixedClock) -> None:
    """The negative control of looking up what is older than a day: the sandbox forgets, as providers do."""
    intent = an_intent(Operation.CHARGE, clock.now(), method="pm_card_visa")
    gateway.take(intent)
    clock.advance(timedelta(hours=24))
    gateway.take(intent)
    assert len(gateway.list_since(clock.now() - timedelta(days=2))) == 2


def test_the_bank_has_a_page_where_the_deployment_has_one(account: Account, clock: FixedClock) -> None:
    gateway = SandboxGateway(account, bank_page="http://127.0.0.1:8000/bank/")
    answer = gateway.take(an_intent(Operation.CHARGE, clock.now(), method="pm_card_authenticationRequired"))
    assert isinstance(answer, RequiresAction)
    assert answer.url == f"http://127.0.0.1:8000/bank/{answer.reference}"
    account.authenticate(answer.reference)
    account.authenticate(answer.reference, succeeds=False)
    assert [each.captured for each in gateway.list_since(clock.now())] == [PRICE]


def test_there_is_no_card_of_another_name(account: Account, vault: CardVault) -> None:
    begun = vault.begin("k1", "guest-7")
    with pytest.raises(NotFound):
        account.present_card(begun.reference, "4242")
    with pytest.raises(NotFound):
        account.authenticate("nobody")
    account.authenticate(begun.reference)
    assert vault.look_up(begun.reference) == begun
