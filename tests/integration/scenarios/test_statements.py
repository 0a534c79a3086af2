"""SCENARIOS.md section 6, item 13, as the databases see it: few statements, and none that reads all there is."""

import re
import sqlite3
from contextlib import closing
from typing import Any

import psycopg
import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.engine import OpenBusiness, TheEngine

TUESDAY = "2026-03-03"
MARCH = "2026-03-02/2026-04-01"
ACTS = ("search", "next slot", "explain", "book", "move", "cancel", "show", "close", "tidy")
GROWING = {"allocations", "reservations", "closures", "requests"}
"""The tables that hold years of a business."""


def do(clinic: OpenBusiness, act: str) -> None:
    """One act of each kind, some with a booking made for it."""
    match act:
        case "search":
            assert clinic.slots("visit", MARCH)
        case "next slot":
            assert clinic.next_slot("visit", f"{TUESDAY} 09:00")
        case "explain":
            assert clinic.explain("visit", "2026-03-08 10:00")
        case "book":
            assert clinic.book("visit", f"{TUESDAY} 14:00", key="press-1").is_live
        case "move":
            clinic.move(clinic.book("visit", f"{TUESDAY} 10:00"), f"{TUESDAY} 15:00", anybody=True)
        case "cancel":
            clinic.cancel(clinic.book("visit", f"{TUESDAY} 11:00"))
        case "show":
            assert clinic.show(clinic.book("visit", f"{TUESDAY} 12:00").code).is_live
        case "close":
            clinic.close("staff-0", f"{TUESDAY} 18:00/19:00")
        case "tidy":
            assert clinic.time_passes() == 0


def sqlite_said(store: SqliteStore, act: str, staff: int) -> list[str]:
    """What an act says to SQLite."""
    clinic = with_staff(TheEngine(store), staff)
    said: list[str] = []
    with store.connections.lend() as connection:
        connection.set_trace_callback(said.append)
    do(clinic, act)
    with store.connections.lend() as connection:
        connection.set_trace_callback(None)
    return said


def with_staff(engine: TheEngine, staff: int) -> OpenBusiness:
    clinic = a_clinic().with_staff(*(f"staff-{number}" for number in range(staff)))
    return engine.opens(clinic.called(f"clinic-{staff}"))


@pytest.mark.parametrize("act", ACTS)
def test_sqlite_is_told_as_much_for_forty_hosts_as_for_one(sqlite_store: SqliteStore, act: str) -> None:
    one, forty = sqlite_said(sqlite_store, act, 1), sqlite_said(sqlite_store, act, 40)
    assert 3 <= len(one) <= 40
    # With colleagues to choose from, their loads are asked for as well.
    assert len(forty) <= len(one) + 2


@pytest.mark.parametrize("act", ACTS)
def test_sqlite_reads_no_whole_table_nor_all_of_a_tenant(sqlite_store: SqliteStore, act: str) -> None:
    for statement in sqlite_said(sqlite_store, act, 3):
        if statement.lstrip().startswith(("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")):
            for step in plan(sqlite_store, statement):
                assert not reads_everything(step), f"{step}\n{statement}"


def plan(store: SqliteStore, statement: str) -> list[str]:
    with closing(sqlite3.connect(store.path)) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]


def reads_everything(step: str) -> bool:
    """Whether a step of a plan goes through a growing table by nothing, or by nothing but the tenant."""
    found = re.match(r"(SCAN|SEARCH) (\w+)", step)
    if found is None or found[2] not in GROWING | {"taken"}:
        return False
    return found[1] == "SCAN" or step.endswith("(tenant_id=?)")


@pytest.mark.parametrize("act", ACTS)
def test_postgres_is_told_as_much_for_forty_hosts_as_for_one(
    postgres_store: PostgresStore, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
        said.append(str(query))
        return execute(cursor, query, *values, **options)

    counts = []
    for staff in (1, 40):
        clinic = with_staff(TheEngine(postgres_store), staff)
        said.clear()
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", noted)
            do(clinic, act)
        counts.append(len(said))
    one, forty = counts
    assert 1 <= one <= 20
    assert forty <= one + 2
