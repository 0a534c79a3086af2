"""What channels sell of ours, for staff: how each stands, listing, withdrawing, and telling everything again."""

from collections.abc import Iterable
from typing import Annotated

from litestar.params import JSONBody, PathParameter

from booking_adapters.http.asking import Asked, Asking
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.listing_views import (
    ListingBody,
    ListingsView,
    ListingView,
    ResyncBody,
    listing_view,
)
from booking_adapters.http.operations import staff_change, staff_create, staff_read
from booking_core.domain.channels.listing import Listing
from booking_core.domain.kernel.ids import ListingId, parse_uuid
from booking_core.usecases.channel_listings import ListCommand, ListingReference, ResyncCommand

ChannelName = Annotated[str, PathParameter(description="Name of the channel in the settings.")]
ListingIdText = Annotated[
    str, PathParameter(description="Id of the listing.", schema_extra={"format": "uuid"})
]


@staff_read("/listings", "listListings", "What channels sell, and what they do not know yet")
def list_listings(*, asked: Asked) -> ListingsView:
    """Every listing with its state: known, owed, failing or given up."""
    return _shown(asked, asked.engine.channels.listings.show(asked.tenant))


@staff_create(
    "/channels/{channel:str}/listings", "listResource", "Let a channel sell something", 409, *WITH_BODY
)
def list_resource(*, asked: Asked, channel: ChannelName, data: JSONBody[ListingBody]) -> ListingView:
    """The channel is told everything about it at once, and every change from then on."""
    command = ListCommand(
        tenant=asked.tenant,
        channel=channel,
        code=data.code,
        service=data.service,
        resource=data.resource,
        days=data.days,
        adults=data.adults,
        rate_plan=data.rate_plan,
        actor=asked.actor,
    )
    return listing_view(asked.catalog, asked.engine.channels.listings.offer(command))


@staff_change(
    "/listings/{listing_id:str}/withdraw", "withdrawListing", "Let a channel sell something no more", 409
)
def withdraw_listing(*, asked: Asked, listing_id: ListingIdText) -> ListingView:
    """The channel is told that nothing is left; once it knows, the listing is gone."""
    listing = ListingId(parse_uuid(listing_id, "listing_id"))
    reference = ListingReference(tenant=asked.tenant, listing=listing, actor=asked.actor)
    return listing_view(asked.catalog, asked.engine.channels.listings.withdraw(reference))


@staff_change(
    "/channels/{channel:str}/resync", "resyncChannel", "Tell a channel everything again", 409, *WITH_BODY
)
def resync_channel(*, asked: Asked, channel: ChannelName, data: JSONBody[ResyncBody]) -> ListingsView:
    """Whatever it should know, refused or was given up on is owed again; the answer has the channel's listings."""
    command = ResyncCommand(tenant=asked.tenant, channel=channel, days=data.days, actor=asked.actor)
    return _shown(asked, asked.engine.channels.listings.resync(command))


def _shown(asked: Asking, listings: Iterable[Listing]) -> ListingsView:
    return ListingsView(listings=tuple(listing_view(asked.catalog, each) for each in listings))


OF_STAFF = (list_listings, list_resource, withdraw_listing, resync_channel)
