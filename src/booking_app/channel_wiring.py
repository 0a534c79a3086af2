"""Wiring of outside sellers and webhooks: which adapters they use, and their use cases ready to be called."""

from collections.abc import Mapping, Sequence
from typing import Any

from booking_adapters._codec.channel_letters import DELIVERIES, MESSAGES, PUSHES
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.channels.calendar_channel import CalendarChannels
from booking_adapters.channels.json_channel import JsonChannel
from booking_adapters.channels.json_connector import ChannelSite, JsonChannels
from booking_adapters.channels.together import EveryChannel
from booking_adapters.channels.webhooks import DerivedSecrets, HttpWebhookSender
from booking_adapters.http.channel_desk import ChannelDesk
from booking_adapters.http.listing_desk import ListingDesk
from booking_app.bell_wiring import in_queue, rung
from booking_app.calendar_wiring import Resolving
from booking_app.settings import Settings
from booking_app.storage import Store
from booking_core.domain.channels.restrictions import DepartureDating
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.channel_connector import ChannelConnectors
from booking_core.ports.webhooks import WebhookSecrets, WebhookSender
from booking_core.usecases.channel_listings import (
    ListResource,
    ResyncChannel,
    ShowListings,
    WithdrawListing,
)
from booking_core.usecases.channels import ImportBookings, ReceiveBookings
from booking_core.usecases.duties import Duty
from booking_core.usecases.list_channel_bookings import ListChannelBookings
from booking_core.usecases.pull_channels import PullChannels
from booking_core.usecases.push_channels import PushChannels
from booking_core.usecases.send_webhooks import SendWebhooks
from booking_core.usecases.standing import Standing
from booking_core.usecases.webhooks import (
    CloseWebhook,
    DisableWebhook,
    EnableWebhook,
    ListDeliveries,
    ListWebhooks,
    OpenWebhook,
    Redeliver,
    RotateWebhook,
)

CHANNEL_USE_CASES = (
    ReceiveBookings,
    PullChannels,
    ImportBookings,
    ListChannelBookings,
    Standing,
    PushChannels,
    ListResource,
    ShowListings,
    WithdrawListing,
    ResyncChannel,
    OpenWebhook,
    RotateWebhook,
    EnableWebhook,
    DisableWebhook,
    CloseWebhook,
    ListWebhooks,
    ListDeliveries,
    Redeliver,
    SendWebhooks,
)


def channel_sites(settings: Settings) -> Sequence[ChannelSite]:
    """The channels of the settings; raises InvalidInput."""
    if settings.channels and not settings.signing_key:
        raise InvalidInput("signing_key", "is what channels are spoken to under; please set it")
    known = [each.value for each in DepartureDating]
    for each in settings.channels:
        if each.departure not in known:
            raise InvalidInput("channels.departure", f"must be one of {', '.join(known)}", each.departure)
    return tuple(
        ChannelSite(
            tenant=each.tenant,
            channel=each.channel,
            url=each.url,
            dating=DepartureDating(each.departure),
        )
        for each in settings.channels
    )


def channel_adapters(
    signing_key: str, sites: Sequence[ChannelSite], store: Store, clock: Clock, ids: IdGenerator
) -> dict[Any, object]:
    """Which adapter fills which port, in a deployment."""
    secrets = DerivedSecrets(signing_key)
    channels = JsonChannels(sites=sites, tenants=store, secrets=secrets, clock=clock, ids=ids)
    return {
        WebhookSecrets: secrets,
        WebhookSender: HttpWebhookSender(),
        ChannelConnectors: EveryChannel([CalendarChannels(store), channels]),
    }


def channel_door(container: Resolving) -> JsonChannel:
    """Where channels leave their bookings."""
    return JsonChannel(
        secrets=container.resolve(WebhookSecrets),  # type: ignore[type-abstract]
        clock=container.resolve(Clock),  # type: ignore[type-abstract]
        receive=Persistent(container.resolve(ReceiveBookings)),
    )


def channel_desk(container: Resolving) -> ChannelDesk:
    """What HTTP drives of channels and webhooks."""
    return ChannelDesk(
        receive=channel_door(container),
        list_bookings=Persistent(container.resolve(ListChannelBookings)),
        listings=ListingDesk(
            offer=Persistent(container.resolve(ListResource)),
            show=Persistent(container.resolve(ShowListings)),
            withdraw=Persistent(container.resolve(WithdrawListing)),
            resync=Persistent(container.resolve(ResyncChannel)),
        ),
        open_webhook=Persistent(container.resolve(OpenWebhook)),
        rotate_webhook=Persistent(container.resolve(RotateWebhook)),
        enable_webhook=Persistent(container.resolve(EnableWebhook)),
        disable_webhook=Persistent(container.resolve(DisableWebhook)),
        close_webhook=Persistent(container.resolve(CloseWebhook)),
        list_webhooks=Persistent(container.resolve(ListWebhooks)),
        list_deliveries=Persistent(container.resolve(ListDeliveries)),
        redeliver=Persistent(container.resolve(Redeliver)),
    )


def channel_duties(container: Resolving) -> Mapping[str, Duty]:
    """What is done without being asked."""
    import_bookings = Persistent(container.resolve(ImportBookings))
    push_channels = Persistent(container.resolve(PushChannels))
    send_webhooks = Persistent(container.resolve(SendWebhooks))
    return {
        "pull channels": Duty(act=Persistent(container.resolve(PullChannels))),
        "push channels": rung(container, push_channels, in_queue(PUSHES)),
        "import channel bookings": rung(container, import_bookings, in_queue(MESSAGES)),
        "send webhooks": rung(container, send_webhooks, in_queue(DELIVERIES)),
    }
