"""The bell: within a process, between two over whatever carries it, and what happens when the carrier is lost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
import redis

from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters._live.shared_updates import Carrier, CarrierLost, SharedUpdates
from booking_adapters.postgres.updates import PostgresCarrier
from booking_adapters.redis import RedisCarrier
from booking_adapters.sqlite.updates import KEPT_SECONDS, SqliteCarrier
from booking_adapters.testing.contracts import LiveUpdatesContract
from booking_adapters.testing.contracts.live import IDS, SECOND, an_update, listening
from booking_adapters.testing.processes import free_port
from booking_adapters.testing.servers import PostgresServer, ValkeyServer
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.updates import RESYNC, Update
from booking_core.ports.live import LiveUpdates

PATIENCE_SECONDS = 10.0
CARRIERS = ("sqlite", "postgres", "redis")
Another = Callable[[], Carrier]


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Another:
    """What makes one more carrier to the same place, as another process would."""
    match request.param:
        case "sqlite":
            return lambda: SqliteCarrier(tmp_path / "booking.sqlite3")
        case "postgres":
            url = request.getfixturevalue("database")
            return lambda: PostgresCarrier(url)
        case _:
            server: ValkeyServer = request.getfixturevalue("valkey_server")
            return lambda: RedisCarrier(server.url())


def opened(stack: ExitStack, another: Another) -> SharedUpdates:
    """One process's bell, which hears the others."""
    updates = stack.enter_context(SharedUpdates(another()))
    assert updates.wait_until_listening(PATIENCE_SECONDS)
    return updates


class TestLocalUpdates(LiveUpdatesContract):
    @pytest.fixture
    def here(self) -> LiveUpdates:
        return LocalUpdates()

    @pytest.fixture
    def there(self, here: LiveUpdates) -> LiveUpdates:
        return here


@pytest.mark.parametrize("another", CARRIERS, indirect=True)
class TestSharedUpdates(LiveUpdatesContract):
    @pytest.fixture
    def here(self, another: Another) -> Iterator[LiveUpdates]:
        with ExitStack() as stack:
            yield opened(stack, another)

    @pytest.fixture
    def there(self, another: Another) -> Iterator[LiveUpdates]:
        with ExitStack() as stack:
            yield opened(stack, another)

    def test_an_update_that_is_too_long_to_carry_tells_to_read_anew(
        self, here: LiveUpdates, there: LiveUpdates
    ) -> None:
        tenant, long = TenantId(IDS.new()), Update(name="Long", subject="x" * 9_000, at=RESYNC.at)
        with there.subscribe(tenant, lambda: None) as subscription, listening(there, tenant) as heard:
            here.publish(tenant, long)
            here.publish(tenant, an_update(1))
            assert heard(1, SECOND) == [an_update(1)]
            assert list(subscription.take()) == [RESYNC, an_update(1)]

    def test_what_others_say_on_the_same_carrier_is_not_heard_and_ends_nothing(
        self, another: Another, here: LiveUpdates, there: LiveUpdates
    ) -> None:
        tenant, stranger = TenantId(IDS.new()), another()
        with listening(there, tenant) as heard:
            stranger.send(["nonsense", "{}", "[]", '{"origin": 1, "tenant": 7}'])
            here.publish(tenant, an_update(1))
            assert heard(1, SECOND) == [an_update(1)]
        stranger.close()


def test_without_a_server_the_own_process_still_hears() -> None:
    tenant = TenantId(IDS.new())
    with (
        SharedUpdates(RedisCarrier(f"redis://127.0.0.1:{free_port()}/0")) as updates,
        listening(updates, tenant) as heard,
    ):
        updates.publish(tenant, an_update(1))
        assert heard(1, SECOND) == [an_update(1)]
        assert not updates.is_hearing()


@pytest.mark.parametrize("another", CARRIERS, indirect=True)
def test_whoever_was_not_heard_for_a_while_is_told_to_read_anew(another: Another) -> None:
    tenant = TenantId(IDS.new())
    updates = SharedUpdates(another())
    with updates.subscribe(tenant, lambda: None) as subscription, updates:
        assert updates.wait_until_listening(PATIENCE_SECONDS)
        with listening(updates, tenant) as heard:
            updates.publish(tenant, an_update(1))
            assert heard(1, SECOND) == [an_update(1)]
        assert RESYNC in subscription.take()
        assert updates.is_hearing()


@pytest.mark.parametrize("another", ["postgres", "redis"], indirect=True)
def test_when_the_lines_are_cut_who_listens_is_told_to_read_anew_and_hears_again(
    another: Another, request: pytest.FixtureRequest
) -> None:
    tenant = TenantId(IDS.new())
    with ExitStack() as stack:
        here, there = opened(stack, another), opened(stack, another)
        subscription = stack.enter_context(there.subscribe(tenant, lambda: None))
        heard = stack.enter_context(listening(there, tenant))
        here.publish(tenant, an_update(1))
        assert heard(1, SECOND) == [an_update(1)]
        subscription.take()
        cut_the_lines(request)
        # Whoever publishes while the line is down is not heard: what is heard again begins with a Resync.
        for number in range(2, 50):
            here.publish(tenant, an_update(number))
            if len(heard(2, SECOND / 4)) > 1:
                break
        assert len(heard(2, SECOND)) > 1
        assert subscription.take()[0] == RESYNC


def test_who_looks_into_the_file_too_late_is_told_that_something_was_missed(tmp_path: Path) -> None:
    first, second = (SqliteCarrier(tmp_path / "booking.sqlite3") for _ in range(2))
    with first.listening() as heard:
        second.send(["one"])
        assert list(heard(1.0)) == ["one"]
        second.send(["two"])
        with closing(sqlite3.connect(second.path, isolation_level=None)) as hand:
            hand.execute("UPDATE updates SET at = at - ?", [KEPT_SECONDS + 1])
        second.send(["three"])
        with pytest.raises(CarrierLost, match="forgotten"):
            heard(1.0)
        with closing(sqlite3.connect(second.path)) as hand:
            assert hand.execute("SELECT text FROM updates").fetchall() == [("three",)]
    second.close()


def test_a_file_that_cannot_be_written_is_a_lost_carrier_and_keeps_nobody_from_ending(tmp_path: Path) -> None:
    (tmp_path / "booking.sqlite3-live").mkdir()
    carrier, tenant = SqliteCarrier(tmp_path / "booking.sqlite3"), TenantId(IDS.new())
    with pytest.raises(CarrierLost):
        carrier.send(["one"])
    with SharedUpdates(carrier) as updates, listening(updates, tenant) as heard:
        updates.publish(tenant, an_update(1))
        assert heard(1, SECOND) == [an_update(1)]
        assert not updates.wait_until_listening(0.1)


def cut_the_lines(request: pytest.FixtureRequest) -> None:
    """End every connection that carries live updates, from the server's side."""
    if request.node.callspec.params["another"] == "redis":
        server: ValkeyServer = request.getfixturevalue("valkey_server")
        with redis.Redis.from_url(server.url()) as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub", "SKIPME", "no")
        return
    with psycopg.connect(request.getfixturevalue("database"), autocommit=True) as hand:
        ended = hand.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND datname ="
            " current_database()",
            ["booking live updates"],
        ).fetchall()
        assert ended
