"""Workers that are processes: together they handle everything once, and one that is killed delays only what it held."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from booking_adapters._sql.outbox import SqlOutbox
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import NOW, Scene
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.events import Event
from booking_core.usecases.handling import LEASE, HandleEvents
from tests.integration.handlers import crew

Store = SqliteStore | PostgresStore
PATIENCE_SECONDS = 90
POLL_SECONDS = 0.01


@pytest.fixture(params=["sqlite", "postgres"])
def storage(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def tell(scene: Scene, count: int) -> None:
    """So many confirmations, each of another subject, in the outbox alone."""
    with scene.begin() as tx:
        events = [
            Event(name="ReservationConfirmed", subject=scene.ids.new(), version=1, at=NOW)
            for _ in range(count)
        ]
        tx.session.record(events)  # type: ignore[attr-defined]


def address(store: Store) -> str:
    return str(store.path) if isinstance(store, SqliteStore) else store.url


@contextmanager
def hired(store: Store, scene: Scene, announce: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker at work; what is left of it ends with the block."""
    words = [sys.executable, "-m", crew.__name__, address(store), str(scene.tenant), str(announce)]
    process = subprocess.Popen(words)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_SECONDS)


def noted(scene: Scene) -> Counter[str]:
    """How often each subject was handled."""
    with scene.reading() as tx:
        return Counter(str(alert.subject) for alert in tx.alerts.open(10_000))


def test_three_workers_handle_a_thousand_events_once_each(store: Store, tmp_path: Path) -> None:
    scene = Scene.fresh(store)
    tell(scene, 1_000)
    with (
        hired(store, scene, tmp_path / "1") as first,
        hired(store, scene, tmp_path / "2") as second,
        hired(store, scene, tmp_path / "3") as third,
    ):
        assert [each.wait(PATIENCE_SECONDS) for each in (first, second, third)] == [0, 0, 0]
    assert set(noted(scene).values()) == {1}
    assert len(noted(scene)) == 1_000
    if isinstance(store, PostgresStore):
        assert all((tmp_path / name).exists() for name in "123"), "each of them did a part"


def test_a_worker_that_is_killed_delays_what_it_held_by_its_lease_and_nothing_else(
    store: Store, tmp_path: Path
) -> None:
    scene = Scene.fresh(store)
    tell(scene, 1_000)
    with hired(store, scene, tmp_path / "began") as victim:
        await_some(scene, victim)
        os.kill(victim.pid, signal.SIGKILL)
        assert victim.wait(PATIENCE_SECONDS) == -signal.SIGKILL
    clock = FixedClock(datetime.now(UTC))
    work = HandleEvents(begin=store, handlers=[crew.note], clock=clock, ids=scene.ids)
    while work(scene.tenant):
        pass
    held = 1_000 - len(noted(scene))
    assert 0 <= held <= 20, "no more than a batch waits for its lease"
    clock.advance(LEASE + timedelta(seconds=1))
    assert work(scene.tenant) == held
    assert (len(noted(scene)), set(noted(scene).values())) == (1_000, {1})


def await_some(scene: Scene, process: "subprocess.Popen[bytes]") -> None:
    """Until a part of the work, and not all, is done."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if len(noted(scene)) >= 30:
            return
        time.sleep(POLL_SECONDS)
        assert process.poll() is None, "it ended before it was killed"
    raise AssertionError("it did not begin")


def test_without_its_mark_an_event_is_handled_again(store: Store) -> None:
    """The control: the guard is the mark that is committed with the work, so without it the work is done twice."""
    scene = Scene.fresh(store)
    tell(scene, 5)
    with patch.object(SqlOutbox, "handled", lambda *_: None):
        for at in (NOW, NOW + LEASE):
            clock = FixedClock(at)
            HandleEvents(begin=store, handlers=[crew.note], clock=clock, ids=scene.ids)(scene.tenant)
    assert set(noted(scene).values()) == {2}


def test_without_its_lease_an_event_is_in_two_hands_at_once(store: Store) -> None:
    """The control: two workers hold the same handling, and only the mark keeps the second from doing it."""
    scene = Scene.fresh(store)
    tell(scene, 1)
    nothing = timedelta(0)
    with scene.begin() as tx:
        tx.outbox.spread({"note": crew.note.events}, NOW, 99)
    with scene.begin() as tx:
        (mine,) = tx.outbox.lease(["note"], NOW, 9, nothing)
    with scene.begin() as tx:
        (theirs,) = tx.outbox.lease(["note"], NOW, 9, nothing)
    assert (mine.number, mine.handler) == (theirs.number, theirs.handler)
    with scene.begin() as tx:
        tx.outbox.handled(theirs)
    with pytest.raises(StaleVersion), scene.begin() as tx:
        tx.outbox.handled(mine)
