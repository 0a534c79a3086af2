"""Every invariant of money is seen to be reported once it is broken."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.memory.tables import Tables
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.inspection import PostgresInspection
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.inspection import SqliteInspection
from booking_adapters.testing.contracts.cashier import LEASE, PRICE, SOON, WEEK, Cashier
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_core.domain.kernel.ids import ClaimId, IntentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import Succeeded
from booking_core.domain.payments.intent import Intent, Operation
from booking_core.domain.payments.payment import Payment
from booking_core.domain.payments.soundness import CLOSE_TO_EXPIRY, STUCK_AFTER
from booking_core.domain.pricing.lines import Line, LineKind
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.inspection import WAITS, Inspection
from booking_core.ports.ledger import ProviderEvent
from tests.integration.storage.hands import Hand

T = TypeVar("T")
MONEY = frozenset({7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 27})
EVENT = ProviderEvent(id="evt_1", kind="payment_intent.succeeded", reference="pi_1", told_at=NOW)
COIN = Money(1, "USD")


@attrs.frozen
class Till:
    """Money of a tenant under inspection, and what can be done to it from behind."""

    cashier: Cashier
    inspection: Inspection
    harm: Callable[[str], object]

    def broken(self, at: datetime = NOW) -> dict[int, int]:
        """How many violations each broken invariant of money has."""
        findings = self.inspection.of_tenant(self.cashier.scene.tenant, at)
        return {
            each.number: len(each.violations) for each in findings if not each.holds and each.number in MONEY
        }

    def checked(self) -> dict[int, int]:
        """How many things each invariant of money looked at."""
        findings = self.inspection.of_tenant(self.cashier.scene.tenant, NOW)
        return {each.number: each.checked for each in findings if each.number in MONEY}

    def booked(self, owed: Money = PRICE) -> Reservation:
        """A confirmed reservation whose folio is charged with a price."""
        scene = self.cashier.scene
        reservation = scene.reserve("room", hours(8, 10))
        line = Line(kind=LineKind.RATE, code="room", source="the room", amount=owed)
        with scene.begin() as tx:
            tx.folios.save(Folio.open(reservation.id, (line,), owed.currency, NOW))
        return reservation

    def cancelled(self) -> Reservation:
        """A reservation that was called off before it had a price."""
        scene = self.cashier.scene
        return scene.update(scene.reserve("room", hours(8, 10)).cancel(NOW))

    def authorised(self, claim: ClaimId, reference: str = "pi_1") -> Payment:
        """Money reserved for a claim."""
        answer = Succeeded(reference=reference, amount=PRICE, authorised_until=NOW + WEEK)
        return self.cashier.answered(*self.cashier.asked(claim), answer)[0]

    def paid(self, claim: ClaimId) -> tuple[Payment, Intent]:
        """Money taken for a claim."""
        asked = self.cashier.asked(claim, operation=Operation.CHARGE)
        return self.cashier.answered(*asked, Succeeded(reference="pi_1", amount=PRICE))

    def posted(self, payment: Payment, intent: Intent) -> None:
        """What was paid is written in the folio."""
        with self.cashier.scene.begin() as tx:
            folio = tx.folios.get(payment.reservation)
            tx.folios.save(folio.receive(PRICE, payment=payment.id, intent=intent.id, at=SOON))


def test_money_in_order_breaks_nothing(till: Till) -> None:
    payment, charge = till.paid(till.booked().id)
    till.posted(payment, charge)
    other = till.authorised(till.cashier.scene.hold("hall", hours(8, 10)).id, "pi_2")
    till.cashier.instruct(other, Operation.CAPTURE)
    with till.cashier.scene.begin() as tx:
        tx.provider_events.receive(EVENT)
        tx.provider_events.handled(EVENT.id, SOON)
    assert till.broken(NOW + WAITS) == {}
    per_payment = dict.fromkeys([7, 8, 9, 10, 11, 12], 2)
    assert till.checked() == per_payment | {13: 1, 14: 3, 15: 3, 20: 1, 27: 11}


def test_more_captured_than_owed_is_reported_until_the_refund_is_under_way(till: Till) -> None:
    payment, _ = till.paid(till.cancelled().id)
    assert till.broken() == {7: 1}
    payment, _ = till.cashier.instruct(payment, Operation.REFUND, PRICE - COIN)
    assert till.broken() == {7: 1}
    till.cashier.instruct(payment, Operation.REFUND, COIN)
    assert till.broken() == {}


def test_what_a_folio_owes_may_be_kept_and_not_a_coin_more(till: Till) -> None:
    till.posted(*till.paid(till.booked(PRICE - COIN).id))
    assert till.broken() == {7: 1}


def test_a_confirmed_reservation_whose_authorisation_is_not_captured_is_reported(till: Till) -> None:
    payment = till.authorised(till.booked().id)
    assert till.broken() == {8: 1}
    till.cashier.instruct(payment, Operation.CAPTURE)
    assert till.broken() == {}


def test_two_live_authorisations_of_a_payment_are_reported(till: Till) -> None:
    till.cashier.asked(till.booked().id)
    till.harm("an instruction twice")
    assert till.broken() == {9: 1, 15: 1}


def test_an_authorisation_for_nothing_is_reported_until_it_is_voided(till: Till) -> None:
    payment = till.authorised(till.cancelled().id)
    assert till.broken() == {10: 1}
    till.cashier.instruct(payment, Operation.VOID)
    assert till.broken() == {}


def test_an_authorisation_of_a_hold_that_is_gone_is_reported(till: Till) -> None:
    hold = till.cashier.scene.hold("hall", hours(8, 10))
    till.authorised(hold.id)
    assert till.broken() == {}
    with till.cashier.scene.begin() as tx:
        tx.holds.save(hold.release(NOW))
    assert till.broken() == {10: 1}


def test_an_authorisation_about_to_lapse_is_reported_until_it_is_captured(till: Till) -> None:
    waiting = till.cashier.scene.reserve("room", hours(8, 10, day=6), needs_approval=True)
    payment = till.authorised(waiting.id)
    close = NOW + WEEK - CLOSE_TO_EXPIRY
    assert 11 not in till.broken(close - timedelta(seconds=1))
    assert till.broken(close)[11] == 1
    till.cashier.instruct(payment, Operation.CAPTURE)
    assert 11 not in till.broken(close)


def test_refunds_beyond_what_was_captured_are_reported(till: Till) -> None:
    payment, charge = till.paid(till.booked().id)
    till.posted(payment, charge)
    till.cashier.instruct(payment, Operation.REFUND)
    assert till.broken() == {}
    till.harm("an instruction twice")
    assert till.broken() == {12: 1, 15: 1}


def test_a_payment_that_the_folio_does_not_know_is_reported(till: Till) -> None:
    payment, charge = till.paid(till.booked().id)
    assert till.broken() == {13: 1}
    till.posted(payment, charge)
    assert till.broken() == {}


def test_a_folio_in_two_currencies_is_reported(till: Till) -> None:
    till.posted(*till.paid(till.booked().id))
    till.harm("a foreign coin")
    assert till.broken() == {13: 3}


def test_an_instruction_without_an_outcome_is_reported(till: Till) -> None:
    _, intent = till.cashier.asked(till.booked().id)
    assert till.broken(NOW + STUCK_AFTER - timedelta(seconds=1)) == {}
    assert till.broken(NOW + STUCK_AFTER) == {14: 1}
    till.cashier.save(intent.lease(SOON, LEASE))
    assert till.broken(NOW + STUCK_AFTER) == {14: 1}


@pytest.mark.parametrize("harm", ["another amount", "an order forgotten"])
def test_an_intent_that_is_not_what_was_ordered_is_reported(till: Till, harm: str) -> None:
    till.cashier.asked(till.booked().id)
    till.harm(harm)
    assert till.broken() == {15: 1}


@pytest.mark.parametrize("storage", ["sqlite", "postgres"])
def test_the_key_of_another_intent_is_reported(till: Till) -> None:
    """In memory an intent's key is nothing but its id, so it cannot be another's."""
    till.cashier.asked(till.booked().id)
    till.harm("a key exchanged")
    assert till.broken() == {15: 1}


def test_an_event_that_nobody_handles_is_reported(till: Till) -> None:
    with till.cashier.scene.begin() as tx:
        tx.provider_events.receive(EVENT)
    assert till.broken(NOW + WAITS - timedelta(seconds=1)) == {}
    assert till.broken(NOW + WAITS) == {20: 1}


def test_an_event_that_is_kept_twice_is_reported(till: Till) -> None:
    with till.cashier.scene.begin() as tx:
        tx.provider_events.receive(EVENT)
    till.harm("an event twice")
    assert till.broken() == {20: 1}


def test_an_amount_in_no_currency_is_reported(till: Till) -> None:
    till.cashier.asked(till.booked().id)
    till.harm("no such currency")
    assert till.broken() == {15: 1, 27: 1}


def test_a_payment_that_cannot_be_read_is_reported(till: Till) -> None:
    till.booked()
    till.cashier.asked()
    till.harm("an amount that is none")
    assert till.broken()[27] == 1


@pytest.fixture
def till(storage: str, store: Storage, request: pytest.FixtureRequest) -> Till:
    made: Callable[[Scene], Till] = request.getfixturevalue(f"{storage}_till")
    return made(Scene.fresh(store))


TWIN = "00000000-0000-7000-8000-000000000001"
SQL_HARM = {
    "a foreign coin": "UPDATE folio_entries SET currency = 'EUR' WHERE kind = 'payment'",
    "another amount": "UPDATE intents SET amount_minor = 1",
    "a key exchanged": "UPDATE intents SET key = 'another'",
    "no such currency": "UPDATE intents SET currency = 'ZZZ'",
}
"""What both databases let pass in the same words, one statement or several."""
_AN_INSTRUCTION_TWICE = (
    "DROP INDEX intents_one_asks_idx; INSERT INTO intents SELECT tenant_id, {twin}, payment_id, reservation_id,"
    " operation, state, version, '{key}', amount_minor, currency, due_at, NULL, body FROM intents"
    " WHERE due_at IS NOT NULL"
)


@pytest.fixture
def sqlite_till(sqlite_store: SqliteStore, sqlite: Hand) -> Callable[[Scene], Till]:
    harm = SQL_HARM | {
        "an instruction twice": _AN_INSTRUCTION_TWICE.format(twin=f"'{TWIN}'", key=f"{TWIN}-1"),
        "an order forgotten": "UPDATE payments SET body = json_set(body, '$.orders', json('[]'))",
        "an amount that is none": "UPDATE payments SET body = json_set(body, '$.orders', 'none')",
        "an event twice": "ALTER TABLE provider_events RENAME TO told;"
        " CREATE TABLE provider_events AS SELECT * FROM told; INSERT INTO provider_events SELECT * FROM told",
    }
    return lambda scene: Till(Cashier(scene), SqliteInspection(sqlite_store), _in_turn(sqlite, harm))


@pytest.fixture
def postgres_till(postgres_store: PostgresStore, postgres: Hand) -> Callable[[Scene], Till]:
    harm = SQL_HARM | {
        "an instruction twice": _AN_INSTRUCTION_TWICE.format(twin=f"'{TWIN}'::uuid", key=f"{TWIN}-1"),
        "an order forgotten": "UPDATE payments SET body = jsonb_set(body, '{orders}', '[]')",
        "an amount that is none": "UPDATE payments SET body = jsonb_set(body, '{orders}', '\"none\"')",
        "an event twice": "ALTER TABLE provider_events DROP CONSTRAINT provider_events_pkey;"
        " INSERT INTO provider_events SELECT * FROM provider_events",
    }
    return lambda scene: Till(Cashier(scene), PostgresInspection(postgres_store), _in_turn(postgres, harm))


def _in_turn(hand: Hand, harm: Mapping[str, str]) -> Callable[[str], object]:
    return lambda what: [hand.run(statement) for statement in harm[what].split(";")]


@pytest.fixture
def memory_till(memory_store: MemoryStore) -> Callable[[Scene], Till]:
    def harm(scene: Scene, what: str) -> None:
        _harm_in_memory(memory_store.tables(scene.tenant), what)

    return lambda scene: Till(Cashier(scene), MemoryInspection(memory_store), lambda what: harm(scene, what))


def _harm_in_memory(tables: Tables, what: str) -> None:
    """Frozen values refuse to be wrong, so some are forced."""
    payment = next(iter(tables.payments.values()), None)
    intent = next((each for each in tables.intents.values() if each.is_open), None)
    match what:
        case "an event twice":
            tables.told["again"] = EVENT
        case "a foreign coin":
            (folio,) = tables.folios.values()
            _force(folio.entries[-1], amount=Money(-PRICE.amount_minor, "EUR"))
        case "an instruction twice":
            assert intent is not None
            twin = attrs.evolve(intent, id=IntentId(UUID(TWIN)))
            tables.intents[twin.id] = twin
        case "an order forgotten":
            assert payment is not None
            _force(payment, orders=())
        case "an amount that is none":
            assert payment is not None
            _force(payment, captured=_force(Money(0, "USD"), amount_minor=0.5))
        case "another amount" | "no such currency":
            assert intent is not None
            wrong = {"currency": "ZZZ"} if what == "no such currency" else {"amount_minor": 1}
            _force(intent, amount=_force(Money(PRICE.amount_minor, "USD"), **wrong))
        case _:
            raise AssertionError(what)


def _force(value: T, **cells: Any) -> T:
    for name, cell in cells.items():
        object.__setattr__(value, name, cell)
    return value
