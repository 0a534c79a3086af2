"""What is particular to SQLite: its guard, its settings, its line of writers."""

import sqlite3
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import attrs
import pytest

from booking_adapters.sqlite import SqliteStore, connections
from booking_adapters.sqlite import queue as line
from booking_adapters.sqlite.queue import Queue, queue_of
from booking_adapters.testing.contracts.crowd import PATIENCE_SECONDS, had_a_moment, somebody_else
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_core.domain.kernel.errors import Busy, Conflict, InvalidInput, LaneTaken, StaleVersion
from tests.integration.storage.hands import Hand

COPY = (
    "INSERT INTO allocations SELECT tenant_id, 'another', resource_id, lane, {start}, {end}, made_at, expires_at"
    " FROM allocations WHERE owner_id <> 'another'"
)
SHAPES = {
    "the same": ("starts_at", "ends_at"),
    "inside": ("starts_at + 60", "ends_at - 60"),
    "around": ("starts_at - 60", "ends_at + 60"),
    "over the start": ("starts_at - 60", "starts_at + 1"),
    "over the end": ("ends_at - 1", "ends_at + 60"),
}


@pytest.fixture
def scene(sqlite_store: SqliteStore) -> Scene:
    return Scene.fresh(sqlite_store)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_file_itself_refuses_an_overlap(scene: Scene, sqlite: Hand, shape: str) -> None:
    scene.hold("room", hours(10, 11))
    start, end = SHAPES[shape]
    with pytest.raises(sqlite3.IntegrityError, match="lane_taken"):
        sqlite.run(COPY.format(start=start, end=end))


def test_the_file_accepts_what_only_touches(scene: Scene, sqlite: Hand) -> None:
    scene.hold("room", hours(10, 11))
    sqlite.run(COPY.format(start="ends_at", end="ends_at + 60"))
    assert len(scene.taken("room")) == 2


@pytest.mark.parametrize("change", ["ends_at = ends_at + 1", "lane = 2"])
def test_an_update_cannot_slip_past_the_guard(scene: Scene, sqlite: Hand, change: str) -> None:
    scene.hold("pool", hours(10, 11), lanes=(1,))
    scene.hold("pool", hours(10, 11), lanes=(2,))
    scene.hold("pool", hours(11, 12), lanes=(1,))
    ((start,),) = sqlite.run("SELECT min(starts_at) FROM allocations")
    with pytest.raises(sqlite3.IntegrityError, match="lane_taken"):
        sqlite.run(f"UPDATE allocations SET {change} WHERE lane = 1 AND starts_at = {start}")  # noqa: S608
    sqlite.run("UPDATE allocations SET ends_at = ends_at - 1, starts_at = starts_at + 1")


def test_the_audit_log_can_only_grow(scene: Scene, sqlite: Hand) -> None:
    scene.hold("room", hours(10, 11))
    for change in ("UPDATE audit SET name = 'Nothing'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="append_only"):
            sqlite.run(change)


def test_every_connection_is_durable_and_checks_references(sqlite_store: SqliteStore) -> None:
    with sqlite_store.connections.lend() as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}


def test_a_change_that_failed_cannot_be_committed_with_the_rest(scene: Scene) -> None:
    scene.reserve("room", hours(10, 11))

    def carry_on_regardless() -> None:
        with scene.begin() as tx:
            tx.holds.save(scene.a_hold("pool", hours(10, 11)))
            with suppress(LaneTaken):
                tx.reservations.save(scene.a_reservation("room", hours(10, 11)))

    with pytest.raises(Conflict):
        carry_on_regardless()
    assert scene.taken("pool") == []


def test_a_reading_transaction_cannot_write(scene: Scene) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"), scene.reading() as tx:
        tx.holds.save(scene.a_hold("room", hours(10, 11)))
    assert scene.reserve("room", hours(10, 11)).is_live


