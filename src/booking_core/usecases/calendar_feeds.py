"""Calendars that others may read: opening them, giving them another address, ending them, and reading them."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

import attrs

from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.calendars.feed import Detail, Feed, FeedKind, token_hash
from booking_core.domain.calendars.nights import taken_nights
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import Conflict, InvalidInput, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import FeedId, ResourceId, TenantId, VenueId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.kernel.zone import local_date
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator, TokenSource
from booking_core.ports.calendars import CalendarWriter
from booking_core.ports.storage import MOST_OF_A_PAGE, Page, Transaction, UnitOfWork

MOST_FEEDS = 500
MOST_ENTRIES = 5_000
PAST = timedelta(days=30)
"""How long what is over or was cancelled stays in a feed."""
HORIZON = timedelta(days=400)


@attrs.frozen(kw_only=True)
class OpenFeedCommand:
    """A feed of a resource or venue (by key)."""

    tenant: TenantId
    kind: FeedKind
    subject: str
    name: str
    detail: Detail = Detail.BUSY
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class FeedReference:
    """A feed of a tenant."""

    tenant: TenantId
    feed: FeedId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class OpenedFeed:
    """A feed with its token, which nobody can find out later."""

    feed: Feed
    token: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class OpenFeed:
    """Open a feed."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    tokens: TokenSource

    def __call__(self, command: OpenFeedCommand) -> OpenedFeed:
        """The feed and its token; raises NotFound, InvalidInput."""
        token = self.tokens.new()
        with self.begin(command.tenant, command.actor) as tx:
            if len(tx.calendar_links.feeds.every()) >= MOST_FEEDS:
                raise InvalidInput("feed", f"there are {MOST_FEEDS} already")
            catalog = tx.catalogs.load()
            change = Feed.open(
                id=FeedId(self.ids.new()),
                kind=command.kind,
                subject=_subject(catalog, command),
                name=command.name,
                detail=command.detail,
                token=token,
                at=self.clock.now(),
            )
            tx.calendar_links.feeds.save(change)
        return OpenedFeed(feed=change.state, token=token)


def _subject(catalog: Catalog, command: OpenFeedCommand) -> UUID:
    """Whose bookings are shown; raises NotFound, and InvalidInput where nights would say more than they mean."""
    if command.kind is FeedKind.VENUE:
        if command.detail is Detail.NIGHTS:
            raise InvalidInput("detail", "of nights is for one unit, not for a venue")
        return catalog.venue(command.subject).id
    resource = catalog.resource(command.subject)
    if command.detail is Detail.NIGHTS and resource.capacity > 1:
        raise InvalidInput("detail", "of nights is for a single unit: one booking would close all of them")
    return resource.id


@attrs.frozen(kw_only=True)
class RotateFeed:
    """Give a feed another address; the old one leads nowhere at once."""

    begin: UnitOfWork
    clock: Clock
    tokens: TokenSource

    def __call__(self, command: FeedReference) -> OpenedFeed:
        """The feed and its new token; raises NotFound."""
        token = self.tokens.new()
        with self.begin(command.tenant, command.actor) as tx:
            change = tx.calendar_links.feeds.get(command.feed).rotate(token, self.clock.now())
            tx.calendar_links.feeds.save(change)
        return OpenedFeed(feed=change.state, token=token)


@attrs.frozen(kw_only=True)
class RevokeFeed:
    """End a feed."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: FeedReference) -> None:
        """Nobody reads it any more; raises NotFound."""
        with self.begin(command.tenant, command.actor) as tx:
            tx.calendar_links.feeds.save(tx.calendar_links.feeds.get(command.feed).revoke(self.clock.now()))


@attrs.frozen(kw_only=True)
class ListFeeds:
    """The feeds of a tenant."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[Feed]:
        """All of them, without their tokens."""
        with self.begin.reading(tenant) as tx:
            return tx.calendar_links.feeds.every()


@attrs.frozen(kw_only=True)
class FeedQuery:
    """Whoever knows the token may read the feed."""

    tenant: TenantId
    token: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class FeedPage:
    """A feed as it is at present: its content, the fingerprint of that, and since when it is so."""

    content: bytes
    digest: str
    changed_at: datetime


