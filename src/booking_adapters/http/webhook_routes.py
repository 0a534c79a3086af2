"""A tenant's own webhooks for staff, and the door at which channels leave their bookings."""

from typing import Annotated, Any

from litestar import Request
from litestar.params import JSONBody, PathParameter, RawBody

from booking_adapters.http.asking import Asked, Asking
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.guest_limits import SIGNED
from booking_adapters.http.operations import change, staff_change, staff_create, staff_end, staff_read
from booking_adapters.http.webhook_views import (
    DeliveriesView,
    DeliveryView,
    ReceivedView,
    WebhookBody,
    WebhooksView,
    WebhookView,
    delivery_view,
    opened_view,
    webhook_view,
)
from booking_core.domain.kernel.ids import DeliveryId, EndpointId, parse_uuid
from booking_core.usecases.webhooks import DeliveryReference, EndpointReference, OpenWebhookCommand

ChannelName = Annotated[str, PathParameter(description="Name of the channel, as its secret was made for.")]
WebhookIdText = Annotated[
    str, PathParameter(description="Id of the webhook.", schema_extra={"format": "uuid"})
]
DeliveryIdText = Annotated[
    str, PathParameter(description="Id of the message.", schema_extra={"format": "uuid"})
]


@change(
    "/channels/{channel:str}/bookings",
    "receiveChannelBookings",
    "Leave bookings of a channel",
    401,
    409,
    413,
    opt=SIGNED,
)
def receive_bookings(
    *, request: Request[Any, Any, Any], asked: Asked, channel: ChannelName, body: RawBody
) -> ReceivedView:
    """Signed by the Standard Webhooks specification. What arrived is imported soon; it may be sent again."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return ReceivedView(new=asked.engine.channels.receive(asked.tenant, channel, headers, body))


@staff_create("/webhooks", "openWebhook", "Have an address told what happens", *WITH_BODY)
def open_webhook(*, asked: Asked, data: JSONBody[WebhookBody]) -> WebhookView:
    """The secret is shown now and never again. Only public https addresses are told."""
    command = OpenWebhookCommand(tenant=asked.tenant, url=data.url, events=data.events, actor=asked.actor)
    return opened_view(asked.engine.channels.open_webhook(command))


@staff_read("/webhooks", "listWebhooks", "Which addresses are told")
def list_webhooks(*, asked: Asked) -> WebhooksView:
    """All of them; the disabled ones wait to be enabled."""
    found = asked.engine.channels.list_webhooks(asked.tenant)
    return WebhooksView(webhooks=tuple(map(webhook_view, found)))


@staff_change("/webhooks/{webhook_id:str}/rotate", "rotateWebhook", "Give a webhook another secret")
def rotate_webhook(*, asked: Asked, webhook_id: WebhookIdText) -> WebhookView:
    """For 24 hours messages carry the signatures of both secrets."""
    return opened_view(asked.engine.channels.rotate_webhook(_endpoint(asked, webhook_id)))


@staff_change("/webhooks/{webhook_id:str}/enable", "enableWebhook", "Tell a disabled address again")
def enable_webhook(*, asked: Asked, webhook_id: WebhookIdText) -> WebhookView:
    """What was given up meanwhile stays so; it can be sent again one by one."""
    return webhook_view(asked.engine.channels.enable_webhook(_endpoint(asked, webhook_id)))


@staff_change("/webhooks/{webhook_id:str}/disable", "disableWebhook", "Tell an address nothing for now")
def disable_webhook(*, asked: Asked, webhook_id: WebhookIdText) -> WebhookView:
    """Until it is enabled again. What is owed to it is given up, and can be sent one by one later."""
    return webhook_view(asked.engine.channels.disable_webhook(_endpoint(asked, webhook_id)))


@staff_end("/webhooks/{webhook_id:str}", "closeWebhook", "Tell an address no more")
def close_webhook(*, asked: Asked, webhook_id: WebhookIdText) -> None:
    """What is owed to it is owed no more, and its log goes."""
    asked.engine.channels.close_webhook(_endpoint(asked, webhook_id))


@staff_read("/webhooks/{webhook_id:str}/deliveries", "listDeliveries", "What an address was told")
def list_deliveries(*, asked: Asked, webhook_id: WebhookIdText) -> DeliveriesView:
    """The newest 200 messages, with what became of them."""
    found = asked.engine.channels.list_deliveries(_endpoint(asked, webhook_id))
    return DeliveriesView(deliveries=tuple(map(delivery_view, found)))


@staff_change("/deliveries/{delivery_id:str}/redeliver", "redeliver", "Send a message again", 409)
def redeliver(*, asked: Asked, delivery_id: DeliveryIdText) -> DeliveryView:
    """The same message under the same id, whatever became of it."""
    delivery = DeliveryId(parse_uuid(delivery_id, "delivery_id"))
    reference = DeliveryReference(tenant=asked.tenant, delivery=delivery, actor=asked.actor)
    return delivery_view(asked.engine.channels.redeliver(reference))


def _endpoint(asked: Asking, webhook_id: str) -> EndpointReference:
    endpoint = EndpointId(parse_uuid(webhook_id, "webhook_id"))
    return EndpointReference(tenant=asked.tenant, endpoint=endpoint, actor=asked.actor)


OF_CHANNELS = (receive_bookings,)
OF_STAFF = (
    open_webhook,
    list_webhooks,
    rotate_webhook,
    enable_webhook,
    disable_webhook,
    close_webhook,
    list_deliveries,
    redeliver,
)
