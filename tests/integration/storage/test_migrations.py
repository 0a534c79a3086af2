"""The schema: made from nothing and from the revision before, equal to what the code describes, guards included."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import attrs
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from booking_adapters._codec.notices import notice_data
from booking_adapters._sql.migrate import HEAD, migrate_postgres, migrate_sqlite
from booking_adapters._sql.tables import metadata
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.contracts.notices import LEASE, a_notice, owed
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.servers import PostgresServer
from booking_core.domain.notices.link import Link
from tests.integration.storage.hands import Hand, postgres_hand, sqlite_hand

TENANT = "019c1c38-a400-74a2-b7ae-19d0fc6d17fa"
FIRST, SECOND = "019c1c38-a400-7c14-a616-bf1602084dcc", "019c1c38-a400-7250-96a0-adc65362bbd4"
RESOURCE = "019c1c38-a400-78e2-b094-96fca4c517cd"
TEN, HALF_PAST_TEN, ELEVEN = 1_893_664_800, 1_893_666_600, 1_893_668_400

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
TABLES_OF_POSTGRES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@attrs.frozen
class Database:
    """A database without a schema, and the store that it is to become."""

    store: SqliteStore | PostgresStore
    hand: Hand

    @property
    def is_sqlite(self) -> bool:
        """Which of the two it is."""
        return isinstance(self.store, SqliteStore)

    def migrate(self, revision: str = HEAD) -> None:
        """Bring the schema to a revision."""
        if isinstance(self.store, SqliteStore):
            migrate_sqlite(self.store.path, revision)
        else:
            url = self.store.url
            migrate_postgres(lambda: psycopg.connect(url), revision)

    def allocate(self, owner: str, start: int, end: int) -> None:
        """Write an allocation of lane 1 by hand."""
        first, last = (str(each) if self.is_sqlite else f"to_timestamp({each})" for each in (start, end))
        columns = "tenant_id, owner_id, resource_id, lane, starts_at, ends_at"
        values = f"'{TENANT}', '{owner}', '{RESOURCE}', 1, {first}, {last}"
        self.hand.run(f"INSERT INTO allocations ({columns}) VALUES ({values})")  # noqa: S608 - our own words

    def look(self, look: Callable[[MigrationContext], object]) -> object:
        """What Alembic sees."""
        if isinstance(self.store, SqliteStore):
            engine = create_engine(URL.create("sqlite", database=str(self.store.path)), poolclass=NullPool)
        else:
            url = self.store.url
            engine = create_engine(
                "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool
            )
        with engine.connect() as connection:
            return look(MigrationContext.configure(connection, opts={"compare_type": True}))

    @property
    def revision(self) -> object:
        """Where its schema stands."""
        return self.look(lambda context: context.get_current_revision())

    @property
    def tables(self) -> set[str]:
        """The names of its tables."""
        return {name for (name,) in self.hand.run(TABLES if self.is_sqlite else TABLES_OF_POSTGRES)}


def revisions() -> list[str]:
    """All of them, the first one first."""
    script = ScriptDirectory("src/booking_adapters/_sql/migrations")
    return [each.revision for each in reversed(list(script.walk_revisions()))]


def differences(context: MigrationContext) -> list[object]:
    """Between the schema and what the code describes; an index of the other database is none."""
    dialect = context.impl.dialect.name
    elsewhere = {"sqlite": "allocations_window_idx", "postgresql": "allocations_lane_idx"}[dialect]
    found = compare_metadata(context, metadata)
    return [each for each in found if not (each[0] == "add_index" and each[1].name == elsewhere)]


def test_from_nothing_it_becomes_what_the_code_describes(database: Database) -> None:
    database.store.migrate()
    assert database.revision == revisions()[-1]
    assert database.tables == {*metadata.tables, "alembic_version"}
    assert database.look(differences) == []


def test_a_schema_that_lacks_something_is_noticed(database: Database) -> None:
    database.store.migrate()
    database.hand.run("DROP INDEX closures_source_idx")
    database.hand.run("ALTER TABLE holds DROP COLUMN placed_at")
    assert len(database.look(differences)) == 2  # type: ignore[arg-type]


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.store.migrate()
    scene = Scene.fresh(database.store)
    booked = scene.reserve("room", hours(10, 11))
    database.store.migrate()
    assert scene.found(booked.id) == booked


def test_several_who_migrate_at_once_do_it_once(database: Database) -> None:
    assert all_at_once(*[database.store.migrate] * 3) == [None] * 3
    assert database.revision == revisions()[-1]


@pytest.mark.parametrize("step", range(1, len(revisions())))
def test_from_the_revision_before_what_is_stored_stays(database: Database, step: int) -> None:
    before, after = revisions()[step - 1 : step + 1]
    database.migrate(before)
    database.allocate(FIRST, TEN, HALF_PAST_TEN)
    database.allocate(SECOND, HALF_PAST_TEN, ELEVEN)
    database.migrate(after)
    assert database.revision == after
    stored = database.hand.run("SELECT owner_id FROM allocations ORDER BY starts_at")
    assert [str(owner) for (owner,) in stored] == [FIRST, SECOND]


def test_a_file_with_bookings_of_the_first_revision_goes_on(empty_sqlite: SqliteStore) -> None:
    migrate_sqlite(empty_sqlite.path, "0001")
    scene = Scene.fresh(empty_sqlite)
    booked, held = scene.reserve("room", hours(10, 11)), scene.hold("pool", hours(10, 11))
    empty_sqlite.migrate()
    assert (scene.found(booked.id), scene.held(held.id)) == (booked, held)
    assert scene.reserve("pool", hours(10, 11), hold=held).is_live


def test_notices_of_before_are_counted_and_forgotten_like_new_ones(database: Database) -> None:
    database.migrate("0021")
    scene = Scene.fresh(database.store)
    booked = scene.reserve("room", hours(10, 11)).id
    taken = a_notice(scene, owed(booked, due=timedelta(0))).lease(NOW, LEASE).state
    sent, late = taken.sent("SM1", NOW).state, taken.put_off("the line is busy", NOW).state
    names = ("tenant_id", "id", "reservation_id", "rule", "reservation_version", "address", "copy", "state")
    for copy, notice in enumerate((sent, late)):
        values = (scene.tenant, SECOND if copy else FIRST, booked, "soon", 1, "+49", copy, notice.state)
        text = ", ".join(f"'{each}'" for each in (*values, json.dumps(notice_data(notice))))
        due = "NULL" if notice is sent else str(TEN) if database.is_sqlite else f"to_timestamp({TEN})"
        columns = f"{', '.join(names)}, body, version, due_at"
        database.hand.run(f"INSERT INTO notices ({columns}) VALUES ({text}, 3, {due})")  # noqa: S608
    database.store.migrate()
    with scene.reading() as tx:
        standing = tx.queues["notices"].standing(NOW)
    assert (standing.waiting, standing.failing, standing.dead) == (0, 1, 0)
    with scene.begin() as tx:
        assert tx.queues["notices"].forget(NOW, 9) == 0
        assert tx.queues["notices"].forget(NOW + timedelta(seconds=1), 9) == 1


def test_notices_and_links_of_before_keep_their_reservation(database: Database) -> None:
    database.migrate("0027")
    scene = Scene.fresh(database.store)
    booked = scene.reserve("room", hours(10, 11))
    notice, link = a_notice(scene, owed(booked.id)), Link.to_manage(booked, "a token")
    due, until = (
        str(int(each.timestamp() * 1_000_000)) if database.is_sqlite else f"'{each.isoformat()}'"
        for each in (notice.due_at, link.expires_at)
    )
    names = "reservation_id, rule, reservation_version, address, copy, state, version, attempts, due_at, body"
    values = (
        f"'{scene.tenant}', '{notice.id}', '{booked.id}', '{notice.owed.rule}', 1, '{notice.owed.address}', 0,"
        f" 'due', 1, 0, {due}, '{json.dumps(notice_data(notice))}'"
    )
    database.hand.run(f"INSERT INTO notices (tenant_id, id, {names}) VALUES ({values})")  # noqa: S608
    database.hand.run(
        "INSERT INTO links (tenant_id, hash, purpose, reservation_id, expires_at)"  # noqa: S608
        f" VALUES ('{scene.tenant}', '{link.hash}', 'manage', '{booked.id}', {until})"
    )
    database.store.migrate()
    with scene.reading() as tx:
        assert list(tx.notices.about(notice.owed.about)) == [notice]
        assert tx.links.find(link.hash) == link


def test_overlapping_lanes_refuse_their_guard_and_nothing_is_changed(database: Database) -> None:
    database.migrate("0001")
    database.allocate(FIRST, TEN, ELEVEN)
    database.allocate(SECOND, HALF_PAST_TEN, ELEVEN)
    with pytest.raises(DBAPIError, match=r"overlapping|allocations_no_overlap"):
        database.store.migrate()
    assert database.revision == "0001"
    database.hand.run("DELETE FROM allocations")
    database.store.migrate()
    assert database.revision == revisions()[-1]


def test_the_migrated_guard_guards(database: Database) -> None:
    database.store.migrate()
    database.allocate(FIRST, TEN, ELEVEN)
    refused = psycopg.errors.ExclusionViolation, sqlite3.IntegrityError
    with pytest.raises(refused, match=r"lane_taken|allocations_no_overlap"):
        database.allocate(SECOND, HALF_PAST_TEN, ELEVEN)
    database.allocate(SECOND, ELEVEN, ELEVEN + 1)


def test_sqlite_has_its_triggers_and_strict_tables(tmp_path: Path) -> None:
    with SqliteStore.open(tmp_path / "a file?with#odd name.db") as store:
        store.migrate()
        hand = sqlite_hand(store)
        triggers = {name for (name,) in hand.run("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        assert {"allocations_no_overlap_insert", "allocations_no_overlap_update"} <= triggers
        strict: dict[str, int] = dict(
            hand.run("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        )
        assert all(strict[name] for name in metadata.tables)


def test_postgres_has_its_constraint_its_walls_and_its_role(empty_postgres: PostgresStore) -> None:
    empty_postgres.migrate()
    hand = postgres_hand(empty_postgres)
    ((definition,),) = hand.run(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'allocations_no_overlap'"
    )
    assert definition == (
        "EXCLUDE USING gist (tenant_id WITH =, resource_id WITH =, lane WITH =,"
        " tstzrange(starts_at, ends_at, '[)'::text) WITH &&)"
    )
    walled = hand.run("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    assert {name for (name,) in walled} == set(metadata.tables)
    owned = hand.run("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = 'booking_app'")
    assert owned == []
    ((login, passes),) = hand.run(
        "SELECT rolcanlogin, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = 'booking_app'"
    )
    assert (login, passes) == (False, False)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    store: SqliteStore | PostgresStore = request.getfixturevalue(f"empty_{request.param}")
    return Database(store, sqlite_hand(store) if isinstance(store, SqliteStore) else postgres_hand(store))


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore.open(tmp_path / "empty.db")) as store:
        yield store


@pytest.fixture
def empty_postgres(postgres_server: PostgresServer) -> Iterator[PostgresStore]:
    with postgres_server.database() as url, PostgresStore.open(url) as store:
        yield store
