"""The contract of the Outbox: owed to whom it interests, in order, by one worker at a time; and of its queue."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from booking_adapters.testing.contracts.crowd import (
    PATIENCE_SECONDS,
    all_at_once,
    had_a_moment,
    somebody_else,
)
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.ports.outbox import EVERY_EVENT, Owed
from booking_core.ports.queues import DeadLetter, Standing

LEASE = timedelta(minutes=2)
LATER = NOW + LEASE
PLACED = "ReservationPlaced"
CONFIRMED = "ReservationConfirmed"
INTERESTS: Mapping[str, frozenset[str]] = {
    "loyalty": frozenset({PLACED, CONFIRMED}),
    "kitchen": frozenset({CONFIRMED}),
}


def spread(scene: Scene, interests: Mapping[str, frozenset[str]] = INTERESTS, limit: int = 99) -> int:
    """Make what was told owed."""
    with scene.begin() as tx:
        tx.one_at_a_time("outbox")
        return tx.outbox.spread(interests, NOW, limit)


def lease(scene: Scene, *handlers: str, limit: int = 99, minutes: int = 0) -> list[Owed]:
    """Take what is ready so many minutes later."""
    with scene.begin() as tx:
        at = NOW + timedelta(minutes=minutes)
        return list(tx.outbox.lease(handlers or tuple(INTERESTS), at, limit, LEASE))


def handle(scene: Scene, *owed: Owed) -> None:
    """Mark them, each in a transaction of its own."""
    for each in owed:
        with scene.begin() as tx:
            tx.outbox.handled(each)


def names(taken: Sequence[Owed]) -> list[tuple[str, str]]:
    """Who owes what."""
    return sorted((each.handler, each.event.name) for each in taken)


def standing(scene: Scene) -> Standing:
    """How the queue stands."""
    with scene.reading() as tx:
        return tx.queues["handlers"].standing(NOW)


def dead(scene: Scene, limit: int = 9) -> list[DeadLetter]:
    """What died."""
    with scene.reading() as tx:
        return list(tx.queues["handlers"].dead(limit))


def one_booked(scene: Scene, first: float = 10) -> None:
    """A reservation, which is placed and confirmed."""
    scene.reserve("room", hours(first, first + 1))


class OutboxContract(StorageContract):
    """Spreading, taking, and marking."""

    def test_what_interests_a_handler_is_owed_to_it(self, scene: Scene) -> None:
        one_booked(scene)
        assert spread(scene) == 3
        (placed,) = lease(scene, "loyalty")
        (confirmed,) = lease(scene, "kitchen")
        assert (placed.event.name, placed.attempts) == (PLACED, 1)
        assert (confirmed.event.name, confirmed.event.subject) == (CONFIRMED, placed.event.subject)

    def test_an_event_is_owed_with_all_that_it_tells(self, scene: Scene) -> None:
        change = scene.a_reservation("room", hours(10, 11))
        with scene.begin() as tx:
            tx.reservations.save(change)
        spread(scene)
        told = [owed.event for owed in lease(scene, "loyalty")]
        assert told == [change.events[0]]

    def test_an_event_is_spread_once(self, scene: Scene) -> None:
        one_booked(scene)
        assert spread(scene) == 3
        assert spread(scene) == 0
        handle(scene, *lease(scene, "kitchen"))
        assert lease(scene, "kitchen", minutes=60) == []

    def test_it_is_spread_in_order_and_in_bounded_steps(self, scene: Scene) -> None:
        one_booked(scene)
        assert [spread(scene, limit=2), spread(scene, limit=2), spread(scene, limit=2)] == [2, 1, 0]
        assert len(lease(scene)) == 2

    def test_one_who_wants_every_event_gets_every_event_once(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene, {"log": frozenset({EVERY_EVENT, PLACED})})
        got: list[str] = []
        while taken := lease(scene, "log"):
            got += [each.event.name for each in taken]
            handle(scene, *taken)
        assert sorted(got) == ["CatalogChanged", CONFIRMED, PLACED]

    def test_later_events_of_a_subject_wait_for_the_earlier_one(self, scene: Scene) -> None:
        one_booked(scene)
        one_booked(scene, 12)
        spread(scene)
        first = lease(scene, "loyalty")
        assert [each.event.name for each in first] == [PLACED, PLACED]
        assert lease(scene, "loyalty") == []
        handle(scene, first[0])
        (second,) = lease(scene, "loyalty")
        assert (second.event.name, second.event.subject) == (CONFIRMED, first[0].event.subject)

    def test_they_wait_also_while_it_is_put_off(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        (first,) = lease(scene, "loyalty")
        with scene.begin() as tx:
            tx.outbox.put_off(first, NOW + timedelta(minutes=30), "failed")
        assert lease(scene, "loyalty", minutes=10) == []
        (again,) = lease(scene, "loyalty", minutes=30)
        assert (again.number, again.attempts) == (first.number, 2)

    def test_they_wait_no_longer_once_it_was_given_up(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        (first,) = lease(scene, "loyalty")
        with scene.begin() as tx:
            tx.outbox.give_up(first, NOW, "failed")
        assert [each.event.name for each in lease(scene, "loyalty")] == [CONFIRMED]

    def test_what_was_not_tried_is_given_back_without_counting(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        (first,) = lease(scene, "kitchen")
        with scene.begin() as tx:
            tx.outbox.put_off(first, NOW)
        assert lease(scene, "kitchen") == [first]

    def test_a_lease_that_ran_out_is_taken_over_and_the_first_holder_is_refused(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        (mine,) = lease(scene, "kitchen")
        assert lease(scene, "kitchen", minutes=1) == []
        (theirs,) = lease(scene, "kitchen", minutes=2)
        assert theirs.attempts == 2
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.outbox.handled(mine)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.outbox.put_off(mine, NOW, "failed")
        handle(scene, theirs)
        with pytest.raises(StaleVersion), scene.begin() as tx:
            tx.outbox.give_up(theirs, NOW, "failed")

    def test_the_mark_is_undone_with_what_the_handler_wrote(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        (owed,) = lease(scene, "kitchen")
        with pytest.raises(RuntimeError), scene.begin() as tx:
            tx.outbox.handled(owed)
            raise RuntimeError
        handle(scene, owed)

    def test_it_says_whether_anything_waits(self, scene: Scene) -> None:
        def waits(*handlers: str, minutes: int = 0) -> bool:
            with scene.reading() as tx:
                return tx.outbox.waits(handlers, NOW + timedelta(minutes=minutes))

        one_booked(scene)
        assert waits("kitchen")
        spread(scene)
        assert (waits("kitchen"), waits("nobody")) == (True, False)
        taken = lease(scene, "kitchen")
        assert (waits("kitchen"), waits("kitchen", minutes=2)) == (False, True)
        handle(scene, *taken)
        assert not waits("kitchen", minutes=2)

    def test_workers_at_once_never_have_the_same_handling(self, scene: Scene) -> None:
        for number in range(8):
            one_booked(scene, 8 + number)
        spread(scene)

        def work() -> list[int]:
            return [each.number for _ in range(8) for each in lease(scene, "kitchen", limit=1)]

        outcomes = all_at_once(*[work] * 4)
        taken = [number for mine in outcomes if isinstance(mine, list) for number in mine]
        assert len(taken) == len({*taken}) == 8, outcomes

    def test_a_worker_passes_over_what_another_is_taking(self, scene: Scene) -> None:
        """Or waits for the other to commit, where a storage has one writer at a time: never the same one."""
        one_booked(scene)
        one_booked(scene, 12)
        spread(scene)
        with scene.begin() as tx:
            (mine,) = tx.outbox.lease(["kitchen"], NOW, 1, LEASE)
            other = somebody_else(lambda: lease(scene, "kitchen"))
            had_a_moment(other)
        (theirs,) = other.result(PATIENCE_SECONDS)
        assert theirs.number != mine.number

    def test_tenants_are_told_apart(self, store: Storage, scene: Scene) -> None:
        neighbour = Scene.fresh(store)
        one_booked(scene)
        assert spread(neighbour) == 1
        assert spread(scene) == 3
        assert lease(neighbour) == []
        assert len(lease(scene)) == 2


class HandlerQueueContract(StorageContract):
    """How it stands, its dead letters, and what can go."""

    def test_it_says_what_waits_what_fails_and_what_is_dead(self, scene: Scene) -> None:
        one_booked(scene)
        assert standing(scene) == Standing(waiting=3, oldest=NOW)
        spread(scene)
        assert (standing(scene).waiting, standing(scene).oldest is None) == (3, False)
        (loyalty,), (kitchen,) = lease(scene, "loyalty"), lease(scene, "kitchen")
        with scene.begin() as tx:
            tx.outbox.put_off(loyalty, LATER, "failed")
            tx.outbox.give_up(kitchen, NOW, "failed")
        after = standing(scene)
        assert (after.waiting, after.failing, after.dead) == (1, 1, 1)

    def test_a_dead_letter_says_what_died_and_lives_again_once_requeued(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        (owed,) = lease(scene, "kitchen")
        with scene.begin() as tx:
            tx.outbox.give_up(owed, LATER, "KeyError")
        (letter,) = dead(scene)
        assert (letter.queue, letter.what) == ("handlers", f"kitchen: {CONFIRMED}")
        assert (letter.subject, letter.reason) == (str(owed.event.subject), "KeyError")
        assert (letter.attempts, letter.died_at) == (1, LATER)
        assert lease(scene, "kitchen", minutes=600) == []
        with scene.begin() as tx:
            assert tx.queues["handlers"].requeue(letter.id, LATER) == letter
        assert dead(scene) == []
        assert lease(scene, "kitchen", minutes=2) == [owed]

    @pytest.mark.parametrize("letter", ["1:kitchen", "", "x", "²:kitchen", "9" * 30 + ":kitchen"])
    def test_what_is_not_dead_cannot_be_requeued(self, scene: Scene, letter: str) -> None:
        one_booked(scene)
        spread(scene)
        with pytest.raises(NotFound), scene.begin() as tx:
            tx.queues["handlers"].requeue(letter, NOW)

    def test_what_nobody_owes_is_forgotten_after_a_while(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)

        def forget(minutes: int, limit: int = 9) -> int:
            with scene.begin() as tx:
                return tx.queues["handlers"].forget(NOW + timedelta(minutes=minutes), limit)

        assert forget(0) == 0
        assert forget(1) == 1  # the catalog's, which interests nobody
        handle(scene, *lease(scene, "loyalty"))
        assert forget(1) == 1
        (last,) = lease(scene, "loyalty")
        handle(scene, last)
        (owed,) = lease(scene, "kitchen")
        with scene.begin() as tx:
            tx.outbox.give_up(owed, NOW, "failed")
        assert forget(1) == 0, "a dead letter keeps its event"

    def test_a_dead_letter_is_discarded_after_a_while(self, scene: Scene) -> None:
        one_booked(scene)
        spread(scene)
        for owed in lease(scene, "kitchen"):
            with scene.begin() as tx:
                tx.outbox.give_up(owed, NOW, "failed")

        def discard(minutes: int) -> int:
            with scene.begin() as tx:
                return tx.queues["handlers"].discard(NOW + timedelta(minutes=minutes), 9)

        assert [discard(0), discard(1), discard(1)] == [0, 1, 0]
        assert dead(scene) == []
