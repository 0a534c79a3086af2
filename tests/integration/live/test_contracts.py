"""Locks, limits and hints keep their contracts, in memory and on a real server."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.crc import key_slot

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.memory.live import MemoryHoldHints, MemoryLocks, MemoryRateLimiter
from booking_adapters.redis import RedisConnection, RedisHoldHints, RedisLocks, RedisRateLimiter
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts import HoldHintsContract, LocksContract, RateLimiterContract
from booking_adapters.testing.contracts.live import IDS, SECOND, between, dates, held, wish
from booking_adapters.testing.servers import ValkeyServer
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.live import HoldHints, Locks, RateLimiter, RateRule, Unreachable


@pytest.fixture
def connection(valkey_server: ValkeyServer) -> Iterator[RedisConnection]:
    with RedisConnection(valkey_server.url()) as connection:
        yield connection


@pytest.fixture(params=["memory", "redis"])
def where(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def clock(where: str) -> Clock:
    return FixedClock() if where == "memory" else SystemClock()


@pytest.fixture
def passes(clock: Clock) -> Callable[[timedelta], None]:
    """A server's time cannot be set by hand: it is waited for."""

    def wait(span: timedelta) -> None:
        if isinstance(clock, FixedClock):
            clock.set(clock.now() + span)
        else:
            threading.Event().wait(span.total_seconds())

    return wait


class TestLocks(LocksContract):
    @pytest.fixture
    def locks(self, where: str, clock: Clock, connection: RedisConnection) -> Locks:
        return MemoryLocks(clock) if where == "memory" else RedisLocks(connection)


class TestRateLimiter(RateLimiterContract):
    @pytest.fixture
    def limiter(self, where: str, clock: Clock, connection: RedisConnection) -> RateLimiter:
        return MemoryRateLimiter(clock) if where == "memory" else RedisRateLimiter(connection)


class TestHoldHints(HoldHintsContract):
    @pytest.fixture
    def hints(self, where: str, clock: Clock, connection: RedisConnection) -> HoldHints:
        return MemoryHoldHints(clock) if where == "memory" else RedisHoldHints(connection)


SPANS = st.tuples(st.integers(1, 20), st.integers(1, 5)).map(lambda span: (span[0], span[0] + span[1]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taken=st.lists(SPANS, max_size=6), asked=SPANS)
def test_the_server_and_memory_expect_the_same(
    connection: RedisConnection, taken: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    clock, tenant = SystemClock(), TenantId(IDS.new())
    both: tuple[HoldHints, ...] = (MemoryHoldHints(clock), RedisHoldHints(connection))
    holds = [held("ann", clock, span) for span in taken]
    for hints in both:
        for hold in holds:
            hints.record(tenant, hold)
    wanted = between(clock, *asked)
    expected = any(hold.taken[0][1].overlaps(wanted) for hold in holds)
    assert [hints.expect_taken(tenant, ["hall"], wanted, "bob") for hints in both] == [expected] * 2


def test_the_keys_of_one_script_are_in_one_slot_of_a_cluster(
    connection: RedisConnection, valkey_server: ValkeyServer
) -> None:
    keys = RedisLocks(connection).keys(TenantId(UUID(int=7)))
    elsewhere = RedisLocks(connection).keys(TenantId(UUID(int=8)))
    client = redis.Redis.from_url(valkey_server.url())
    with client:
        slots = {key_slot(key.encode()) for key in keys}
        assert len(keys) == 2
        assert len(slots) == 1
        assert slots != {key_slot(key.encode()) for key in elsewhere}


def test_tokens_go_on_growing_after_everything_was_flushed(
    connection: RedisConnection, valkey_server: ValkeyServer
) -> None:
    locks, tenant = RedisLocks(connection), TenantId(IDS.new())
    before = locks.acquire(tenant, wish("ann", dates(1, 5)))
    with redis.Redis.from_url(valkey_server.url()) as client:
        client.flushall()
    assert locks.held(tenant) == []
    assert locks.acquire(tenant, wish("bob", dates(1, 5))).token > before.token


def test_a_server_that_was_killed_is_said_to_be_unreachable_at_once_and_asked_again_later() -> None:
    now, tenant = [0.0], TenantId(IDS.new())
    with ValkeyServer() as server:
        if server.is_external:
            return
        connection = RedisConnection(server.url(), monotonic=lambda: now[0])
        locks, hints = RedisLocks(connection), RedisHoldHints(connection)
        locks.acquire(tenant, wish("ann", dates(1, 5)))
        server.kill()
    clock = FixedClock()
    for _ in range(5):
        with pytest.raises(Unreachable):
            locks.held(tenant)
    assert connection.failures == 1
    assert connection.is_paused
    assert not hints.expect_taken(tenant, ["hall"], between(clock, 1, 2), "bob")
    hints.record(tenant, held("ann", clock, (1, 2)))
    with pytest.raises(Unreachable):
        RedisRateLimiter(connection).spend("key", RateRule(name="all", most=1, per=SECOND))
    assert connection.failures == 1
    now[0] = 60.0
    with pytest.raises(Unreachable):
        locks.held(tenant)
    assert connection.failures == 2
    connection.close()
