"""Every invariant of a storage is seen to be reported once it is broken."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.inspection import PostgresInspection
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.inspection import SqliteInspection
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_adapters.testing.unguarded import drop_postgres_guard, drop_sqlite_guard
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.inspection import GRACE, TITLES, Inspection
from tests.integration.storage.hands import Hand


@attrs.frozen
class Ward:
    """A store under inspection, and what can be done to it from behind."""

    scene: Scene
    inspection: Inspection
    drop_guard: Callable[[], None]
    harm: Callable[[str], object]

    def broken(self, at: datetime = NOW) -> dict[int, int]:
        """How many violations each broken invariant of the tenant has."""
        findings = self.inspection.of_tenant(self.scene.tenant, at)
        assert [each.number for each in findings] == sorted(TITLES.keys() - {26})
        return {each.number: len(each.violations) for each in findings if not each.holds}


def a_busy_day(scene: Scene) -> None:
    """One of everything that a store can hold."""
    scene.hold("pool", hours(8, 9), lanes=(1, 2))
    scene.reserve("pool", hours(8, 10), lanes=(3, 4))
    cancelled = scene.reserve("room", hours(9, 10))
    scene.update(cancelled.cancel(NOW))
    moved = scene.reserve("room", hours(10, 11))
    scene.update(scene.a_move(moved, hours(10.5, 12)))
    scene.reserve("hall", hours(10, 11), hold=scene.hold("hall", hours(10, 11)))
    scene.close("hall", hours(12, 13))


def test_a_busy_and_sound_store_breaks_nothing(ward: Ward) -> None:
    a_busy_day(ward.scene)
    assert ward.broken() == {}
    checked = {each.number: each.checked for each in ward.inspection.of_tenant(ward.scene.tenant, NOW)}
    assert checked.pop(24) == 0, "nothing is sealed yet"
    assert checked.pop(29) > 0
    others = dict.fromkeys([7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 23, 27], 0)
    assert checked == {1: 7, 2: 13, 3: 4, 4: 7, 5: 1, 6: 0, 16: 10, 21: 4, 22: 7} | others


def test_a_tenant_without_anything_breaks_nothing(ward: Ward) -> None:
    assert ward.broken() == {}


def test_overlapping_lanes_are_reported(ward: Ward) -> None:
    ward.drop_guard()
    for period in (hours(8, 12), hours(9, 10), hours(10, 11)):
        ward.scene.hold("room", period)
    assert ward.broken() == {1: 2}


def test_empty_and_endless_periods_are_reported(ward: Ward) -> None:
    ward.scene.close("hall", hours(12, 13))
    ward.harm("an empty period")
    assert ward.broken() == {2: 1}


def test_a_live_reservation_without_its_lanes_is_reported(ward: Ward) -> None:
    ward.scene.reserve("pool", hours(8, 10), lanes=(1, 2))
    ward.harm("a lane lost")
    assert ward.broken() == {3: 1}


def test_an_ended_reservation_with_lanes_is_reported(ward: Ward) -> None:
    ward.scene.reserve("room", hours(8, 10))
    ward.harm("ended with its lanes")
    assert ward.broken() == {3: 1, 21: 1}


def test_a_lane_beyond_the_capacity_is_reported(ward: Ward) -> None:
    ward.scene.hold("room", hours(8, 10), lanes=(2,))
    assert ward.broken() == {4: 1}


def test_a_hold_long_after_its_expiry_is_reported(ward: Ward) -> None:
    hold = ward.scene.hold("room", hours(8, 10))
    assert ward.broken(hold.expires_at + GRACE - timedelta(seconds=1)) == {}
    assert ward.broken(hold.expires_at + GRACE) == {5: 1}


def test_a_pending_reservation_long_after_its_time_is_reported(ward: Ward) -> None:
    pending = ward.scene.reserve("room", hours(8, 10), needs_approval=True)
    assert pending.expires_at is not None
    assert ward.broken(pending.expires_at + GRACE - timedelta(seconds=1)) == {}
    assert ward.broken(pending.expires_at + GRACE) == {6: 1}


def test_a_pending_reservation_without_an_end_is_reported(ward: Ward) -> None:
    ward.scene.reserve("room", hours(8, 10), needs_approval=True)
    ward.harm("pending for ever")
    assert ward.broken() == {6: 1}


def test_a_version_that_is_not_the_length_of_its_history_is_reported(ward: Ward) -> None:
    ward.scene.reserve("room", hours(8, 10))
    ward.harm("a step forgotten")
    assert 21 in ward.broken()


def test_a_lane_of_nobody_is_reported(ward: Ward) -> None:
    ward.scene.hold("room", hours(8, 10))
    ward.harm("a hold lost")
    assert ward.broken() == {22: 1}


def test_a_dropped_guard_is_reported(ward: Ward) -> None:
    before = set(ward.inspection.of_guards().violations)
    ward.drop_guard()
    assert set(ward.inspection.of_guards().violations) > before


def test_nothing_is_changed_by_looking(ward: Ward) -> None:
    a_busy_day(ward.scene)
    assert ward.inspection.of_tenant(ward.scene.tenant, NOW) == ward.inspection.of_tenant(
        ward.scene.tenant, NOW
    )


@pytest.mark.parametrize("setting", ["journal_mode", "synchronous", "foreign_keys"])
def test_sqlite_without_a_setting_is_reported(sqlite_store: SqliteStore, setting: str) -> None:
    assert SqliteInspection(sqlite_store).of_guards().holds
    off = {"journal_mode": "DELETE", "synchronous": "NORMAL", "foreign_keys": "OFF"}[setting]
    with sqlite_store.connections.lend() as connection:
        connection.execute(f"PRAGMA {setting} = {off}")
    (violation,) = SqliteInspection(sqlite_store).of_guards().violations
    assert violation.startswith(setting)


def test_postgres_without_a_wall_is_reported(postgres_store: PostgresStore, postgres: Hand) -> None:
    before = set(PostgresInspection(postgres_store).of_guards().violations)
    postgres.run("ALTER TABLE holds NO FORCE ROW LEVEL SECURITY; DROP POLICY tenant_rows ON closures")
    after = set(PostgresInspection(postgres_store).of_guards().violations)
    assert after - before == {
        "row-level security is not forced on closures",
        "row-level security is not forced on holds",
    }


def test_postgres_with_a_role_that_owns_a_table_is_reported(
    postgres_store: PostgresStore, postgres: Hand
) -> None:
    before = set(PostgresInspection(postgres_store).of_guards().violations)
    postgres.run("ALTER TABLE requests OWNER TO booking_app")
    after = set(PostgresInspection(postgres_store).of_guards().violations)
    assert after - before == {"the role that applications work as owns requests"}


def test_postgres_with_a_setting_that_loses_commits_is_reported(
    postgres_store: PostgresStore, postgres: Hand
) -> None:
    settings: dict[str, str] = dict(postgres.run("SELECT name, setting FROM pg_settings"))
    found = PostgresInspection(postgres_store).of_guards()
    wanted = {name for name in ("fsync", "full_page_writes", "synchronous_commit") if settings[name] == "off"}
    assert set(found.violations) == {f"{name} is off" for name in wanted}


@pytest.fixture
def ward(storage: str, store: Storage, request: pytest.FixtureRequest) -> Ward:
    made: Callable[[Scene], Ward] = request.getfixturevalue(f"{storage}_ward")
    return made(Scene.fresh(store))


SQL_HARM = {
    "a lane lost": "DELETE FROM allocations WHERE lane = 1",
    "ended with its lanes": "UPDATE reservations SET status = 'cancelled'",
    "a step forgotten": "UPDATE reservations SET version = 9",
    "a hold lost": "DELETE FROM holds",
    "pending for ever": "UPDATE reservations SET expires_at = NULL",
}


@pytest.fixture
def sqlite_ward(sqlite_store: SqliteStore, sqlite: Hand) -> Callable[[Scene], Ward]:
    harm = SQL_HARM | {"an empty period": "UPDATE closures SET ends_at = starts_at"}
    return lambda scene: Ward(
        scene,
        SqliteInspection(sqlite_store),
        lambda: drop_sqlite_guard(sqlite_store),
        lambda what: sqlite.run(harm[what]),
    )


@pytest.fixture
def postgres_ward(postgres_store: PostgresStore, postgres: Hand) -> Callable[[Scene], Ward]:
    endless = (
        "ALTER TABLE closures DROP CONSTRAINT closures_period_check; UPDATE closures SET ends_at = 'infinity'"
    )
    harm = SQL_HARM | {"an empty period": endless}
    return lambda scene: Ward(
        scene,
        PostgresInspection(postgres_store),
        lambda: drop_postgres_guard(postgres_store),
        lambda what: postgres.run(harm[what]),
    )


@pytest.fixture
def memory_ward(memory_store: MemoryStore) -> Callable[[Scene], Ward]:
    def drop_guard(scene: Scene) -> None:
        memory_store.guarded = memory_store.tables(scene.tenant).lanes.guarded = False

    def harm(scene: Scene, what: str) -> None:
        tables = memory_store.tables(scene.tenant)
        match what:
            case "an empty period":
                ((key, closure),) = tables.closures.items()
                period = attrs.evolve(closure.period, end=closure.period.start)
                tables.closures[key] = attrs.evolve(closure, period=period)
            case "a hold lost":
                tables.holds.clear()
            case _:
                ((claim, reservation),) = tables.reservations.items()
                changes: dict[str, dict[str, Any]] = {
                    "a lane lost": {"allocations": reservation.allocations[1:]},
                    "ended with its lanes": {"status": Status.CANCELLED},
                    "a step forgotten": {"history": ()},
                    "pending for ever": {"expires_at": None},
                }
                if what == "a lane lost":
                    tables.lanes.give_back(reservation.allocations[0], claim)
                tables.reservations[claim] = attrs.evolve(reservation, **changes[what])

    return lambda scene: Ward(
        scene, MemoryInspection(memory_store), lambda: drop_guard(scene), lambda what: harm(scene, what)
    )