def test_what_is_there_already_cannot_be_made_again(scene: Scene) -> None:
    booked, held = scene.a_reservation("room", hours(10, 11)), scene.a_hold("pool", hours(10, 11))
    with scene.begin() as tx:
        tx.reservations.save(booked)
        tx.holds.save(held)
    with pytest.raises(Conflict), scene.begin() as tx:
        tx.reservations.save(booked)
    with pytest.raises(StaleVersion), scene.begin() as tx:
        tx.holds.save(held)


def test_characters_that_cannot_be_stored_are_refused(scene: Scene) -> None:
    with pytest.raises(InvalidInput):
        scene.hold("room", hours(12, 13), session="\ud800")
    with pytest.raises(InvalidInput), scene.reading() as tx:
        tx.reservations.find("\ud800")


def test_times_keep_their_microseconds(scene: Scene) -> None:
    at = NOW + timedelta(microseconds=123_457)
    booked = scene.reserve("room", hours(10, 11), at=at)
    held = scene.hold("pool", hours(10, 11), at=at)
    assert scene.found(booked.id).history[-1].at == at
    assert scene.held(held.id) == held


def test_a_policy_is_stored_once_for_all_its_reservations(scene: Scene, sqlite: Hand) -> None:
    for hour in range(8, 12):
        scene.reserve("room", hours(hour, hour + 1))
    assert sqlite.run("SELECT count(*) FROM policy_versions") == [(1,)]
    assert sqlite.run("SELECT count(*) FROM reservations WHERE body LIKE '%minimum_notice%'") == [(0,)]


def test_a_lost_policy_is_written_again(scene: Scene, sqlite: Hand) -> None:
    scene.reserve("room", hours(8, 9))
    sqlite.run("DELETE FROM reservations")
    sqlite.run("DELETE FROM policy_versions")
    with pytest.raises(Conflict):
        scene.reserve("room", hours(10, 11))
    assert scene.reserve("room", hours(10, 11)).is_live


def test_personal_data_stays_in_its_columns(scene: Scene, sqlite: Hand) -> None:
    booked = scene.reserve("room", hours(10, 11))
    assert booked.customer.name == "Bob"
    for column in ("reservations.body", "outbox.data", "audit.data"):
        table, name = column.split(".")
        assert sqlite.run(f"SELECT count(*) FROM {table} WHERE {name} LIKE '%Bob%'") == [(0,)]  # noqa: S608


def test_a_reader_does_not_wait_for_a_writer(scene: Scene) -> None:
    with scene.begin() as tx:
        tx.reservations.save(scene.a_reservation("room", hours(10, 11)))
        assert somebody_else(lambda: scene.taken("room")).result(PATIENCE_SECONDS) == []
    assert scene.taken("room") == [(1, hours(10, 11))]


def test_writers_take_their_turns_in_the_order_in_which_they_came() -> None:
    queue, order = Queue(), list[int]()

    def wait(number: int) -> None:
        with queue.turn():
            order.append(number)

    waiting = []
    with queue.turn():
        for number in range(5):
            waiting.append(somebody_else(partial(wait, number)))
            while len(queue) <= number:
                had_a_moment(waiting[-1])
    for each in waiting:
        each.result(PATIENCE_SECONDS)
    assert order == list(range(5))


def test_who_waits_too_long_gives_up_and_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "LONGEST_WAIT_SECONDS", 0.05)
    queue = Queue()

    def wait() -> None:
        with queue.turn():
            pass

    with queue.turn():
        with pytest.raises(Busy):
            somebody_else(wait).result(PATIENCE_SECONDS)
        assert len(queue) == 0
    wait()


def test_a_second_writer_in_the_same_thread_is_a_mistake_that_is_told(scene: Scene) -> None:
    with pytest.raises(AssertionError, match="open already"), scene.begin(), scene.begin():
        pass
    assert scene.reserve("room", hours(10, 11)).is_live


def test_two_stores_of_one_file_stand_in_one_line(sqlite_store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "way").symlink_to(tmp_path)
    with SqliteStore.open(tmp_path / "way" / sqlite_store.path.name) as other:
        assert queue_of(other.path) is queue_of(sqlite_store.path)


