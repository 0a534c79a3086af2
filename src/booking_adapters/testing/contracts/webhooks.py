"""The contracts of WebhookEndpoints and WebhookDeliveries: kept whole, changed once, sent by one worker at a time."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import DeliveryId, EndpointId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint

MINUTE = timedelta(minutes=1)


def opened(scene: Scene, number: int = 1) -> WebhookEndpoint:
    """An endpoint that is told of two kinds of events."""
    change = WebhookEndpoint.open(
        id=EndpointId(UUID(int=number)),
        url=f"https://hooks.example/{number}",
        events=["ReservationPlaced", "Zürich"],
        at=NOW,
    )
    with scene.begin() as tx:
        tx.webhooks.endpoints.save(change)
    return change.state


def owed(scene: Scene, number: int = 1, *, to: int = 1, minutes: int = 0) -> Delivery:
    """A message to it."""
    change = Delivery.owe(
        id=DeliveryId(UUID(int=number)),
        endpoint=EndpointId(UUID(int=to)),
        event="ReservationPlaced",
        body='{"type":"ReservationPlaced",  "note":"Grüße"}',
        at=NOW + minutes * MINUTE,
    )
    with scene.begin() as tx:
        tx.webhooks.deliveries.save(change)
    return change.state


def save(scene: Scene, change: Change[Delivery, Delivery]) -> Delivery:
    """Write a change of a message."""
    with scene.begin() as tx:
        tx.webhooks.deliveries.save(change)
    return change.state


def leased(scene: Scene, minutes: float = 0, limit: int = 9) -> list[DeliveryId]:
    """Take what is due."""
    with scene.begin() as tx:
        return [each.id for each in tx.webhooks.deliveries.lease(NOW + minutes * MINUTE, limit, MINUTE)]


class WebhookEndpointsContract(StorageContract):
    """Where the tenant is told."""

    def test_an_endpoint_comes_back_as_it_was(self, scene: Scene) -> None:
        first, second = opened(scene), opened(scene, 2)
        changed = first
        gone = first.rotate(NOW + MINUTE).state.gave_up(NOW, NOW, is_gone=True)
        assert gone is not None
        for change in (first.rotate(NOW + MINUTE), gone):
            with scene.begin() as tx:
                tx.webhooks.endpoints.save(change)
            changed = change.state
        with scene.reading() as tx:
            assert tx.webhooks.endpoints.get(first.id) == changed
            assert tx.webhooks.endpoints.every() == [changed, second]

    def test_an_endpoint_is_changed_from_what_is_stored(self, scene: Scene) -> None:
        endpoint = opened(scene)
        with scene.begin() as tx:
            tx.webhooks.endpoints.save(endpoint.rotate(NOW))
        for change in (endpoint.rotate(NOW), endpoint.close(NOW)):
            with pytest.raises(StaleVersion), scene.begin() as tx:
                tx.webhooks.endpoints.save(change)

    def test_what_is_closed_is_gone_with_what_is_owed_to_it(self, scene: Scene) -> None:
        endpoint = opened(scene)
        opened(scene, 2)
        owed(scene)
        kept = owed(scene, 2, to=2)
        with scene.begin() as tx:
            tx.webhooks.endpoints.save(endpoint.close(NOW))
        with scene.reading() as tx:
            assert [each.id for each in tx.webhooks.endpoints.every()] == [EndpointId(UUID(int=2))]
            with pytest.raises(NotFound):
                tx.webhooks.endpoints.get(endpoint.id)
        assert leased(scene) == [kept.id]

    def test_what_was_rolled_back_was_not_closed(self, scene: Scene) -> None:
        endpoint = opened(scene)
        message = owed(scene)
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.webhooks.endpoints.save(endpoint.close(NOW))
            raise RuntimeError
        with scene.reading() as tx:
            assert tx.webhooks.endpoints.get(endpoint.id) == endpoint
            assert tx.webhooks.deliveries.get(message.id) == message

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        endpoint = opened(scene)
        with neighbour.reading() as tx:
            assert tx.webhooks.endpoints.every() == []
            with pytest.raises(NotFound):
                tx.webhooks.endpoints.get(endpoint.id)


class WebhookDeliveriesContract(StorageContract):
    """Messages on their way and as a log."""

    def test_a_message_comes_back_to_the_letter(self, scene: Scene) -> None:
        opened(scene)
        message = owed(scene)
        taken = save(scene, message.lease(NOW, MINUTE))
        failed = save(scene, taken.failed("answered 500", NOW, status=500))
        arrived = save(scene, failed.arrived(200, NOW + MINUTE))
        with scene.reading() as tx:
            assert tx.webhooks.deliveries.get(message.id) == arrived
            assert arrived.body == message.body

    def test_a_message_is_for_an_endpoint(self, scene: Scene) -> None:
        with pytest.raises(Conflict):
            owed(scene)
        with scene.reading() as tx, pytest.raises(NotFound):
            tx.webhooks.deliveries.get(DeliveryId(UUID(int=1)))

    def test_a_message_is_changed_from_what_is_stored(self, scene: Scene) -> None:
        opened(scene)
        message = owed(scene)
        save(scene, message.lease(NOW, MINUTE))
        with pytest.raises(StaleVersion):
            save(scene, message.arrived(200, NOW))

    def test_what_is_due_is_taken_once_and_again_after_its_lease(self, scene: Scene) -> None:
        opened(scene)
        late, early, later = owed(scene, 1, minutes=1), owed(scene, 2), owed(scene, 3, minutes=5)
        assert leased(scene, 1, limit=1) == [early.id]
        assert leased(scene, 1) == [late.id]
        assert leased(scene, 1.5) == []
        assert leased(scene, 5) == [late.id, early.id, later.id]

    def test_what_came_to_an_end_is_not_taken(self, scene: Scene) -> None:
        opened(scene)
        for number in (1, 2):
            message = owed(scene, number)
            save(
                scene, message.arrived(200, NOW) if number == 1 else message.failed("no", NOW, for_good=True)
            )
        assert leased(scene, 60) == []
        with scene.reading() as tx:
            stored = tx.webhooks.deliveries.get(DeliveryId(UUID(int=2)))
        save(scene, stored.again(NOW))
        assert leased(scene) == [stored.id]

    def test_of_many_workers_each_takes_others(self, scene: Scene) -> None:
        opened(scene)
        for number in range(1, 7):
            owed(scene, number)
        outcomes = all_at_once(*[partial(leased, scene, 0, 2)] * 3)
        taken = [each for outcome in outcomes if isinstance(outcome, list) for each in outcome]
        assert len(taken) == len({*taken})
        assert sorted([*taken, *leased(scene)]) == [DeliveryId(UUID(int=number)) for number in range(1, 7)]

    def test_the_log_of_an_endpoint_lists_the_newest_first(self, scene: Scene) -> None:
        opened(scene)
        opened(scene, 2)
        messages = [owed(scene, number) for number in (1, 2, 3)]
        owed(scene, 4, to=2)
        with scene.reading() as tx:
            assert tx.webhooks.deliveries.of_endpoint(EndpointId(UUID(int=1)), 2) == [
                messages[2],
                messages[1],
            ]
