"""A rush while the server for hints, locks and limits is flushed and killed: nothing is taken twice or lost."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial

import pytest
import redis

from booking_adapters._live.fallbacks import FallbackLocks, FallbackRateLimiter
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.memory.live import MemoryHoldHints, MemoryRateLimiter
from booking_adapters.redis import RedisConnection, RedisHoldHints, RedisLocks, RedisRateLimiter
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import a_business
from booking_adapters.testing.contracts.live import IDS, between, dates, held, wish
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_adapters.testing.servers import ValkeyServer
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import Lock, LockHeld, StaleLock
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.live import HoldHints, RateRule
from booking_core.usecases.hinted_hold import HintedHold
from tests.integration.races.rush import outcome, overlaps, rush

THREADS, SLOTS = 8, 24
PATIENCE_SECONDS = 10


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    """One of its own: it is going to be killed."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def connection(server: ValkeyServer) -> Iterator[RedisConnection]:
    with RedisConnection(server.url()) as connection:
        yield connection


def a_shop(store: Storage, hints: HoldHints) -> OpenBusiness:
    """A barber whose holds are placed behind hints."""
    engine = TheEngine(store, FixedClock(SystemClock().now()))
    engine.place_hold = HintedHold(  # type: ignore[assignment]
        place_hold=engine.place_hold, explain=engine.explain, hints=hints
    )
    barber = a_business("barber", code="CUT").with_staff("ben", hours="MO-SU 06:00-21:00")
    return engine.opens(barber.offering("shave", "staff", minutes=15, every=15))


def kill(server: ValkeyServer) -> None:
    assert server._process is not None
    server._process.kill()
    server._process.wait(PATIENCE_SECONDS)


def test_a_rush_goes_on_while_the_server_is_flushed_and_killed(
    store: Storage, server: ValkeyServer, connection: RedisConnection
) -> None:
    shop = a_shop(store, RedisHoldHints(connection))
    clock = shop.engine.clock
    locks = FallbackLocks(RedisLocks(connection), StoredLocks(store, clock), clock)
    limiter = FallbackRateLimiter(RedisRateLimiter(connection), MemoryRateLimiter(clock))
    plenty = RateRule(name="plenty", most=10_000, per=timedelta(minutes=1))
    day = str((clock.now() + timedelta(days=1)).date())
    times = shop.times("shave", day)[:SLOTS]
    done, trouble = [0], threading.Lock()

    def step() -> None:
        """A third of the way everything is flushed, at two thirds the server dies."""
        with trouble:
            done[0] += 1
            if done[0] == THREADS * SLOTS // 3:
                with redis.Redis.from_url(server.url()) as client:
                    client.flushall()
            elif done[0] == THREADS * SLOTS * 2 // 3:
                kill(server)

    def buy_all(number: int) -> list[object]:
        got: list[object] = []
        for time in times[number:] + times[:number]:
            step()
            assert limiter.spend(f"buyer {number}", plenty) == timedelta(0)
            got.append(outcome(partial(buy, shop, f"{day} {time}", f"session-{number}")))
        return got

    def edit(number: int) -> list[object]:
        tried = partial(locks.acquire, shop.tenant, wish(f"client-{number}", dates(1, 5)))
        return [outcome(tried) for _ in range(10)]

    actions: list[Callable[[], list[object]]] = [partial(buy_all, number) for number in range(THREADS)]
    actions += [partial(edit, number) for number in range(2)]
    results = rush(actions)
    answers = [each for got in results[:THREADS] if isinstance(got, list) for each in got]
    assert len(answers) == THREADS * SLOTS
    bought = [each for each in answers if isinstance(each, Reservation)]
    refused = [each for each in answers if not isinstance(each, Reservation)]
    assert len({each.period.start for each in bought}) == len(bought) == SLOTS
    assert all(isinstance(each, NotBookable) for each in refused), {type(each) for each in refused}
    assert overlaps(shop, day) == 0
    assert [shop.show(each.id) for each in bought] == bought
    tries = [each for got in results[THREADS:] if isinstance(got, list) for each in got]
    assert {type(each) for each in tries} <= {Lock, LockHeld, StaleLock}
    assert connection.failures >= 1


def test_whoever_trusted_the_server_alone_would_give_a_place_out_twice(
    server: ValkeyServer, connection: RedisConnection
) -> None:
    """The control: hints taken for decisions, and a flush between two buyers."""
    hints, clock, tenant = RedisHoldHints(connection), SystemClock(), TenantId(IDS.new())

    def gets(session: str) -> bool:
        if hints.expect_taken(tenant, ["hall"], between(clock, 10, 11), session):
            return False
        hints.record(tenant, held(session, clock, (10, 11)))
        return True

    assert [gets("ann"), gets("bob")] == [True, False]
    with redis.Redis.from_url(server.url()) as client:
        client.flushall()
    assert gets("bob")


def test_a_wrong_hint_costs_a_question_and_no_place(store: Storage) -> None:
    hints = MemoryHoldHints(SystemClock())
    shop = a_shop(store, hints)
    day = str((shop.engine.clock.now() + timedelta(days=1)).date())
    first = shop.hold("shave", f"{day} 10:00", "ann", by=["ben"])
    shop.release(first, "ann")
    assert hints.expect_taken(shop.tenant, ["ben"], first.period, "bob")
    assert isinstance(shop.hold("shave", f"{day} 10:00", "bob", by=["ben"]), Hold)
    with pytest.raises(BookingError, match="just booked"):
        shop.hold("shave", f"{day} 10:00", "cem", by=["ben"])


def buy(shop: OpenBusiness, when: str, session: str) -> Reservation:
    """Hold it, then book what is held."""
    hold = shop.hold("shave", when, session, by=["ben"])
    return shop.book("shave", when, by=["ben"], session=session, hold=hold)
