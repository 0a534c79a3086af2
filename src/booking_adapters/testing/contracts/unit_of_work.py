"""The contract of UnitOfWork: everything inside a transaction happens, or nothing; and tenants never meet."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest

from booking_adapters.testing.contracts.crowd import (
    MOMENT_SECONDS,
    PATIENCE_SECONDS,
    all_at_once,
    had_a_moment,
    somebody_else,
)
from booking_adapters.testing.contracts.scene import NOW, WHOLE_DAY, Scene, Storage, hours
from booking_core.domain.kernel.errors import Conflict, LaneTaken, NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import Page

Written = Callable[[TenantId], Sequence[tuple[str, str]]]
"""What a tenant's audit log and outbox hold: (event name, name of the actor), oldest first."""


class StorageContract:
    """What the contracts of a storage share.

    They need a fixture `store`: a storage that may be shared with other tests, since each uses a tenant of its own.
    """

    @pytest.fixture
    def scene(self, store: Storage) -> Scene:
        """A fresh tenant."""
        return Scene.fresh(store)


class UnitOfWorkContract(StorageContract):
    """Commit, rollback, isolation, and waiting for one's turn."""

    def test_a_clean_exit_commits(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        assert scene.found(booked.id) == booked
        assert scene.taken("room") == [(1, hours(10, 11))]

    @pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt, Conflict])
    def test_an_exception_leaves_nothing_behind(self, scene: Scene, fault: type[BaseException]) -> None:
        thrown = fault("in the middle")
        kept = scene.hold("pool", hours(8, 9))
        booking, holding = scene.a_reservation("room", hours(10, 11)), scene.a_hold("pool", hours(10, 11))
        with pytest.raises(fault) as caught, scene.begin() as tx:
            tx.requests.remember("key", "print", booking.state.id)
            tx.reservations.save(booking)
            tx.holds.save(holding)
            tx.holds.save(kept.release(NOW))
            tx.closures.save(scene.a_closure("pool", hours(12, 13)))
            tx.catalogs.save(scene.business.revised().catalog, NOW)
            raise thrown
        assert caught.value is thrown
        assert (scene.taken("room"), scene.taken("pool")) == ([], [(1, hours(8, 9))])
        assert (scene.held(kept.id), scene.held(holding.state.id)) == (kept, None)
        with scene.reading() as tx:
            assert tx.requests.answer("key", "print") is None
            assert list(tx.closures.overlapping(scene.resource("pool").id, WHOLE_DAY)) == []
            assert tx.catalogs.load().version == 1
            assert list(tx.reservations.overlapping(None, WHOLE_DAY, Page())) == []
        with pytest.raises(NotFound), scene.reading() as tx:
            tx.reservations.find(booking.state.code)

    def test_a_write_that_failed_keeps_the_rest_from_being_committed(self, scene: Scene) -> None:
        scene.reserve("room", hours(10, 11))
        too_late = scene.a_reservation("room", hours(10.5, 11.5))
        with pytest.raises(Conflict), scene.begin() as tx:
            tx.holds.save(scene.a_hold("pool", hours(10, 11)))
            with suppress(LaneTaken):
                tx.reservations.save(too_late)
        assert (scene.taken("room"), scene.taken("pool")) == ([(1, hours(10, 11))], [])

    def test_what_was_rolled_back_can_be_done_again(self, scene: Scene) -> None:
        change = scene.a_reservation("room", hours(10, 11))
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.reservations.save(change)
            raise RuntimeError
        with scene.begin() as tx:
            tx.reservations.save(change)
        assert scene.found(change.state.id) == change.state

    def test_a_transaction_sees_what_it_wrote(self, scene: Scene) -> None:
        old = scene.hold("room", hours(10, 11))
        change = scene.a_reservation("room", hours(14, 15))
        room = scene.resource("room")
        with scene.begin() as tx:
            tx.holds.save(old.release(NOW))
            tx.reservations.save(change)
            busy = tx.calendars.read([room], WHOLE_DAY, NOW).calendars[room.id]
            assert (busy.peak(*span(10, 11)), busy.peak(*span(14, 15))) == (0, 1)
            assert (tx.holds.find(old.id), list(tx.holds.of_session("session"))) == (None, [])
            assert tx.reservations.find(change.state.code) == change.state

    def test_lanes_given_up_can_be_taken_in_the_same_transaction(self, scene: Scene) -> None:
        old = scene.hold("room", hours(10, 11))
        with scene.begin() as tx:
            tx.holds.save(old.release(NOW))
            tx.holds.save(scene.a_hold("room", hours(10.5, 11.5)))
        assert scene.taken("room") == [(1, hours(10.5, 11.5))]

    def test_many_failures_leave_the_store_usable(self, scene: Scene) -> None:
        for _ in range(40):
            with pytest.raises(RuntimeError), scene.begin() as tx:
                tx.holds.save(scene.a_hold("room", hours(10, 11)))
                raise RuntimeError
        assert scene.reserve("room", hours(10, 11)).is_live

    def test_nobody_sees_what_is_not_committed(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.reservations.save(scene.a_reservation("room", hours(10, 11)))
            looker = somebody_else(lambda: scene.taken("room"))
            had_a_moment(looker)
            raise RuntimeError
        assert looker.result(PATIENCE_SECONDS) == []

    def test_a_reader_keeps_to_one_state(self, scene: Scene) -> None:
        room = scene.resource("room")
        with scene.reading() as tx:
            before = list(tx.calendars.read([room], WHOLE_DAY, NOW).calendars[room.id].busy)
            booker = somebody_else(lambda: scene.reserve("room", hours(10, 11)))
            had_a_moment(booker)
            after = list(tx.calendars.read([room], WHOLE_DAY, NOW).calendars[room.id].busy)
            listed = list(tx.reservations.overlapping(None, WHOLE_DAY, Page()))
        assert (before, after, listed) == ([], [], [])
        assert booker.result(PATIENCE_SECONDS) is not None
        assert scene.taken("room") == [(1, hours(10, 11))]

    def test_one_of_many_who_take_a_lane_at_once_gets_it(self, scene: Scene) -> None:
        outcomes = all_at_once(*[lambda: scene.reserve("room", hours(10, 11)) for _ in range(8)])
        lost = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert len(lost) == 7
        assert all(isinstance(each, Conflict) for each in lost), lost
        assert scene.taken("room") == [(1, hours(10, 11))]

    def test_crosswise_writers_do_not_wait_for_ever(self, scene: Scene) -> None:
        both_have_one = threading.Barrier(2)

        def take(first: str, second: str) -> None:
            with scene.begin() as tx:
                tx.holds.save(scene.a_hold(first, hours(10, 11)))
                wait_a_moment(both_have_one)
                tx.holds.save(scene.a_hold(second, hours(10, 11)))

        outcomes = all_at_once(lambda: take("room", "hall"), lambda: take("hall", "room"))
        lost = [outcome for outcome in outcomes if outcome is not None]
        assert len(lost) == 1
        assert isinstance(lost[0], Conflict), lost
        assert scene.taken("room") == scene.taken("hall") == [(1, hours(10, 11))]


class OneAtATimeContract(StorageContract):
    """The advisory locks: for the rare rules that count, and for being the sole writer."""

    def test_the_same_name_waits_until_the_first_is_done(self, scene: Scene) -> None:
        def count() -> int:
            with scene.begin() as tx:
                tx.one_at_a_time("customer:bob")
                return tx.reservations.live_of("bob", scene.service().id, NOW)

        with scene.begin() as tx:
            tx.one_at_a_time("customer:bob")
            second = somebody_else(count)
            assert not had_a_moment(second)
            tx.reservations.save(scene.a_reservation("room", hours(10, 11)))
        assert second.result(PATIENCE_SECONDS) == 1

    def test_it_is_free_again_after_a_rollback(self, scene: Scene) -> None:
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.one_at_a_time("customer:bob")
            raise RuntimeError
        with scene.begin() as tx:
            tx.one_at_a_time("customer:bob")

    def test_asking_twice_in_one_transaction_is_fine(self, scene: Scene) -> None:
        with scene.begin() as tx:
            tx.one_at_a_time("customer:bob")
            tx.one_at_a_time("customer:bob")

    def test_counting_and_adding_never_passes_the_limit(self, scene: Scene) -> None:
        def book_if_none(hour: int) -> None:
            with scene.begin() as tx:
                tx.one_at_a_time("customer:bob")
                if tx.reservations.live_of("bob", scene.service().id, NOW) == 0:
                    tx.reservations.save(scene.a_reservation("room", hours(hour, hour + 1)))

        all_at_once(*[lambda hour=hour: book_if_none(hour) for hour in range(8, 16)])
        assert len(scene.taken("room")) == 1

    def test_who_wants_to_be_alone_waits_for_writers_and_sees_what_they_left(self, scene: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))

        def look() -> bool:
            with scene.begin() as tx:
                tx.alone()
                return tx.reservations.get(booked.id).is_live

        with scene.begin() as tx:
            tx.reservations.save(booked.cancel(NOW))
            looker = somebody_else(look)
            assert not had_a_moment(looker)
        assert looker.result(PATIENCE_SECONDS) is False

    def test_new_writers_wait_for_who_is_alone(self, scene: Scene) -> None:
        def look() -> bool:
            with scene.begin() as tx:
                return bool(tx.closures.overlapping(scene.resource("room").id, WHOLE_DAY))

        with scene.begin() as tx:
            tx.alone()
            looker = somebody_else(look)
            assert not had_a_moment(looker)
            tx.closures.save(scene.a_closure("room", hours(10, 11)))
        assert looker.result(PATIENCE_SECONDS) is True

    def test_many_who_want_to_be_alone_do_not_wait_for_each_other_for_ever(self, scene: Scene) -> None:
        def close(hour: int) -> None:
            with scene.begin() as tx:
                tx.alone()
                tx.closures.save(scene.a_closure("room", hours(hour, hour + 1)))

        outcomes = all_at_once(*[lambda hour=hour: close(hour) for hour in range(8, 14)])
        assert outcomes == [None] * 6


