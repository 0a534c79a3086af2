"""Reading from a large Postgres, bookings in SQLite and in memory, and importing the package.

`BENCH_ROWS` is the size of the large allocation table (default 1,000,000; the goals speak of 10,000,000).
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import psycopg

from benchmarks.measure import Figure, Rate, crowd, in_turns, rates_in_turns, spread
from benchmarks.shop import FIRST, LENGTH, RESOURCES, Shop, bookings_spread
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.statements import BUSY
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.connections import connect
from booking_adapters.testing.servers import PostgresServer
from booking_core.domain.availability.evaluate import occupied
from booking_core.domain.availability.openings import openings
from booking_core.domain.availability.request import Diary, Snapshot
from booking_core.domain.availability.slots import find_slots
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.period import Period
from booking_core.ports.storage import Reading
from booking_core.usecases.search_slots import SlotQuery

SMALL_ROWS = 10_000
LARGE_ROWS = int(os.environ.get("BENCH_ROWS", "1_000_000"))
A_MONTH = Period.between(FIRST, FIRST + timedelta(days=30))
BUSY_A_DAY = 8
ROWS_A_RESOURCE = 1_000
DAYS_BEHIND = 95
IMPORTS = 7

# Every resource has 1,000 bookings of half an hour, eight a day: 95 days of history and the month that is asked for.
# The first hundred resources are the shop's own, so that their calendars are what a search reads.
FILL = """
INSERT INTO allocations (tenant_id, owner_id, resource_id, lane, starts_at, ends_at, made_at)
SELECT %(tenant)s::uuid, gen_random_uuid(), who.id, 1, moment, moment + %(length)s::interval, now()
FROM (
    SELECT coalesce((%(resources)s::uuid[])[n], gen_random_uuid()) AS id
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
) AS who, (
    SELECT %(start)s::timestamptz + n / %(a_day)s * interval '1 day' + n %% %(a_day)s * interval '2 hours' AS moment
    FROM generate_series(0, %(rows)s::int - 1) AS n
) AS times
"""
WITHOUT_GUARD = "ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap"
WITH_GUARD = """
ALTER TABLE allocations ADD CONSTRAINT allocations_no_overlap EXCLUDE USING gist (
    tenant_id WITH =, resource_id WITH =, lane WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&)
"""


def figures() -> list[Figure]:
    """All workloads of this file."""
    return [*_postgres(), *_sqlite(), *_memory(), *_imports()]


def _postgres() -> Iterator[Figure]:
    with PostgresServer(durable=True) as server, server.database() as url, PostgresStore.open(url) as store:
        store.migrate()
        shop = Shop.on(store)
        reads: list[Figure] = []
        filled = 0
        for rows in (SMALL_ROWS, LARGE_ROWS):
            _fill(url, shop, filled, rows // ROWS_A_RESOURCE)
            filled = rows // ROWS_A_RESOURCE
            reads += _reads(store, shop, f"among {rows:,} rows")
            if rows == SMALL_ROWS:
                _fill(url, shop, filled, RESOURCES)
                filled = RESOURCES
        _show_plan(store, shop)
        yield from reads
        yield from _searches(store, shop)


def _fill(url: str, shop: Shop, first: int, last: int) -> None:
    """Bookings for the resources from number `first` to before `last`, guard and statistics included."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(WITHOUT_GUARD)
        values = {
            "tenant": shop.tenant,
            "resources": [each.id for each in shop.tables],
            "first": first + 1,
            "last": last,
            "length": LENGTH,
            "start": FIRST - timedelta(days=DAYS_BEHIND),
            "a_day": BUSY_A_DAY,
            "rows": ROWS_A_RESOURCE,
        }
        connection.execute(FILL, values)
        connection.execute(WITH_GUARD)
        connection.execute("VACUUM ANALYZE allocations")


def _reads(store: PostgresStore, shop: Shop, size: str) -> list[Figure]:
    """One resource after the other: the answer of the port, in a transaction that is open already."""
    numbers = count()
    with store.reading(shop.tenant) as tx:
        return in_turns(
            f"busy times of a resource, 30 days ({30 * BUSY_A_DAY} rows)",
            {size: lambda: tx.calendars.read([shop.tables[next(numbers) % 10]], A_MONTH, FIRST)},
            budget_seconds=3,
        )


