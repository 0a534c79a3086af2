"""What is particular to Postgres: its guard, the walls between tenants, its roles, its index, its connections."""

from datetime import timedelta
from urllib.parse import urlsplit

import attrs
import psycopg
import pytest

from booking_adapters._sql.tables import metadata
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres import store as module
from booking_adapters.postgres.errors import translated
from booking_adapters.postgres.inspection import PostgresInspection
from booking_adapters.postgres.statements import BUSY
from booking_adapters.testing.contracts.crowd import PATIENCE_SECONDS, had_a_moment, somebody_else
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.servers import PostgresServer
from booking_core.domain.kernel.errors import (
    Busy,
    Conflict,
    InvalidInput,
    LaneTaken,
    StaleVersion,
    SystemFailure,
)
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.party import Customer
from tests.integration.storage.hands import Hand
from tests.integration.storage.logins import a_login

WALLED = sorted(set(metadata.tables) - {"tenants", "workers"})
FILLED = (
    "catalogs",
    "policy_versions",
    "holds",
    "reservations",
    "allocations",
    "closures",
    "requests",
    "outbox",
)
COPY = (
    "INSERT INTO allocations (tenant_id, owner_id, resource_id, lane, starts_at, ends_at)"
    " SELECT tenant_id, gen_random_uuid(), resource_id, {lane}, {start}, {end} FROM allocations"
)
SHAPES = {
    "the same": ("starts_at", "ends_at"),
    "inside": ("starts_at + interval '1 min'", "ends_at - interval '1 min'"),
    "around": ("starts_at - interval '1 min'", "ends_at + interval '1 min'"),
    "over the start": ("starts_at - interval '1 min'", "starts_at + interval '1 s'"),
    "over the end": ("ends_at - interval '1 s'", "ends_at + interval '1 min'"),
}


@pytest.fixture
def scene(postgres_store: PostgresStore) -> Scene:
    return Scene.fresh(postgres_store)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_database_itself_refuses_an_overlap(scene: Scene, postgres: Hand, shape: str) -> None:
    scene.hold("room", hours(10, 11))
    start, end = SHAPES[shape]
    with pytest.raises(psycopg.errors.ExclusionViolation) as refused:
        postgres.run(COPY.format(lane="lane", start=start, end=end))
    assert isinstance(translated(refused.value), LaneTaken)


def test_the_database_accepts_what_only_touches(scene: Scene, postgres: Hand) -> None:
    scene.hold("room", hours(10, 11))
    postgres.run(COPY.format(lane="lane", start="ends_at", end="ends_at + interval '1 min'"))
    assert len(scene.taken("room")) == 2


@pytest.mark.parametrize(
    ("lane", "start", "end"),
    [
        ("lane", "'-infinity'", "starts_at"),
        ("lane", "ends_at", "'infinity'"),
        ("lane", "ends_at", "ends_at"),
        ("lane", "ends_at", "starts_at"),
        ("0", "ends_at", "ends_at + interval '1 s'"),
    ],
)
def test_endless_empty_and_reversed_allocations_are_refused(
    scene: Scene, postgres: Hand, lane: str, start: str, end: str
) -> None:
    scene.hold("room", hours(10, 11))
    with pytest.raises(psycopg.errors.CheckViolation):
        postgres.run(COPY.format(lane=lane, start=start, end=end))


def test_without_a_tenant_there_are_no_rows(postgres_store: PostgresStore, scene: Scene) -> None:
    fill(scene)
    with postgres_store.connection() as connection:
        for table in WALLED:
            assert count(connection, table) == 0, table
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO policy_versions VALUES (gen_random_uuid(), 'f', '{}')")


def test_the_rows_behind_the_wall_are_there(scene: Scene, postgres: Hand) -> None:
    fill(scene)
    for table in (*FILLED, "audit"):
        assert postgres.run(f"SELECT count(*) > 0 FROM {table}") == [(True,)], table  # noqa: S608


