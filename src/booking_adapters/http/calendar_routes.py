"""Calendars outside: feeds that anybody with their address reads, and the staff's feeds and subscriptions."""

from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.calendar_views import (
    A_MINUTE,
    FeedBody,
    FeedsView,
    FeedView,
    SubscriptionBody,
    SubscriptionsView,
    SubscriptionView,
    feed_view,
    subscription_view,
)
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
from booking_core.domain.calendars.feed import LONGEST_TOKEN
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import FeedId, SubscriptionId, parse_uuid
from booking_core.usecases.calendar_feeds import FeedPage, FeedQuery, FeedReference, OpenFeedCommand
from booking_core.usecases.calendar_subscriptions import SubscribeCommand, SubscriptionReference

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
FeedFile = Annotated[str, PathParameter(description="The secret of the feed, and `.ics`.")]
FeedIdText = Annotated[str, PathParameter(description="Id of the feed.", schema_extra={"format": "uuid"})]
SubscriptionIdText = Annotated[
    str, PathParameter(description="Id of the subscription.", schema_extra={"format": "uuid"})
]
SUFFIX = ".ics"


@get(
    "/feeds/{file:str}",
    operation_id="readFeed",
    summary="A calendar as iCalendar",
    media_type="text/calendar",
    responses=refusals(404),
    sync_to_thread=True,
)
def read_feed(
    *, request: Request[Any, Any, Any], engine: TheEngine, tenant_key: p.TenantKey, file: FeedFile
) -> Response[bytes]:
    """From 30 days ago to 400 days ahead. Ask again with If-None-Match or If-Modified-Since."""
    token = file.removesuffix(SUFFIX)
    if token == file or len(token) > LONGEST_TOKEN or not token.isascii():
        raise NotFound("feed", "")
    page = engine.calendars.read_feed(FeedQuery(tenant=p.tenant_of(engine.tenants, tenant_key), token=token))
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


@post(
    "/feeds",
    operation_id="openFeed",
    summary="Let others read a calendar",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def open_feed(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[FeedBody]
) -> FeedView:
    """The address is shown now and never again."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    opened = engine.calendars.open_feed(
        OpenFeedCommand(
            tenant=tenant,
            kind=data.kind,
            subject=data.subject,
            name=data.name,
            detail=data.detail,
            actor=actor,
        )
    )
    return feed_view(engine.show_catalog(tenant), opened.feed, _path(tenant_key, opened.token))


@get(
    "/feeds",
    operation_id="listFeeds",
    summary="Who may read a calendar",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_feeds(*, engine: TheEngine, tenant_key: p.TenantKey) -> FeedsView:
    """All feeds, without their addresses."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    catalog = engine.show_catalog(tenant)
    return FeedsView(feeds=tuple(feed_view(catalog, each) for each in engine.calendars.list_feeds(tenant)))


@post(
    "/feeds/{feed_id:str}/rotate",
    operation_id="rotateFeed",
    summary="Give a feed another address",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def rotate_feed(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, feed_id: FeedIdText
) -> FeedView:
    """The old address leads nowhere at once."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    feed = FeedId(parse_uuid(feed_id, "feed_id"))
    rotated = engine.calendars.rotate_feed(FeedReference(tenant=tenant, feed=feed, actor=actor))
    return feed_view(engine.show_catalog(tenant), rotated.feed, _path(tenant_key, rotated.token))


@delete(
    "/feeds/{feed_id:str}",
    operation_id="revokeFeed",
    summary="End a feed",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def revoke_feed(*, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, feed_id: FeedIdText) -> None:
    """Its address leads nowhere at once."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    feed = FeedId(parse_uuid(feed_id, "feed_id"))
    engine.calendars.revoke_feed(FeedReference(tenant=tenant, feed=feed, actor=actor))


@post(
    "/subscriptions",
    operation_id="subscribeCalendar",
    summary="Close a resource when an outside calendar is busy",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def subscribe(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[SubscriptionBody]
) -> SubscriptionView:
    """It is read soon, and then every so many minutes. Only public https addresses are asked."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    subscription = engine.calendars.subscribe(
        SubscribeCommand(
            tenant=tenant,
            resource=data.resource,
            name=data.name,
            url=data.url,
            interval=data.minutes * A_MINUTE,
            actor=actor,
        )
    )
    return subscription_view(engine.show_catalog(tenant), subscription)


@get(
    "/subscriptions",
    operation_id="listSubscriptions",
    summary="Which outside calendars are read",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_subscriptions(*, engine: TheEngine, tenant_key: p.TenantKey) -> SubscriptionsView:
    """All of them, with what went wrong; those that were given up wait to be resumed."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    catalog = engine.show_catalog(tenant)
    found = engine.calendars.list_subscriptions(tenant)
    return SubscriptionsView(subscriptions=tuple(subscription_view(catalog, each) for each in found))


@post(
    "/subscriptions/{subscription_id:str}/resume",
    operation_id="resumeSubscription",
    summary="Read an outside calendar again",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def resume(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, subscription_id: SubscriptionIdText
) -> SubscriptionView:
    """At once, and in full."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    resumed = engine.calendars.resume(_reference(engine, tenant_key, subscription_id, actor))
    return subscription_view(engine.show_catalog(tenant), resumed)


@delete(
    "/subscriptions/{subscription_id:str}",
    operation_id="unsubscribeCalendar",
    summary="Read an outside calendar no longer",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def unsubscribe(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, subscription_id: SubscriptionIdText
) -> None:
    """What it had closed from now on is open again."""
    engine.calendars.unsubscribe(_reference(engine, tenant_key, subscription_id, actor))


def _reference(engine: Engine, tenant_key: str, subscription: str, actor: Actor) -> SubscriptionReference:
    return SubscriptionReference(
        tenant=p.tenant_of(engine.tenants, tenant_key),
        subscription=SubscriptionId(parse_uuid(subscription, "subscription_id")),
        actor=actor,
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
