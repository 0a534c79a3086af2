"""Bringing a database's schema to this version of the package."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.pool import NullPool

from booking_core.domain.kernel.errors import SystemFailure

HEAD = "head"
MIGRATING = 7_207_265_466_184_212_323
"""The number of the advisory lock that a migration holds; any number that nothing else uses."""


def migrate_sqlite(path: Path, revision: str = HEAD) -> None:
    """Make or update the tables of a file in one transaction."""
    engine = create_engine(URL.create("sqlite", database=str(path)), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _leave_transactions_alone(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.begin() as connection:
        upgrade(connection, revision)


def migrate_postgres(connect: Callable[[], Any], revision: str = HEAD) -> None:
    """Make or update the tables of a database in one transaction, as the owner that `connect` logs in as."""
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)
    with engine.begin() as connection:
        # Two at once: the second waits, and finds nothing left to do.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
        upgrade(connection, revision)


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Run the revisions that are missing, on an open transaction; raises SystemFailure for a later version's tables."""
    configured = configuration(connection)
    known = {each.revision for each in ScriptDirectory.from_config(configured).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise SystemFailure("the storage is of a later version than this program")
    command.upgrade(configured, revision)


def configuration(connection: Connection) -> Config:
    """Alembic's view of the migrations, for a connection."""
    configured = Config()
    configured.set_main_option("script_location", "booking_adapters._sql:migrations")
    configured.attributes["connection"] = connection
    return configured
