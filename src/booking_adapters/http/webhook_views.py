"""What clients send and are shown of webhooks and channels."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

import attrs
from litestar.params import Body

from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint
from booking_core.usecases.webhooks import OpenedWebhook


@attrs.frozen(kw_only=True)
class WebhookBody:
    """An address that is to be told."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "url": "https://hooks.example/booking",
        "events": ["ReservationConfirmed", "ReservationCancelled"],
    }

    url: Annotated[str, Body(min_length=1, max_length=2000, description="A public https address.")]
    events: Annotated[
        tuple[str, ...], Body(min_items=1, max_items=100, description="Names of events, or `*` for all.")
    ]


@attrs.frozen(kw_only=True)
class WebhookView:
    """An endpoint. Its secret is shown when it is made or rotated, and its address by its host alone."""

    id: UUID
    host: str
    events: tuple[str, ...]
    generation: int
    failing_since: datetime | None
    disabled_at: datetime | None
    secret: str | None = None


@attrs.frozen(kw_only=True)
class WebhooksView:
    """All endpoints."""

    webhooks: tuple[WebhookView, ...]


@attrs.frozen(kw_only=True)
class DeliveryView:
    """A message and what became of it: it is owed while `due_at` is set."""

    id: UUID
    event: str
    made_at: datetime
    attempts: int
    status: int | None
    reason: str
    due_at: datetime | None
    delivered_at: datetime | None
    died_at: datetime | None


@attrs.frozen(kw_only=True)
class DeliveriesView:
    """The newest 200 messages."""

    deliveries: tuple[DeliveryView, ...]


@attrs.frozen(kw_only=True)
class ReceivedView:
    """How many of the bookings that a channel sent were new."""

    new: int


def webhook_view(endpoint: WebhookEndpoint, secret: str | None = None) -> WebhookView:
    """An endpoint as staff see it."""
    return WebhookView(
        id=endpoint.id,
        host=urlsplit(endpoint.url).hostname or "",
        events=tuple(sorted(endpoint.events)),
        generation=endpoint.generation,
        failing_since=endpoint.failing_since,
        disabled_at=endpoint.disabled_at,
        secret=secret,
    )


def opened_view(opened: OpenedWebhook) -> WebhookView:
    """An endpoint with its secret."""
    return webhook_view(opened.endpoint, opened.secret)


def delivery_view(delivery: Delivery) -> DeliveryView:
    """A message as staff see it."""
    return DeliveryView(
        id=delivery.id,
        event=delivery.event,
        made_at=delivery.made_at,
        attempts=delivery.attempts,
        status=delivery.status,
        reason=delivery.reason,
        due_at=delivery.due_at,
        delivered_at=delivery.delivered_at,
        died_at=delivery.died_at,
    )
