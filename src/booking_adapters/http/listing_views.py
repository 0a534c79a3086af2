"""What staff send and are shown of what channels sell."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

import attrs
from litestar.params import Body

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.channels.dates import Dates
from booking_core.domain.channels.listing import MOST_DAYS, Listing
from booking_core.usecases.channel_listings import USUAL_DAYS

Days = Annotated[int, Body(ge=1, le=MOST_DAYS, description="How many days, from today on.")]


@attrs.frozen(kw_only=True)
class ListingBody:
    """What a channel is to sell."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "code": "DLX-KING",
        "service": "deluxe-king",
        "resource": "deluxe-king",
        "days": 365,
        "adults": 2,
    }

    code: Annotated[str, Body(min_length=1, max_length=120, description="The channel's own name for it.")]
    service: Annotated[str, Body(description="Key of the service.")]
    resource: Annotated[str, Body(description="Key of the resource: the room type, the tour, the car.")]
    days: Days = USUAL_DAYS
    adults: Annotated[
        int | None, Body(ge=1, description="For how many it is priced; two by the night, otherwise one.")
    ] = None
    rate_plan: Annotated[str | None, Body(description="The rate plan that it is sold under.")] = None


@attrs.frozen(kw_only=True)
class ResyncBody:
    """How much is to be told again."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"days": 90}

    days: Days = USUAL_DAYS


class PushState(StrEnum):
    """How a listing stands: known to the channel, waiting to be told, failing, given up, or being withdrawn."""

    KNOWN = "known"
    OWED = "owed"
    FAILING = "failing"
    GIVEN_UP = "given_up"


@attrs.frozen(kw_only=True)
class DatesView:
    """Dates from `first` on, without `end`."""

    first: date
    end: date


@attrs.frozen(kw_only=True)
class ListingView:
    """A listing, and what its channel does not know yet. `told_at` is when the channel was last told something."""

    id: UUID
    channel: str
    code: str
    service: str
    resource: str
    rate_plan: str | None
    adults: int
    days: int
    state: PushState
    is_withdrawn: bool
    owed: tuple[DatesView, ...]
    refused: tuple[DatesView, ...]
    told_at: datetime | None
    due_at: datetime | None
    attempts: int
    problem: str


@attrs.frozen(kw_only=True)
class ListingsView:
    """What channels sell."""

    listings: tuple[ListingView, ...]


def listing_view(catalog: Catalog, listing: Listing) -> ListingView:
    """A listing, in the keys of the catalog; an id where the catalog no longer has it."""
    service, resource = catalog.services.get(listing.service), catalog.resources.get(listing.resource)
    return ListingView(
        id=listing.id,
        channel=listing.channel,
        code=listing.code,
        service=service.key if service else str(listing.service),
        resource=resource.key if resource else str(listing.resource),
        rate_plan=listing.rate_plan,
        adults=listing.adults,
        days=listing.days,
        state=_state(listing),
        is_withdrawn=listing.is_withdrawn,
        owed=tuple(map(_dates, listing.pending)),
        refused=tuple(map(_dates, listing.refused)),
        told_at=listing.told_at,
        due_at=listing.due_at,
        attempts=listing.attempts,
        problem=listing.problem,
    )


def _state(listing: Listing) -> PushState:
    if listing.is_given_up:
        return PushState.GIVEN_UP
    if listing.due_at is None:
        return PushState.KNOWN
    return PushState.FAILING if listing.problem else PushState.OWED


def _dates(dates: Dates) -> DatesView:
    return DatesView(first=dates.first, end=dates.end)