@attrs.frozen(kw_only=True)
class ReadFeed:
    """What a feed shows, from 30 days ago to 400 days ahead: bookings, cancelled ones as such, and what staff closed.

    Of nights, what can be sold again is not among them: a guest never came, or has left.
    What outside calendars closed is theirs to show: a calendar that reads its own times back would keep them for ever.
    """

    begin: UnitOfWork
    clock: Clock
    writer: CalendarWriter

    def __call__(self, query: FeedQuery) -> FeedPage:
        """The feed's page; raises NotFound for a token that opens nothing."""
        today = self.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        window = Period.between(today - PAST, today + HORIZON)
        with self.begin.reading(query.tenant) as tx:
            feed = tx.calendar_links.feeds.find(token_hash(query.token))
            if feed is None:
                raise NotFound("feed", "")
            catalog = tx.catalogs.load()
            shown = _resources(catalog, feed)
            entries = (*_entries(tx, catalog, feed, shown, window), *_closed(tx, shown, window))
        if feed.detail is Detail.NIGHTS:
            entries = tuple(self._nights(catalog, shown, entries))
        content = self.writer.write(feed.name, entries)
        digest = hashlib.sha256(content).hexdigest()
        return FeedPage(content=content, digest=digest, changed_at=self._since(query, feed, digest))

    def _nights(
        self, catalog: Catalog, shown: frozenset[ResourceId], entries: Sequence[CalendarEntry]
    ) -> Iterator[CalendarEntry]:
        """As rental sites read them, on the wall of the unit."""
        for unit in shown:
            zone = catalog.venue_of(catalog.resource(unit)).zone
            yield from taken_nights(entries, zone, local_date(epoch(self.clock.now()), zone))

    def _since(self, query: FeedQuery, feed: Feed, digest: str) -> datetime:
        """Since when it shows this, which is written down when it is first seen."""
        change = feed.showing(digest, self.clock.now())
        if change is None:
            assert feed.changed_at is not None, "what was shown has its time"
            return feed.changed_at
        with self.begin(query.tenant) as tx:
            if tx.calendar_links.feeds.get(feed.id).version != feed.version:
                raise Conflict("the feed was read or changed by somebody else at the same moment")
            tx.calendar_links.feeds.save(change)
        assert change.state.changed_at is not None, "it has just been set"
        return change.state.changed_at


def _closed(tx: Transaction, shown: frozenset[ResourceId], window: Period) -> Iterator[CalendarEntry]:
    closures = (each for resource in sorted(shown) for each in tx.closures.overlapping(resource, window))
    by_staff = (each for each in closures if not each.source)
    return (CalendarEntry.of_closure(each, summary="Closed") for each in islice(by_staff, MOST_ENTRIES))


def _entries(
    tx: Transaction, catalog: Catalog, feed: Feed, shown: frozenset[ResourceId], window: Period
) -> Iterator[CalendarEntry]:
    only = ResourceId(feed.subject) if feed.kind is FeedKind.RESOURCE else None
    page, count = Page(limit=MOST_OF_A_PAGE), 0
    while shown and count < MOST_ENTRIES:
        found = tx.reservations.overlapping(only, window, page)
        for each in found:
            is_shown = each.is_live or feed.detail is not Detail.NIGHTS
            if is_shown and shown & {resource for _, resource in each.assigned}:
                yield entry_of(catalog, each, feed.detail)
        count += len(found)
        if len(found) < page.limit:
            return
        page = Page(limit=page.limit, after=found[-1].id)


def _resources(catalog: Catalog, feed: Feed) -> frozenset[ResourceId]:
    """Whose bookings the feed shows: nobody's, once its resource or venue is gone."""
    if feed.kind is FeedKind.RESOURCE:
        return frozenset({ResourceId(feed.subject)} & catalog.resources.keys())
    venue = VenueId(feed.subject)
    return frozenset(ResourceId(each.id) for each in catalog.resources.values() if each.venue == venue)


def entry_of(catalog: Catalog, reservation: Reservation, detail: Detail) -> CalendarEntry:
    """The entry of a reservation, told in as much detail as the calendar may know."""
    service = catalog.services.get(reservation.service)
    name = service.name if service else "Booking"
    if detail in {Detail.BUSY, Detail.NIGHTS}:
        return CalendarEntry.of(reservation, summary="Booked")
    location = catalog.venue_of(service).name if service else ""
    if detail is Detail.SERVICES:
        return CalendarEntry.of(reservation, summary=name, location=location, description=reservation.code)
    who = reservation.customer
    known = [f"{reservation.code}, {reservation.party.people}", who.name, who.phone, who.email]
    return CalendarEntry.of(
        reservation,
        summary=f"{name}: {who.name}",
        location=location,
        description="\n".join(each for each in known if each),
    )
