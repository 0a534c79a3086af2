"""The contract of Alerts: raised once while open, listed the oldest first, settled once."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import AlertId
from booking_core.ports.alerts import Alert

HOUR = timedelta(hours=1)


def an_alert(number: int = 1, *, kind: str = "paid_twice", about: int = 1, hours: int = 0) -> Alert:
    """An alert about something."""
    return Alert(
        id=AlertId(UUID(int=number)),
        kind=kind,
        subject=UUID(int=about),
        message="paid twice: one of the payments goes back",
        at=NOW + hours * HOUR,
    )


def raised(scene: Scene, *alerts: Alert) -> list[bool]:
    """Which of them were new."""
    with scene.begin() as tx:
        return [tx.alerts.raise_(alert) for alert in alerts]


def left(scene: Scene, limit: int = 9) -> list[Alert]:
    """What is open."""
    with scene.reading() as tx:
        return list(tx.alerts.open(limit))


class AlertsContract(StorageContract):
    """Raising, listing, settling."""

    def test_an_alert_is_raised_once_while_it_is_open(self, scene: Scene) -> None:
        assert raised(scene, an_alert(), an_alert(2), an_alert(3, about=2), an_alert(4, kind="misused")) == [
            True,
            False,
            True,
            True,
        ]
        assert left(scene) == [an_alert(), an_alert(3, about=2), an_alert(4, kind="misused")]

    def test_the_oldest_come_first(self, scene: Scene) -> None:
        late, early = an_alert(1, hours=2), an_alert(2, about=2)
        raised(scene, late, early)
        assert left(scene) == [early, late]
        assert left(scene, 1) == [early]

    def test_a_settled_alert_is_gone_and_may_be_raised_again(self, scene: Scene) -> None:
        raised(scene, an_alert())
        with scene.begin() as tx:
            settled = tx.alerts.resolve(an_alert().id, NOW + HOUR, "Mia")
        assert settled == attrs.evolve(an_alert(), resolved_at=NOW + HOUR, resolved_by="Mia")
        assert left(scene) == []
        assert raised(scene, an_alert(2)) == [True]

    def test_it_is_settled_once(self, scene: Scene) -> None:
        raised(scene, an_alert())
        with scene.begin() as tx:
            first = tx.alerts.resolve(an_alert().id, NOW + HOUR, "Mia")
            assert tx.alerts.resolve(an_alert().id, NOW + 2 * HOUR, "Tom") == first

    def test_what_is_not_there_cannot_be_settled(self, scene: Scene) -> None:
        with pytest.raises(NotFound), scene.begin() as tx:
            tx.alerts.resolve(an_alert().id, NOW, "Mia")

    def test_of_many_who_raise_it_one_does(self, scene: Scene) -> None:
        outcomes = all_at_once(*(partial(raised, scene, an_alert(number)) for number in range(1, 5)))
        assert sorted(map(str, outcomes)) == ["[False]"] * 3 + ["[True]"]

    def test_what_was_rolled_back_is_not_there(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.alerts.raise_(an_alert())
            raise RuntimeError
        assert left(scene) == []

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        raised(scene, an_alert())
        assert left(neighbour) == []
        assert raised(neighbour, an_alert()) == [True]
