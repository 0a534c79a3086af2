"""What is bad at the doors to channels, calendars and webhooks is a dead letter, and the worker goes on."""

from datetime import timedelta

import pytest

from booking_adapters.ambient.holidays import PublicHolidays
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_app.container import Deployment, wired
from booking_app.storage import Storage
from booking_app.worker import one_round
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.channels.booking import Content, ExternalBooking
from booking_core.domain.channels.link import Kind, Message
from booking_core.domain.kernel.ids import EndpointId, SubscriptionId
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.party import Customer
from booking_core.domain.webhooks.endpoint import WebhookEndpoint
from tests.integration.app.conftest import MONDAY

CAMP = cabins(1)
TENANT = CAMP.tenant.id
PRIVATE = "https://10.0.0.1/"


def sold(service: str, reference: str) -> ExternalBooking:
    """A channel's booking of a night next week."""
    stay = Stay.of_nights(MONDAY.date() + timedelta(days=7), 1)
    message = Message(channel="ota", reference=reference, revision=1, kind=Kind.NEW)
    return ExternalBooking(
        message=message, content=Content(service=service, customer=Customer(name="Ann"), stay=stay)
    )


def troubled(store: AnyStore, clock: FixedClock) -> Deployment:
    """A camp that has bad things at every door; addresses as they would be from before they were refused."""
    ids = SeededIds()
    endpoint = WebhookEndpoint.open(id=EndpointId(ids.new()), url=PRIVATE, events=["*"], at=MONDAY)
    with store(TENANT) as tx:
        tx.catalogs.save(CAMP.catalog, MONDAY)
        subscription = Subscription.subscribe(
            id=SubscriptionId(ids.new()),
            resource=CAMP.catalog.resource("cabin-1").id,
            name="Elsewhere",
            url=PRIVATE,
            interval=timedelta(hours=1),
            at=MONDAY,
        )
        tx.webhooks.endpoints.save(endpoint)
        tx.calendar_links.subscriptions.save(subscription)
        for each in (sold("tree-house", "R-1"), sold("cabin", "R-2")):
            tx.channels.inbox.receive(each, MONDAY)
    return wired(
        Storage(store, MemoryInspection(MemoryStore())),
        clock=clock,
        ids=ids,
        holidays=PublicHolidays(),
        signing_key="a key of a deployment that is only for tests",
    )


def test_bad_things_are_dead_letters_and_good_ones_are_done(store: AnyStore) -> None:
    clock = FixedClock(MONDAY)
    deployment = troubled(store, clock)
    for _ in range(12):
        one_round(deployment)
        clock.advance(timedelta(hours=9))
    letters = deployment.engine.upkeep.list_dead_letters(TENANT)
    assert {each.queue for each in letters} == {"channel messages", "calendar subscriptions", "webhooks"}
    assert [each.subject for each in letters if each.queue == "channel messages"] == ["R-1"]
    with store.reading(TENANT) as tx:
        link = tx.channels.links.find("ota", "R-2")
        alerts = {each.kind for each in tx.alerts.open(9)}
    assert link is not None, "the good booking was imported"
    assert alerts >= {"channel_booking_failed", "calendar_given_up", "webhook_failing"}


@pytest.mark.parametrize("days", [89, 91])
def test_dead_letters_are_kept_for_ninety_days(store: AnyStore, days: int) -> None:
    clock = FixedClock(MONDAY)
    deployment = troubled(store, clock)
    one_round(deployment)
    one_round(deployment)
    forget = deployment.duties["forget what is done"]
    clock.advance(timedelta(days=days))
    forget(TENANT)
    queues = {each.queue for each in deployment.engine.upkeep.list_dead_letters(TENANT)}
    assert queues == ({"channel messages", "webhooks"} if days < 90 else set())
