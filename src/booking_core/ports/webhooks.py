"""What the use cases need for telling a tenant's own addresses: a storage, secrets, and somebody who sends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import attrs

from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import DeliveryId, EndpointId, TenantId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint


class WebhookEndpoints(Protocol):
    """Where the tenant is told."""

    def get(self, endpoint: EndpointId) -> WebhookEndpoint:
        """By id; raises NotFound."""
        ...

    def every(self) -> Sequence[WebhookEndpoint]:
        """All of them, by id."""
        ...

    def save(self, change: Change[WebhookEndpoint | None, WebhookEndpoint | None]) -> None:
        """Write an endpoint and its events; with a state of None it goes, and what is owed to it.

        Raises StaleVersion where `change.before` is no longer stored.
        """
        ...


class WebhookDeliveries(Protocol):
    """Messages, on their way and as a log."""

    def get(self, delivery: DeliveryId) -> Delivery:
        """By id; raises NotFound."""
        ...

    def of_endpoint(self, endpoint: EndpointId, limit: int) -> Sequence[Delivery]:
        """At most `limit` messages to an endpoint, the newest first."""
        ...

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Delivery]:
        """Take at most `limit` messages that are due, the longest due first, and return them as they are taken.

        Nobody else gets one of them before `at` + `for_`, once this transaction has committed; until then they are
        left out by others, who do not wait. Send only after the commit.
        """
        ...

    def save(self, change: Change[Delivery, Delivery | None]) -> None:
        """Write a message. Raises StaleVersion where `change.before` is no longer stored, Conflict without endpoint."""
        ...


class Webhooks(Protocol):
    """Telling a tenant's own addresses."""

    @property
    def endpoints(self) -> WebhookEndpoints:
        """Where."""
        ...

    @property
    def deliveries(self) -> WebhookDeliveries:
        """What."""
        ...


class WebhookSecrets(Protocol):
    """The secrets that messages are signed with. They are not kept, so they can be shown when they are made."""

    def of(self, tenant: TenantId, what: str, generation: int = 1) -> str:
        """The secret of an endpoint or channel by its name; raises InvalidInput where the deployment has no key."""
        ...


@attrs.frozen(kw_only=True)
class Sent:
    """What became of sending: `status` of the answer (None without one), and why it does not count as arrived."""

    status: int | None
    reason: str = ""
    is_final: bool = False
    """Whether trying again cannot help."""

    @property
    def has_arrived(self) -> bool:
        """Whether they have it."""
        return not self.reason


class WebhookSender(Protocol):
    """Sends signed messages to public addresses."""

    def accept(self, url: str) -> str:
        """An address that may be told; raises InvalidInput. Nothing is looked up yet."""
        ...

    def send(self, url: str, secrets: Sequence[str], delivery: Delivery, at: datetime) -> Sent:
        """Send a message once, signed with each secret, in bounded time; whatever they do wrong is told, not raised."""
        ...
