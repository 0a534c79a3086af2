"""The commands for a tenant's own addresses that are told what happens."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

import attrs
from cyclopts import App, Parameter

from booking_adapters.http.channel_desk import ChannelDesk
from booking_adapters.http.webhook_views import (
    DeliveryView,
    WebhookView,
    delivery_view,
    opened_view,
    webhook_view,
)
from booking_app.cli_options import Common, known_tenant
from booking_app.plain import Data, plain
from booking_core.domain.kernel.ids import DeliveryId, EndpointId, TenantId, parse_uuid
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import EVERY_EVENT, WebhookEndpoint
from booking_core.usecases.webhooks import (
    DeliveryReference,
    EndpointReference,
    OpenedWebhook,
    OpenWebhookCommand,
)

PLAINLY = Common()
Events = Annotated[
    list[str] | None, Parameter(name="--event", negative="", help="Name of an event; all by default.")
]

webhooks = App(name="webhooks", help="Addresses of a business that are told what happens.")


@webhooks.command(name="list")
def list_webhooks(tenant: str, *, common: Common = PLAINLY) -> None:
    """Show which addresses are told, by their hosts: some addresses carry a password in them."""
    with common.deployment() as deployment:
        found = deployment.engine.channels.list_webhooks(known_tenant(deployment, tenant)[0])
    lines = [f"{each.id}  {_host(each)}  {_state(each)}  {' '.join(sorted(each.events))}" for each in found]
    common.print({"webhooks": [_webhook_data(each) for each in found]}, "\n".join(lines) or "No webhooks.")


@webhooks.command
def add(tenant: str, url: str, *, event: Events = None, common: Common = PLAINLY) -> None:
    """Have a public https address told. Its secret is shown now and never again."""
    with common.deployment() as deployment:
        command = OpenWebhookCommand(
            tenant=known_tenant(deployment, tenant)[0], url=url, events=event or [EVERY_EVENT]
        )
        _show_secret(deployment.engine.channels.open_webhook(command), common)


@webhooks.command
def rotate(tenant: str, webhook: str, *, common: Common = PLAINLY) -> None:
    """Give a webhook another secret; for 24 hours both sign."""
    with common.deployment() as deployment:
        reference = _endpoint(known_tenant(deployment, tenant)[0], webhook)
        _show_secret(deployment.engine.channels.rotate_webhook(reference), common)


@webhooks.command
def disable(tenant: str, webhook: str, *, common: Common = PLAINLY) -> None:
    """Tell an address nothing until it is enabled; what is owed to it is given up."""
    _change(tenant, webhook, common, lambda desk: desk.disable_webhook)


@webhooks.command
def enable(tenant: str, webhook: str, *, common: Common = PLAINLY) -> None:
    """Tell a disabled address again from now on."""
    _change(tenant, webhook, common, lambda desk: desk.enable_webhook)


@webhooks.command
def remove(tenant: str, webhook: str, *, common: Common = PLAINLY) -> None:
    """Tell an address no more; its log goes with it."""
    with common.deployment() as deployment:
        deployment.engine.channels.close_webhook(_endpoint(known_tenant(deployment, tenant)[0], webhook))
    common.print({"removed": webhook}, "It is told no more.")


@webhooks.command
def deliveries(tenant: str, webhook: str, *, common: Common = PLAINLY) -> None:
    """Show what an address was told, the newest first, and what became of it."""
    with common.deployment() as deployment:
        reference = _endpoint(known_tenant(deployment, tenant)[0], webhook)
        found = deployment.engine.channels.list_deliveries(reference)
    lines = [f"{each.id}  {each.made_at:%Y-%m-%d %H:%M:%S}  {each.event}  {_outcome(each)}" for each in found]
    data: Data = {"deliveries": [_data(delivery_view(each)) for each in found]}
    common.print(data, "\n".join(lines) or "Nothing was told.")


@webhooks.command
def redeliver(tenant: str, delivery: str, *, common: Common = PLAINLY) -> None:
    """Send a message again under its id, whatever became of it."""
    with common.deployment() as deployment:
        again = DeliveryReference(
            tenant=known_tenant(deployment, tenant)[0],
            delivery=DeliveryId(parse_uuid(delivery, "delivery")),
        )
        owed = deployment.engine.channels.redeliver(again)
    common.print({"owed": _data(delivery_view(owed))}, "It is sent with the next round.")


def _change(
    tenant: str,
    webhook: str,
    common: Common,
    how: Callable[[ChannelDesk], Callable[[EndpointReference], WebhookEndpoint]],
) -> None:
    with common.deployment() as deployment:
        reference = _endpoint(known_tenant(deployment, tenant)[0], webhook)
        changed = how(deployment.engine.channels)(reference)
    common.print({"webhook": _webhook_data(changed)}, f"{_host(changed)}  {_state(changed)}")


def _endpoint(tenant: TenantId, webhook: str) -> EndpointReference:
    return EndpointReference(tenant=tenant, endpoint=EndpointId(parse_uuid(webhook, "webhook")))


def _show_secret(opened: OpenedWebhook, common: Common) -> None:
    common.print(
        {"webhook": _data(opened_view(opened))}, f"{opened.endpoint.id}\nsigned with {opened.secret}"
    )


def _host(endpoint: WebhookEndpoint) -> str:
    return urlsplit(endpoint.url).hostname or ""


def _state(endpoint: WebhookEndpoint) -> str:
    if endpoint.disabled_at is not None:
        return f"disabled since {endpoint.disabled_at:%Y-%m-%d %H:%M}"
    return f"failing since {endpoint.failing_since:%Y-%m-%d %H:%M}" if endpoint.failing_since else "told"


def _outcome(delivery: Delivery) -> str:
    if delivery.delivered_at is not None:
        return f"arrived ({delivery.status})"
    state = "given up" if delivery.died_at is not None else "owed"
    return f"{state}, {delivery.attempts} attempts {delivery.reason}".rstrip()


def _webhook_data(endpoint: WebhookEndpoint) -> Data:
    return _data(webhook_view(endpoint))


def _data(view: WebhookView | DeliveryView) -> Data:
    """As over HTTP."""
    data: Data = plain(attrs.asdict(view))
    return data
