"""Telling a tenant's own addresses what happened: messages owed by a handler, and sending them."""

import json
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import AlertId, DeliveryId, TenantId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import EVERY_EVENT, OF_ENDPOINTS, WebhookEndpoint
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.ports.webhooks import Sent, WebhookSecrets, WebhookSender
from booking_core.usecases.outcomes import write_down

BATCH = 10
LEASE = timedelta(minutes=5)
"""Longer than sending a whole batch to addresses that do not answer."""
GONE = 410
"""RFC 9110: gone for good. The specification has it end the subscription."""


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
            sent = self._sent(tenant, endpoint, delivery, at)
        write_down(lambda: self._record(tenant, delivery, sent))

    def _sent(self, tenant: TenantId, endpoint: WebhookEndpoint, delivery: Delivery, at: datetime) -> Sent:
        try:
            secrets = [self.secrets.of(tenant, str(endpoint.id), each) for each in endpoint.generations(at)]
            return self.sender.send(endpoint.url, secrets, delivery, at)
        except Exception as broken:  # noqa: BLE001 - one message that breaks something does not hold up the others
            return Sent(status=None, reason=type(broken).__name__)

    def _record(self, tenant: TenantId, delivery: Delivery, sent: Sent) -> None:
        """What became of it, unless it was taken over by a newer lease; raises NotFound once its endpoint is closed."""
        with self.begin(tenant) as tx:
            if tx.webhooks.deliveries.get(delivery.id) == delivery:
                _recorded(tx, delivery, sent, AlertId(self.ids.new()), self.clock.now())


def _recorded(tx: Transaction, delivery: Delivery, sent: Sent, alert: AlertId, at: datetime) -> None:
    """What became of a message, and what that says about its endpoint; people are told of what was given up."""
    endpoint = tx.webhooks.endpoints.get(delivery.endpoint)
    if sent.has_arrived:
        assert sent.status is not None, "what arrived was answered"
        tx.webhooks.deliveries.save(delivery.arrived(sent.status, at))
        change = endpoint.arrived(at)
    else:
        is_gone = sent.status == GONE
        failed = delivery.failed(sent.reason, at, status=sent.status, for_good=sent.is_final or is_gone)
        tx.webhooks.deliveries.save(failed)
        if failed.state.died_at is None or endpoint.disabled_at is not None:
            return
        change = endpoint.gave_up(delivery.made_at, at, is_gone=is_gone)
        is_disabled = change is not None and change.state.disabled_at is not None
        kind = "webhook_disabled" if is_disabled else "webhook_failing"
        what = "a webhook is told no more" if is_disabled else "messages to a webhook were given up"
        what = f"{what}: see its deliveries"
        tx.alerts.raise_(Alert(id=alert, kind=kind, subject=endpoint.id, message=what, at=at))
    if change is not None:
        tx.webhooks.endpoints.save(change)


def _body(event: Event) -> str:
    """The message as the specification advises: type, time, and the event's data with what it is about."""
    told = {
        "type": event.name,
        "timestamp": event.at.isoformat(),
        "data": {"subject": str(event.subject), "version": event.version, **event.data},
    }
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
