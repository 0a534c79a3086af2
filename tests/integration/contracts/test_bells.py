"""Bells keep their contract: within a process, and between processes on Postgres."""

from collections.abc import Iterator

import psycopg
import pytest

from booking_adapters.ambient.bell import LocalBell, Ringing
from booking_adapters.memory import MemoryStore
from booking_adapters.postgres.bell import CHANNEL, PostgresBell
from booking_adapters.testing.contracts import BellContract
from booking_adapters.testing.contracts.bell import HOTEL, PATIENCE_SECONDS, SALON
from booking_adapters.testing.servers import PostgresServer
from booking_core.ports.bell import Bell


class TestLocalBell(BellContract):
    @pytest.fixture
    def bell(self) -> Bell:
        return LocalBell()

    @pytest.fixture
    def other(self, bell: Bell) -> Bell:
        return bell


class TestPostgresBell(BellContract):
    @pytest.fixture
    def url(self, postgres_server: PostgresServer) -> Iterator[str]:
        with postgres_server.database() as url:
            yield url

    @pytest.fixture
    def bell(self, url: str) -> Iterator[PostgresBell]:
        with PostgresBell(url, LocalBell()) as bell:
            yield bell

    @pytest.fixture
    def other(self, url: str) -> Iterator[PostgresBell]:
        with PostgresBell(url, LocalBell()) as bell:
            yield bell

    def test_what_was_rung_is_told_before_it_closes(self, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as listener:
            listener.execute(f"LISTEN {CHANNEL}".encode())
            with PostgresBell(url, LocalBell()) as bell:
                bell.ring(SALON)
                bell.ring(HOTEL)
            told = [note.payload for note in listener.notifies(timeout=PATIENCE_SECONDS, stop_after=1)]
        assert {each for payload in told for each in payload.split(",")} <= {str(SALON), str(HOTEL)}
        assert told

    def test_nonsense_of_another_login_is_not_heard_and_ends_nothing(self, url: str, other: Bell) -> None:
        with (
            PostgresBell(url, LocalBell()) as bell,
            psycopg.connect(url, autocommit=True) as login,
        ):
            bell.heard(0)
            other.ring(SALON)
            heard = bell.heard(PATIENCE_SECONDS)
            login.execute("SELECT pg_notify(%s, %s)", [CHANNEL, "anybody,';"])
            other.ring(HOTEL)
            while HOTEL not in heard:
                other.ring(HOTEL)
                heard |= bell.heard(PATIENCE_SECONDS)
        assert heard <= {SALON, HOTEL}

    def test_a_bell_without_its_database_still_rings_in_its_own_process(self) -> None:
        bell = PostgresBell("postgresql://nobody@127.0.0.1:1/nothing", LocalBell())
        bell.ring(SALON)
        assert bell.heard(0) == {SALON}
        bell.close()


def test_a_commit_rings_and_a_rollback_does_not() -> None:
    bell = LocalBell()
    begin = Ringing(MemoryStore(), bell)
    with begin.reading(SALON):
        pass
    with pytest.raises(KeyError), begin(SALON):
        raise KeyError
    assert bell.heard(0) == frozenset()
    with begin(SALON):
        assert bell.heard(0) == frozenset(), "not before the commit"
    assert bell.heard(0) == {SALON}
