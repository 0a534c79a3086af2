"""Telling a tenant's own addresses what happened: endpoints, messages owed by a handler, and sending them."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import SYSTEM, Actor, Event
from booking_core.domain.kernel.ids import AlertId, DeliveryId, EndpointId, TenantId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import EVERY_EVENT, OF_ENDPOINTS, WebhookEndpoint
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.ports.webhooks import Sent, WebhookSecrets, WebhookSender

BATCH = 10
LEASE = timedelta(minutes=5)
"""Longer than sending a whole batch to addresses that do not answer."""
MOST_LISTED = 200
GONE = 410
"""RFC 9110: gone for good. The specification has it end the subscription."""


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
        with self.begin(reference.tenant, reference.actor) as tx:
            change = tx.webhooks.endpoints.get(reference.endpoint).rotate(self.clock.now())
            tx.webhooks.endpoints.save(change)
            endpoint = change.state
        return OpenedWebhook(
            endpoint, self.secrets.of(reference.tenant, str(endpoint.id), endpoint.generation)
        )


@attrs.frozen(kw_only=True)
class EnableWebhook:
    """Has an endpoint told again that was disabled."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, reference: EndpointReference) -> WebhookEndpoint:
        """The endpoint; raises NotFound."""
        with self.begin(reference.tenant, reference.actor) as tx:
            change = tx.webhooks.endpoints.get(reference.endpoint).enable(self.clock.now())
            tx.webhooks.endpoints.save(change)
            return change.state


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


@attrs.frozen(kw_only=True)
class OweWebhooks:
    """The handler: whatever happens is owed to each endpoint that wants to be told."""

    ids: IdGenerator
    name: str = attrs.field(default="webhooks", init=False)
    events: frozenset[str] = attrs.field(default=frozenset({EVERY_EVENT}), init=False)

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Write a message for each of them."""
        if event.name in OF_ENDPOINTS:
            return
        for endpoint in tx.webhooks.endpoints.every():
            if endpoint.wants(event.name):
                owed = Delivery.owe(
                    id=DeliveryId(self.ids.new()),
                    endpoint=endpoint.id,
                    event=event.name,
                    body=_body(event),
                    at=event.at,
                )
                tx.webhooks.deliveries.save(owed)


@attrs.frozen(kw_only=True)
class SendWebhooks:
    """Sends what is owed: leased, sent between transactions, recorded. A message may arrive twice, under one id."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    secrets: WebhookSecrets
    sender: WebhookSender

    def __call__(self, tenant: TenantId) -> int:
        """How many messages were sent, arrived or not; at most ten a call."""
        with self.begin(tenant) as tx:
            taken = tx.webhooks.deliveries.lease(self.clock.now(), BATCH, LEASE)
            endpoints = {each.id: each for each in tx.webhooks.endpoints.every()} if taken else {}
        for delivery in taken:
            self._send(tenant, endpoints[delivery.endpoint], delivery)
        return len(taken)

    def _send(self, tenant: TenantId, endpoint: WebhookEndpoint, delivery: Delivery) -> None:
        at = self.clock.now()
        if endpoint.disabled_at is not None:
            sent = Sent(status=None, reason="the endpoint is disabled", is_final=True)
        else:
            secrets = [
                self.secrets.of(tenant, str(endpoint.id), generation)
                for generation in endpoint.generations(at)
            ]
            sent = self.sender.send(endpoint.url, secrets, delivery, at)
        try:
            with self.begin(tenant) as tx:
                _record(tx, delivery, sent, AlertId(self.ids.new()), self.clock.now())
        except Conflict:
            return  # taken over by somebody whose lease is newer, or closed meanwhile


def _record(tx: Transaction, delivery: Delivery, sent: Sent, alert: AlertId, at: datetime) -> None:
    """What became of a message, and what that says about its endpoint; people are told of what was given up."""
    endpoint = tx.webhooks.endpoints.get(delivery.endpoint)
    if sent.has_arrived:
        assert sent.status is not None, "what arrived was answered"
        tx.webhooks.deliveries.save(delivery.arrived(sent.status, at))
        if endpoint.dead_in_a_row:
            tx.webhooks.endpoints.save(endpoint.arrived(at))
        return
    is_gone = sent.status == GONE
    change = delivery.failed(sent.reason, at, status=sent.status, for_good=sent.is_final or is_gone)
    tx.webhooks.deliveries.save(change)
    if change.state.died_at is None:
        return
    what = "messages to a webhook were given up: see its deliveries"
    tx.alerts.raise_(Alert(id=alert, kind="webhook_failing", subject=endpoint.id, message=what, at=at))
    if endpoint.disabled_at is None:
        tx.webhooks.endpoints.save(endpoint.buried(at, is_gone=is_gone))


def _body(event: Event) -> str:
    """The message as the specification advises: type, time, and the event's data with what it is about."""
    told = {
        "type": event.name,
        "timestamp": event.at.isoformat(),
        "data": {"subject": str(event.subject), "version": event.version, **event.data},
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
