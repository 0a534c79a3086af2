"""What HTTP drives of what channels sell of ours: one callable per use case."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.ids import TenantId
from booking_core.usecases.channel_listings import ListCommand, ListingReference, ResyncCommand


@attrs.frozen(kw_only=True)
class ListingDesk:
    """Each may raise what its use case raises."""

    offer: Callable[[ListCommand], Listing]
    show: Callable[[TenantId], Sequence[Listing]]
    withdraw: Callable[[ListingReference], Listing]
    resync: Callable[[ResyncCommand], Sequence[Listing]]
