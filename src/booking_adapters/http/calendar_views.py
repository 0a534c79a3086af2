"""What clients send and are shown of calendars outside."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

import attrs
from litestar.params import Body

from booking_core.domain.calendars.feed import Detail, Feed, FeedKind
from booking_core.domain.calendars.push import PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, VenueId

A_MINUTE = timedelta(minutes=1)
LONGEST_MINUTES = 1_440


@attrs.frozen(kw_only=True)
class FeedBody:
    """A calendar that others may read."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"kind": "resource", "subject": "anna", "name": "Anna"}

    kind: Annotated[FeedKind, Body(description="Whose bookings: one resource's, or a whole venue's.")]
    subject: Annotated[str, Body(min_length=1, description="Key of the resource or venue.")]
    name: Annotated[str, Body(min_length=1, max_length=200, description="What subscribers see.")]
    detail: Annotated[
        Detail,
        Body(
            description="How much it tells of a booking; `customers` is for staff alone, `nights` for rental sites."
        ),
    ] = Detail.BUSY


@attrs.frozen(kw_only=True)
class SellingBody:
    """A rental site whose calendar says which nights it has sold."""

    channel: Annotated[
        str, Body(min_length=1, max_length=55, description="The site's name: lower case, a channel of yours.")
    ]
    service: Annotated[
        str, Body(min_length=1, max_length=64, description="Key of the service by the night that it sells.")
    ]


@attrs.frozen(kw_only=True)
class SubscriptionBody:
    """An outside calendar in whose busy times the resource is closed; `selling`, booked in those that are sold."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "resource": "anna",
        "name": "Anna at home",
        "url": "https://calendar.example/anna.ics",
    }

    resource: Annotated[str, Body(min_length=1, description="Key of the resource.")]
    name: Annotated[str, Body(min_length=1, max_length=200, description="What staff see.")]
    url: Annotated[str, Body(min_length=1, max_length=2000, description="Its address: https or webcal.")]
    minutes: Annotated[int, Body(ge=5, le=LONGEST_MINUTES, description="How often it is read.")] = 60
    selling: Annotated[
        SellingBody | None, Body(description="The site that sells by it; without one it only keeps busy.")
    ] = None

    def interval(self) -> timedelta:
        """How often it is read; raises InvalidInput for what no clock counts."""
        if not 0 < self.minutes <= LONGEST_MINUTES:
            raise InvalidInput("minutes", f"must be 5…{LONGEST_MINUTES}", self.minutes)
        return self.minutes * A_MINUTE


@attrs.frozen(kw_only=True)
class CalendarLinkBody:
    """A calendar into which the bookings of a resource are written."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"resource": "anna", "detail": "services"}

    resource: Annotated[str, Body(min_length=1, description="Key of the resource.")]
    account: Annotated[
        str,
        Body(min_length=1, max_length=64, description="Which of its calendars, by its name in the settings."),
    ] = "caldav"
    detail: Annotated[
        Detail, Body(description="How much it tells of a booking; `customers` is for staff alone.")
    ] = Detail.SERVICES


@attrs.frozen(kw_only=True)
class FeedView:
    """A feed. Its address is shown once, when it is made: only a hash of it is kept."""

    id: UUID
    kind: FeedKind
    subject: str
    name: str
    detail: Detail
    path: str | None = None


@attrs.frozen(kw_only=True)
class FeedsView:
    """The feeds of a business."""

    feeds: tuple[FeedView, ...]


@attrs.frozen(kw_only=True)
class SubscriptionView:
    """A subscription. Its address may be a secret and is not shown.

    `channel` is the one of a site that sells by it, and `sold` how many of its bookings are not over.
    """

    id: UUID
    resource: str
    name: str
    minutes: int
    is_given_up: bool
    due_at: datetime | None
    read_at: datetime | None
    failures: int
    problem: str
    channel: str | None
    sold: int


@attrs.frozen(kw_only=True)
class SubscriptionsView:
    """The subscriptions of a business."""

    subscriptions: tuple[SubscriptionView, ...]


@attrs.frozen(kw_only=True)
class CalendarLinkView:
    """A calendar into which bookings are written. Where it is, only the settings say."""

    id: UUID
    resource: str
    account: str
    detail: Detail


@attrs.frozen(kw_only=True)
class CalendarLinksView:
    """The linked calendars of a business."""

    calendar_links: tuple[CalendarLinkView, ...]


def feed_view(catalog: Catalog, feed: Feed, path: str | None = None) -> FeedView:
    """A feed, by the key of its subject (its id where that is gone)."""
    thing = (
        catalog.resources.get(ResourceId(feed.subject))
        if feed.kind is FeedKind.RESOURCE
        else catalog.venues.get(VenueId(feed.subject))
    )
    return FeedView(
        id=feed.id,
        kind=feed.kind,
        subject=thing.key if thing else str(feed.subject),
        name=feed.name,
        detail=feed.detail,
        path=path,
    )


def subscription_view(catalog: Catalog, subscription: Subscription) -> SubscriptionView:
    """A subscription, by the key of its resource (its id where that is gone)."""
    resource, rental = catalog.resources.get(subscription.resource), subscription.rental
    return SubscriptionView(
        id=subscription.id,
        resource=resource.key if resource else str(subscription.resource),
        name=subscription.name,
        minutes=subscription.interval // A_MINUTE,
        is_given_up=subscription.is_given_up,
        due_at=subscription.due_at,
        read_at=subscription.read_at,
        failures=subscription.failures,
        problem=subscription.problem,
        channel=rental.channel if rental else None,
        sold=rental.sold if rental else 0,
    )


def link_view(catalog: Catalog, target: PushTarget) -> CalendarLinkView:
    """A linked calendar, by the key of its resource (its id where that is gone)."""
    resource = catalog.resources.get(target.resource)
    return CalendarLinkView(
        id=target.id,
        resource=resource.key if resource else str(target.resource),
        account=target.account,
        detail=target.detail,
    )
