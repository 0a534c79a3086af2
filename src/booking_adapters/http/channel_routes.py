"""What channels have sold, for staff."""

from typing import Annotated

from litestar.params import QueryParameter

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked
from booking_adapters.http.channel_views import ChannelBookingsView, channel_bookings_view
from booking_adapters.http.operations import staff_read
from booking_core.domain.kernel.ids import ClaimId, parse_uuid
from booking_core.ports.storage import Page
from booking_core.usecases.list_channel_bookings import ChannelBookingsQuery

Flagged = Annotated[bool, QueryParameter(name="flagged", description="Only those that break rules of yours.")]
AfterBooking = Annotated[
    str | None,
    QueryParameter(
        name="after",
        description="Id of the last reservation of the page before.",
        schema_extra={"format": "uuid"},
    ),
]


@staff_read("/channel-bookings", "listChannelBookings", "What channels have sold")
def list_channel_bookings(
    *, asked: Asked, flagged: Flagged = False, limit: p.Limit = 100, after: AfterBooking = None
) -> ChannelBookingsView:
    """The newest first. What could not be imported is among the dead letters."""
    page = Page(limit=limit, after=None if after is None else ClaimId(parse_uuid(after, "after")))
    query = ChannelBookingsQuery(tenant=asked.tenant, page=page, only_flagged=flagged)
    return channel_bookings_view(asked.engine.channels.list_bookings(query), limit)


OF_STAFF = (list_channel_bookings,)