def _show_plan(store: PostgresStore, shop: Shop) -> None:
    """Print how the busy times are read, and make sure that it is through an index."""
    asked = {"tenant": shop.tenant, "resources": [shop.tables[0].id], "at": FIRST, "without": []}
    asked |= {"start": A_MONTH.start, "end": A_MONTH.end}
    with store.reading(shop.tenant) as tx:
        explained = tx.session.rows(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {BUSY}", asked)
    plan = "\n".join(line for (line,) in explained)
    print(f"```\n{plan}\n```\n")
    assert "Seq Scan on allocations" not in plan, "other resources' bookings are not read"


def _searches(store: PostgresStore, shop: Shop) -> list[Figure]:
    """The whole search, and its two parts: what the database and the driver do, and what the evaluator does."""
    query = SlotQuery(tenant=shop.tenant, service="meal", window=A_MONTH)
    with store.reading(shop.tenant) as tx:
        catalog = tx.catalogs.load()
    service = catalog.service("meal")
    venue, tables = catalog.venue_of(service), list(shop.tables)
    window = occupied(service, Period(A_MONTH.start, A_MONTH.end + LENGTH))
    rules, at = standard_rules(), SystemClock().now()

    def fetch() -> Reading:
        with store.reading(shop.tenant) as tx:
            return tx.calendars.read(tables, window, at)

    calendars = fetch().calendars
    first, last = A_MONTH.start.date() - timedelta(days=2), A_MONTH.end.date() + timedelta(days=1)
    diaries = {
        each.id: Diary(each, openings(each.schedule, venue.zone, first, last), calendars[each.id])
        for each in tables
    }
    snapshot = Snapshot(service=service, venue=venue, diaries=diaries)
    found = find_slots(snapshot, A_MONTH, at, rules)
    assert sum(map(len, shop.search(query).by_resource.values())) == sum(map(len, found.values()))
    return in_turns(
        "search, 100 resources, 30 days (24,000 rows)",
        {
            "whole": lambda: shop.search(query),
            "fetch": fetch,
            "evaluate": lambda: find_slots(snapshot, A_MONTH, at, rules),
        },
        budget_seconds=6,
    )


@contextmanager
def _file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as home:
        yield Path(home) / "bookings.db"


def _sqlite() -> list[Figure]:
    with _file() as path, _file() as bare, SqliteStore.open(path) as store:
        store.migrate()
        book = bookings_spread(Shop.on(store))
        contestants: dict[str, Rate] = {
            "sqlite3, five statements": _bare_sqlite(bare),
            "ours, 1 thread": lambda seconds: crowd(book, 1, seconds),
            "ours, 8 threads": lambda seconds: crowd(book, 8, seconds),
        }
        return rates_in_turns("book in a durable SQLite file", contestants)


def _bare_sqlite(path: Path) -> Rate:
    """The driver alone: a key, a reservation, an allocation and two events, durable as ours."""
    tables = ("requests", "reservations", "allocations", "outbox", "audit")
    connection: sqlite3.Connection = connect(path)
    for table in tables:
        connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
    body = "x" * 300

    def act() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for table in tables:
            connection.execute(f"INSERT INTO {table} (body) VALUES (?)", [body])  # noqa: S608 - names above
        connection.execute("COMMIT")

    return lambda seconds: crowd(act, 1, seconds)


def _memory() -> list[Figure]:
    """A fresh store each round: what a test suite does."""

    def book(seconds: float) -> float:
        return crowd(bookings_spread(Shop.on(MemoryStore())), 1, seconds)

    return rates_in_turns("book in memory", {"ours, 1 thread": book}, rounds=5, seconds=0.5)


def _imports() -> list[Figure]:
    """In fresh processes, the interpreter's own start not counted."""
    found = []
    for module in ("booking_core", "booking_core.usecases.book"):
        script = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        taken = [
            float(subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout)
            * 1e3
            for _ in range(IMPORTS)
        ]
        found.append(spread("import", module, taken))
    return found
