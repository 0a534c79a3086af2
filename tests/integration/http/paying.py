"""The Grand Hotel over HTTP, paid through the real Stripe SDK at a server that speaks as Stripe does."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import attrs
from litestar.testing import TestClient
from stripe import StripeClient

from booking_adapters.channels.json_connector import ChannelSite
from booking_adapters.http import StaffDoor, create_app
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.stripe.connection import connect
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import Business, grand_hotel
from booking_adapters.testing.channel_server import ChannelServer
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_adapters.testing.stripe_server import StripeServer
from booking_app.container import Deployment, wired
from booking_app.provider import open_provider
from booking_app.settings import Settings
from booking_app.storage import Storage
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.cancellation import CancellationPolicy
from tests.integration.http.asking import Client
from tests.integration.http.wiring import STAFF, TOKEN
from tests.unit.pricing.builders import deluxe_king

HOTEL = "/v1/grand-hotel"
SECRET = "whsec_of_the_hotel"
MARCH_1 = datetime(2024, 3, 1, 12, tzinfo=UTC)
VISA, DECLINED, SECURE = "pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_authenticationRequired"


def a_deployment(
    store: AnyStore, server: StripeServer, seller: ChannelServer, clock: FixedClock, hotel: Business
) -> tuple[Deployment, TenantId]:
    """A hotel whose guests pay everything ahead."""
    hotel = hotel.offering("deluxe-king", "deluxe-king", trade=Trade.STAY, payment=(("ask", "all"),))
    flexible = CancellationPolicy.flexible("Flexible 24-Hour")
    hotel = hotel.priced("deluxe-king", attrs.evolve(deluxe_king(), policy=flexible))
    with store(hotel.tenant.id) as tx:
        tx.catalogs.save(hotel.catalog, clock.now())
    settings = Settings(
        stripe_key=server.api_key,
        stripe_url=server.url,
        stripe_webhook_secret=SECRET,
        stripe_publishable_key="pk_test_hotel",
    )
    deployment = wired(
        Storage(store, MemoryInspection(MemoryStore())),
        clock=clock,
        provider=open_provider(settings, clock),
        signing_key="a signing key of the hotel alone, for tests",
        channels=[ChannelSite(tenant=hotel.tenant.key, channel="ota", url=seller.url)],
    )
    seller.secret = deployment.channel_secret(hotel.tenant.id, "ota")
    return deployment, hotel.tenant.id


@attrs.frozen
class PaidHotel:
    """A client of the hotel, its deployment, and Stripe's side."""

    client: Client
    deployment: Deployment
    tenant: TenantId
    clock: FixedClock
    server: StripeServer
    stripe: StripeClient
    seller: ChannelServer

    def book(self, method: str = VISA, **changes: Any) -> Any:
        """Ask for three nights from Friday on under AAA."""
        body = a_stay(customer={"name": "Ada"}, method=method, **changes)
        return self.client.post(f"{HOTEL}/reservations", json={k: v for k, v in body.items() if v != ""})

    def booked(self, method: str = VISA, **changes: Any) -> Mapping[str, Any]:
        """What was booked."""
        answer = self.book(method, **changes)
        assert answer.status_code == 201, answer.text
        found: Mapping[str, Any] = answer.json()
        return found

    def money(self, booked: Mapping[str, Any]) -> Mapping[str, Any]:
        """How its money stands."""
        found: Mapping[str, Any] = self.client.get(f"{HOTEL}/reservations/{booked['code']}/payments").json()
        return found

    def staff(self, booked: Mapping[str, Any], act: str, **body: Any) -> Any:
        """Something that staff do with it."""
        return self.client.post(
            f"{HOTEL}/staff/reservations/{booked['code']}/{act}", json=body, headers=STAFF
        )

    def works(self) -> None:
        """The worker sends what is due and asks about what was told."""
        for duty in ("handle provider events", "send payment intents"):
            self.deployment.duties[duty](self.tenant)

    def sums(self, booked: Mapping[str, Any]) -> tuple[int, int, int]:
        """Charged, received and refunded, in cents, once the worker has done its round."""
        self.works()
        money = self.money(booked)
        assert money["balance"]["amount_minor"] == (
            money["charges"]["amount_minor"]
            - money["received"]["amount_minor"]
            + money["refunded"]["amount_minor"]
        )
        return (
            money["charges"]["amount_minor"],
            money["received"]["amount_minor"],
            money["refunded"]["amount_minor"],
        )

    def at_stripe(self) -> tuple[int, int]:
        """What Stripe received and refunded, in cents."""
        paid = self.stripe.v1.payment_intents.list({"limit": 100}).data
        refunds = self.stripe.v1.refunds.list({"limit": 100}).data
        return sum(each.amount_received for each in paid), sum(each.amount for each in refunds)

    def left(self) -> int:
        """How many rooms are free on those nights."""
        offers = self.client.get(f"{HOTEL}/stays", params={**NIGHTS, "adults": 2}).json()["offers"]
        return offers[0]["left"] if offers else 0

    def told(self, body: bytes, *, at: datetime | None = None, secret: str = SECRET) -> Any:
        """Stripe tells something, signed."""
        moment = int((at or self.clock.now()).timestamp())
        signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={moment},v1={signed}", "Content-Type": "application/json"}
        return self.client.post(f"{HOTEL}/webhooks/stripe", content=body, headers=headers)


@contextmanager
def paid_hotel(store: AnyStore, hotel: Business | None = None) -> Iterator[PaidHotel]:
    """The Grand Hotel (or one like it) on the first of March, open while the block runs."""
    clock = FixedClock(MARCH_1)
    with StripeServer(clock) as server, ChannelServer(clock) as seller:
        deployment, tenant = a_deployment(store, server, seller, clock, hotel or grand_hotel(rooms=5))
        app = create_app(deployment.engine, door=StaffDoor(TOKEN), desk=deployment.desk)
        with TestClient(app) as client:
            stripe: StripeClient = connect(server.api_key, url=server.url)
            yield PaidHotel(client, deployment, tenant, clock, server, stripe, seller)


NIGHTS = {"check_in": "2024-03-15", "check_out": "2024-03-18"}


def a_stay(**changes: Any) -> dict[str, Any]:
    return {"service": "deluxe-king", "stay": NIGHTS, "party": {"adults": 2}, "rate_plan": "AAA", **changes}


def an_event(reference: str, at: datetime, event: str = "evt_1") -> bytes:
    """An event of test money about a payment."""
    told = {
        "id": event,
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": int(at.timestamp()),
        "livemode": False,
        "data": {"object": {"id": reference, "object": "payment_intent"}},
    }
    return json.dumps(told).encode()
