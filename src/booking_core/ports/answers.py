"""What idempotency keys were answered with a moment ago, in front of the storage, which alone knows for sure."""

from datetime import timedelta
from typing import Protocol

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.reservation import Reservation

ANSWERS_KEPT = timedelta(minutes=1)
"""Who repeats a request does so at once; and an answer, with its customer's name, stays no longer than it is of use."""


@attrs.frozen(kw_only=True)
class GivenAnswer:
    """What a booking was answered with: the reservation as it was then, and the fingerprint of what was asked."""

    fingerprint: str
    reservation: Reservation


class Answers(Protocol):
    """Answers of the last minute, as far as they are still known. Forgetting one costs a question to the storage.

    No method raises: what cannot be reached knows nothing.
    """

    def recall(self, tenant: TenantId, key: str) -> GivenAnswer | None:
        """What was answered under an idempotency key, or None."""
        ...

    def keep(self, tenant: TenantId, key: str, answer: GivenAnswer) -> None:
        """Remember an answer for a minute; one that is too large is not remembered."""
        ...
