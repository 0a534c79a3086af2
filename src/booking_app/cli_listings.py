"""The commands for what channels sell of ours: how each listing stands, and what can be done about it."""

from typing import Annotated

from cyclopts import App, Parameter

from booking_adapters.http.listing_views import ListingView, PushState, listing_view
from booking_app.cli_bookings import STAFF
from booking_app.cli_options import Common, known_tenant
from booking_app.plain import view_data
from booking_core.domain.kernel.ids import ListingId, parse_uuid
from booking_core.usecases.channel_listings import (
    USUAL_DAYS,
    ListCommand,
    ListingReference,
    ResyncCommand,
)

PLAINLY = Common()
Service = Annotated[str, Parameter(help="Key of the service; the resource's by default.")]
Days = Annotated[int, Parameter(help="How many days ahead the channel is told of, from today on.")]
Adults = Annotated[int | None, Parameter(help="For how many it is priced; two by the night, otherwise one.")]
RatePlan = Annotated[str | None, Parameter(help="The rate plan that it is sold under.")]

listings = App(name="listings", help="What channels sell, and whether they know how it stands.")


@listings.command(name="list")
def list_listings(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show every listing, and what its channel does not know yet."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.channels.listings.show(tenant_id)
        views = [listing_view(catalog, each) for each in found]
    common.print(
        {"listings": [view_data(each) for each in views]}, "\n".join(map(_line, views)) or "No listings."
    )


@listings.command
def add(
    tenant: str,
    channel: str,
    resource: str,
    code: str,
    *,
    service: Service = "",
    days: Days = USUAL_DAYS,
    adults: Adults = None,
    rate_plan: RatePlan = None,
    common: Common = PLAINLY,
) -> None:
    """Let a channel of the settings sell a resource under its own code for it; it is told everything soon."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        added = deployment.engine.channels.listings.offer(
            ListCommand(
                tenant=tenant_id,
                channel=channel,
                code=code,
                service=service or resource,
                resource=resource,
                days=days,
                adults=adults,
                rate_plan=rate_plan,
                actor=STAFF,
            )
        )
        view = listing_view(catalog, added)
    common.print({"listing": view_data(view)}, _line(view))


@listings.command
def withdraw(tenant: str, listing: str, *, common: Common = PLAINLY) -> None:
    """Let a channel sell it no more: it is told that nothing is left, and then the listing is gone."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        reference = ListingReference(
            tenant=tenant_id, listing=ListingId(parse_uuid(listing, "listing")), actor=STAFF
        )
        view = listing_view(catalog, deployment.engine.channels.listings.withdraw(reference))
    common.print({"listing": view_data(view)}, _line(view))


@listings.command
def resync(tenant: str, channel: str, *, days: Days = USUAL_DAYS, common: Common = PLAINLY) -> None:
    """Tell a channel everything again, whatever it should know."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        command = ResyncCommand(tenant=tenant_id, channel=channel, days=days, actor=STAFF)
        views = [listing_view(catalog, each) for each in deployment.engine.channels.listings.resync(command)]
    common.print(
        {"listings": [view_data(each) for each in views]}, "\n".join(map(_line, views)) or "No listings."
    )


def _line(listing: ListingView) -> str:
    owed = sum((each.end - each.first).days for each in listing.owed)
    state = listing.state.value.replace("_", " ")
    count = f" ({owed} dates)" if listing.state is not PushState.KNOWN else ""
    leaving = "  withdrawn" if listing.is_withdrawn else ""
    problem = f": {listing.problem}" if listing.problem else ""
    return f"{listing.id}  {listing.channel}  {listing.code}  {listing.resource}{leaving}  {state}{count}{problem}"
