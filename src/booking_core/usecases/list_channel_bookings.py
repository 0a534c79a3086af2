"""What channels have sold, as staff look at it: what became of it here, and what is wrong with it."""

from collections.abc import Sequence

import attrs

from booking_core.domain.channels.link import Link
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import Page, UnitOfWork


@attrs.frozen(kw_only=True)
class ChannelBookingsQuery:
    """Bookings of every channel; with `only_flagged`, those that break rules of ours."""

    tenant: TenantId
    page: Page
    only_flagged: bool = False


@attrs.frozen
class ChannelBooking:
    """A channel's booking, and the reservation that it is."""

    link: Link
    reservation: Reservation


@attrs.frozen(kw_only=True)
class ListChannelBookings:
    """The bookings of channels, the newest first."""

    begin: UnitOfWork

    def __call__(self, query: ChannelBookingsQuery) -> Sequence[ChannelBooking]:
        """A page of them; it goes on after the reservation of its last one."""
        with self.begin.reading(query.tenant) as tx:
            links = tx.channels.links.listed(
                query.page.limit, query.page.after, only_flagged=query.only_flagged
            )
            return [
                ChannelBooking(link, tx.reservations.get(link.reservation))
                for link in links
                if link.reservation is not None
            ]
