"""Everything that a storage holds, to be compared before and after."""

import sqlite3
from typing import Any

import psycopg

from booking_adapters._sql.tables import metadata
from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore


def whole(store: object) -> Any:
    """Every row of every table, in an order that does not depend on time."""
    match store:
        case SqliteStore():
            with sqlite3.connect(store.path) as connection:
                rows = list(connection.iterdump())
            connection.close()
            return rows
        case PostgresStore():
            with psycopg.connect(store.url) as owner:
                return {
                    table: sorted(owner.execute(f"SELECT t::text FROM {table} AS t").fetchall())  # noqa: S608
                    for table in metadata.tables
                }
        case MemoryStore():
            return [
                (
                    tables.catalog and (tables.catalog.version, attrs_of(tables.catalog)),
                    sorted(map(repr, tables.closures.values())),
                    sorted(map(repr, tables.reservations.values())),
                    sorted(map(repr, tables.holds.values())),
                    sorted(map(repr, tables.lanes.every())),
                    list(map(repr, tables.audit)),
                    list(map(repr, tables.outbox.values())),
                )
                for _, tables in sorted(store._tenants.items())
            ]
    raise AssertionError(store)


def attrs_of(catalog: Any) -> str:
    return repr((catalog.tenant, catalog.venues, catalog.resources, catalog.services, catalog.tariffs))
