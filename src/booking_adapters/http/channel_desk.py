"""What HTTP drives of outside sellers and of a tenant's own webhooks: one callable per use case."""

from collections.abc import Callable, Mapping, Sequence

import attrs

from booking_adapters.http.listing_desk import ListingDesk
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint
from booking_core.usecases.list_channel_bookings import ChannelBooking, ChannelBookingsQuery
from booking_core.usecases.webhooks import (
    DeliveryReference,
    EndpointReference,
    OpenedWebhook,
    OpenWebhookCommand,
)

Headers = Mapping[str, str]


@attrs.frozen(kw_only=True)
class ChannelDesk:
    """`receive` takes tenant, channel, headers and the raw body, and believes nothing that is not signed."""

    receive: Callable[[TenantId, str, Headers, bytes], int]
    list_bookings: Callable[[ChannelBookingsQuery], Sequence[ChannelBooking]]
    listings: ListingDesk
    open_webhook: Callable[[OpenWebhookCommand], OpenedWebhook]
    rotate_webhook: Callable[[EndpointReference], OpenedWebhook]
    enable_webhook: Callable[[EndpointReference], WebhookEndpoint]
    disable_webhook: Callable[[EndpointReference], WebhookEndpoint]
    close_webhook: Callable[[EndpointReference], None]
    list_webhooks: Callable[[TenantId], Sequence[WebhookEndpoint]]
    list_deliveries: Callable[[EndpointReference], Sequence[Delivery]]
    redeliver: Callable[[DeliveryReference], Delivery]
