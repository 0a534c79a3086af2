"""The SDK's exceptions as answers or refusals. The one question that matters: may it have had an effect?"""

from requests.exceptions import ConnectTimeout
from stripe import (
    APIConnectionError,
    AuthenticationError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    RateLimitError,
    StripeError,
)
from stripe import PermissionError as NotPermitted
from urllib3.exceptions import NewConnectionError

from booking_core.domain.payments.answers import Answer, DeclineCode, Declined, Unknown
from booking_core.ports.payments import GatewayMisused, GatewayUnavailable

NOT_MADE = "The payment could not be made."
CODES = {
    "insufficient_funds": DeclineCode.INSUFFICIENT_FUNDS,
    "expired_card": DeclineCode.EXPIRED_CARD,
    "authentication_required": DeclineCode.AUTHENTICATION_FAILED,
    "payment_intent_authentication_failure": DeclineCode.AUTHENTICATION_FAILED,
}
"""What the codes and decline codes of Stripe mean for us; every other refusal by a bank is CARD_DECLINED."""
_LONGEST_CHAIN = 10


def answer_to(error: StripeError) -> Answer:
    """What it means that sending an instruction ended so; raises GatewayUnavailable, GatewayMisused.

    Declined: it was read and refused. Unknown: it may have been done. A refusal raised is certainly without effect.
    """
    if isinstance(error, CardError):
        details = error.error
        decline_code = details.decline_code if details else None
        return declined(error.code, decline_code, error.user_message)
    if isinstance(error, AuthenticationError | NotPermitted | IdempotencyError):
        raise GatewayMisused(
            "the payment provider refused our request", error=type(error).__name__
        ) from error
    if isinstance(error, InvalidRequestError):
        return Declined(code=DeclineCode.INVALID_REQUEST, message=NOT_MADE, provider_code=error.code or "")
    if isinstance(error, RateLimitError) or (
        isinstance(error, APIConnectionError) and was_never_connected(error)
    ):
        raise unavailable() from error
    # What is left: time-outs, resets, 5xx and 409 (the key's first request is still running).
    return Unknown(reason=f"{type(error).__name__} {error.http_status or ''}".strip())


def refusal_of_reading(error: StripeError) -> GatewayUnavailable | GatewayMisused:
    """What to raise where no money was to be moved anyway."""
    if isinstance(error, AuthenticationError | NotPermitted | IdempotencyError | InvalidRequestError):
        return GatewayMisused("the payment provider refused our request", error=type(error).__name__)
    return unavailable()


def unavailable() -> GatewayUnavailable:
    """The refusal that says: later."""
    return GatewayUnavailable("the payment provider cannot be reached at the moment")


def declined(code: str | None, decline_code: str | None, message: str | None) -> Declined:
    """A bank's no. Stripe writes the message for the payer."""
    provider_code = decline_code or code or ""
    meaning = CODES.get(provider_code) or CODES.get(code or "") or DeclineCode.CARD_DECLINED
    return Declined(code=meaning, message=message or NOT_MADE, provider_code=provider_code)


def was_never_connected(error: APIConnectionError) -> bool:
    """Whether not even a connection came about, so that nothing can have arrived."""
    cause: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if cause is None:
            return False
        if isinstance(cause, ConnectTimeout | NewConnectionError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
