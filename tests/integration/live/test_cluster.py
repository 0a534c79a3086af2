"""On a cluster a script may touch keys of one slot only: the server itself refuses all others."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.memory import MemoryStore
from booking_adapters.redis import (
    RedisAnswers,
    RedisCarrier,
    RedisConnection,
    RedisHoldHints,
    RedisLocks,
    RedisRateLimiter,
)
from booking_adapters.testing.contracts.live import IDS, SECOND, between, dates, held, wish
from booking_adapters.testing.contracts.scene import Scene, hours
from booking_adapters.testing.servers import ValkeyServer
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.answers import GivenAnswer
from booking_core.ports.live import RateRule, Unreachable


@pytest.fixture(scope="module")
def cluster() -> Iterator[ValkeyServer]:
    with ValkeyServer(is_cluster=True) as server:
        yield server


@pytest.fixture
def connection(cluster: ValkeyServer) -> Iterator[RedisConnection]:
    with RedisConnection(cluster.url()) as connection:
        yield connection


@pytest.fixture
def client(cluster: ValkeyServer) -> Iterator[Any]:
    with redis.Redis.from_url(cluster.url(), decode_responses=True) as client:
        yield client


def slots(client: Any, keys: list[str]) -> set[int]:
    """The slots of keys, as the server counts them."""
    return {client.execute_command("CLUSTER", "KEYSLOT", key) for key in keys}


def test_a_script_on_keys_of_two_slots_is_refused(connection: RedisConnection, client: Any) -> None:
    """The control: what the tests below would see if a script of ours strayed."""
    keys = [RedisLocks(connection).keys(TenantId(IDS.new()))[0] for _ in range(2)]
    assert len(slots(client, keys)) == 2
    with pytest.raises(Unreachable) as refused:
        connection.run("return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])}", keys)
    assert "slot" in str(refused.value.__cause__)


def test_every_script_of_the_locks_stays_in_one_slot(connection: RedisConnection, client: Any) -> None:
    locks, tenant = RedisLocks(connection), TenantId(IDS.new())
    assert len(slots(client, locks.keys(tenant))) == 1
    lock = locks.acquire(tenant, wish("ann", dates(1, 5)))
    assert locks.renew(tenant, lock.token, "ann", 9 * SECOND).token == lock.token
    assert [each.token for each in locks.held(tenant)] == [lock.token]
    assert locks.release(tenant, lock.token, "ann") is not None
    assert locks.release_all(tenant, "ann") == []


def test_every_script_of_the_hints_stays_in_one_slot_and_each_resource_has_its_own(
    connection: RedisConnection, client: Any
) -> None:
    hints, tenant, clock = RedisHoldHints(connection), TenantId(IDS.new()), SystemClock()
    hints.record(tenant, held("ann", clock, (10, 11)))
    assert hints.expect_taken(tenant, ["room", "hall"], between(clock, 10.5, 11.5), "bob")
    assert len(slots(client, [hints.key(tenant, each) for each in ("room", "hall", "pool")])) > 1


def test_limits_and_answers_are_one_key_each(connection: RedisConnection, client: Any) -> None:
    tenant, answers = TenantId(IDS.new()), RedisAnswers(connection)
    rule = RateRule(name="all", most=1, per=SECOND)
    assert [bool(RedisRateLimiter(connection).spend("key", rule)) for _ in range(2)] == [False, True]
    reservation = Scene.fresh(MemoryStore()).reserve("room", hours(10, 11))
    answers.keep(tenant, "key", GivenAnswer(fingerprint="print", reservation=reservation))
    assert answers.recall(tenant, "key") is not None
    assert len(slots(client, [answers.key(tenant, f"{number}") for number in range(20)])) > 1


def test_the_channel_of_live_updates_is_heard_on_a_cluster(cluster: ValkeyServer) -> None:
    carrier = RedisCarrier(cluster.url())
    with carrier.listening() as heard:
        carrier.send(["one", "two"])
        assert [*heard(5.0), *heard(0.2)] == ["one", "two"]
    carrier.close()


def test_every_key_ends_by_itself_or_is_bounded(connection: RedisConnection, client: Any) -> None:
    """Nothing that is kept there grows without end: what has no time to live is one hash of locks a business."""
    tenant, clock = TenantId(IDS.new()), SystemClock()
    RedisLocks(connection).acquire(tenant, wish("ann", dates(1, 5)))
    RedisHoldHints(connection).record(tenant, held("ann", clock, (10, 11), ttl=timedelta(minutes=1)))
    RedisRateLimiter(connection).spend(str(tenant), RateRule(name="all", most=1, per=timedelta(minutes=1)))
    lasting = {key.rpartition(":")[2] for key in client.scan_iter("booking:*") if client.ttl(key) < 0}
    assert lasting <= {"locks", "token"}
