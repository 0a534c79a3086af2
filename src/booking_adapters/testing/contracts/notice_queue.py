"""The contract of the queue of notices: how it stands, what could not be delivered, and what is forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from booking_adapters.testing.contracts.notices import HOUR, LEASE, a_notice, owed, planned, saved, stored
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.unit_of_work import StorageContract
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.ports.queues import DeadLetter, Standing

DUE = NOW + HOUR


def standing(scene: Scene, at: datetime = DUE) -> Standing:
    """How it stands."""
    with scene.reading() as tx:
        return tx.queues["notices"].standing(at)


def dead(scene: Scene, limit: int = 9) -> list[DeadLetter]:
    """What could not be delivered."""
    with scene.reading() as tx:
        return list(tx.queues["notices"].dead(limit))


def forget(scene: Scene, before: datetime, limit: int = 9) -> int:
    """Forget what is old."""
    with scene.begin() as tx:
        return tx.queues["notices"].forget(before, limit)


def taken(scene: Scene, count: int = 1) -> list[Notice]:
    """So many notices about one reservation, being sent."""
    booked = scene.reserve("room", hours(10, 11)).id
    planned(scene, *(a_notice(scene, owed(booked, f"rule-{number}")) for number in range(count)))
    with scene.begin() as tx:
        return list(tx.notices.lease(DUE, count, LEASE))


class NoticeQueueContract(StorageContract):
    """How it stands, its dead letters, and what can go."""

    def test_it_says_what_waits_what_fails_and_what_is_dead(self, scene: Scene) -> None:
        one, two, three, four = taken(scene, 4)
        assert standing(scene) == Standing(), "what is being sent waits for nobody"
        assert standing(scene, DUE + LEASE) == Standing(waiting=4, oldest=DUE + LEASE)
        later = saved(scene, one.put_off("the line is busy", DUE))
        saved(scene, two.give_up("no such template", DUE))
        saved(scene, three.bounce("no such number", DUE))
        saved(scene, four.sent("SM1", DUE))
        assert standing(scene) == Standing(failing=1, dead=2, oldest=later.due_at)

    def test_what_could_not_be_delivered_is_listed_and_sent_again_once_requeued(self, scene: Scene) -> None:
        first, second = taken(scene, 2)
        saved(scene, first.bounce("no such number", DUE))
        saved(scene, second.give_up("no such template", DUE + HOUR))
        later, earlier = dead(scene)
        assert dead(scene, 1) == [later]
        assert (later.id, earlier.id) == (second.key, first.key)
        assert (earlier.queue, earlier.what) == ("notices", "tell client by sms: rule-0")
        assert (earlier.subject, earlier.reason) == (str(first.owed.about.id), "no such number")
        assert (earlier.attempts, earlier.died_at) == (1, DUE)
        with scene.begin() as tx:
            assert tx.queues["notices"].requeue(first.key, DUE + HOUR) == earlier
        assert dead(scene) == [later]
        again = stored(scene, first)
        assert (again.state, again.due_at, again.attempts) == (NoticeState.DUE, DUE + HOUR, 0)

    def test_nobody_reads_an_address_in_a_dead_letter(self, scene: Scene) -> None:
        (notice,) = taken(scene)
        saved(scene, notice.bounce("no such number", DUE))
        assert notice.owed.address not in repr(dead(scene))

    @pytest.mark.parametrize("letter", ["", "x", str(UUID(int=9))])
    def test_what_is_not_dead_cannot_be_requeued(self, scene: Scene, letter: str) -> None:
        (alive,) = taken(scene)
        for name in (letter, alive.key):
            with pytest.raises(NotFound), scene.begin() as tx:
                tx.queues["notices"].requeue(name, NOW)
        assert stored(scene, alive) == alive

    def test_what_is_over_is_forgotten_with_its_address_the_oldest_first(self, scene: Scene) -> None:
        first, second, failing, _ = taken(scene, 4)
        saved(scene, second.sent("SM2", DUE + timedelta(seconds=1)))
        saved(scene, first.sent("SM1", DUE))
        saved(scene, failing.put_off("the line is busy", DUE))
        assert forget(scene, DUE) == 0
        assert forget(scene, DUE + HOUR, limit=1) == 1
        with pytest.raises(NotFound):
            stored(scene, first)
        assert (forget(scene, DUE + HOUR), forget(scene, DUE + HOUR)) == (1, 0)
        with scene.reading() as tx:
            assert len(tx.notices.listed(9)) == 2, "what is still to be sent is kept"

    def test_what_could_not_be_delivered_waits_longer_for_somebody_to_look(self, scene: Scene) -> None:
        (notice,) = taken(scene)
        saved(scene, notice.bounce("no such number", DUE))
        assert forget(scene, DUE + HOUR) == 0
        with scene.begin() as tx:
            assert tx.queues["notices"].discard(DUE, 9) == 0
            assert tx.queues["notices"].discard(DUE + HOUR, 9) == 1
        assert dead(scene) == []
