"""Browsers of the business that show pushed notices."""

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import BrowserId, TenantId
from booking_core.domain.notices.subscription import MOST_OF_A_TENANT, PushSubscription
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.notifying import PushService
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class SubscribeBrowserCommand:
    """What a browser says of itself; `resource` is the key of whose browser it is, empty for an administrator's."""

    tenant: TenantId
    endpoint: str
    p256dh: str
    auth: str
    resource: str = ""
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class SubscribeBrowser:
    """Remembers a browser; one that is known already gets its new keys."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    service: PushService

    def __call__(self, command: SubscribeBrowserCommand) -> PushSubscription:
        """What is stored. Raises InvalidInput for keys or addresses that are none, too many browsers, and NotFound."""
        subscription = PushSubscription(
            id=BrowserId(self.ids.new()),
            endpoint=self.service.accept(command.endpoint),
            p256dh=command.p256dh,
            auth=command.auth,
            resource=command.resource,
            added_at=self.clock.now(),
        )
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time("browsers")
            if command.resource:
                tx.catalogs.load().resource(command.resource)
            known = tx.push_subscriptions.all()
            is_known = any(each.endpoint == subscription.endpoint for each in known)
            if len(known) >= MOST_OF_A_TENANT and not is_known:
                raise InvalidInput(
                    "endpoint", f"is one too many: {MOST_OF_A_TENANT} browsers are told already"
                )
            return tx.push_subscriptions.keep(subscription)


@attrs.frozen(kw_only=True)
class UnsubscribeBrowserCommand:
    """A browser that is to be told no more."""

    tenant: TenantId
    browser: BrowserId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class UnsubscribeBrowser:
    """Forgets a browser."""

    begin: UnitOfWork

    def __call__(self, command: UnsubscribeBrowserCommand) -> bool:
        """Whether it was known."""
        with self.begin(command.tenant, command.actor) as tx:
            return tx.push_subscriptions.remove(command.browser)
