"""Contracts of the ports, to be inherited by an adapter's tests.

Each class says which fixtures it needs; a storage needs `store`::

    from booking_adapters.testing.contracts import HoldsContract

    class TestMyHolds(HoldsContract):
        @pytest.fixture
        def store(self):
            return MyStore(...)

Every test works as a tenant of its own, so one store may serve them all.
"""

import pytest

_ROOMS = (
    "alerts",
    "answers",
    "audit",
    "bell",
    "calendar_links",
    "calendar_push",
    "calendars",
    "cashier",
    "catalogs",
    "channel_queues",
    "channel_connector",
    "channel_listings",
    "channels",
    "claims",
    "closures",
    "editing",
    "folios",
    "frontdesk",
    "gateway",
    "heartbeats",
    "holds",
    "intent_queue",
    "intents",
    "live",
    "notices",
    "outbox",
    "payments",
    "provider",
    "provider_events",
    "quotes",
    "requests",
    "reservations",
    "series",
    "unit_of_work",
    "vault",
    "waitlist",
    "webhooks",
    "world",
)
pytest.register_assert_rewrite(*(f"{__name__}.{room}" for room in _ROOMS))

from booking_adapters.testing.contracts.alerts import AlertsContract  # noqa: E402
from booking_adapters.testing.contracts.answers import AnswersContract  # noqa: E402
from booking_adapters.testing.contracts.audit import AuditLogContract  # noqa: E402
from booking_adapters.testing.contracts.bell import BellContract  # noqa: E402
from booking_adapters.testing.contracts.calendar_links import (  # noqa: E402
    FeedsContract,
    PushesContract,
    SubscriptionsContract,
)
from booking_adapters.testing.contracts.calendar_push import CalendarPushContract  # noqa: E402
from booking_adapters.testing.contracts.calendars import CalendarsContract  # noqa: E402
from booking_adapters.testing.contracts.catalogs import CatalogsContract  # noqa: E402
from booking_adapters.testing.contracts.channel_connector import ChannelConnectorContract  # noqa: E402
from booking_adapters.testing.contracts.channel_listings import ChannelListingsContract  # noqa: E402
from booking_adapters.testing.contracts.channel_queues import (  # noqa: E402
    ChannelReceiptsContract,
    DeliveryQueueContract,
    MessageQueueContract,
)
from booking_adapters.testing.contracts.channels import ChannelInboxContract, ChannelLinksContract  # noqa: E402
from booking_adapters.testing.contracts.claims import LanesContract, ManyResourcesContract  # noqa: E402
from booking_adapters.testing.contracts.closures import ClosuresContract  # noqa: E402
from booking_adapters.testing.contracts.editing import EditingContract  # noqa: E402
from booking_adapters.testing.contracts.folios import FoliosContract  # noqa: E402
from booking_adapters.testing.contracts.frontdesk import FrontDeskContract  # noqa: E402
from booking_adapters.testing.contracts.gateway import PaymentGatewayContract  # noqa: E402
from booking_adapters.testing.contracts.heartbeats import HeartbeatsContract  # noqa: E402
from booking_adapters.testing.contracts.holds import HoldsContract  # noqa: E402
from booking_adapters.testing.contracts.intent_queue import IntentQueueContract  # noqa: E402
from booking_adapters.testing.contracts.intents import IntentsContract  # noqa: E402
from booking_adapters.testing.contracts.live import (  # noqa: E402
    HoldHintsContract,
    LiveUpdatesContract,
    LocksContract,
    RateLimiterContract,
)
from booking_adapters.testing.contracts.notice_queue import NoticeQueueContract  # noqa: E402
from booking_adapters.testing.contracts.notices import (  # noqa: E402
    LinksContract,
    NoticesContract,
    PushSubscriptionsContract,
)
from booking_adapters.testing.contracts.outbox import HandlerQueueContract, OutboxContract  # noqa: E402
from booking_adapters.testing.contracts.payments import PaymentsContract  # noqa: E402
from booking_adapters.testing.contracts.provider import Provider, TestCards  # noqa: E402
from booking_adapters.testing.contracts.provider_events import ProviderEventsContract  # noqa: E402
from booking_adapters.testing.contracts.quotes import QuotesContract  # noqa: E402
from booking_adapters.testing.contracts.requests import RequestsContract  # noqa: E402
from booking_adapters.testing.contracts.reservations import (  # noqa: E402
    ListingsContract,
    ReservationsContract,
    TakeOverContract,
)
from booking_adapters.testing.contracts.series import SeriesBookContract  # noqa: E402
from booking_adapters.testing.contracts.unit_of_work import (  # noqa: E402
    EventsContract,
    OneAtATimeContract,
    TenantsContract,
    UnitOfWorkContract,
    Written,
)
from booking_adapters.testing.contracts.vault import CardVaultContract  # noqa: E402
from booking_adapters.testing.contracts.waitlist import WaitlistContract  # noqa: E402
from booking_adapters.testing.contracts.webhooks import WebhookDeliveriesContract, WebhookEndpointsContract  # noqa: E402
from booking_adapters.testing.contracts.world import (  # noqa: E402
    ClockContract,
    HolidaysContract,
    IdGeneratorContract,
)

__all__ = [
    "AlertsContract",
    "AnswersContract",
    "AuditLogContract",
    "BellContract",
    "CalendarPushContract",
    "CalendarsContract",
    "CardVaultContract",
    "CatalogsContract",
    "ChannelConnectorContract",
    "ChannelInboxContract",
    "ChannelLinksContract",
    "ChannelListingsContract",
    "ChannelReceiptsContract",
    "ClockContract",
    "ClosuresContract",
    "DeliveryQueueContract",
    "EditingContract",
    "EventsContract",
    "FeedsContract",
    "FoliosContract",
    "FrontDeskContract",
    "HandlerQueueContract",
    "HeartbeatsContract",
    "HoldHintsContract",
    "HoldsContract",
    "HolidaysContract",
    "IdGeneratorContract",
    "IntentQueueContract",
    "IntentsContract",
    "LanesContract",
    "LinksContract",
    "ListingsContract",
    "LiveUpdatesContract",
    "LocksContract",
    "ManyResourcesContract",
    "MessageQueueContract",
    "NoticeQueueContract",
    "NoticesContract",
    "OneAtATimeContract",
    "OutboxContract",
    "PaymentGatewayContract",
    "PaymentsContract",
    "Provider",
    "ProviderEventsContract",
    "PushSubscriptionsContract",
    "PushesContract",
    "QuotesContract",
    "RateLimiterContract",
    "RequestsContract",
    "ReservationsContract",
    "SeriesBookContract",
    "SubscriptionsContract",
    "TakeOverContract",
    "TenantsContract",
    "TestCards",
    "UnitOfWorkContract",
    "WaitlistContract",
    "WebhookDeliveriesContract",
    "WebhookEndpointsContract",
    "Written",
]
