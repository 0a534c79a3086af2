"""Whoever changes what the audit log says is found out, on each database; and so is what nobody handles."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import attrs
import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.inspection import PostgresInspection
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.inspection import SqliteInspection
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_core.domain.kernel.events import Actor
from booking_core.ports.inspection import HANDLED_WITHIN, Inspection
from booking_core.usecases.seal_audit import SealAudit
from tests.integration.storage.hands import Hand

EVE = Actor(kind="staff", name="eve", address="192.0.2.7")
TRIGGERS = [
    f"DROP TRIGGER {guard}_append_only_{verb}"
    for guard in ("audit_is", "audit_seals_are")
    for verb in ("update", "delete")
]


@attrs.frozen
class Case:
    """A sealed log in a database, and a hand that reaches behind it."""

    scene: Scene
    inspection: Inspection
    hand: Hand
    disarm: Sequence[str] = ()

    def tampered(self, *statements: str) -> None:
        for statement in (*self.disarm, *statements):
            self.hand.run(statement)

    def broken(self, number: int, later: timedelta = timedelta(0)) -> tuple[str, ...]:
        findings = self.inspection.of_tenant(self.scene.tenant, NOW + later)
        (found,) = (each for each in findings if each.number == number)
        return found.violations


@pytest.fixture(params=["sqlite", "postgres"])
def case(request: pytest.FixtureRequest) -> Case:
    made: Callable[[], Case] = request.getfixturevalue(f"{request.param}_case")
    case = made()
    for day in range(3):
        booked = case.scene.reserve("room", hours(8, 10, day=day))
        with case.scene.begin(EVE) as tx:
            tx.reservations.save(booked.cancel(NOW))
        SealAudit(begin=case.scene.store, clock=FixedClock(NOW))(case.scene.tenant)
    return case


@pytest.fixture
def sqlite_case(sqlite_store: SqliteStore, sqlite: Hand) -> Callable[[], Case]:
    return lambda: Case(Scene.fresh(sqlite_store), SqliteInspection(sqlite_store), sqlite, TRIGGERS)


@pytest.fixture
def postgres_case(postgres_store: PostgresStore, postgres: Hand) -> Callable[[], Case]:
    return lambda: Case(Scene.fresh(postgres_store), PostgresInspection(postgres_store), postgres)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE audit SET actor_kind = 'guest' WHERE id = (SELECT max(id) - 4 FROM audit)",
            ["does not fit"],
        ),
        (
            "UPDATE audit SET name = 'ReservationPlaced' WHERE id = (SELECT max(id) - 4 FROM audit)",
            ["does not fit"],
        ),
        ("UPDATE audit SET version = 7 WHERE id = (SELECT max(id) - 4 FROM audit)", ["does not fit"]),
        ("UPDATE audit SET data = '{}' WHERE id = (SELECT max(id) - 4 FROM audit)", ["does not fit"]),
        (
            "DELETE FROM audit WHERE id = (SELECT max(id) - 4 FROM audit)",
            ["is under 3 entries, and there are 2"],
        ),
        ("UPDATE audit_seals SET digest = 'f00d' WHERE number = 2", ["seal 2 does not", "seal 3 does not"]),
        ("DELETE FROM audit_seals WHERE number = 2", ["seal 3 follows seal 1", "seal 3 is under 3 entries"]),
    ],
)
def test_what_was_sealed_cannot_be_changed_unseen(case: Case, statement: str, said: Sequence[str]) -> None:
    assert case.broken(24) == ()
    case.tampered(statement)
    found = case.broken(24)
    assert len(found) == len(said)
    assert all(part in fault for part, fault in zip(said, found, strict=True)), found


def test_who_did_it_can_be_erased_and_the_chain_holds(case: Case) -> None:
    case.tampered("UPDATE audit SET actor_name = '', actor_address = ''")
    assert case.broken(24) == ()


def test_an_application_takes_no_seal_off(case: Case) -> None:
    with pytest.raises(Exception, match=r"append_only|permission denied"), case.scene.begin() as tx:
        tx.session.connection.execute("DELETE FROM audit_seals")  # type: ignore[attr-defined]


def test_what_nobody_handles_is_reported(case: Case) -> None:
    assert case.broken(29, HANDLED_WITHIN - timedelta(hours=1)) == ()
    (violation,) = case.broken(29, HANDLED_WITHIN)
    assert "is owed since" in violation
    with case.scene.begin() as tx:
        tx.outbox.spread({}, NOW, 99)
    assert case.broken(29, HANDLED_WITHIN) == ()
