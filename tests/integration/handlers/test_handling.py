"""What follows from events, on each storage: once each, in order, whatever fails in between."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import AlertId
from booking_core.ports.alerts import Alert
from booking_core.ports.outbox import EVERY_EVENT, Owed
from booking_core.ports.storage import Transaction
from booking_core.usecases import handling
from booking_core.usecases.handling import ATTEMPTS, LEASE, MOST_RACES, HandleEvents, Handler, on, pause

IDS = SeededIds()


def worker(store: Storage, clock: FixedClock, *handlers: Handler) -> HandleEvents:
    """Who gives events to these handlers."""
    return HandleEvents(begin=store, handlers=handlers, clock=clock, ids=IDS)


@attrs.define
class Witness:
    """A handler that writes a row for each event (an alert), and fails as long as it is told to."""

    name: str = "witness"
    events: frozenset[str] = frozenset({EVERY_EVENT})
    fails_on: Collection[str] = ()
    seen: list[str] = attrs.field(factory=list)

    def __call__(self, tx: Transaction, event: Event) -> None:
        note = Alert(
            id=AlertId(IDS.new()), kind=f"{self.name} {event.name}", subject=event.subject, message="", at=NOW
        )
        self.seen.append(event.name)
        assert tx.alerts.raise_(note), "handled twice"
        if event.name in self.fails_on:
            raise KeyError(event.name)


def written(scene: Scene) -> list[str]:
    """What is left of the handlers' work."""
    with scene.reading() as tx:
        return [alert.kind for alert in tx.alerts.open(99)]


@pytest.fixture
def scene(store: Storage) -> Scene:
    return Scene.fresh(store)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def test_each_handler_gets_what_it_wants_once(store: Storage, scene: Scene, clock: FixedClock) -> None:
    got: list[str] = []

    @on("ReservationPlaced", "ReservationConfirmed")
    def loyalty(_: Transaction, event: Event) -> None:
        got.append(event.name)

    work = worker(store, clock, loyalty, Witness())
    scene.reserve("room", hours(10, 11))
    assert work(scene.tenant) == 5
    assert work(scene.tenant) == 0
    assert got == ["ReservationPlaced", "ReservationConfirmed"]
    assert len(written(scene)) == 3


def test_what_a_failing_handler_wrote_is_undone_and_the_others_go_on(
    store: Storage, scene: Scene, clock: FixedClock
) -> None:
    bad, good = Witness("bad", fails_on=["ReservationPlaced"]), Witness("good")
    scene.reserve("room", hours(10, 11))
    worker(store, clock, bad, good)(scene.tenant)
    assert good.seen == ["CatalogChanged", "ReservationPlaced", "ReservationConfirmed"]
    assert [each for each in written(scene) if each.startswith("bad")] == ["bad CatalogChanged"]
    bad.fails_on = ()
    clock.advance(timedelta(minutes=1))
    worker(store, clock, bad, good)(scene.tenant)
    assert bad.seen[-2:] == ["ReservationPlaced", "ReservationConfirmed"]
    assert len(good.seen) == 3


@pytest.mark.parametrize(("races", "handled"), [(MOST_RACES, 1), (MOST_RACES + 1, 0)])
def test_a_lost_race_is_run_again_at_once_a_few_times(
    store: Storage, scene: Scene, clock: FixedClock, races: int, handled: int
) -> None:
    lost: list[str] = []

    @on("ReservationConfirmed")
    def racing(tx: Transaction, event: Event) -> None:
        Witness("racing")(tx, event)
        if len(lost) < races:
            lost.append(event.name)
            raise Conflict("somebody was faster")

    scene.reserve("room", hours(10, 11))
    worker(store, clock, racing)(scene.tenant)
    assert len(written(scene)) == handled
    clock.advance(timedelta(minutes=1))
    worker(store, clock, racing)(scene.tenant)
    assert len(written(scene)) == 1