def test_a_tenant_reads_and_writes_nothing_of_another(postgres_store: PostgresStore, scene: Scene) -> None:
    fill(scene)
    neighbour = Scene.fresh(postgres_store)
    with neighbour.begin() as tx:
        connection = tx.session.connection  # type: ignore[attr-defined]
        for table in WALLED:
            mine = count(connection, table, f"WHERE tenant_id <> '{neighbour.tenant}'")
            assert mine == 0, table
        assert connection.execute("UPDATE reservations SET code = 'X'").rowcount == 0
        assert connection.execute("DELETE FROM allocations").rowcount == 0
    theirs = f"('{scene.tenant}', 'k', 'f', gen_random_uuid())"
    assert attempt(neighbour, f"INSERT INTO requests VALUES {theirs}") == "refused"  # noqa: S608 - our own words
    rename = f"UPDATE tenants SET name = 'Mine' WHERE tenant_id = '{scene.tenant}'"  # noqa: S608
    assert attempt(neighbour, rename) == 0


def test_nothing_leaks_through_the_pool(postgres_store: PostgresStore, scene: Scene) -> None:
    fill(scene)
    with PostgresStore.open(postgres_store.url, most_connections=1) as store:
        with store.reading(scene.tenant) as tx:
            assert tx.reservations.live_of("bob", scene.service().id, NOW) == 1
        with pytest.raises(RuntimeError), store(scene.tenant):
            raise RuntimeError
        with store.connection() as connection:
            ((tenant, role),) = connection.execute("SELECT current_setting('app.tenant', true), current_user")
            assert (tenant or "", role) == ("", "booking_app")
            assert count(connection, "reservations") == 0
        with store.reading(TenantId(scene.ids.new())) as tx:
            assert tx.reservations.live_of("bob", scene.service().id, NOW) == 0


def test_applications_cannot_change_the_audit_log(scene: Scene) -> None:
    fill(scene)
    for statement in ("UPDATE audit SET name = 'Nothing'", "DELETE FROM audit", "TRUNCATE audit"):
        assert attempt(scene, statement) == "refused"


def test_applications_cannot_lower_the_walls(scene: Scene) -> None:
    for statement in (
        "ALTER TABLE holds DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_rows ON holds",
        "ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap",
    ):
        assert attempt(scene, statement) == "refused"


def test_an_owner_that_is_no_superuser_migrates_and_serves(postgres_server: PostgresServer) -> None:
    with a_login(postgres_server, "CREATEROLE") as owner, postgres_server.database() as url:
        with psycopg.connect(url) as superuser:
            name = urlsplit(url).path.removeprefix("/")
            superuser.execute(f'ALTER DATABASE "{name}" OWNER TO {owner.name}'.encode())
            # Where the role was made by somebody else, it is theirs to grant.
            superuser.execute(f"GRANT booking_app TO {owner.name}".encode())
        with PostgresStore.open(owner.url(url)) as store:
            store.migrate()
            scene = Scene.fresh(store)
            assert scene.reserve("room", hours(10, 11)).is_live
            assert not any("passes" in each for each in PostgresInspection(store).of_guards().violations)
            assert_serves_a_member_and_no_stranger(postgres_server, url, scene)
        with psycopg.connect(url) as superuser:
            superuser.execute(f"REASSIGN OWNED BY {owner.name} TO CURRENT_USER".encode())


def assert_serves_a_member_and_no_stranger(server: PostgresServer, url: str, scene: Scene) -> None:
    with a_login(server) as member, a_login(server) as stranger:
        with psycopg.connect(url) as superuser:
            superuser.execute(f"GRANT booking_app TO {member.name}".encode())
        with PostgresStore.open(member.url(url)) as store, store.reading(scene.tenant) as tx:
            assert tx.reservations.live_of("bob", scene.service().id, NOW) == 1
        with psycopg.connect(stranger.url(url)) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SET ROLE booking_app")
            connection.rollback()
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("SELECT 1 FROM reservations")


