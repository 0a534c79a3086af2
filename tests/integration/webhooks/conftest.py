from collections.abc import Iterator

import pytest

from booking_adapters._net.outgoing import Outgoing
from booking_adapters.channels.webhooks import HttpWebhookSender
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_core.usecases.webhooks import (
    OpenWebhook,
    OpenWebhookCommand,
)
from tests.integration.webhooks.office import SECRETS, Office
from tests.integration.webhooks.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def office(store: Storage, receiver: Receiver) -> Office:
    scene, clock, ids = Scene.fresh(store), FixedClock(NOW), SeededIds()
    sender = HttpWebhookSender(Outgoing(loopback=True))
    opens = OpenWebhook(begin=store, clock=clock, ids=ids, secrets=SECRETS, sender=sender)
    command = OpenWebhookCommand(tenant=scene.tenant, url=receiver.url, events=["ReservationConfirmed"])
    return Office(scene, receiver, clock, ids, opens(command))