def test_after_its_last_attempt_it_is_a_dead_letter_that_people_are_told_of(
    store: Storage, scene: Scene, clock: FixedClock
) -> None:
    bad = Witness("bad", events=frozenset({"ReservationConfirmed"}), fails_on=["ReservationConfirmed"])
    scene.reserve("room", hours(10, 11))
    for _ in range(ATTEMPTS + 3):
        worker(store, clock, bad)(scene.tenant)
        clock.advance(timedelta(hours=12))
    assert len(bad.seen) == ATTEMPTS
    assert written(scene) == ["dead_letter"]
    with scene.begin() as tx:
        (letter,) = tx.queues["handlers"].dead(9)
        assert letter.reason == "KeyError"
        tx.queues["handlers"].requeue(letter.id, clock.now())
    bad.fails_on = ()
    worker(store, clock, bad)(scene.tenant)
    assert "bad ReservationConfirmed" in written(scene)


def test_what_a_dead_worker_held_is_handled_when_its_lease_ends(
    store: Storage, scene: Scene, clock: FixedClock
) -> None:
    witness = Witness()
    with scene.begin() as tx:
        tx.outbox.spread({"witness": witness.events}, NOW, 99)
    with scene.begin() as tx:
        assert tx.outbox.lease(["witness"], NOW, 99, LEASE), "taken by one that dies now"
    work = worker(store, clock, witness)
    assert work(scene.tenant) == 0
    clock.advance(LEASE)
    assert work(scene.tenant) == 1


def test_what_kills_every_worker_is_given_up_and_takes_nothing_along(
    store: Storage, scene: Scene, clock: FixedClock
) -> None:
    first, *others = [scene.reserve("room", hours(10 + number, 11 + number)) for number in range(3)]

    class Fatal(Witness):
        def __call__(self, tx: Transaction, event: Event) -> None:
            super().__call__(tx, event)
            if event.subject == first.id:
                raise SystemExit

    fatal = Fatal(events=frozenset({"ReservationConfirmed"}))
    for _ in range(ATTEMPTS):
        with pytest.raises(SystemExit):
            worker(store, clock, fatal)(scene.tenant)
        clock.advance(LEASE)
    assert worker(store, clock, fatal)(scene.tenant) == 1 + len(others)
    assert len(fatal.seen) == ATTEMPTS + len(others)
    assert Counter(written(scene)) == {"dead_letter": 1, "witness ReservationConfirmed": len(others)}
    with scene.begin() as tx:
        (letter,) = tx.queues["handlers"].dead(9)
    assert (letter.subject, letter.attempts) == (str(first.id), ATTEMPTS + 1)


def test_a_turn_that_takes_too_long_gives_back_what_it_did_not_begin(
    store: Storage, scene: Scene, clock: FixedClock
) -> None:
    class Slow(Witness):
        def __call__(self, tx: Transaction, event: Event) -> None:
            super().__call__(tx, event)
            clock.advance(handling.TURN)

    for number in range(3):
        scene.reserve("room", hours(10 + number, 11 + number))
    slow = Slow(events=frozenset({"ReservationConfirmed"}))
    work = worker(store, clock, slow)
    assert [work(scene.tenant) for _ in range(4)] == [1, 1, 1, 0]


def test_workers_at_once_handle_each_event_once(store: Storage, scene: Scene, clock: FixedClock) -> None:
    for number in range(12):
        scene.reserve("room", hours(8 + number, 9 + number))
    witness = Witness()
    work = worker(store, clock, witness)
    outcomes: Sequence[int | BaseException] = all_at_once(*[lambda: work(scene.tenant)] * 3)
    work(scene.tenant)
    assert len(written(scene)) == 25, outcomes
    assert len(witness.seen) == 25


def test_pauses_grow_and_do_not_bring_back_together_what_failed_together() -> None:
    event = Event(name="E", subject=IDS.new(), version=1, at=NOW)

    def after(attempts: int, number: int = 1) -> float:
        return pause(Owed(number=number, handler="h", event=event, attempts=attempts)).total_seconds()

    assert all(2 * 2**n <= after(n + 1) < 3 * 2**n for n in range(10))
    assert after(60) <= 9 * 3_600
    assert len({after(3, number) for number in range(50)}) > 40


def test_two_handlers_of_one_name_are_refused(store: Storage, clock: FixedClock) -> None:
    with pytest.raises(AssertionError, match="one name"):
        worker(store, clock, Witness(), Witness())