def test_a_booking_takes_two_statements_between_begin_and_commit(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.reserve("room", hours(8, 9))
    with scene.reading() as tx:
        tx.catalogs.load()
    sent: list[str] = []
    with scene.begin() as tx:
        connection = tx.session.connection  # type: ignore[attr-defined]
        execute = connection.execute

        def listen(query: bytes, *rest: object, **options: object) -> object:
            sent.append(query.decode().split(maxsplit=1)[0])
            return execute(query, *rest, **options)

        monkeypatch.setattr(connection, "execute", listen)
        tx.catalogs.load()
        room = scene.resource("room")
        tx.calendars.read([room], hours(10, 11), NOW)
        change = scene.a_reservation("room", hours(10, 11))
        tx.requests.remember("key", "print", change.state.id)
        tx.reservations.save(change)
    assert sent == ["SELECT", "WITH"]


def test_a_window_is_read_through_its_index_in_spite_of_the_walls(scene: Scene, postgres: Hand) -> None:
    room = scene.resource("room")
    scene.hold("room", hours(10, 11))
    postgres.run(
        "INSERT INTO allocations (tenant_id, owner_id, resource_id, lane, starts_at, ends_at)"
        " SELECT tenant_id, gen_random_uuid(), resource_id, 1, starts_at - n * interval '1 day',"
        " ends_at - n * interval '1 day' FROM allocations, generate_series(1, 20000) AS n"
    )
    postgres.run("ANALYZE allocations")
    asked = {"tenant": scene.tenant, "resources": [room.id], "at": NOW, "without": []}
    asked |= {"start": hours(0, 1).start, "end": hours(23, 24).start}
    with scene.reading() as tx:
        explained = tx.session.rows(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {BUSY}", asked)  # type: ignore[attr-defined]
    plan = "\n".join(line for (line,) in explained)
    condition = next(line for line in plan.splitlines() if "Index Cond" in line and "tenant_id" in line)
    assert "allocations_window_idx" in plan
    assert all(bound in condition for bound in ("resource_id", "ends_at >", "starts_at <")), plan
    assert "Rows Removed by Filter" not in plan


def test_a_lost_connection_is_a_conflict_and_the_next_one_serves(scene: Scene, postgres: Hand) -> None:
    def lose_it() -> None:
        with scene.begin() as tx:
            tx.holds.save(scene.a_hold("room", hours(10, 11)))
            ((backend,),) = tx.session.rows("SELECT pg_backend_pid()", {})  # type: ignore[attr-defined]
            postgres.run(f"SELECT pg_terminate_backend({backend})")
            tx.holds.save(scene.a_hold("pool", hours(10, 11)))

    with pytest.raises(Conflict):
        lose_it()
    assert scene.taken("room") == []
    assert scene.reserve("room", hours(10, 11)).is_live


def test_a_connection_lost_while_committing_leaves_the_outcome_open(scene: Scene, postgres: Hand) -> None:
    def lose_it() -> None:
        with scene.begin() as tx:
            tx.holds.save(scene.a_hold("room", hours(10, 11)))
            ((backend,),) = tx.session.rows("SELECT pg_backend_pid()", {})  # type: ignore[attr-defined]
            postgres.run(f"SELECT pg_terminate_backend({backend})")

    with pytest.raises(SystemFailure, match="while committing"):
        lose_it()
    assert scene.taken("room") == []


def test_too_many_at_once_is_told_in_time(
    postgres_store: PostgresStore, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.2)
    with PostgresStore.open(postgres_store.url, most_connections=1) as store:
        with store.reading(scene.tenant), pytest.raises(SystemFailure), store.reading(scene.tenant):
            pass
        with store.reading(scene.tenant) as tx:
            assert tx.catalogs.load().version == 1


def test_a_database_that_does_not_answer_is_told_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.2)
    with (
        PostgresStore.open("postgresql://nobody@127.0.0.1:1/nowhere") as store,
        pytest.raises(SystemFailure),
    ):
        store.keys()


def test_characters_that_cannot_be_stored_are_refused(scene: Scene) -> None:
    with pytest.raises(InvalidInput), scene.begin() as tx:
        tx.holds.save(scene.a_hold("room", hours(10, 11), session="a\0b"))
    booked = scene.reserve("room", hours(10, 11))
    with pytest.raises(InvalidInput), scene.begin() as tx:
        tx.reservations.save(booked.cancel(NOW, "a\0b"))
    for question in ("a\0b", "\ud800"):
        with pytest.raises(InvalidInput), scene.reading() as tx:
            tx.reservations.find(question)
    with pytest.raises(InvalidInput):
        scene.hold("room", hours(12, 13), session="\ud800")


def test_a_code_in_use_and_a_claim_made_twice_are_conflicts(scene: Scene) -> None:
    first = scene.reserve("room", hours(8, 9))
    twin = scene.a_reservation("pool", hours(8, 9))
    with pytest.raises(Conflict, match="confirmation number"), scene.begin() as tx:
        tx.reservations.save(attrs.evolve(twin, state=attrs.evolve(twin.state, code=first.code)))
    held = scene.a_hold("hall", hours(8, 9))
    with scene.begin() as tx:
        tx.holds.save(held)
    with pytest.raises(StaleVersion), scene.begin() as tx:
        tx.holds.save(held)


@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout"])
def test_who_waits_too_long_is_told_that_it_is_busy(scene: Scene, limit: str) -> None:
    def wait() -> None:
        with scene.begin() as tx:
            tx.session.connection.execute(f"SET LOCAL {limit} = '20ms'")  # type: ignore[attr-defined]
            tx.one_at_a_time("customer:bob")

    with scene.begin() as first:
        first.one_at_a_time("customer:bob")
        with pytest.raises(Busy):
            wait()


def test_a_lost_policy_is_written_again(scene: Scene, postgres: Hand) -> None:
    scene.reserve("room", hours(8, 9))
    postgres.run("DELETE FROM reservations; DELETE FROM policy_versions")
    with pytest.raises(Conflict):
        scene.reserve("room", hours(10, 11))
    assert scene.reserve("room", hours(10, 11)).is_live


def test_times_keep_their_microseconds_and_are_utc(scene: Scene) -> None:
    at = NOW + timedelta(microseconds=123_457)
    booked = scene.reserve("room", hours(10, 11), at=at)
    held = scene.hold("pool", hours(10, 11), at=at)
    found = scene.found(booked.id)
    assert found.history[-1].at == at
    assert found.period.start.tzinfo is booked.period.start.tzinfo
    assert scene.held(held.id) == held


def test_personal_data_stays_in_its_columns(scene: Scene, postgres: Hand) -> None:
    scene.reserve("room", hours(10, 11), customer=Customer(name="Bob", email="bob@example.org"))
    for column in ("reservations.body", "outbox.data", "audit.data"):
        table, name = column.split(".")
        assert postgres.run(f"SELECT count(*) FROM {table} WHERE {name}::text LIKE '%ob%'") == [(0,)]  # noqa: S608


def test_a_new_catalog_waits_for_bookings_by_the_old_one(scene: Scene) -> None:
    smaller = attrs.evolve(
        scene.business.revised(),
        cast=tuple(
            (role, attrs.evolve(who, capacity=2) if who.key == "pool" else who)
            for role, who in scene.business.cast
        ),
    )

    def shrink() -> None:
        with scene.begin() as tx:
            tx.catalogs.save(smaller.catalog, NOW)

    with scene.begin() as tx:
        tx.catalogs.load()
        saver = somebody_else(shrink)
        assert not had_a_moment(saver)
        tx.holds.save(scene.a_hold("pool", hours(10, 11), lanes=(4,)))
    with pytest.raises(Conflict, match="would lose lanes"):
        saver.result(PATIENCE_SECONDS)


def fill(scene: Scene) -> None:
    """A row in every table."""
    change = scene.a_reservation("room", hours(10, 11))
    with scene.begin() as tx:
        tx.requests.remember("key", "print", change.state.id)
        tx.reservations.save(change)
        tx.holds.save(scene.a_hold("pool", hours(10, 11)))
        tx.closures.save(scene.a_closure("hall", hours(10, 11)))


def count(connection: psycopg.Connection[tuple[object, ...]], table: str, where: str = "") -> object:
    ((number,),) = connection.execute(f"SELECT count(*) FROM {table} {where}".encode())  # noqa: S608 - our own words
    return number


def attempt(scene: Scene, statement: str) -> object:
    """Run SQL as the application; how many rows it changed, or that it was refused."""
    try:
        with scene.begin() as tx:
            return tx.session.connection.execute(statement).rowcount  # type: ignore[attr-defined]
    except psycopg.errors.InsufficientPrivilege:
        return "refused"
