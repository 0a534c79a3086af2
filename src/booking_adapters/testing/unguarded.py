"""Switching the lanes' guard off, for negative controls: a test of a guard must fail without it.

A store in memory takes `MemoryStore(guarded=False)`. On SQLite writers still go one at a time: what passes without the
triggers is a claim that was written without being evaluated, not a race between bookings.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from booking_adapters.postgres import PostgresStore
    from booking_adapters.sqlite import SqliteStore


def drop_sqlite_guard(store: "SqliteStore") -> None:
    """Let lanes overlap in this file from now on."""
    with store.connections.lend() as connection:
        connection.execute("DROP TRIGGER allocations_no_overlap_insert")
        connection.execute("DROP TRIGGER allocations_no_overlap_update")


def drop_postgres_guard(store: "PostgresStore") -> None:
    """Let lanes overlap in this database from now on; needs the store's login to own the tables."""
    import psycopg

    with psycopg.connect(store.url) as owner:
        owner.execute("ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap")
