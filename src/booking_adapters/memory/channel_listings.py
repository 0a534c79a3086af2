"""What channels sell of ours, and what is owed to them, in memory."""

from collections.abc import Sequence
from datetime import datetime

from booking_adapters._codec.channel_letters import PUSHES, listing_letter
from booking_adapters._codec.letters import id_of
from booking_adapters.memory.kept import Writer, by_id, one
from booking_adapters.memory.standing import standing_of
from booking_adapters.memory.tables import dooming
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ListingId
from booking_core.ports.queues import DeadLetter, Standing


class MemoryChannelListings(Writer):
    """The ChannelListings port."""

    def get(self, listing: ListingId) -> Listing:
        """By id; raises NotFound."""
        return one(self._tables.listings, listing, "listing")

    def every(self) -> Sequence[Listing]:
        """All of them."""
        return by_id(self._tables.listings)

    def due(self, at: datetime, limit: int) -> Sequence[Listing]:
        """Those that are to be told now."""
        due = [(each.due_at, each.id, each) for each in self.every() if each.due_at and each.due_at <= at]
        return [each for _, _, each in sorted(due, key=lambda found: found[:2])[:limit]]

    def given_up(self, limit: int) -> Sequence[Listing]:
        """Those at which people must look."""
        dead = [(each.died_at, each.id, each) for each in self.every() if each.died_at]
        return [each for _, _, each in sorted(dead, key=lambda found: found[:2], reverse=True)[:limit]]

    @dooming
    def save(self, change: Change[Listing | None, Listing | None]) -> None:
        """Write or remove a listing."""
        state = change.state
        if state is not None:
            others = [each for each in self.every() if each.id != state.id]
            if any((each.channel, each.code) == (state.channel, state.code) for each in others):
                raise Conflict("the channel has another listing of this code")
        self._put(self._tables.listings, change)


class MemoryPushQueue:
    """The Queue port over what is owed to channels."""

    NAME = PUSHES

    def __init__(self, listings: MemoryChannelListings) -> None:
        self._listings = listings

    def standing(self, at: datetime) -> Standing:
        """How it stands."""
        return standing_of(((each.due_at, each.died_at, each.problem) for each in self._listings.every()), at)

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """What was given up, the latest first."""
        return [listing_letter(each) for each in self._listings.given_up(limit)]

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Tell it again."""
        listing = self._listings.get(ListingId(id_of(letter)))
        if not listing.is_given_up:
            raise NotFound("dead letter", letter)
        self._listings.save(listing.requeue(at))
        return listing_letter(listing)

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        """Nothing: this is what channels know, and never done with."""
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        """Nothing: a channel sells what it was told."""
        return 0
