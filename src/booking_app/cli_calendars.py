"""The commands for calendars outside: feeds that others read, and subscriptions to calendars of others."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from booking_adapters.http.calendar_views import CalendarLinkView, link_view
from booking_app.cli_bookings import REFUSED, STAFF
from booking_app.cli_options import Common, known_tenant
from booking_app.plain import Data, view_data
from booking_core.domain.calendars.feed import Detail, Feed, FeedKind
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import FeedId, SubscriptionId, TargetId, TenantId, parse_uuid
from booking_core.usecases.calendar_feeds import FeedReference, OpenedFeed, OpenFeedCommand
from booking_core.usecases.calendar_links import LinkCommand, LinkReference
from booking_core.usecases.calendar_subscriptions import Selling, SubscribeCommand, SubscriptionReference

PLAINLY = Common()
Name = Annotated[str, Parameter(help="What subscribers see; the key of what it shows by default.")]
Kind = Annotated[FeedKind, Parameter(help="Whose bookings: one resource's, or a whole venue's.")]
HowMuch = Annotated[
    Detail,
    Parameter(
        help="How much it tells of a booking; `customers` is for staff alone, `nights` for rental sites."
    ),
]

AddressFile = Annotated[
    Path, Parameter(help="File with the address of the calendar, https or webcal: it may be a secret.")
]
Minutes = Annotated[int, Parameter(help="How often it is read.")]
Account = Annotated[str, Parameter(help="Which of the resource's calendars, by its name in the settings.")]

Channel = Annotated[
    str, Parameter(help="Name of the rental site that sells by it; without one it only keeps busy.")
]
Sold = Annotated[str, Parameter(help="Key of the service that the site sells; the resource's by default.")]

feeds = App(name="feeds", help="Calendars that others may read by their secret address.")
subscriptions = App(name="subscriptions", help="Outside calendars that are read again and again.")
calendar_links = App(name="calendar-links", help="Calendars of people, into which bookings are written.")


@feeds.command(name="open")
def open_feed(
    tenant: str,
    subject: str,
    *,
    kind: Kind = FeedKind.RESOURCE,
    name: Name = "",
    detail: HowMuch = Detail.BUSY,
    common: Common = PLAINLY,
) -> None:
    """Let others read the calendar of a resource or venue. The address is shown now and never again."""
    with common.deployment() as deployment:
        command = OpenFeedCommand(
            tenant=known_tenant(deployment, tenant)[0],
            kind=kind,
            subject=subject,
            name=name or subject,
            detail=detail,
        )
        _show_address(tenant, deployment.engine.calendars.open_feed(command), common)


@feeds.command(name="list")
def list_feeds(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show the feeds of a business, without their addresses."""
    with common.deployment() as deployment:
        found = deployment.engine.calendars.list_feeds(known_tenant(deployment, tenant)[0])
    lines = [f"{each.id}  {each.kind}  {each.detail}  {each.name}" for each in found]
    common.print({"feeds": [_feed_data(each) for each in found]}, "\n".join(lines) or "No feeds.")


@feeds.command
def rotate(tenant: str, feed: str, *, common: Common = PLAINLY) -> None:
    """Give a feed another address; the old one leads nowhere at once."""
    with common.deployment() as deployment:
        reference = _feed(known_tenant(deployment, tenant)[0], feed)
        _show_address(tenant, deployment.engine.calendars.rotate_feed(reference), common)


@feeds.command
def revoke(tenant: str, feed: str, *, common: Common = PLAINLY) -> None:
    """End a feed; its address leads nowhere at once."""
    with common.deployment() as deployment:
        deployment.engine.calendars.revoke_feed(_feed(known_tenant(deployment, tenant)[0], feed))
    common.print({"revoked": feed}, "Nobody can read it any more.")


