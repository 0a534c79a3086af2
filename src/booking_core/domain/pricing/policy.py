"""What pricing needs to know of a cancellation policy, and no more."""

from datetime import datetime
from typing import Protocol

from booking_core.domain.kernel.money import Money


class PolicySnapshot(Protocol):
    """The cancellation policy as sold: a frozen attrs value such as `CancellationPolicy` of reservations."""

    @property
    def code(self) -> str:
        """The name of the policy."""
        ...

    def penalty(self, *, price: Money, first_night: Money, starts_at: datetime, at: datetime) -> Money:
        """What the guest owes of a price when what it paid for is given up: from zero to the price."""
        ...
