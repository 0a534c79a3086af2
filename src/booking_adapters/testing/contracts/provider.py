"""What the contracts of PaymentGateway and CardVault need of a provider in tests: hands on its other side."""

from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import attrs

from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Instruction, Intent, Operation

PRICE = Money(66_414, "USD")
LEASE = timedelta(minutes=1)


class Provider(Protocol):
    """The payer, the bank and the time at a provider that is made for tests."""

    def now(self) -> datetime:
        """The provider's time, which stands still unless it is advanced."""
        ...

    def advance(self, by: timedelta) -> None:
        """Let the provider's time pass."""
        ...

    def authenticate(self, reference: str, *, succeeds: bool = True) -> None:
        """The holder of a card answers their bank, about a payment or a card that is to be saved."""
        ...

    def present_card(self, reference: str, card: str) -> None:
        """The guest enters a card that is to be saved."""
        ...


@attrs.frozen(kw_only=True)
class TestCards:
    """The names of payment methods that behave in known ways; unless changed, those of Stripe's documentation."""

    __test__ = False

    good: str = "pm_card_visa"
    declined: str = "pm_card_visa_chargeDeclined"
    without_funds: str = "pm_card_visa_chargeDeclinedInsufficientFunds"
    expired: str = "pm_card_chargeDeclinedExpiredCard"
    asks_always: str = "pm_card_authenticationRequired"
    asks_until_saved: str = "pm_card_authenticationRequiredOnSetup"
    refunded_later: str = "pm_card_pendingRefund"
    refund_fails: str = "pm_card_refundFail"
    unknown: str = "pm_none"


def an_intent(operation: Operation, at: datetime, **facts: Any) -> Intent:
    """An intent that a worker has taken and is about to send."""
    amount: Money = facts.pop("amount", PRICE)
    instruction = Instruction(payment=PaymentId(uuid4()), operation=operation, amount=amount)
    written = Intent.write(
        instruction,
        id=facts.pop("id", None) or IntentId(uuid4()),
        reservation=ClaimId(uuid4()),
        at=at,
        **facts,
    )
    return written.state.lease(at, LEASE).state
