"""Bookings on a durable Postgres, side by side with what the database does without an engine."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue

import attrs
import psycopg

from benchmarks.baselines import FIVE_STATEMENTS, ONE_STATEMENT, pgbench, prepare, psycopg_alone
from benchmarks.measure import Figure, Rate, crowd, percentile, rates_in_turns, settled, spread
from benchmarks.shop import RESOURCES, Shop, bookings_spread
from booking_adapters.postgres import PostgresStore
from booking_adapters.testing.contracts.scene import Scene, hours
from booking_adapters.testing.servers import PostgresServer
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.reservations.hold import Hold

MOST_CLIENTS = 16
RACED_SLOTS = 60
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
# Each workload has half hours of its own, so that none meets another's bookings.
SPREAD, HELD, RACED, HOT = 0, 20_000, 40_000, 100


@attrs.frozen
class _Bench:
    """A server with our tables and the baselines', and the shop on it."""

    url: str
    store: PostgresStore
    shop: Shop
    home: Path


def figures() -> list[Figure]:
    """All workloads of this file; pgbench with five statements comes first, so that ratios are to it."""
    with _bench() as bench:
        return [
            *_side_by_side(bench),
            *_holds(bench),
            *_hot(bench),
            *_races(bench),
            *_client_time(bench),
        ]


@contextmanager
def _bench() -> Iterator[_Bench]:
    with (
        PostgresServer(durable=True) as server,
        server.database() as url,
        PostgresStore.open(url) as store,
        tempfile.TemporaryDirectory() as home,
    ):
        store.migrate()
        prepare(url)
        yield _Bench(url, store, Shop.on(store), Path(home))


def _side_by_side(bench: _Bench) -> list[Figure]:
    book = bookings_spread(bench.shop, first_slot=SPREAD)
    found: list[Figure] = []
    for clients in (1, 4, MOST_CLIENTS):
        contestants: dict[str, Rate] = {
            "pgbench, five statements": pgbench(bench.url, FIVE_STATEMENTS, clients, bench.home),
            "pgbench, one statement": pgbench(bench.url, (ONE_STATEMENT,), clients, bench.home),
            "psycopg, five statements": psycopg_alone(bench.url, FIVE_STATEMENTS, clients),
            "psycopg, one statement": psycopg_alone(bench.url, (ONE_STATEMENT,), clients),
            "ours: Book": lambda seconds, clients=clients: crowd(book, clients, seconds),  # type: ignore[misc]
        }
        found += rates_in_turns(f"book, {clients} clients", contestants)
    return found


def _holds(bench: _Bench) -> list[Figure]:
    """Every hold is booked by the next contestant."""
    held: SimpleQueue[tuple[str, int, int, Hold]] = SimpleQueue()
    numbers = count()

    def hold() -> None:
        number = next(numbers)
        slot, table = divmod(number, RESOURCES)
        session = f"session-{number}"
        held.put((session, table, HELD + slot, bench.shop.hold_table(table, HELD + slot, session=session)))

    def book_held() -> None:
        try:
            session, table, slot, hold = held.get_nowait()
        except Empty:
            raise _NothingLeft from None
        bench.shop.book_table(table, slot, key=session, session=session, hold=hold)

    def book_all(seconds: float) -> float:
        waiting, started = held.qsize(), time.perf_counter()
        try:
            return crowd(book_held, MOST_CLIENTS, seconds)
        except _NothingLeft:
            return waiting / (time.perf_counter() - started)

    contestants: dict[str, Rate] = {
        "pgbench, five statements": pgbench(bench.url, FIVE_STATEMENTS, MOST_CLIENTS, bench.home),
        "ours: PlaceHold": lambda seconds: crowd(hold, MOST_CLIENTS, seconds),
        "ours: Book from the hold": book_all,
    }
    return rates_in_turns(f"hold, then book, {MOST_CLIENTS} clients", contestants)


class _NothingLeft(Exception):
    """Every hold has been booked."""


def _hot(bench: _Bench) -> list[Figure]:
    """All book the same resource at different times, or places of the same pool at the same time."""
    spread_out, hot, seats = bookings_spread(bench.shop, first_slot=1_000), count(), count()

    def book_hot() -> None:
        number = next(hot)
        bench.shop.book_table(0, 2_000 + number, key=f"hot-{number}")

    def book_seat() -> None:
        number = next(seats)
        bench.shop.book_seat(number // 200, key=f"seat-{number}")

    contestants: dict[str, Rate] = {
        "pgbench, five statements": pgbench(bench.url, FIVE_STATEMENTS, MOST_CLIENTS, bench.home),
        "ours: spread over 100 resources": lambda seconds: crowd(spread_out, MOST_CLIENTS, seconds),
        "ours: one exclusive resource": lambda seconds: crowd(book_hot, MOST_CLIENTS, seconds),
        "ours: one pool of 200 lanes": lambda seconds: crowd(book_seat, MOST_CLIENTS, seconds),
    }
    return rates_in_turns(f"hot, {MOST_CLIENTS} clients", contestants)


def _races(bench: _Bench) -> list[Figure]:
    """Sixteen want the same at the same time: until when the slowest of them has an answer, and who won."""
    before = _deadlocks(bench.url)
    slowest: list[float] = []
    every: list[float] = []
    winners: list[int] = []

    def race(slot: int) -> None:
        try:
            bench.shop.book_table(1, slot)
        except NotBookable:
            return
        winners.append(slot)

    for slot in range(RACED, RACED + RACED_SLOTS):
        waited = settled(lambda slot=slot: race(slot), MOST_CLIENTS)  # type: ignore[misc]
        every += waited
        slowest.append(max(waited))
    assert sorted(winners) == list(range(RACED, RACED + RACED_SLOTS)), "each slot has one winner"
    seats: list[float] = []
    for slot in range(RACED, RACED + RACED_SLOTS):
        seats += settled(lambda slot=slot: bench.shop.book_seat(slot), MOST_CLIENTS)  # type: ignore[misc]
    workload = f"{MOST_CLIENTS} racers on each of {RACED_SLOTS} slots"
    return [
        spread(workload, "one answer", every),
        spread(workload, "one answer, p99", [percentile(every, 0.99)]),
        spread(workload, "all answered", slowest),
        spread(workload, "all answered, p99", [percentile(slowest, 0.99)]),
        spread(workload, "a place in the pool of 200", seats),
        spread(workload, "a place in the pool of 200, p99", [percentile(seats, 0.99)]),
        spread(workload, "deadlocks", [_deadlocks(bench.url) - before], unit=""),
    ]


def _deadlocks(url: str) -> int:
    with psycopg.connect(url) as connection:
        ((count_of_them,),) = connection.execute(DEADLOCKS)
        return int(count_of_them)


def _client_time(bench: _Bench) -> list[Figure]:
    """CPU time that this process spends, not counting what it waits: of the whole use case, and of its write alone."""
    book = bookings_spread(bench.shop, first_slot=10_000)
    scene = Scene.fresh(bench.store)
    calls, whole, writes = 200, [], []
    for turn in range(5):
        started = time.thread_time()
        for _ in range(calls):
            book()
        whole.append((time.thread_time() - started) / calls * 1e3)
        spent = 0.0
        for number in range(calls):
            change = scene.a_reservation("room", hours(10, 11, day=turn * calls + number))
            with scene.begin() as tx:
                started = time.thread_time()
                tx.reservations.save(change)
                spent += time.thread_time() - started
        writes.append(spent / calls * 1e3)
    return [
        spread("client CPU of a booking", "the write alone", writes),
        spread("client CPU of a booking", "the use case", whole),
    ]
