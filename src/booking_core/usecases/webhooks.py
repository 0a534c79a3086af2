"""A tenant's own addresses that are told what happens: opening and closing them, their secrets and their log."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import DeliveryId, EndpointId, TenantId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import UnitOfWork
from booking_core.ports.webhooks import WebhookSecrets, WebhookSender

MOST_LISTED = 200


@attrs.frozen(kw_only=True)
class OpenWebhookCommand:
    """Tell an address of these events (`*` for all)."""

    tenant: TenantId
    url: str
    events: Sequence[str]
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class EndpointReference:
    """An endpoint of a tenant."""

    tenant: TenantId
    endpoint: EndpointId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class DeliveryReference:
    """A message of a tenant."""

    tenant: TenantId
    delivery: DeliveryId
    actor: Actor = SYSTEM


@attrs.frozen
class OpenedWebhook:
    """An endpoint with its secret, which is shown this once."""

    endpoint: WebhookEndpoint
    secret: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class OpenWebhook:
    """Has an address told of what happens from now on."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    secrets: WebhookSecrets
    sender: WebhookSender

    def __call__(self, command: OpenWebhookCommand) -> OpenedWebhook:
        """The endpoint and its secret; raises InvalidInput for addresses that are not public https ones."""
        url = self.sender.accept(command.url)
        known_by = EndpointId(self.ids.new())
        secret = self.secrets.of(command.tenant, str(known_by))
        with self.begin(command.tenant, command.actor) as tx:
            change = WebhookEndpoint.open(id=known_by, url=url, events=command.events, at=self.clock.now())
            tx.webhooks.endpoints.save(change)
            return OpenedWebhook(change.state, secret)


@attrs.frozen(kw_only=True)
class RotateWebhook:
    """Gives an endpoint another secret; for a day messages carry the signatures of both."""

    begin: UnitOfWork
    clock: Clock
    secrets: WebhookSecrets

    def __call__(self, reference: EndpointReference) -> OpenedWebhook:
        """The endpoint and its new secret; raises NotFound."""
        endpoint = _changed(self.begin, reference, lambda known: known.rotate(self.clock.now()))
        secret = self.secrets.of(reference.tenant, str(endpoint.id), endpoint.generation)
        return OpenedWebhook(endpoint, secret)


@attrs.frozen(kw_only=True)
class DisableWebhook:
    """Has an endpoint told nothing until it is enabled again."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, reference: EndpointReference) -> WebhookEndpoint:
        """The endpoint; raises NotFound."""
        return _changed(self.begin, reference, lambda known: known.disable(self.clock.now()))


@attrs.frozen(kw_only=True)
class EnableWebhook:
    """Has an endpoint told again that was disabled."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, reference: EndpointReference) -> WebhookEndpoint:
        """The endpoint; raises NotFound."""
        return _changed(self.begin, reference, lambda known: known.enable(self.clock.now()))


@attrs.frozen(kw_only=True)
class CloseWebhook:
    """Tells an address no more."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, reference: EndpointReference) -> None:
        """Raises NotFound."""
        with self.begin(reference.tenant, reference.actor) as tx:
            endpoint = tx.webhooks.endpoints.get(reference.endpoint)
            tx.webhooks.endpoints.save(endpoint.close(self.clock.now()))


@attrs.frozen(kw_only=True)
class ListWebhooks:
    """Which addresses are told."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[WebhookEndpoint]:
        """All of them."""
        with self.begin.reading(tenant) as tx:
            return tx.webhooks.endpoints.every()


@attrs.frozen(kw_only=True)
class ListDeliveries:
    """What an address was told, and what became of it."""

    begin: UnitOfWork

    def __call__(self, reference: EndpointReference) -> Sequence[Delivery]:
        """The newest 200 messages; raises NotFound."""
        with self.begin.reading(reference.tenant) as tx:
            tx.webhooks.endpoints.get(reference.endpoint)
            return tx.webhooks.deliveries.of_endpoint(reference.endpoint, MOST_LISTED)


@attrs.frozen(kw_only=True)
class Redeliver:
    """Sends a message again, whatever became of it."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, reference: DeliveryReference) -> Delivery:
        """The message, due at once; raises NotFound."""
        with self.begin(reference.tenant, reference.actor) as tx:
            change = tx.webhooks.deliveries.get(reference.delivery).again(self.clock.now())
            tx.webhooks.deliveries.save(change)
            return change.state


def _changed(
    begin: UnitOfWork,
    reference: EndpointReference,
    change: Callable[[WebhookEndpoint], Change[WebhookEndpoint, WebhookEndpoint]],
) -> WebhookEndpoint:
    """The endpoint after a change; raises NotFound."""
    with begin(reference.tenant, reference.actor) as tx:
        changed = change(tx.webhooks.endpoints.get(reference.endpoint))
        tx.webhooks.endpoints.save(changed)
        return changed.state