@subscriptions.command(name="list")
def list_subscriptions(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show which outside calendars are read, and what went wrong."""
    with common.deployment() as deployment:
        found = deployment.engine.calendars.list_subscriptions(known_tenant(deployment, tenant)[0])
    lines = [f"{each.id}  {each.name}  {_sold(each)}{_state(each)}" for each in found]
    data: Data = {"subscriptions": [_subscription_data(each) for each in found]}
    common.print(data, "\n".join(lines) or "No subscriptions.")


@subscriptions.command
def add(
    tenant: str,
    resource: str,
    *,
    url_file: AddressFile,
    name: Name = "",
    minutes: Minutes = 60,
    channel: Channel = "",
    service: Sold = "",
    common: Common = PLAINLY,
) -> None:
    """Close a resource whenever an outside calendar is busy, or book what a site sells by it; it is read soon."""
    with common.deployment() as deployment:
        added = deployment.engine.calendars.subscribe(
            SubscribeCommand(
                tenant=known_tenant(deployment, tenant)[0],
                resource=resource,
                name=name or resource,
                url=_address_in(url_file),
                interval=timedelta(minutes=minutes),
                selling=Selling(channel=channel, service=service or resource) if channel else None,
                actor=STAFF,
            )
        )
    common.print({"subscription": _subscription_data(added)}, f"{added.id}  {added.name}  read soon")


@subscriptions.command
def poll(tenant: str, subscription: str, *, common: Common = PLAINLY) -> int:
    """Read an outside calendar now, and say what came of it. Exit code 1 where it cannot be read."""
    with common.deployment() as deployment:
        tenant_id, _ = known_tenant(deployment, tenant)
        asked = deployment.engine.calendars.resume(_subscription(tenant_id, subscription))
        while deployment.duties["refresh calendars"](tenant_id):  # until none is due, and this one is
            pass
        found = deployment.engine.calendars.list_subscriptions(tenant_id)
    read = next(each for each in found if each.id == asked.id)
    common.print({"subscription": _subscription_data(read)}, f"{read.name}: {_state(read)}")
    return REFUSED if read.problem else 0


@subscriptions.command
def resume(tenant: str, subscription: str, *, common: Common = PLAINLY) -> None:
    """Read an outside calendar again, at once and in full."""
    with common.deployment() as deployment:
        reference = _subscription(known_tenant(deployment, tenant)[0], subscription)
        resumed = deployment.engine.calendars.resume(reference)
    common.print({"resumed": _subscription_data(resumed)}, f"{resumed.name} is read with the next round.")


@subscriptions.command
def end(tenant: str, subscription: str, *, common: Common = PLAINLY) -> None:
    """Read an outside calendar no longer; what it had closed from now on is open again."""
    with common.deployment() as deployment:
        reference = _subscription(known_tenant(deployment, tenant)[0], subscription)
        reopened = deployment.engine.calendars.unsubscribe(reference)
    common.print({"ended": subscription, "reopened": reopened}, f"Ended; reopened: {reopened}.")


@calendar_links.command(name="add")
def add_link(
    tenant: str,
    resource: str,
    *,
    account: Account = "caldav",
    detail: HowMuch = Detail.SERVICES,
    common: Common = PLAINLY,
) -> None:
    """Write the bookings of a resource into a calendar of the settings; adding it again writes what is missing."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        command = LinkCommand(
            tenant=tenant_id, resource=resource, account=account, detail=detail, actor=STAFF
        )
        view = link_view(catalog, deployment.engine.calendars.link(command))
    common.print(view_data(view), _link_text(view))


@calendar_links.command(name="list")
def list_links(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show into which calendars bookings are written."""
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        views = [link_view(catalog, each) for each in deployment.engine.calendars.list_links(tenant_id)]
    data: Data = {"calendar_links": [view_data(each) for each in views]}
    common.print(data, "\n".join(map(_link_text, views)) or "No links.")


@calendar_links.command(name="end")
def end_link(tenant: str, link: str, *, common: Common = PLAINLY) -> None:
    """Write into a calendar no longer; what stands in it stays there."""
    with common.deployment() as deployment:
        target = TargetId(parse_uuid(link, "link"))
        tenant_id, _ = known_tenant(deployment, tenant)
        deployment.engine.calendars.unlink(LinkReference(tenant=tenant_id, target=target, actor=STAFF))
    common.print({"ended": link}, "Nothing is written there any more.")


def _address_in(file: Path) -> str:
    """The address that a file contains; raises InvalidInput where it cannot be read."""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InvalidInput("url_file", "cannot be read", file.name) from None


def _link_text(view: CalendarLinkView) -> str:
    return f"{view.id}  {view.resource}  {view.account}  {view.detail}"


def _feed(tenant: TenantId, feed: str) -> FeedReference:
    return FeedReference(tenant=tenant, feed=FeedId(parse_uuid(feed, "feed")))


def _subscription(tenant: TenantId, subscription: str) -> SubscriptionReference:
    return SubscriptionReference(
        tenant=tenant, subscription=SubscriptionId(parse_uuid(subscription, "subscription"))
    )


def _show_address(tenant: str, opened: OpenedFeed, common: Common) -> None:
    path = f"/v1/{tenant}/feeds/{opened.token}.ics"
    common.print({"feed": _feed_data(opened.feed), "path": path}, f"{opened.feed.id}\n{path}")


def _feed_data(feed: Feed) -> Data:
    return {
        "id": str(feed.id),
        "kind": feed.kind.value,
        "subject": str(feed.subject),
        "name": feed.name,
        "detail": feed.detail.value,
    }


def _subscription_data(subscription: Subscription) -> Data:
    return {
        "id": str(subscription.id),
        "name": subscription.name,
        "is_given_up": subscription.is_given_up,
        "failures": subscription.failures,
        "problem": subscription.problem,
        "channel": subscription.rental.channel if subscription.rental else None,
        "sold": subscription.rental.sold if subscription.rental else 0,
    }


def _sold(subscription: Subscription) -> str:
    rental = subscription.rental
    return f"{rental.channel} sold {rental.sold}  " if rental else ""


def _state(subscription: Subscription) -> str:
    if subscription.is_given_up:
        return f"given up: {subscription.problem}"
    return f"failing: {subscription.problem}" if subscription.problem else "read"
