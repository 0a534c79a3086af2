"""Wiring of calendars outside: which adapters they use, and their use cases ready to be called."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.calendars.caldav import CaldavCalendar, CaldavPush
from booking_adapters.calendars.events import IcsWriter
from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.http.calendar_desk import CalendarDesk
from booking_app.settings import Settings, secret_in
from booking_core.ports.ambient import TokenSource
from booking_core.ports.calendar_push import CalendarPush
from booking_core.ports.calendars import CalendarFeed, CalendarWriter
from booking_core.ports.storage import Tenants
from booking_core.usecases.calendar_feeds import ListFeeds, OpenFeed, ReadFeed, RevokeFeed, RotateFeed
from booking_core.usecases.calendar_links import LinkCalendar, ListLinks, UnlinkCalendar
from booking_core.usecases.calendar_subscriptions import (
    ListSubscriptions,
    ResumeCalendar,
    SubscribeCalendar,
    UnsubscribeCalendar,
)
from booking_core.usecases.push_entries import PushEntries
from booking_core.usecases.refresh_calendars import RefreshCalendars

T = TypeVar("T")

CALENDAR_USE_CASES = (
    OpenFeed,
    RotateFeed,
    RevokeFeed,
    ListFeeds,
    ReadFeed,
    SubscribeCalendar,
    ListSubscriptions,
    ResumeCalendar,
    UnsubscribeCalendar,
    RefreshCalendars,
    LinkCalendar,
    ListLinks,
    UnlinkCalendar,
    PushEntries,
)


class Resolving(Protocol):
    """Whatever makes a use case with its ports."""

    def resolve(self, service_key: type[T]) -> T:
        """One that is ready."""
        ...


def caldav_calendars(settings: Settings) -> Sequence[CaldavCalendar]:
    """The calendars of the settings, with their passwords; raises InvalidInput."""
    return tuple(
        CaldavCalendar(
            tenant=each.tenant,
            resource=each.resource,
            account=each.account,
            url=each.url,
            user=each.user,
            password=secret_in("caldav.password", each.password_file),
        )
        for each in settings.caldav
    )


def calendar_adapters(tenants: Tenants, calendars: Sequence[CaldavCalendar]) -> dict[Any, object]:
    """Which adapter fills which port, in a deployment."""
    return {
        TokenSource: SecretTokens(),
        CalendarWriter: IcsWriter(),
        CalendarFeed: HttpCalendarFeed(),
        CalendarPush: CaldavPush(calendars=calendars, tenants=tenants),
    }


def calendar_desk(container: Resolving) -> CalendarDesk:
    """What HTTP drives of calendars."""
    return CalendarDesk(
        open_feed=Persistent(container.resolve(OpenFeed)),
        rotate_feed=Persistent(container.resolve(RotateFeed)),
        revoke_feed=Persistent(container.resolve(RevokeFeed)),
        list_feeds=Persistent(container.resolve(ListFeeds)),
        read_feed=Persistent(container.resolve(ReadFeed)),
        subscribe=Persistent(container.resolve(SubscribeCalendar)),
        list_subscriptions=Persistent(container.resolve(ListSubscriptions)),
        resume=Persistent(container.resolve(ResumeCalendar)),
        unsubscribe=Persistent(container.resolve(UnsubscribeCalendar)),
        link=Persistent(container.resolve(LinkCalendar)),
        list_links=Persistent(container.resolve(ListLinks)),
        unlink=Persistent(container.resolve(UnlinkCalendar)),
    )
