"""A hand that reaches past the ports, into what is stored, as the owner of the tables."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import attrs
import psycopg
from sqlalchemy import Dialect

from booking_adapters._sql.statement import POSTGRES, SQLITE
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.connections import connect

Rows = list[tuple[Any, ...]]


@attrs.frozen
class Hand:
    """Runs SQL beside the store."""

    dialect: Dialect
    run: Callable[[str], Rows]


def sqlite_hand(store: SqliteStore) -> Hand:
    """A connection that does not mind CHECKs, for things that should not be."""

    def run(sql: str) -> Rows:
        with closing(connect(store.path)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            return connection.execute(sql).fetchall()

    return Hand(SQLITE, run)


def postgres_hand(store: PostgresStore) -> Hand:
    """The superuser that the store logs in as; walls and roles are nothing to them."""

    def run(sql: str) -> Rows:
        with psycopg.connect(store.url) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    return Hand(POSTGRES, run)
