"""What a payment provider can answer, in the words of the trade."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import IntentId
from booking_core.domain.kernel.money import Money


class DeclineCode(StrEnum):
    """Why money did not move, as far as it changes what we do next."""

    CARD_DECLINED = "card_declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    EXPIRED_CARD = "expired_card"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHORISATION_EXPIRED = "authorisation_expired"
    ALREADY_CAPTURED = "already_captured"
    ALREADY_VOIDED = "already_voided"
    INVALID_REQUEST = "invalid_request"
    OTHER = "other"


@attrs.frozen(kw_only=True)
class Succeeded:
    """It happened, for this amount; `reference` is the provider's name of the thing.

    `authorised_until` is when an authorisation lapses by itself, None where the provider does not say.
    """

    reference: str
    amount: Money
    authorised_until: datetime | None = None


@attrs.frozen(kw_only=True)
class Declined:
    """It did not happen and will not under the same instruction. `message` may be shown to the payer."""

    code: DeclineCode
    message: str
    provider_code: str = ""


@attrs.frozen(kw_only=True)
class RequiresAction:
    """The payer must do something first (3-D Secure): open `url`, or let the page use `client_secret`."""

    reference: str
    url: str = ""
    client_secret: str = attrs.field(default="", repr=False)


@attrs.frozen(kw_only=True)
class Unknown:
    """It may or may not have happened, or is still being processed.

    Without a `reference` the answer was lost; with one the provider has it in hand and is asked again later.
    """

    reason: str
    reference: str = ""


class PaymentFailed(BookingError):
    """The provider declined; the payer can use another card. What waited for the money was released."""

    code: ClassVar[str] = "PAYMENT_FAILED"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "UPDATE_PAYMENT"

    def __init__(self, declined: Declined) -> None:
        super().__init__(declined.message, decline_code=declined.code.value)


Answer = Succeeded | Declined | RequiresAction | Unknown


class Outcome(StrEnum):
    """The kind of an answer: what decision tables go by."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REQUIRES_ACTION = "requires_action"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, answer: Answer) -> "Outcome":
        """The kind of this answer."""
        return _OUTCOMES[type(answer)]


_OUTCOMES: dict[type[Answer], Outcome] = {
    Succeeded: Outcome.SUCCEEDED,
    Declined: Outcome.DECLINED,
    RequiresAction: Outcome.REQUIRES_ACTION,
    Unknown: Outcome.UNKNOWN,
}


@attrs.frozen(kw_only=True)
class Found:
    """A payment as the provider lists it; `intent` is the one that began it, None where it is none of ours.

    `authorised` is what could still be captured.
    """

    reference: str
    intent: IntentId | None
    authorised: Money
    captured: Money
    refunded: Money
    created_at: datetime


class SetUpState(StrEnum):
    """How far the saving of a card has come."""

    REQUIRES_ACTION = "requires_action"
    SAVED = "saved"
    FAILED = "failed"


@attrs.frozen(kw_only=True)
class SetUp:
    """A card being saved for later charges; `method` names it once it is saved, for use in intents."""

    reference: str
    state: SetUpState
    method: str = ""
    client_secret: str = attrs.field(default="", repr=False)
