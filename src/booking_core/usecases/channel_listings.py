"""What channels sell of ours: listing a resource, withdrawing it, and telling everything again."""

from collections.abc import Sequence
from datetime import date, datetime

import attrs

from booking_core.domain.availability.places import largest_party
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.channels.listing import Listing, checked_days
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ListingId, TenantId
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.channel_connector import ChannelConnectors
from booking_core.ports.storage import Transaction, UnitOfWork

MOST_LISTINGS = 500
USUAL_DAYS = 365
ADULTS_OF_A_ROOM = 2


@attrs.frozen(kw_only=True)
class ListCommand:
    """Let a channel sell a service of a resource (both by key) under its own `code` for it.

    It is told of `days` dates ahead, at the price of so many `adults` (two by the night, otherwise one) under
    `rate_plan`.
    """

    tenant: TenantId
    channel: str
    code: str
    service: str
    resource: str
    days: int = USUAL_DAYS
    adults: int | None = None
    rate_plan: str | None = None
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ListingReference:
    """A listing of a tenant."""

    tenant: TenantId
    listing: ListingId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ResyncCommand:
    """Tell a channel everything of so many days."""

    tenant: TenantId
    channel: str
    days: int = USUAL_DAYS
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ListResource:
    """From now on a channel sells a resource: everything about it is owed to the channel."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    connectors: ChannelConnectors

    def __call__(self, command: ListCommand) -> Listing:
        """The listing; raises NotFound, InvalidInput, and Conflict where the channel sells another under the code."""
        if command.channel not in self.connectors.of(command.tenant):
            raise InvalidInput("channel", "is not set up", command.channel)
        with self.begin(command.tenant, command.actor) as tx:
            one_writer(tx)
            if len(tx.channels.listings.every()) >= MOST_LISTINGS:
                raise InvalidInput("listing", f"there are {MOST_LISTINGS} already")
            catalog = tx.catalogs.load()
            service, resource = catalog.service(command.service), catalog.resource(command.resource)
            by_night = service.policy.hours is Opening.NIGHTS
            adults = command.adults if command.adults is not None else ADULTS_OF_A_ROOM if by_night else 1
            _check_sold(catalog, service, resource, adults, command.rate_plan)
            at = self.clock.now()
            change = Listing.offer(
                id=ListingId(self.ids.new()),
                channel=command.channel,
                service=service.id,
                resource=resource.id,
                code=command.code,
                days=command.days,
                adults=adults,
                rate_plan=command.rate_plan,
                today=today_of(catalog, service, at),
                at=at,
            )
            tx.channels.listings.save(change)
        return change.state


@attrs.frozen(kw_only=True)
class ShowListings:
    """What channels sell, and what is owed to them."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[Listing]:
        """All of them."""
        with self.begin.reading(tenant) as tx:
            return tx.channels.listings.every()


@attrs.frozen(kw_only=True)
class WithdrawListing:
    """No longer sold there. The channel is told that nothing is left, and the listing goes once it knows."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, reference: ListingReference) -> Listing:
        """The listing; raises NotFound."""
        with self.begin(reference.tenant, reference.actor) as tx:
            one_writer(tx)
            listing = tx.channels.listings.get(reference.listing)
            if listing.is_withdrawn and not listing.is_given_up:
                return listing
            at = self.clock.now()
            change = listing.withdraw(today_for(tx.catalogs.load(), listing, at), at)
            tx.channels.listings.save(change)
        return change.state


@attrs.frozen(kw_only=True)
class ResyncChannel:
    """Everything is told again, whatever the channel should know."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ResyncCommand) -> Sequence[Listing]:
        """The listings of the channel; raises InvalidInput."""
        checked_days(command.days)
        with self.begin(command.tenant, command.actor) as tx:
            one_writer(tx)
            at, catalog = self.clock.now(), tx.catalogs.load()
            told = []
            for listing in tx.channels.listings.every():
                if listing.channel == command.channel:
                    change = listing.resync(command.days, today_for(catalog, listing, at), at)
                    tx.channels.listings.save(change)
                    told.append(change.state)
        return told


def one_writer(tx: Transaction) -> None:
    """Keep other writers of listings waiting: what they make owed is merged, and nobody loses a race for it."""
    tx.one_at_a_time("channel listings")


def today_for(catalog: Catalog, listing: Listing, at: datetime) -> date:
    """The present date where a listing stands; in UTC where what it sold is no longer in the catalog."""
    service = catalog.services.get(listing.service)
    return at.date() if service is None else today_of(catalog, service, at)


def today_of(catalog: Catalog, service: Service, at: datetime) -> date:
    """The present date at the venue of a service."""
    return at.astimezone(catalog.venue_of(service).zone).date()


def _check_sold(
    catalog: Catalog, service: Service, resource: Resource, adults: int, rate_plan: str | None
) -> None:
    """Raise InvalidInput where the resource is not what the service sells, or not to so many, or not so."""
    lead = service.needs[0]
    if resource.id not in lead.providers:
        raise InvalidInput("resource", f"is not what {service.key} sells", resource.key)
    largest = largest_party(service, lead, resource)
    if largest is not None and adults > largest:
        raise InvalidInput("adults", f"a place of {resource.name} takes at most {largest}", adults)
    tariff = catalog.tariff_of(service, resource.id)
    if rate_plan is not None and tariff is None:
        raise InvalidInput("rate_plan", "changes no price: this is not sold under a tariff", rate_plan)
    if tariff is not None:
        tariff.plan(rate_plan)
