"""A tenant's own webhooks for staff, and the door at which channels leave their bookings."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, RawBody, SkipValidation

from booking_adapters.http import parameters as p
from booking_adapters.http.document import STAFF, WITH_BODY, refusals
from booking_adapters.http.engine import Engine
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
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import DeliveryId, EndpointId, TenantId, parse_uuid
from booking_core.usecases.webhooks import DeliveryReference, EndpointReference, OpenWebhookCommand

TheEngine = NamedDependency[SkipValidation[Engine]]
TheActor = NamedDependency[SkipValidation[Actor]]
ChannelName = Annotated[str, PathParameter(description="Name of the channel, as its secret was made for.")]
WebhookIdText = Annotated[
    str, PathParameter(description="Id of the webhook.", schema_extra={"format": "uuid"})
]
DeliveryIdText = Annotated[
    str, PathParameter(description="Id of the message.", schema_extra={"format": "uuid"})
]


@post(
    "/channels/{channel:str}/bookings",
    operation_id="receiveChannelBookings",
    summary="Leave bookings of a channel",
    status_code=HTTPStatus.OK,
    responses=refusals(401, 409, 413),
    sync_to_thread=True,
)
def receive_bookings(
    *,
    request: Request[Any, Any, Any],
    engine: TheEngine,
    tenant_key: p.TenantKey,
    channel: ChannelName,
    body: RawBody,
) -> ReceivedView:
    """Signed by the Standard Webhooks specification. What arrived is imported soon; it may be sent again."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return ReceivedView(new=engine.channels.receive(tenant, channel, headers, body))


@post(
    "/webhooks",
    operation_id="openWebhook",
    summary="Have an address told what happens",
    responses=refusals(*STAFF, *WITH_BODY),
    sync_to_thread=True,
)
def open_webhook(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, data: JSONBody[WebhookBody]
) -> WebhookView:
    """The secret is shown now and never again. Only public https addresses are told."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    command = OpenWebhookCommand(tenant=tenant, url=data.url, events=data.events, actor=actor)
    return opened_view(engine.channels.open_webhook(command))


@get(
    "/webhooks",
    operation_id="listWebhooks",
    summary="Which addresses are told",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_webhooks(*, engine: TheEngine, tenant_key: p.TenantKey) -> WebhooksView:
    """All of them; the disabled ones wait to be enabled."""
    found = engine.channels.list_webhooks(p.tenant_of(engine.tenants, tenant_key))
    return WebhooksView(webhooks=tuple(map(webhook_view, found)))


@post(
    "/webhooks/{webhook_id:str}/rotate",
    operation_id="rotateWebhook",
    summary="Give a webhook another secret",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def rotate_webhook(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, webhook_id: WebhookIdText
) -> WebhookView:
    """For 24 hours messages carry the signatures of both secrets."""
    return opened_view(engine.channels.rotate_webhook(_endpoint(engine, tenant_key, webhook_id, actor)))


@post(
    "/webhooks/{webhook_id:str}/enable",
    operation_id="enableWebhook",
    summary="Tell a disabled address again",
    status_code=HTTPStatus.OK,
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def enable_webhook(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, webhook_id: WebhookIdText
) -> WebhookView:
    """What was given up meanwhile stays so; it can be sent again one by one."""
    return webhook_view(engine.channels.enable_webhook(_endpoint(engine, tenant_key, webhook_id, actor)))


@delete(
    "/webhooks/{webhook_id:str}",
    operation_id="closeWebhook",
    summary="Tell an address no more",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def close_webhook(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, webhook_id: WebhookIdText
) -> None:
    """What is owed to it is owed no more, and its log goes."""
    engine.channels.close_webhook(_endpoint(engine, tenant_key, webhook_id, actor))


@get(
    "/webhooks/{webhook_id:str}/deliveries",
    operation_id="listDeliveries",
    summary="What an address was told",
    responses=refusals(*STAFF),
    sync_to_thread=True,
)
def list_deliveries(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, webhook_id: WebhookIdText
) -> DeliveriesView:
    """The newest 200 messages, with what became of them."""
    found = engine.channels.list_deliveries(_endpoint(engine, tenant_key, webhook_id, actor))
    return DeliveriesView(deliveries=tuple(map(delivery_view, found)))


@post(
    "/deliveries/{delivery_id:str}/redeliver",
    operation_id="redeliver",
    summary="Send a message again",
    status_code=HTTPStatus.OK,
    responses=refusals(409, *STAFF),
    sync_to_thread=True,
)
def redeliver(
    *, engine: TheEngine, actor: TheActor, tenant_key: p.TenantKey, delivery_id: DeliveryIdText
) -> DeliveryView:
    """The same message under the same id, whatever became of it."""
    tenant = p.tenant_of(engine.tenants, tenant_key)
    delivery = DeliveryId(parse_uuid(delivery_id, "delivery_id"))
    reference = DeliveryReference(tenant=tenant, delivery=delivery, actor=actor)
    return delivery_view(engine.channels.redeliver(reference))


def _endpoint(engine: Engine, tenant_key: str, webhook_id: str, actor: Actor) -> EndpointReference:
    tenant: TenantId = p.tenant_of(engine.tenants, tenant_key)
    endpoint = EndpointId(parse_uuid(webhook_id, "webhook_id"))
    return EndpointReference(tenant=tenant, endpoint=endpoint, actor=actor)


OF_CHANNELS = (receive_bookings,)
OF_STAFF = (
    open_webhook,
    list_webhooks,
    rotate_webhook,
    enable_webhook,
    close_webhook,
    list_deliveries,
    redeliver,
)
