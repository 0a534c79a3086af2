"""No payment provider: what a deployment has that takes no cards."""

from collections.abc import Sequence
from datetime import datetime

from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.payments.answers import Answer, Found, SetUp
from booking_core.domain.payments.intent import Intent
from booking_core.ports.payments import GatewayMisused


class AbsentGateway:
    """The PaymentGateway port; every instruction is for people, and no payment is ever listed."""

    def take(self, intent: Intent) -> Answer:
        raise _refusal(intent)

    def capture(self, intent: Intent) -> Answer:
        raise _refusal(intent)

    def void(self, intent: Intent) -> Answer:
        raise _refusal(intent)

    def refund(self, intent: Intent) -> Answer:
        raise _refusal(intent)

    def look_up(self, intent: Intent) -> Answer | None:
        raise _refusal(intent)

    def list_since(self, since: datetime, after: str = "", limit: int = 100) -> Sequence[Found]:  # noqa: ARG002
        return []


class AbsentVault:
    """The CardVault port; no card is saved here, and none is known."""

    def begin(self, key: str, customer: str) -> SetUp:  # noqa: ARG002 - the port's parameters
        raise GatewayMisused("no payment provider is configured here")

    def look_up(self, reference: str) -> SetUp:
        raise NotFound("set-up", reference)

    def forget(self, method: str) -> None:
        """There is none to forget."""


def _refusal(intent: Intent) -> GatewayMisused:
    return GatewayMisused("no payment provider is configured here", intent=str(intent.id))
