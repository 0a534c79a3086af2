"""A business that has its own address told what happens, on each storage."""

import attrs

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.channels.webhooks import DerivedSecrets, HttpWebhookSender
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.kernel.ids import EndpointId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.send_webhooks import OweWebhooks, SendWebhooks
from booking_core.usecases.webhooks import (
    EndpointReference,
    OpenedWebhook,
)
from tests.integration.crashes.dying import Arrows, DyingUnitOfWork
from tests.integration.webhooks.receiver import Receiver

SECRETS = DerivedSecrets("a key of a deployment that is only for tests")


@attrs.frozen
class Office:
    """A business that has its receiver told."""

    scene: Scene
    receiver: Receiver
    clock: FixedClock
    ids: SeededIds
    opened: OpenedWebhook

    @property
    def endpoint(self) -> EndpointId:
        return self.opened.endpoint.id

    def worker(self, arrows: Arrows | None = None) -> SendWebhooks:
        begin = DyingUnitOfWork(self.scene.store, arrows or Arrows())
        sender = HttpWebhookSender(Outgoing(loopback=True, seconds=2))
        return SendWebhooks(begin=begin, clock=self.clock, ids=self.ids, secrets=SECRETS, sender=sender)

    def handles(self) -> None:
        """What happened becomes messages."""
        handle = HandleEvents(
            begin=self.scene.store, handlers=[OweWebhooks(ids=self.ids)], clock=self.clock, ids=self.ids
        )
        handle(self.scene.tenant)

    def tells(self) -> int:
        """Handle what happened, then send."""
        self.handles()
        return self.worker()(self.scene.tenant)

    def log(self) -> list[Delivery]:
        with self.scene.reading() as tx:
            return list(tx.webhooks.deliveries.of_endpoint(self.endpoint, 99))

    def stored(self) -> WebhookEndpoint:
        with self.scene.reading() as tx:
            return tx.webhooks.endpoints.get(self.endpoint)

    def alerts(self) -> list[str]:
        with self.scene.reading() as tx:
            return [each.kind for each in tx.alerts.open(9)]

    def reference(self) -> EndpointReference:
        return EndpointReference(tenant=self.scene.tenant, endpoint=self.endpoint)
