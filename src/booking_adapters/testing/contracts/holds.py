"""The contract of Holds: temporary claims, one version after the other, gone when they end."""

from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.scene import DAY, NOW, TEN_MINUTES, Scene, hour, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.hold import Hold


class HoldsContract(StorageContract):
    """Finding, listing, and compare-and-set."""

    def test_every_field_survives(self, scene: Scene) -> None:
        stay = Stay.of_nights(DAY.date(), 2)
        period = hours(15, 59)
        held = scene.hold("pool", period, lanes=(2, 4), session="sëssion", ttl=timedelta(hours=3), stay=stay)
        assert scene.held(held.id) == held

    def test_what_nobody_holds_is_not_found(self, scene: Scene) -> None:
        assert scene.held(ClaimId(scene.ids.new())) is None

    def test_a_renewal_replaces_the_hold(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        renewal = held.renew("session", NOW + timedelta(minutes=5), TEN_MINUTES)
        with scene.begin() as tx:
            tx.holds.save(renewal)
        assert scene.held(held.id) == renewal.state
        assert scene.taken("room") == [(1, hours(10, 11))]

    def test_a_released_hold_is_gone_with_its_lanes(self, scene: Scene) -> None:
        held = scene.hold("pool", hours(10, 11), lanes=(1, 2))
        with scene.begin() as tx:
            tx.holds.save(held.release(NOW))
        assert (scene.held(held.id), scene.taken("pool")) == (None, [])

    @pytest.mark.parametrize("ending", ["renew", "release"])
    def test_a_change_of_what_was_renewed_meanwhile_is_stale(self, scene: Scene, ending: str) -> None:
        held = scene.hold("room", hours(10, 11))
        renewal = held.renew("session", NOW, TEN_MINUTES)
        late = held.release(NOW) if ending == "release" else held.renew("session", NOW, timedelta(hours=2))
        with scene.begin() as tx:
            tx.holds.save(renewal)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.holds.save(late)
        assert scene.held(held.id) == renewal.state
        assert scene.taken("room") == [(1, hours(10, 11))]

    @pytest.mark.parametrize("ending", ["renew", "release"])
    def test_a_change_of_what_was_released_meanwhile_is_stale(self, scene: Scene, ending: str) -> None:
        held = scene.hold("room", hours(10, 11))
        late = held.release(NOW) if ending == "release" else held.renew("session", NOW, TEN_MINUTES)
        with scene.begin() as tx:
            tx.holds.save(held.release(NOW))
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.holds.save(late)
        assert (scene.held(held.id), scene.taken("room")) == (None, [])

    def test_the_holds_of_a_session_come_oldest_first(self, scene: Scene) -> None:
        second = scene.hold("room", hours(10, 11), at=NOW + timedelta(minutes=1))
        first = scene.hold("hall", hours(10, 11), at=NOW)
        scene.hold("pool", hours(10, 11), session="another")
        third = scene.hold("pool", hours(12, 13), at=NOW + timedelta(minutes=2))
        with scene.reading() as tx:
            assert list(tx.holds.of_session("session")) == [first, second, third]
            assert list(tx.holds.of_session("nobody")) == []

    def test_lapsed_holds_come_by_expiry_and_no_more_than_asked_for(self, scene: Scene) -> None:
        lives = {"room": 30, "hall": 10, "pool": 20}
        holds = {
            key: scene.hold(key, hours(10, 11), ttl=timedelta(minutes=life)) for key, life in lives.items()
        }

        def lapsed(minutes: int, limit: int = 10) -> list[Hold]:
            with scene.reading() as tx:
                return list(tx.holds.lapsed(NOW + timedelta(minutes=minutes), limit))

        assert lapsed(9) == []
        assert lapsed(10) == [holds["hall"]]
        assert lapsed(60) == [holds["hall"], holds["pool"], holds["room"]]
        assert lapsed(60, limit=2) == [holds["hall"], holds["pool"]]

    def test_a_lapsed_hold_keeps_its_lane_until_somebody_frees_it(self, scene: Scene) -> None:
        held = scene.hold("room", hours(10, 11))
        later = hour(7)
        assert scene.read("room", at=later).lapsed == (held.id,)
        with scene.begin() as tx:
            tx.holds.save(held.release(later, has_lapsed=True))
            tx.reservations.save(scene.a_reservation("room", hours(10, 11)))
        assert scene.read("room", at=later).lapsed == ()
