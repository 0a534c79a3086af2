"""Two workers that look for work at the same moment, and the control: without the guards both take the same."""

import pytest

from booking_adapters._sql import ledger_queries
from booking_adapters._sql.statement import POSTGRES
from booking_adapters.postgres import PostgresStore
from booking_adapters.testing.contracts.cashier import LEASE, SOON, Cashier
from booking_adapters.testing.contracts.crowd import PATIENCE_SECONDS, had_a_moment, somebody_else
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.ids import IntentId

PASSES_OVER = " FOR UPDATE SKIP LOCKED"
SAME_VERSION = " AND intents.version = %(was)s::BIGINT"


@pytest.fixture
def cashier(postgres_store: PostgresStore) -> Cashier:
    return Cashier(Scene.fresh(postgres_store))


def taken_by_two(cashier: Cashier) -> tuple[list[IntentId], list[IntentId]]:
    """What each of two workers took, where the second looks before the first has committed."""

    def take() -> list[IntentId]:
        with cashier.scene.begin() as tx:
            return [each.id for each in tx.intents.lease(SOON, 1, LEASE)]

    with cashier.scene.begin() as tx:
        mine = [each.id for each in tx.intents.lease(SOON, 1, LEASE)]
        other = somebody_else(take)
        had_a_moment(other)
    return mine, other.result(PATIENCE_SECONDS)


def without(monkeypatch: pytest.MonkeyPatch, name: str, guard: str) -> None:
    """Take a guard out of a statement."""
    statement = getattr(ledger_queries, name).on(POSTGRES)
    assert guard in statement.sql
    monkeypatch.setattr(statement, "sql", statement.sql.replace(guard, ""))


def test_one_of_two_workers_takes_it_and_the_other_does_not_wait(cashier: Cashier) -> None:
    _, intent = cashier.asked()
    assert taken_by_two(cashier) == ([intent.id], [])


def test_a_worker_that_does_not_pass_over_what_is_being_taken_is_refused_by_the_version(
    cashier: Cashier, monkeypatch: pytest.MonkeyPatch
) -> None:
    cashier.asked()
    without(monkeypatch, "INTENTS_READY", PASSES_OVER)
    with pytest.raises(StaleVersion):
        taken_by_two(cashier)


def test_without_either_guard_both_take_it(cashier: Cashier, monkeypatch: pytest.MonkeyPatch) -> None:
    _, intent = cashier.asked()
    without(monkeypatch, "INTENTS_READY", PASSES_OVER)
    without(monkeypatch, "CHANGE_INTENT", SAME_VERSION)
    assert taken_by_two(cashier) == ([intent.id], [intent.id])
