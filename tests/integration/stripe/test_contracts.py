"""The Stripe adapter keeps the contracts of the payment ports, through the real SDK and real HTTP."""

from datetime import datetime, timedelta

import attrs
import pytest
from stripe import StripeClient

from booking_adapters.stripe.gateway import StripeGateway
from booking_adapters.stripe.vault import StripeVault
from booking_adapters.testing.contracts import CardVaultContract, PaymentGatewayContract, Provider
from booking_adapters.testing.stripe_server import StripeServer
from booking_core.domain.kernel.period import from_epoch
from booking_core.ports.payments import CardVault, PaymentGateway


@attrs.frozen
class StripeProvider:
    """The other side of the pretended Stripe."""

    server: StripeServer
    stripe: StripeClient

    def now(self) -> datetime:
        return from_epoch(self.server.account.now())

    def advance(self, by: timedelta) -> None:
        self.server.advance(by)

    def authenticate(self, reference: str, *, succeeds: bool = True) -> None:
        self.server.authenticate(reference, succeed=succeeds)

    def present_card(self, reference: str, card: str) -> None:
        self.stripe.v1.setup_intents.confirm(reference, {"payment_method": card})


@pytest.fixture
def provider(server: StripeServer, stripe: StripeClient) -> Provider:
    return StripeProvider(server, stripe)


@pytest.fixture
def gateway(stripe: StripeClient) -> PaymentGateway:
    return StripeGateway(client=stripe)


@pytest.fixture
def vault(stripe: StripeClient) -> CardVault:
    return StripeVault(client=stripe)


class TestStripeGateway(PaymentGatewayContract): ...


class TestStripeVault(CardVaultContract): ...