class TenantsContract(StorageContract):
    """Nothing crosses tenants. The two of these tests have the same resources, under the same ids."""

    @pytest.fixture
    def neighbour(self, store: Storage) -> Scene:
        """Another tenant of the same store."""
        return Scene.fresh(store)

    def test_the_same_lane_of_the_same_id_is_free_next_door(self, scene: Scene, neighbour: Scene) -> None:
        assert scene.resource("room").id == neighbour.resource("room").id
        scene.reserve("room", hours(10, 11))
        assert neighbour.taken("room") == []
        neighbour.reserve("room", hours(10, 11))
        assert neighbour.taken("room") == [(1, hours(10, 11))]

    def test_the_same_rows_exist_twice(self, scene: Scene, neighbour: Scene) -> None:
        booking, holding = scene.a_reservation("room", hours(10, 11)), scene.a_hold("pool", hours(10, 11))
        closing = scene.a_closure("hall", hours(10, 11), source="ical:a", reference="1")
        for each in (scene, neighbour):
            with each.begin() as tx:
                tx.reservations.save(booking)
                tx.holds.save(holding)
                tx.closures.save(closing)
                tx.requests.remember("key", "print", booking.state.id)
        scene.update(booking.state.cancel(NOW))
        assert not scene.found(booking.state.id).is_live
        assert neighbour.found(booking.state.id) == booking.state

    def test_nothing_of_one_can_be_found_by_the_other(self, scene: Scene, neighbour: Scene) -> None:
        booked = scene.reserve("room", hours(10, 11))
        hold = scene.hold("pool", hours(10, 11))
        closure = scene.close("hall", hours(10, 11), source="ical:a", reference="1")
        with scene.begin() as tx:
            tx.requests.remember("key", "print", booked.id)
        with neighbour.reading() as tx:
            assert tx.holds.find(hold.id) is None
            assert list(tx.holds.of_session("session")) == []
            assert list(tx.holds.lapsed(hours(23, 24).end, 10)) == []
            assert list(tx.reservations.overlapping(None, WHOLE_DAY, Page())) == []
            assert tx.reservations.live_of("bob", scene.service().id, NOW) == 0
            assert list(tx.closures.overlapping(scene.resource("hall").id, WHOLE_DAY)) == []
            assert list(tx.closures.of_source("ical:a")) == []
            assert tx.requests.answer("key", "another print") is None
            assert not any(tx.calendars.loads([scene.resource("room").id], WHOLE_DAY, NOW, NOW).values())
            for look in (lambda: tx.reservations.get(booked.id), lambda: tx.closures.get(closure.id)):
                with pytest.raises(NotFound):
                    look()
            with pytest.raises(NotFound):
                tx.reservations.find(booked.code)

    def test_tenants_are_found_by_their_keys(self, store: Storage, scene: Scene, neighbour: Scene) -> None:
        assert store.by_key(scene.business.tenant.key) == scene.tenant
        assert store.by_key(neighbour.business.tenant.key) == neighbour.tenant
        keys = list(store.keys())
        assert {scene.business.tenant.key, neighbour.business.tenant.key} <= set(keys)
        assert keys == sorted(keys)

    def test_a_key_that_nobody_has_is_not_found(self, store: Storage) -> None:
        with pytest.raises(NotFound):
            store.by_key("nobody-has-this-key")


