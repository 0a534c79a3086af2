"""The tables of money: what their guards refuse whoever writes, how they are read, and who may do what to them."""

import sqlite3
from contextlib import nullcontext
from typing import LiteralString

import psycopg
import pytest

from booking_adapters._sql import ledger_queries as queries
from booking_adapters._sql.statement import SQLITE, Query
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.cashier import LEASE, SOON, Cashier
from booking_adapters.testing.contracts.crowd import PATIENCE_SECONDS, somebody_else
from booking_adapters.testing.contracts.folios import opened
from booking_adapters.testing.contracts.scene import Scene, hours
from booking_core.domain.kernel.ids import IntentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Operation
from tests.integration.storage.hands import Hand

BROKEN = {
    "more is refunded than was captured": "UPDATE payments SET refunded_minor = captured_minor + 1",
    "less than nothing is authorised": "UPDATE payments SET authorised_minor = -1",
    "a payment in no currency": "UPDATE payments SET currency = 'usd'",
    "an intent about nothing": "UPDATE intents SET amount_minor = 0",
    "an intent in no currency": "UPDATE intents SET currency = '$'",
    "an open intent that never comes up": "UPDATE intents SET state = 'unknown', due_at = NULL",
    "a settled intent that comes up": "UPDATE intents SET due_at = {now}",
    "a second live charge": "UPDATE intents SET state = 'due', due_at = {now}, operation = 'charge'",
    "a second intent with one key": "UPDATE intents SET key = 'k'",
    "a second intent that made one thing": "UPDATE intents SET made = 'pi_1'",
    "an intent of no payment": "UPDATE intents SET payment_id = '019c1c38-a400-7c14-a616-bf1602084dcc'",
    "an entry in no currency": "UPDATE folio_entries SET currency = ''",
    "an entry of no folio": "UPDATE folio_entries SET reservation_id = '019c1c38-a400-7c14-a616-bf1602084dcc'",
    "an amount without an opposite": "UPDATE folio_entries SET amount_minor = -9223372036854775808",
}
LEDGER = ("folios", "folio_entries", "payments", "intents", "provider_events")
MICROSECONDS_NOW = "1893456000000000"


def fill(scene: Scene) -> None:
    """A folio, and a payment that was charged and is being refunded in two parts."""
    cashier = Cashier(scene)
    opened(scene, hours(10, 11))
    payment, _ = cashier.charged()
    for _ in range(2):
        payment, _ = cashier.instruct(payment, Operation.REFUND, Money(100, "USD"))


@pytest.mark.parametrize("what", BROKEN)
def test_sqlite_refuses(sqlite_store: SqliteStore, what: str) -> None:
    fill(Scene.fresh(sqlite_store))
    statement = BROKEN[what].format(now=MICROSECONDS_NOW)
    with sqlite_store.connections.lend() as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


@pytest.mark.parametrize("what", BROKEN)
def test_postgres_refuses(postgres_store: PostgresStore, postgres: Hand, what: str) -> None:
    fill(Scene.fresh(postgres_store))
    with pytest.raises(psycopg.IntegrityError):
        postgres.run(BROKEN[what].format(now="now()"))


@pytest.mark.parametrize(
    ("statement", "is_allowed"),
    [
        ("DELETE FROM folio_entries", False),
        ("UPDATE folio_entries SET amount_minor = 0", False),
        ("DELETE FROM folios", False),
        ("DELETE FROM payments", False),
        ("DELETE FROM intents", False),
        ("UPDATE payments SET version = version", True),
        ("DELETE FROM provider_events", True),
    ],
)
def test_what_the_application_may_do_to_money(
    postgres_store: PostgresStore, statement: LiteralString, is_allowed: bool
) -> None:
    scene = Scene.fresh(postgres_store)
    fill(scene)
    refusal = nullcontext() if is_allowed else pytest.raises(psycopg.errors.InsufficientPrivilege)
    with refusal, scene.begin() as tx:
        tx.session.connection.execute(statement)  # type: ignore[attr-defined]


@pytest.mark.parametrize("table", LEDGER)
def test_money_stands_behind_the_walls(postgres_store: PostgresStore, postgres: Hand, table: str) -> None:
    fill(Scene.fresh(postgres_store))
    neighbour = Scene.fresh(postgres_store)
    count = f"SELECT count(*) FROM {table}"  # noqa: S608 - our own words
    with neighbour.reading() as tx:
        assert tx.session.connection.execute(count).fetchall() == [(0,)]  # type: ignore[attr-defined]
    if table != "provider_events":
        assert postgres.run(count) != [(0,)]


def test_postgres_passes_over_what_another_worker_is_taking_without_waiting(
    postgres_store: PostgresStore,
) -> None:
    cashier = Cashier(Scene.fresh(postgres_store))
    _, second = cashier.asked(), cashier.asked()[1]

    def take() -> list[IntentId]:
        with cashier.scene.begin() as tx:
            return [each.id for each in tx.intents.lease(SOON, 9, LEASE)]

    with cashier.scene.begin() as tx:
        assert len(tx.intents.lease(SOON, 1, LEASE)) == 1
        assert somebody_else(take).result(PATIENCE_SECONDS) == [second.id]


@pytest.mark.parametrize(
    ("query", "asked", "index"),
    [
        (queries.INTENTS_READY, {"at": SOON, "limit": 9}, "intents_due_idx"),
        (queries.INTENT_THAT_MADE, {"made": "pi_1"}, "intents_made_idx"),
        (queries.PAYMENTS_LAPSING, {"until": SOON, "limit": 9}, "payments_lapsing_idx"),
        (queries.UNHANDLED, {"limit": 9}, "provider_events_unhandled_idx"),
    ],
)
def test_what_is_due_is_found_by_its_index(
    sqlite_store: SqliteStore, query: Query, asked: dict[str, object], index: str
) -> None:
    statement = query.on(SQLITE)
    values = statement.values(asked) | {"tenant": "t"}
    with sqlite_store.connections.lend() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement.sql}", values)]
    assert any(index in step for step in plan), plan
