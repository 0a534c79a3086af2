"""Invariants 16 to 19: everybody is told, in time, once, and reminded of what is still to come. Each is broken once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.catalog.notice_rules import Contact, NoticeSettings
from booking_core.domain.kernel.ids import NoticeId
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.planning import USEFUL_FOR
from booking_core.domain.notices.soundness import LATE, LOOKED_BACK
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.wanted import Wanted
from tests.integration.channels.test_doctor import inspection_of
from tests.integration.notices.post_office import DESK, MONDAY, Office
from tests.integration.storage.hands import Hand, postgres_hand, sqlite_hand

BOB = Customer(name="Bob", email="bob@example.org")
OTHER = UUID("0190a3b4-0000-7000-8000-00000000beef")
DAY = timedelta(days=1)
THURSDAY = 3 * DAY


@pytest.fixture
def office(store: Storage, tmp_path: Path) -> Office:
    return Office.opened(store, tmp_path / "outbox")


def broken(office: Office) -> dict[int, int]:
    """How many violations each broken invariant has."""
    findings = inspection_of(office.store).of_tenant(office.tenant, office.clock.now())
    return {each.number: len(each.violations) for each in findings if not each.holds}


def changed(office: Office, rule: str, **changes: object) -> None:
    """Change what is stored of the notices of a rule, past every guard."""
    match office.store:
        case MemoryStore():
            table = office.store.tables(office.tenant).notices
            for key, notice in table.items():
                if notice.owed.rule == rule:
                    table[key] = attrs.evolve(notice, **changes)  # type: ignore[arg-type]
        case SqliteStore():
            _update(sqlite_hand(office.store), "body = json_set(body, '$.{}', {})", rule, changes)
        case PostgresStore():
            _update(
                postgres_hand(office.store),
                "body = jsonb_set(body, '{{{}}}', to_jsonb({}::{}))",
                rule,
                changes,
            )


def _update(hand: Hand, template: str, rule: str, changes: dict[str, object]) -> None:
    for name, value in changes.items():
        shown, kind = (f"'{value}'", "text") if isinstance(value, str) else (str(value), "bigint")
        hand.run(f"UPDATE notices SET {template.format(name, shown, kind)} WHERE rule = '{rule}'")  # noqa: S608


def harm(office: Office, in_memory: Callable[[dict[NoticeId, Notice]], object], *sql: str) -> None:
    """Break what is stored, past every guard."""
    match office.store:
        case MemoryStore():
            in_memory(office.store.tables(office.tenant).notices)
        case SqliteStore():
            for each in sql:
                sqlite_hand(office.store).run(each)
        case PostgresStore():
            for each in sql:
                postgres_hand(office.store).run(each)


def lose(office: Office, rule: str) -> None:
    """Take the notices of a rule away."""

    def drop(table: dict[NoticeId, Notice]) -> None:
        for key in [key for key, each in table.items() if each.owed.rule == rule]:
            del table[key]

    harm(office, drop, f"DELETE FROM notices WHERE rule = '{rule}'")  # noqa: S608 - our own words


def double(office: Office, rule: str) -> None:
    """Write the notice of a rule twice."""

    def twice(table: dict[NoticeId, Notice]) -> None:
        (one,) = (each for each in table.values() if each.owed.rule == rule)
        table[NoticeId(OTHER)] = attrs.evolve(one, id=NoticeId(OTHER))

    names = (
        "reservation_id, rule, reservation_version, address, copy, state, version, due_at, attempts, over_at"
    )
    harm(
        office,
        twice,
        "DROP INDEX notices_once_idx",
        f"INSERT INTO notices (tenant_id, id, {names}, body)"  # noqa: S608
        f" SELECT tenant_id, '{OTHER}', {names}, body FROM notices WHERE rule = '{rule}'",
    )


def a_full_life(office: Office) -> None:
    """One visit that was moved, one that was called off, one with a bad address, and one that took place."""
    engine = office.deployment.engine
    moved, off = office.book(BOB, hour=9), office.book(BOB, hour=11)
    office.book(Customer(name="Eve", email="nowhere", phone="no number"), hour=13)
    office.book(Customer(name="A guest without any address"), hour=15)
    office.works()
    wanted = Wanted(service="visit", start=MONDAY + THURSDAY + timedelta(hours=3))
    engine.reschedule(RescheduleCommand(tenant=office.tenant, reservation=moved.id, wanted=wanted))
    engine.cancel(Cancellation(tenant=office.tenant, reservation=off.id))
    office.works()


def test_a_full_life_breaks_nothing_at_any_time(office: Office) -> None:
    a_full_life(office)
    for days in range(6):
        office.clock.set(MONDAY + days * DAY)
        office.works()
        assert broken(office) == {}
    checked = {
        each.number: each.checked
        for each in inspection_of(office.store).of_tenant(office.tenant, office.clock.now())
    }
    assert checked[16] == 10
    assert min(checked[17], checked[18], checked[19]) > 0


@pytest.mark.parametrize(
    "rule",
    ["client-placed-email", "client-confirmed-email", "administrator-placed-email", "reminder-24h-email"],
)
def test_somebody_who_was_never_told_is_reported(office: Office, rule: str) -> None:
    office.book(BOB)
    assert broken(office) == {}, "what happened waits to be handled"
    office.works()
    lose(office, rule)
    assert broken(office) == {16: 1}
    office.clock.advance(LOOKED_BACK + timedelta(seconds=1))
    assert 16 not in broken(office), "what was sent is not kept for ever"


def test_who_is_not_told_of_an_end_or_a_move_is_reported(office: Office) -> None:
    a_full_life(office)
    lose(office, "client-moved-email")
    lose(office, "client-cancelled-email")
    assert broken(office) == {16: 2}


def test_rules_are_asked_for_what_happened_since_they_are_in_force(office: Office) -> None:
    office.book(BOB)
    office.works()
    office.clock.advance(timedelta(seconds=1))
    contacts = (*DESK.contacts, Contact(resource="anna", email="anna@clinic.example", phone="+4915112345678"))
    more = attrs.evolve(DESK.rules[0], key="two", template="placed")
    office.says(NoticeSettings(rules=(*DESK.rules, more), contacts=contacts))
    assert broken(office) == {}
    office.book(BOB, hour=12)
    office.works()
    assert broken(office) == {}
    lose(office, "two")
    assert broken(office) == {16: 1}


def test_a_notice_that_nobody_sends_is_reported_once_it_is_of_no_use(office: Office) -> None:
    office.book(Customer(name="Bob", phone="+4915112345678"), hour=15)
    handle = office.deployment.duties["handle events"]
    while handle(office.tenant):
        pass
    office.clock.set(MONDAY + USEFUL_FOR + LATE - timedelta(seconds=1))
    assert broken(office).get(17, 0) == 1, "the reminder; the news is still of use"
    office.clock.advance(timedelta(seconds=1))
    assert broken(office)[17] == 3
    office.works()
    assert 17 not in broken(office)


def test_a_failure_without_a_reason_and_a_row_that_is_no_notice_are_reported(office: Office) -> None:
    office.book(Customer(name="Eve", email="nowhere"))
    office.works()
    changed(office, "client-placed-email", reason="")
    assert broken(office) == {17: 1}
    if not isinstance(office.store, MemoryStore):
        changed(office, "client-placed-email", occasion="a whim")
        assert 17 in broken(office)


def test_a_repeat_that_is_not_flagged_is_reported(office: Office) -> None:
    office.book(BOB)
    office.works()
    changed(office, "client-placed-email", attempts=2)
    assert broken(office) == {18: 1}


def test_news_that_are_owed_twice_are_reported(office: Office) -> None:
    office.book(BOB)
    office.works()
    double(office, "client-placed-email")
    assert broken(office) == {18: 1}


def test_a_second_reminder_is_reported(office: Office) -> None:
    office.book(BOB)
    office.works()
    double(office, "reminder-24h-email")
    assert broken(office) == {19: 1}


def test_a_reminder_of_what_was_moved_or_called_off_is_reported(office: Office) -> None:
    office.clock.set(MONDAY - 2 * DAY)
    a_full_life(office)
    assert broken(office) == {}

    def revive(table: dict[NoticeId, Notice]) -> None:
        for key, each in table.items():
            if each.state is NoticeState.SUPERSEDED:
                table[key] = attrs.evolve(each, state=NoticeState.DUE)

    due = "0" if isinstance(office.store, SqliteStore) else "now()"
    harm(
        office,
        revive,
        f"UPDATE notices SET state = 'due', due_at = {due}, over_at = NULL WHERE state = 'superseded'",  # noqa: S608
    )
    assert broken(office) == {19: 2}
