"""The contract of ProviderEvents: what a provider tells, as often as it likes, is handled once."""

from datetime import datetime, timedelta

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.ports.ledger import ProviderEvent

HOUR = timedelta(hours=1)


def an_event(name: str = "evt_1", *, at: datetime = NOW) -> ProviderEvent:
    """What a provider tells about a payment."""
    return ProviderEvent(id=name, kind="payment_intent.succeeded", reference="pi_1", told_at=at)


def receive(scene: Scene, *events: ProviderEvent) -> list[bool]:
    """Which of them were new."""
    with scene.begin() as tx:
        return [tx.provider_events.receive(event) for event in events]


def unhandled(scene: Scene, limit: int = 9) -> list[ProviderEvent]:
    """What is left to do."""
    with scene.reading() as tx:
        return list(tx.provider_events.unhandled(limit))


class ProviderEventsContract(StorageContract):
    """Receiving, handling, forgetting."""

    def test_an_event_is_new_once(self, scene: Scene) -> None:
        assert receive(scene, an_event()) == [True]
        assert receive(scene, an_event(), an_event("evt_2")) == [False, True]
        assert unhandled(scene) == [an_event(), an_event("evt_2")]

    def test_the_oldest_comes_first_whenever_it_arrived(self, scene: Scene) -> None:
        late, early = an_event("evt_1", at=NOW + HOUR), an_event("evt_2")
        receive(scene, late, early)
        assert unhandled(scene) == [early, late]
        assert unhandled(scene, 1) == [early]

    def test_a_handled_event_is_done_and_stays_known(self, scene: Scene) -> None:
        receive(scene, an_event())
        with scene.begin() as tx:
            tx.provider_events.handled("evt_1", NOW)
        assert unhandled(scene) == []
        assert receive(scene, an_event()) == [False]

    @pytest.mark.parametrize("event", ["evt_1", "evt_unknown"])
    def test_handling_again_is_refused(self, scene: Scene, event: str) -> None:
        receive(scene, an_event())
        with scene.begin() as tx:
            tx.provider_events.handled("evt_1", NOW)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.provider_events.handled(event, NOW)

    def test_of_many_who_handle_it_one_does(self, scene: Scene) -> None:
        receive(scene, an_event())

        def handle() -> None:
            with scene.begin() as tx:
                tx.provider_events.handled("evt_1", NOW)

        lost = [outcome for outcome in all_at_once(*[handle] * 4) if outcome is not None]
        assert [type(each) for each in lost] == [StaleVersion] * 3

    def test_of_many_who_receive_it_one_does(self, scene: Scene) -> None:
        outcomes = all_at_once(*[lambda: receive(scene, an_event())] * 4)
        assert sorted(map(str, outcomes)) == ["[False]"] * 3 + ["[True]"]

    def test_what_was_rolled_back_is_not_there(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.provider_events.receive(an_event())
            raise RuntimeError
        receive(scene, an_event("evt_2"))
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.provider_events.handled("evt_2", NOW)
            raise RuntimeError
        assert unhandled(scene) == [an_event("evt_2")]

    def test_what_was_handled_long_ago_is_forgotten_and_nothing_else(self, scene: Scene) -> None:
        receive(scene, *(an_event(f"evt_{number}") for number in range(4)))
        with scene.begin() as tx:
            for number in range(3):
                tx.provider_events.handled(f"evt_{number}", NOW + number * HOUR)
        with scene.begin() as tx:
            assert tx.provider_events.forget(NOW + 2 * HOUR, limit=1) == 1
        with scene.begin() as tx:
            assert tx.provider_events.forget(NOW + 2 * HOUR, limit=9) == 1
        known = [an_event(f"evt_{number}") for number in range(4)]
        assert receive(scene, *known) == [True, True, False, False]

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        receive(scene, an_event())
        assert unhandled(neighbour) == []
        assert receive(neighbour, an_event()) == [True]
        with scene.begin() as tx:
            tx.provider_events.handled("evt_1", NOW)
        assert unhandled(neighbour) == [an_event()]
