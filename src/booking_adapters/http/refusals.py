"""Refusals of the API itself: bodies and parameters that cannot be read, and doors that stay shut."""

from collections.abc import Iterable
from typing import ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError


@attrs.frozen
class FieldError:
    """What is wrong with one field of a request; `value` is what was sent, shortened, where it is plain."""

    field: str
    reason: str
    value: str | int | bool | None = None


class InvalidFields(BookingError):
    """One or more fields of a body or an address cannot be read."""

    code: ClassVar[str] = "INVALID_INPUT"

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{error.field}: {error.reason}" for error in self.errors[:5]))


class InvalidJson(BookingError):
    """The body is not JSON, or JSON that two readers could read differently."""

    code: ClassVar[str] = "INVALID_JSON"


class NotOfTheProvider(BookingError):
    """A webhook that the provider did not sign, or not just now. Nothing was done with it."""

    code: ClassVar[str] = "WEBHOOK_REFUSED"


class WrongMediaType(BookingError):
    """The body is not declared as JSON."""

    code: ClassVar[str] = "UNSUPPORTED_MEDIA_TYPE"


class ClientGone(BookingError):
    """The client went away before its body was read."""

    code: ClassVar[str] = "CLIENT_GONE"


class SignInNeeded(BookingError):
    """No bearer token, or a wrong one."""

    code: ClassVar[str] = "NOT_AUTHENTICATED"


class StaffOnly(BookingError):
    """The caller is not staff."""

    code: ClassVar[str] = "STAFF_ONLY"


class NotReady(BookingError):
    """The storage cannot be reached."""

    code: ClassVar[str] = "NOT_READY"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"
