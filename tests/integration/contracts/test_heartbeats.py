"""Signs of life keep their contract on each storage, and their use tells late workers from those that are there."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from booking_adapters.memory.heartbeats import MemoryHeartbeats
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts import HeartbeatsContract
from booking_adapters.testing.servers import PostgresServer
from booking_core.ports.heartbeats import Heartbeats
from booking_core.usecases.look_at_workers import LATE, LookAtWorkers, Workers

SECOND = timedelta(seconds=1)


class TestMemoryHeartbeats(HeartbeatsContract):
    @pytest.fixture
    def heartbeats(self) -> Heartbeats:
        return MemoryHeartbeats()


class TestSqliteHeartbeats(HeartbeatsContract):
    @pytest.fixture
    def path(self, sqlite_template: Path, tmp_path: Path) -> Path:
        return Path(shutil.copy(sqlite_template, tmp_path / "workers.sqlite3"))

    @pytest.fixture
    def heartbeats(self, path: Path) -> Iterator[Heartbeats]:
        with SqliteStore.open(path) as store:
            yield store.heartbeats

    @pytest.fixture
    def elsewhere(self, path: Path) -> Iterator[Heartbeats]:
        with SqliteStore.open(path) as store:
            yield store.heartbeats


class TestPostgresHeartbeats(HeartbeatsContract):
    @pytest.fixture
    def url(self, postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
        with postgres_server.database(template=postgres_template) as url:
            yield url

    @pytest.fixture
    def heartbeats(self, url: str) -> Iterator[Heartbeats]:
        with PostgresStore.open(url) as store:
            yield store.heartbeats

    @pytest.fixture
    def elsewhere(self, url: str) -> Iterator[Heartbeats]:
        with PostgresStore.open(url) as store:
            yield store.heartbeats


def test_workers_are_alive_until_they_have_been_silent_for_a_minute() -> None:
    heartbeats, clock = MemoryHeartbeats(), FixedClock()
    look = LookAtWorkers(heartbeats=heartbeats, clock=clock)
    assert look() == Workers(alive=0, age=None)
    heartbeats.beat("first", clock.now())
    clock.advance(LATE - SECOND)
    heartbeats.beat("second", clock.now() + SECOND)  # by a clock that is ahead
    assert look() == Workers(alive=2, age=timedelta(0))
    heartbeats.end("second")
    assert look() == Workers(alive=1, age=LATE - SECOND)
    clock.advance(SECOND)
    assert look() == Workers(alive=0, age=LATE)
