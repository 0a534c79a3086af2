"""Calendars outside: feeds that anybody with their address reads, and the staff's feeds and subscriptions."""

from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response
from litestar.params import JSONBody, PathParameter

from booking_adapters.http.asking import Asked, Asking
from booking_adapters.http.calendar_views import (
    FeedBody,
    FeedsView,
    FeedView,
    SubscriptionBody,
    SubscriptionsView,
    SubscriptionView,
    feed_view,
    subscription_view,
)
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import read, staff_change, staff_create, staff_end, staff_read
from booking_core.domain.calendars.feed import LONGEST_TOKEN
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import FeedId, SubscriptionId, parse_uuid
from booking_core.usecases.calendar_feeds import FeedPage, FeedQuery, FeedReference, OpenFeedCommand
from booking_core.usecases.calendar_subscriptions import Selling, SubscribeCommand, SubscriptionReference

FeedFile = Annotated[str, PathParameter(description="The secret of the feed, and `.ics`.")]
FeedIdText = Annotated[str, PathParameter(description="Id of the feed.", schema_extra={"format": "uuid"})]
SubscriptionIdText = Annotated[
    str, PathParameter(description="Id of the subscription.", schema_extra={"format": "uuid"})
]
SUFFIX = ".ics"


@read("/feeds/{file:str}", "readFeed", "A calendar as iCalendar", 404, media_type="text/calendar")
def read_feed(*, request: Request[Any, Any, Any], asked: Asked, file: FeedFile) -> Response[bytes]:
    """From 30 days ago to 400 days ahead. Ask again with If-None-Match or If-Modified-Since."""
    token = file.removesuffix(SUFFIX)
    if token == file or len(token) > LONGEST_TOKEN or not token.isascii():
        raise NotFound("feed", "")
    page = asked.engine.calendars.read_feed(FeedQuery(tenant=asked.tenant, token=token))
    headers = {
        "ETag": f'"{page.digest}"',
        "Last-Modified": format_datetime(page.changed_at, usegmt=True),
        "Cache-Control": "private, no-cache",
    }
    if _is_known(request, page):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(page.content, media_type="text/calendar", headers=headers)


def _is_known(request: Request[Any, Any, Any], page: FeedPage) -> bool:
    """Whether the caller has this already (RFC 9110 section 13.2.2: a tag given decides alone)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {each.strip().removeprefix("W/") for each in tags.split(",")}
        return bool(known & {f'"{page.digest}"', "*"})
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and page.changed_at <= since


@staff_create("/feeds", "openFeed", "Let others read a calendar", *WITH_BODY)
def open_feed(*, asked: Asked, data: JSONBody[FeedBody]) -> FeedView:
    """The address is shown now and never again."""
    opened = asked.engine.calendars.open_feed(
        OpenFeedCommand(
            tenant=asked.tenant,
            kind=data.kind,
            subject=data.subject,
            name=data.name,
            detail=data.detail,
            actor=asked.actor,
        )
    )
    return feed_view(asked.catalog, opened.feed, _path(asked.tenant_key, opened.token))


@staff_read("/feeds", "listFeeds", "Who may read a calendar")
def list_feeds(*, asked: Asked) -> FeedsView:
    """All feeds, without their addresses."""
    catalog = asked.catalog
    return FeedsView(
        feeds=tuple(feed_view(catalog, each) for each in asked.engine.calendars.list_feeds(asked.tenant))
    )


@staff_change("/feeds/{feed_id:str}/rotate", "rotateFeed", "Give a feed another address")
def rotate_feed(*, asked: Asked, feed_id: FeedIdText) -> FeedView:
    """The old address leads nowhere at once."""
    feed = FeedId(parse_uuid(feed_id, "feed_id"))
    rotated = asked.engine.calendars.rotate_feed(
        FeedReference(tenant=asked.tenant, feed=feed, actor=asked.actor)
    )
    return feed_view(asked.catalog, rotated.feed, _path(asked.tenant_key, rotated.token))


@staff_end("/feeds/{feed_id:str}", "revokeFeed", "End a feed")
def revoke_feed(*, asked: Asked, feed_id: FeedIdText) -> None:
    """Its address leads nowhere at once."""
    feed = FeedId(parse_uuid(feed_id, "feed_id"))
    asked.engine.calendars.revoke_feed(FeedReference(tenant=asked.tenant, feed=feed, actor=asked.actor))


@staff_create(
    "/subscriptions", "subscribeCalendar", "Close a resource when an outside calendar is busy", *WITH_BODY
)
def subscribe(*, asked: Asked, data: JSONBody[SubscriptionBody]) -> SubscriptionView:
    """It is read soon, and then every so many minutes. Only public https addresses are asked.

    What a site that sells by it has sold is booked, whatever our rules say; the rest of it closes the resource.
    """
    sold = data.selling
    subscription = asked.engine.calendars.subscribe(
        SubscribeCommand(
            tenant=asked.tenant,
            resource=data.resource,
            name=data.name,
            url=data.url,
            interval=data.interval(),
            selling=Selling(channel=sold.channel, service=sold.service) if sold else None,
            actor=asked.actor,
        )
    )
    return subscription_view(asked.catalog, subscription)


@staff_read("/subscriptions", "listSubscriptions", "Which outside calendars are read")
def list_subscriptions(*, asked: Asked) -> SubscriptionsView:
    """All of them, with what went wrong; those that were given up wait to be resumed."""
    catalog = asked.catalog
    found = asked.engine.calendars.list_subscriptions(asked.tenant)
    return SubscriptionsView(subscriptions=tuple(subscription_view(catalog, each) for each in found))


@staff_change(
    "/subscriptions/{subscription_id:str}/resume", "resumeSubscription", "Read an outside calendar again"
)
def resume(*, asked: Asked, subscription_id: SubscriptionIdText) -> SubscriptionView:
    """At once, and in full."""
    resumed = asked.engine.calendars.resume(_reference(asked, subscription_id))
    return subscription_view(asked.catalog, resumed)


@staff_end(
    "/subscriptions/{subscription_id:str}", "unsubscribeCalendar", "Read an outside calendar no longer"
)
def unsubscribe(*, asked: Asked, subscription_id: SubscriptionIdText) -> None:
    """What it had closed from now on is open again."""
    asked.engine.calendars.unsubscribe(_reference(asked, subscription_id))


def _reference(asked: Asking, subscription: str) -> SubscriptionReference:
    return SubscriptionReference(
        tenant=asked.tenant,
        subscription=SubscriptionId(parse_uuid(subscription, "subscription_id")),
        actor=asked.actor,
    )


def _path(tenant_key: str, token: str) -> str:
    return f"/v1/{tenant_key}/feeds/{token}{SUFFIX}"


GUESTS = [read_feed]
OF_STAFF = [
    open_feed,
    list_feeds,
    rotate_feed,
    revoke_feed,
    subscribe,
    list_subscriptions,
    resume,
    unsubscribe,
]
