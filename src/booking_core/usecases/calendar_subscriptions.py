"""Outside calendars in whose busy times a resource is closed: subscribing to them, resuming, and ending that."""

from collections.abc import Sequence
from datetime import timedelta

import attrs

from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.channels.rental import RentalCalendar
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import SubscriptionId, TenantId
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.calendars import CalendarFeed
from booking_core.ports.storage import UnitOfWork

MOST_SUBSCRIPTIONS = 500


@attrs.frozen(kw_only=True)
class Selling:
    """A rental site (`channel`) sells the resource as a service (by key); its calendar says what it has sold."""

    channel: str
    service: str


@attrs.frozen(kw_only=True)
class SubscribeCommand:
    """Close a resource (by key) whenever the calendar at `url` is busy.

    With `selling`, it is booked instead where the calendar says that it is sold.
    """

    tenant: TenantId
    resource: str
    name: str
    url: str = attrs.field(repr=False)
    interval: timedelta
    selling: Selling | None = None
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class SubscriptionReference:
    """A subscription of a tenant."""

    tenant: TenantId
    subscription: SubscriptionId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class SubscribeCalendar:
    """Subscribe. The calendar is read with the next round."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    feed: CalendarFeed

    def __call__(self, command: SubscribeCommand) -> Subscription:
        """The subscription; raises NotFound, and InvalidInput for an address that is not asked.

        Also for a service that no calendar of nights can sell.
        """
        url = self.feed.accept(command.url)
        with self.begin(command.tenant, command.actor) as tx:
            if len(tx.calendar_links.subscriptions.every()) >= MOST_SUBSCRIPTIONS:
                raise InvalidInput("subscription", f"there are {MOST_SUBSCRIPTIONS} already")
            catalog = tx.catalogs.load()
            change = Subscription.subscribe(
                id=SubscriptionId(self.ids.new()),
                resource=catalog.resource(command.resource).id,
                name=command.name,
                url=url,
                interval=command.interval,
                at=self.clock.now(),
                rental=None if command.selling is None else _rental(catalog, command, command.selling),
            )
            tx.calendar_links.subscriptions.save(change)
        return change.state


def _rental(catalog: Catalog, command: SubscribeCommand, selling: Selling) -> RentalCalendar:
    """What the site sells: nights of a service that the resource leads."""
    service, resource = catalog.service(selling.service), catalog.resource(command.resource)
    if service.policy.trade is not Trade.STAY:
        raise InvalidInput("service", "is not sold by the night", selling.service)
    if resource.id not in service.needs[0].any_of:
        raise InvalidInput("service", "is not performed by the resource", selling.service)
    return RentalCalendar.of(name=selling.channel, service=service.key, unit=resource.key)


@attrs.frozen(kw_only=True)
class ListSubscriptions:
    """The subscriptions of a tenant."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[Subscription]:
        """All of them, those that were given up too."""
        with self.begin.reading(tenant) as tx:
            return tx.calendar_links.subscriptions.every()


@attrs.frozen(kw_only=True)
class ResumeCalendar:
    """Read a calendar again that was given up, or now instead of later."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: SubscriptionReference) -> Subscription:
        """The subscription, due at once; raises NotFound."""
        with self.begin(command.tenant, command.actor) as tx:
            change = tx.calendar_links.subscriptions.get(command.subscription).resume(self.clock.now())
            tx.calendar_links.subscriptions.save(change)
        return change.state


@attrs.frozen(kw_only=True)
class UnsubscribeCalendar:
    """End a subscription, and open again what it had closed from now on."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: SubscriptionReference) -> int:
        """How many closures ended; what lies in the past stays. Raises NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.alone()
            subscription = tx.calendar_links.subscriptions.get(command.subscription)
            tx.calendar_links.subscriptions.save(subscription.end(at))
            ahead = [each for each in tx.closures.of_source(subscription.source) if each.period.end > at]
            for closure in ahead:
                tx.closures.save(closure.reopen(at))
        return len(ahead)
