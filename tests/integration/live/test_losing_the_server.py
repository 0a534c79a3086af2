"""A rush while the server for hints, locks and limits is flushed and killed: nothing is taken twice or lost."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial

import pytest
import redis
from litestar import Litestar
from litestar.testing import TestClient

from booking_adapters._live.fallbacks import FallbackLocks, FallbackRateLimiter
from booking_adapters._live.shared_updates import SharedUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.http import StaffDoor, create_app
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.memory.live import MemoryHoldHints, MemoryRateLimiter
from booking_adapters.redis import RedisCarrier, RedisConnection, RedisHoldHints, RedisLocks, RedisRateLimiter
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import a_business, cabins
from booking_adapters.testing.contracts.live import (
    IDS,
    SECOND,
    an_update,
    between,
    dates,
    held,
    listening,
    wish,
)
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_adapters.testing.servers import ValkeyServer
from booking_app.container import wired
from booking_app.live import guest_limits, open_live
from booking_app.settings import Settings
from booking_app.storage import Storage
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import Lock, LockHeld, StaleLock
from booking_core.domain.live.updates import RESYNC
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.live import HoldHints, RateRule
from booking_core.usecases.hinted_hold import HintedHold
from tests.integration.races.rush import outcome, overlaps, rush

THREADS, SLOTS = 8, 24
PATIENCE_SECONDS = 30.0
TOKEN = "a-token-of-the-staff"
STAFF = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    """One of its own: it is going to be killed."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def connection(server: ValkeyServer) -> Iterator[RedisConnection]:
    with RedisConnection(server.url()) as connection:
        yield connection


def a_shop(store: AnyStore, hints: HoldHints) -> OpenBusiness:
    """A barber whose holds are placed behind hints."""
    engine = TheEngine(store, FixedClock(SystemClock().now()))
    engine.place_hold = HintedHold(  # type: ignore[assignment]
        place_hold=engine.place_hold, explain=engine.explain, hints=hints
    )
    barber = a_business("barber", code="CUT").with_staff("ben", hours="MO-SU 06:00-21:00")
    return engine.opens(barber.offering("shave", "staff", minutes=15, every=15))


def test_a_rush_goes_on_while_the_server_is_flushed_and_killed(
    store: AnyStore, server: ValkeyServer, connection: RedisConnection
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
                server.kill()

    def buy_all(number: int) -> list[object]:
        got: list[object] = []
        for slot in times[number:] + times[:number]:
            step()
            assert limiter.spend(f"buyer {number}", plenty) == timedelta(0)
            got.append(outcome(partial(buy, shop, f"{day} {slot}", f"session-{number}")))
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


def test_live_updates_go_on_within_the_process_and_come_back_with_the_server(server: ValkeyServer) -> None:
    tenant = TenantId(IDS.new())
    with ExitStack() as stack:
        here, there = (stack.enter_context(SharedUpdates(RedisCarrier(server.url()))) for _ in range(2))
        assert here.wait_until_listening(PATIENCE_SECONDS)
        assert there.wait_until_listening(PATIENCE_SECONDS)
        told = stack.enter_context(there.subscribe(tenant, lambda: None))
        near = stack.enter_context(listening(here, tenant))
        far = stack.enter_context(listening(there, tenant))
        server.kill()
        here.publish(tenant, an_update(1))
        assert near(1, SECOND) == [an_update(1)]
        assert far(1, SECOND / 4) == []
        told.take()
        server.start_again()
        deadline = time.monotonic() + PATIENCE_SECONDS
        number = 2
        while not far(1, SECOND / 4):
            assert time.monotonic() < deadline, "the other process is never heard again"
            here.publish(tenant, an_update(number))
            number += 1
        assert told.take()[0] == RESYNC, "who missed something is told so"


class Visitor:
    """Staff and a guest at a deployment that uses the server for everything it can."""

    HOUSE = "/v1/alpine-cabins"

    def __init__(self, client: TestClient[Litestar]) -> None:
        self._client = client
        self._day = SystemClock().now().date() + timedelta(days=30)

    def does_everything(self) -> dict[str, int]:
        """What each use of the server answers, in another week each time."""
        self._day += timedelta(weeks=1)
        first, end = str(self._day), str(self._day + timedelta(days=2))
        stay = {"service": "cabin", "stay": {"check_in": first, "check_out": end}}
        booking = {**stay, "resources": ["cabin-1"], "customer": {"name": "Gil"}}
        key = {"Idempotency-Key": f"booking of {first}"}
        lock = {"client": "a tab", "resource": "cabin-4", "first": first, "end": end}
        return {
            "limits and hints": self._sent(
                "/holds", {**stay, "resources": ["cabin-3"]}, {"Booking-Session": "a browser"}
            ),
            "locks": self._sent("/staff/locks", lock, STAFF),
            "booking": self._sent("/reservations", booking, key),
            "answers": self._sent("/reservations", booking, key),
            "another request": self._sent("/reservations", {**booking, "resources": ["cabin-2"]}, key),
        }

    def _sent(self, path: str, body: object, headers: dict[str, str]) -> int:
        return self._client.post(self.HOUSE + path, json=body, headers=headers).status_code


def test_staff_and_guests_see_no_difference_when_the_server_is_flushed_and_killed(
    server: ValkeyServer,
) -> None:
    business, store = cabins(4), MemoryStore()
    with store(business.tenant.id) as tx:
        tx.catalogs.save(business.catalog, SystemClock().now())
    storage = Storage(store, MemoryInspection(store))
    settings = Settings(redis_url=server.url(), hold_hints=True, recall_answers=True)
    with ExitStack() as stack:
        deployment = wired(storage, live=open_live(settings, storage, stack))
        limits = guest_limits(settings, deployment.engine.live.limiter)
        client = stack.enter_context(
            TestClient(create_app(deployment.engine, door=StaffDoor(TOKEN), limits=limits))
        )
        visitor = Visitor(client)
        before = visitor.does_everything()
        with redis.Redis.from_url(server.url()) as hand:
            hand.flushall()
        flushed = visitor.does_everything()
        server.kill()
        killed = [visitor.does_everything() for _ in range(2)]
        server.start_again()
        again = visitor.does_everything()
    created = dict.fromkeys(("limits and hints", "locks", "booking"), 201)
    assert before == created | {"answers": 200, "another request": 422}
    assert [flushed, *killed, again] == [before] * 4


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


def test_a_wrong_hint_costs_a_question_and_no_place(store: AnyStore) -> None:
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