def test_a_writer_in_another_process_keeps_the_file_busy(
    scene: Scene, sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_it = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
    hold_it += "c.execute('BEGIN IMMEDIATE'); print('begun', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", hold_it, str(sqlite_store.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"begun\n"
        with sqlite_store.connections.lend() as connection:
            connection.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(Busy):
            scene.reserve("room", hours(10, 11))
        assert scene.taken("room") == []
        other.stdin.close()
        other.wait(PATIENCE_SECONDS)
    assert scene.reserve("room", hours(10, 11)).is_live


def test_connections_are_kept_for_the_next_but_not_hoarded(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_IDLE", 2)
    opened: set[int] = set()
    for _ in range(3):
        with sqlite_store.connections.lend() as connection:
            opened.add(id(connection))
    assert len(opened) == 1
    with (
        sqlite_store.connections.lend() as first,
        sqlite_store.connections.lend(),
        sqlite_store.connections.lend(),
    ):
        pass
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.execute("SELECT 1")


def test_a_closed_store_is_closed(sqlite_store: SqliteStore, scene: Scene) -> None:
    sqlite_store.close()
    with pytest.raises(AssertionError, match="closed"), scene.reading():
        pass


def test_a_second_store_sees_what_the_first_wrote(sqlite_store: SqliteStore, scene: Scene) -> None:
    booked = scene.reserve("room", hours(10, 11))
    scene.hold("pool", hours(10, 11))
    with SqliteStore.open(sqlite_store.path) as other, other.reading(scene.tenant) as tx:
        assert tx.reservations.get(booked.id) == booked
        assert tx.catalogs.load().tenant == scene.business.tenant
        assert other.by_key(scene.business.tenant.key) == scene.tenant


def test_a_catalog_is_read_once_a_version(scene: Scene) -> None:
    with scene.reading() as tx:
        first = tx.catalogs.load()
    with scene.reading() as tx:
        assert tx.catalogs.load() is first


def test_a_catalog_that_was_rolled_back_is_not_remembered(scene: Scene) -> None:
    def save_and_fail() -> None:
        with scene.begin() as tx:
            tx.catalogs.save(scene.business.revised().catalog, NOW)
            assert tx.catalogs.load().version == 2
            raise RuntimeError

    renamed = attrs.evolve(scene.business.tenant, name="Renamed")
    with pytest.raises(RuntimeError):
        save_and_fail()
    with scene.begin() as tx:
        assert tx.catalogs.load().version == 1
        tx.catalogs.save(attrs.evolve(scene.business.revised(), tenant=renamed).catalog, NOW)
    with scene.reading() as tx:
        assert tx.catalogs.load().tenant.name == "Renamed"


def test_a_window_reads_by_the_lane_index_alone(scene: Scene, sqlite_store: SqliteStore) -> None:
    from booking_adapters.sqlite.calendars import BUSY

    asked = {"tenant": "t", "resources": '[["r", 1]]', "start": 0, "end": 1, "at": 0}
    with sqlite_store.connections.lend() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {BUSY}", asked)]
    touching = [step for step in plan if "taken" in step or "allocations" in step]
    assert len(touching) == 2
    assert all("allocations_lane_idx" in step and "starts_at" in step for step in touching), plan


def test_a_sessions_holds_are_found_without_reading_the_others(sqlite_store: SqliteStore) -> None:
    from booking_adapters._sql.queries import HOLDS_OF_SESSION
    from booking_adapters._sql.statement import SQLITE

    asked = {"tenant": "t", "session": "s"}
    with sqlite_store.connections.lend() as connection:
        statement = f"EXPLAIN QUERY PLAN {HOLDS_OF_SESSION.on(SQLITE).sql}"
        plan = [row[3] for row in connection.execute(statement, asked)]
    (finding,) = [step for step in plan if "holds_session_idx" in step]
    assert "tenant_id=? AND session=?" in finding
    assert all("id=?" in step for step in plan if "holds USING PRIMARY KEY" in step), plan
