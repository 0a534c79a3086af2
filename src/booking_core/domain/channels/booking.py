"""A channel's booking as it arrives: in our keys, whole, as of one revision."""

import hashlib
from datetime import datetime

import attrs

from booking_core.domain.channels.link import Kind, Message
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.period import Stay, instant
from booking_core.domain.reservations.party import Customer, Party


class DuplicateExternalReference(BookingError):
    """A channel's booking came again in a revision that is known, saying something else."""

    code = "DUPLICATE_EXTERNAL_REFERENCE"


class SignatureRefused(BookingError):
    """A message that is not signed with a secret of ours, or is too old or too new to be believed."""

    code = "SIGNATURE_REFUSED"


@attrs.frozen(kw_only=True)
class Content:
    """What was sold, to whom: a service by key, at a `start` (to an `end`) or for a `stay`."""

    service: str
    customer: Customer
    start: datetime | None = None
    end: datetime | None = None
    stay: Stay | None = None
    quantity: int = 1
    party: Party = Party()
    resources: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class ExternalBooking:
    """A message with what it is about. A cancellation says no more than which booking is called off."""

    message: Message
    content: Content | None

    def __attrs_post_init__(self) -> None:
        """Refuse bookings of nothing."""
        if (self.content is None) != (self.message.kind is Kind.CANCELLED):
            raise InvalidInput("content", "is required, except for a cancellation")

    @property
    def fingerprint(self) -> str:
        """What tells two messages of one revision apart: what was sold to whom, not how often it was said."""
        content = self.content
        if content is not None:
            start, end = (each if each is None else instant(each) for each in (content.start, content.end))
            content = attrs.evolve(content, start=start, end=end)
        return hashlib.sha256(repr(content).encode()).hexdigest()