class EventsContract(StorageContract):
    """Every saved change is told, once, in order, with who did it; what was rolled back is not.

    Needs two fixtures more: `audit` and `outbox`, functions from a tenant to what is written there (`Written`).
    """

    def test_every_change_is_told_in_order(self, scene: Scene, audit: Written, outbox: Written) -> None:
        hold = scene.hold("room", hours(10, 11))
        booked = scene.reserve("room", hours(10, 11), hold=hold)
        with scene.begin(Actor(kind="staff", name="eve", address="192.0.2.7")) as tx:
            tx.reservations.save(booked.cancel(NOW))
        names = [
            "CatalogChanged",
            "HoldPlaced",
            "ReservationPlaced",
            "ReservationConfirmed",
            "ReservationCancelled",
        ]
        assert list(audit(scene.tenant)) == list(zip(names, ["", "", "", "", "eve"], strict=True))
        assert [name for name, _ in outbox(scene.tenant)] == names

    def test_nothing_is_told_of_what_was_rolled_back(
        self, scene: Scene, audit: Written, outbox: Written
    ) -> None:
        scene.close("room", hours(8, 9))
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.reservations.save(scene.a_reservation("room", hours(10, 11)))
            tx.holds.save(scene.a_hold("pool", hours(10, 11)))
            raise RuntimeError
        with pytest.raises(Conflict):
            scene.reserve("room", hours(8, 9))
        assert [name for name, _ in audit(scene.tenant)] == ["CatalogChanged", "ResourceClosed"]
        assert [name for name, _ in outbox(scene.tenant)] == ["CatalogChanged", "ResourceClosed"]

    def test_who_changed_what_is_sold_is_told(self, scene: Scene, audit: Written, outbox: Written) -> None:
        with scene.begin(Actor(kind="staff", name="eve")) as tx:
            tx.catalogs.save(scene.business.revised().catalog, NOW)
        assert list(audit(scene.tenant)) == [("CatalogChanged", ""), ("CatalogChanged", "eve")]
        assert [name for name, _ in outbox(scene.tenant)] == ["CatalogChanged"] * 2


def span(first: float, last: float) -> tuple[int, int]:
    """Hours of the day in epoch seconds."""
    period = hours(first, last)
    return int(period.start.timestamp()), int(period.end.timestamp())


def wait_a_moment(barrier: threading.Barrier) -> None:
    """Wait for the other one, but not for ever: where the storage lets one in at a time, they cannot come."""
    with suppress(threading.BrokenBarrierError):
        barrier.wait(MOMENT_SECONDS)
