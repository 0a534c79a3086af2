"""The test cards, under the names that Stripe's documentation gives them (docs.stripe.com/testing)."""

from enum import StrEnum

import attrs

from booking_core.domain.payments.answers import DeclineCode, Declined


class Asks(StrEnum):
    """When a card asks its holder."""

    NEVER = "never"
    ALWAYS = "always"
    UNLESS_SAVED = "unless_saved"


class Refunds(StrEnum):
    """What becomes of a refund to the card."""

    AT_ONCE = "at_once"
    AN_HOUR_LATER = "an_hour_later"
    COME_BACK = "come_back"


@attrs.frozen(kw_only=True)
class Card:
    """How a card behaves. `decline` is what its bank says to every payment."""

    decline: Declined | None = None
    asks: Asks = Asks.NEVER
    refunds: Refunds = Refunds.AT_ONCE

    def asks_holder(self, *, is_saved: bool) -> bool:
        """Whether a payment waits for the holder."""
        return self.asks is Asks.ALWAYS or (self.asks is Asks.UNLESS_SAVED and not is_saved)


def _declined(code: DeclineCode, message: str, provider_code: str) -> Card:
    return Card(decline=Declined(code=code, message=message, provider_code=provider_code))


CARDS = {
    "pm_card_visa": Card(),
    "pm_card_mastercard": Card(),
    "pm_card_visa_chargeDeclined": _declined(
        DeclineCode.CARD_DECLINED, "The card was declined.", "generic_decline"
    ),
    "pm_card_visa_chargeDeclinedInsufficientFunds": _declined(
        DeclineCode.INSUFFICIENT_FUNDS, "The card has insufficient funds.", "insufficient_funds"
    ),
    "pm_card_chargeDeclinedExpiredCard": _declined(
        DeclineCode.EXPIRED_CARD, "The card has expired.", "expired_card"
    ),
    "pm_card_chargeDeclinedIncorrectCvc": _declined(
        DeclineCode.CARD_DECLINED, "The card's security code is wrong.", "incorrect_cvc"
    ),
    "pm_card_authenticationRequired": Card(asks=Asks.ALWAYS),
    "pm_card_authenticationRequiredOnSetup": Card(asks=Asks.UNLESS_SAVED),
    "pm_card_pendingRefund": Card(refunds=Refunds.AN_HOUR_LATER),
    "pm_card_refundFail": Card(refunds=Refunds.COME_BACK),
}
"""By the name of a payment method."""
