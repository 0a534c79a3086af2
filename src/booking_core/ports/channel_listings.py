"""What the use cases need of a storage about what channels sell of ours, and which dates are owed to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ListingId


class ChannelListings(Protocol):
    """Listings of all channels."""

    def get(self, listing: ListingId) -> Listing:
        """By id; raises NotFound."""
        ...

    def every(self) -> Sequence[Listing]:
        """All of them, by id."""
        ...

    def due(self, at: datetime, limit: int) -> Sequence[Listing]:
        """At most `limit` that are to be told now, the longest due first, without those that another is taking.

        Nobody else is given them before this transaction ends, so that it can lease them.
        """
        ...

    def given_up(self, limit: int) -> Sequence[Listing]:
        """At most `limit` at which people must look, the latest first."""
        ...

    def save(self, change: Change[Listing | None, Listing | None]) -> None:
        """Write a listing and its events; with a state of None it is removed.

        Raises StaleVersion where `change.before` is no longer stored, Conflict where the channel has another listing
        of that code.
        """
        ...
