"""The contract of Editing: locks in the storage, and under which token something was saved."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.live import OTHER, dates
from booking_adapters.testing.contracts.scene import NOW, Scene
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.live.editing import Lock, Scope

MINUTE = timedelta(minutes=1)


class EditingContract(StorageContract):
    """Keeping locks and fences."""

    def test_a_lock_is_live_until_its_expiry(self, scene: Scene) -> None:
        lock = kept(scene, 5)
        with scene.reading() as tx:
            assert tx.editing.live(NOW) == [lock]
            assert tx.editing.live(NOW + MINUTE) == []

    def test_what_became_of_a_lock_replaces_it(self, scene: Scene) -> None:
        lock = kept(scene, 5)
        with scene.begin() as tx:
            tx.editing.keep(attrs.evolve(lock, expires_at=NOW + 3 * MINUTE))
        with scene.reading() as tx:
            (renewed,) = tx.editing.live(NOW + 2 * MINUTE)
        assert attrs.evolve(renewed, expires_at=lock.expires_at) == lock

    def test_locks_come_by_token_and_the_last_is_known_even_ended(self, scene: Scene) -> None:
        locks = [kept(scene, token) for token in (7, 3)]
        with scene.reading() as tx:
            assert tx.editing.live(NOW) == sorted(locks, key=lambda lock: lock.token)
            assert tx.editing.last_token() == 7
        with scene.begin() as tx:
            tx.editing.saw([dates(1, 5)], 11, NOW)
            assert tx.editing.last_token() == 11

    def test_overlapping_dates_of_the_same_thing_were_seen_saved(self, scene: Scene) -> None:
        with scene.begin() as tx:
            tx.editing.saw([dates(1, 5), dates(9, 12)], 5, NOW)
            tx.editing.saw([dates(3, 7)], 6, NOW)
        with scene.reading() as tx:
            assert tx.editing.seen([dates(4, 5)]) == 6
            assert tx.editing.seen([dates(1, 3)]) == 5
            assert tx.editing.seen([dates(1, 3), dates(6, 7)]) == 6
            assert tx.editing.seen([dates(7, 9)]) == 0
            assert tx.editing.seen([dates(1, 5, OTHER), Scope.of_reservation(ClaimId(OTHER))]) == 0

    def test_a_lower_token_is_refused_and_nothing_of_it_stays(self, scene: Scene) -> None:
        with scene.begin() as tx:
            tx.editing.saw([dates(1, 5)], 6, NOW)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.editing.saw([dates(9, 12), dates(1, 5)], 5, NOW)
        with scene.reading() as tx:
            assert tx.editing.seen([dates(1, 12)]) == 6
            assert tx.editing.seen([dates(9, 12)]) == 0

    def test_what_is_rolled_back_was_not_seen(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.editing.saw([dates(1, 5)], 6, NOW)
            tx.editing.keep(a_lock(6))
            raise RuntimeError
        with scene.reading() as tx:
            assert tx.editing.last_token() == 0

    def test_what_is_old_is_forgotten_a_few_at_a_time(self, scene: Scene) -> None:
        for token in (1, 2, 3):
            kept(scene, token)
            with scene.begin() as tx:
                tx.editing.saw([dates(token, token + 1)], token, NOW + token * MINUTE)
        with scene.begin() as tx:
            assert tx.editing.forget(NOW + 3 * MINUTE, 2) == 4
        with scene.begin() as tx:
            assert tx.editing.forget(NOW + 3 * MINUTE, 2) == 1
            assert tx.editing.seen([dates(1, 9)]) == 3
            assert tx.editing.live(NOW) == []


def a_lock(token: int) -> Lock:
    """A lock of a minute."""
    scopes = (dates(1, 5), Scope.of_reservation(ClaimId(OTHER)))
    return Lock(token=token, owner="a tab", holder="Ann", scopes=scopes, since=NOW, expires_at=NOW + MINUTE)


def kept(scene: Scene, token: int) -> Lock:
    """A lock that is stored."""
    lock = a_lock(token)
    with scene.begin() as tx:
        tx.editing.keep(lock)
    return lock
