"""The documented test cards as data: how each of them behaves (docs.stripe.com/testing)."""

from enum import StrEnum

import attrs


class Authentication(StrEnum):
    """When a card asks its holder for 3D Secure."""

    NEVER = "never"
    ALWAYS = "always"
    UNLESS_SET_UP = "unless_set_up"
    ALREADY_SET_UP = "already_set_up"


class RefundOutcome(StrEnum):
    """What becomes of a refund to the card."""

    AT_ONCE = "at_once"
    PENDING_FIRST = "pending_first"
    FAILS_LATER = "fails_later"


@attrs.frozen
class Decline:
    """Why a card is refused: the error's `code`, and the issuer's `decline_code`."""

    code: str
    decline_code: str
    message: str


@attrs.frozen(kw_only=True)
class Card:
    """A test card: its number, the ready-made payment methods that stand for it, and its behaviour."""

    number: str
    tokens: tuple[str, ...] = ()
    brand: str = "visa"
    funding: str = "credit"
    country: str = "US"
    decline: Decline | None = None
    can_be_saved: bool = True
    authentication: Authentication = Authentication.NEVER
    refunds: RefundOutcome = RefundOutcome.AT_ONCE
    is_invalid: bool = False

    def asks_holder(self, *, is_off_session: bool, is_set_up: bool) -> bool:
        """Whether a payment needs the holder's authentication."""
        match self.authentication:
            case Authentication.NEVER:
                return False
            case Authentication.ALWAYS:
                return True
            case Authentication.UNLESS_SET_UP:
                return not (is_off_session and is_set_up)
            case Authentication.ALREADY_SET_UP:
                return not is_off_session


def _refused(decline_code: str, message: str, code: str = "card_declined") -> Decline:
    return Decline(code, decline_code, message)


def _declined(number: str, decline: Decline, *tokens: str, **behaviour: Authentication | bool) -> Card:
    saved = bool(behaviour.get("can_be_saved", False))
    asks = behaviour.get("authentication", Authentication.NEVER)
    assert isinstance(asks, Authentication)
    return Card(number=number, tokens=tokens, decline=decline, can_be_saved=saved, authentication=asks)


_GENERIC = _refused("generic_decline", "The card was declined.")
_FUNDS = _refused("insufficient_funds", "The card has insufficient funds.")

CARDS: tuple[Card, ...] = (
    Card(number="4242424242424242", tokens=("pm_card_visa", "pm_card_us")),
    Card(number="4000056655665556", tokens=("pm_card_visa_debit",), funding="debit"),
    Card(number="5555555555554444", tokens=("pm_card_mastercard",), brand="mastercard"),
    Card(
        number="5200828282828210", tokens=("pm_card_mastercard_debit",), brand="mastercard", funding="debit"
    ),
    Card(number="378282246310005", tokens=("pm_card_amex",), brand="amex"),
    Card(number="6011111111111117", tokens=("pm_card_discover",), brand="discover"),
    Card(number="4000002760000016", tokens=("pm_card_de",), country="DE"),
    Card(number="4000008260000000", tokens=("pm_card_gb",), country="GB"),
    _declined("4000000000000002", _GENERIC, "pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"),
    _declined(
        "4000000000009995",
        _FUNDS,
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "pm_card_chargeDeclinedInsufficientFunds",
    ),
    _declined(
        "4000000000009987",
        _refused("lost_card", "The card was declined."),
        "pm_card_visa_chargeDeclinedLostCard",
    ),
    _declined(
        "4000000000009979",
        _refused("stolen_card", "The card was declined."),
        "pm_card_visa_chargeDeclinedStolenCard",
    ),
    _declined(
        "4000000000000069",
        _refused("expired_card", "The card has expired.", "expired_card"),
        "pm_card_chargeDeclinedExpiredCard",
    ),
    _declined(
        "4000000000000127",
        _refused("incorrect_cvc", "The card's security code is wrong.", "incorrect_cvc"),
        "pm_card_chargeDeclinedIncorrectCvc",
    ),
    _declined(
        "4000000000000119",
        _refused(
            "processing_error",
            "The card could not be processed; please try again in a little while.",
            "processing_error",
        ),
        "pm_card_chargeDeclinedProcessingError",
    ),
    _declined(
        "4000000000006975",
        _refused("card_velocity_exceeded", "The card was used too often in a short time."),
        "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
    ),
    _declined(
        "4100000000000019",
        _refused("fraudulent", "The card was declined."),
        "pm_card_radarBlock",
        can_be_saved=True,
    ),
    _declined("4000000000000341", _GENERIC, "pm_card_chargeCustomerFail", can_be_saved=True),
    Card(number="4242424242424241", is_invalid=True),
    Card(
        number="4000002500003155",
        tokens=("pm_card_authenticationRequiredOnSetup",),
        authentication=Authentication.UNLESS_SET_UP,
    ),
    Card(
        number="4000002760003184",
        tokens=("pm_card_authenticationRequired",),
        authentication=Authentication.ALWAYS,
    ),
    Card(
        number="4000003800000446",
        tokens=("pm_card_authenticationRequiredSetupForOffSession",),
        authentication=Authentication.ALREADY_SET_UP,
    ),
    Card(
        number="4000000000003220",
        tokens=("pm_card_threeDSecure2Required",),
        authentication=Authentication.ALWAYS,
    ),
    _declined(
        "4000008260003178",
        _FUNDS,
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        can_be_saved=True,
        authentication=Authentication.ALWAYS,
    ),
    _declined(
        "4000008400001629",
        _GENERIC,
        "pm_card_threeDSecureRequiredChargeDeclined",
        can_be_saved=True,
        authentication=Authentication.ALWAYS,
    ),
    Card(number="4000000000007726", tokens=("pm_card_pendingRefund",), refunds=RefundOutcome.PENDING_FIRST),
    Card(number="4000000000005126", tokens=("pm_card_refundFail",), refunds=RefundOutcome.FAILS_LATER),
)

BY_NUMBER = {card.number: card for card in CARDS}
BY_TOKEN = {token: card for card in CARDS for token in card.tokens}
"""Both spellings of the ready-made cards: `pm_card_visa`, and `tok_visa` for card[token]."""
BY_TOKEN |= {token.replace("pm_card_", "tok_", 1): card for token, card in BY_TOKEN.items()}
