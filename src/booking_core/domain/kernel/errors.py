"""What a refusal looks like: a stable code, whether trying again can help, and details as data."""

from collections.abc import Mapping
from typing import Any, ClassVar

LARGEST_SHOWN_BITS = 64


class BookingError(Exception):
    """A refusal that a client can act on.

    `code` is stable and machine-readable; `retryable` says whether the same request may succeed later;
    `retry_action` names what the customer can do instead; `details` are plain data for the client.
    """

    code: ClassVar[str] = "BOOKING_ERROR"
    retryable: ClassVar[bool] = False
    retry_action: ClassVar[str | None] = None

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class InvalidInput(BookingError):
    """A value that no booking can be made of; names the field, the value and the reason."""

    code: ClassVar[str] = "INVALID_INPUT"

    def __init__(self, field: str, reason: str, value: object = None) -> None:
        shown = _shortened(value)
        super().__init__(f"{field}: {reason}", field=field, reason=reason, value=shown)
        self.field = field
        self.reason = reason


class InvalidDates(InvalidInput):
    """A period or stay that is reversed, empty, naive, unbounded or not on the calendar."""

    code: ClassVar[str] = "INVALID_DATES"


class NotFound(BookingError):
    """Nothing of that kind and id exists for this tenant (another tenant's id answers the same)."""

    code: ClassVar[str] = "NOT_FOUND"

    def __init__(self, kind: str, key: object) -> None:
        super().__init__(f"no such {kind}", kind=kind, key=_shortened(key))


class Conflict(BookingError):
    """Somebody else changed the same thing first; running the whole use case again may succeed."""

    code: ClassVar[str] = "CONFLICT"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"


class LaneTaken(Conflict):
    """The storage refused an allocation: its lane was taken in the meantime."""

    code: ClassVar[str] = "LANE_TAKEN"


class StaleVersion(Conflict):
    """The object was changed after it was read."""

    code: ClassVar[str] = "STALE_VERSION"


class KeyReused(BookingError):
    """An idempotency key came back with a different request."""

    code: ClassVar[str] = "IDEMPOTENCY_KEY_REUSED"


class Busy(BookingError):
    """Many attempts in a row lost their races; nothing was changed."""

    code: ClassVar[str] = "BUSY"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"


class InvalidTransition(BookingError):
    """The state machine has no such arrow."""

    code: ClassVar[str] = "INVALID_TRANSITION"


class SystemFailure(BookingError):
    """Something of ours failed; the message carries no internals."""

    code: ClassVar[str] = "SYSTEM_ERROR"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"


def _shortened(value: object, limit: int = 200) -> object:
    """The value itself when small and plain, else a bounded text (errors travel over the wire)."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= LARGEST_SHOWN_BITS else "a number beyond 64 bits"
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
