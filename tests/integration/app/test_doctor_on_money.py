"""`booking doctor` prints every broken invariant of money, as an operator sees it on a live database."""

from collections.abc import Callable, Iterator
from itertools import takewhile

import attrs
import pytest

from booking_adapters._sql.statement import POSTGRES
from booking_adapters.postgres import PostgresStore
from booking_adapters.sandbox import Trouble
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.engine import TheEngine
from booking_app.cli import main
from tests.integration.scenarios.paid_hotel import BANK_ASKS, PaidHotel
from tests.integration.storage.hands import Hand, postgres_hand, sqlite_hand

INDENT = " " * 9
TWIN = "00000000-0000-7000-8000-000000000001"
ONE_MORE = """INSERT INTO intents SELECT tenant_id, {twin}, payment_id, reservation_id, operation, state, version,
 '{key}', amount_minor, currency, due_at, NULL, body FROM intents WHERE due_at IS NOT NULL"""


@attrs.frozen
class Patient:
    """A hotel on a database that an operator can be asked to look at."""

    hotel: PaidHotel
    hand: Hand
    url: str
    twin: str

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.hand.run(statement.format(twin=self.twin, key=f"{TWIN}-1"))


@pytest.fixture(params=["sqlite", "postgres"])
def patient(request: pytest.FixtureRequest) -> Iterator[Patient]:
    if request.param == "sqlite":
        file: SqliteStore = request.getfixturevalue("sqlite_store")
        hotel = PaidHotel.opens(TheEngine(file))
        yield Patient(hotel, sqlite_hand(file), f"sqlite:///{file.path}", f"'{TWIN}'")
    else:
        server: PostgresStore = request.getfixturevalue("postgres_store")
        hotel = PaidHotel.opens(TheEngine(server))
        yield Patient(hotel, postgres_hand(server), server.url, f"'{TWIN}'::uuid")


def kept_beyond_what_is_owed(patient: Patient) -> str:
    booked = patient.hotel.book()
    with patient.hotel.engine.store(patient.hotel.tenant) as tx:
        tx.folios.save(tx.folios.get(booked.id).agree((), patient.hotel.engine.clock.now()))
    return f"{booked.id}: 66414 USD (minor units) more than is owed, and no refund under way"


def confirmed_without_money(patient: Patient) -> str:
    booked = patient.hotel.book(card="")
    with patient.hotel.engine.store(patient.hotel.tenant) as tx:
        tx.reservations.save(tx.reservations.get(booked.id).confirm(patient.hotel.engine.clock.now()))
    return f"{booked.id}: 0 USD (minor units) of 66414 to be paid ahead, and no capture under way"


def two_instructions_at_once(patient: Patient) -> str:
    booked = patient.hotel.book(card=BANK_ASKS)
    (payment,) = patient.hotel.payments(booked)
    patient.run("DROP INDEX intents_one_asks_idx", ONE_MORE)
    return f"payment {payment.id} has 2 instructions under way of which one is allowed"


def authorised_for_nothing(patient: Patient) -> str:
    hotel = patient.hotel
    hotel.desk.becomes(hotel.desk.business.under(needs_approval=True).revised())
    booked = hotel.book()
    with hotel.engine.store(hotel.tenant) as tx:
        tx.reservations.save(tx.reservations.get(booked.id).cancel(hotel.engine.clock.now()))
    (payment,) = hotel.payments(booked)
    return f"payment {payment.id} is authorised for what is cancelled, and nothing voids it"


def about_to_lapse(patient: Patient) -> str:
    hotel = patient.hotel
    hotel.desk.becomes(hotel.desk.business.under(needs_approval=True).revised())
    (payment,) = hotel.payments(hotel.book())
    assert payment.authorised_until is not None
    return f"payment {payment.id} is authorised until {payment.authorised_until.isoformat()}"


def refunded_beyond_what_was_paid(patient: Patient) -> str:
    (payment,) = patient.hotel.payments(patient.hotel.book())
    if patient.hand.dialect is POSTGRES:
        patient.run("ALTER TABLE payments DROP CONSTRAINT payments_amounts_check")
    patient.run("UPDATE payments SET refunded_minor = captured_minor + 1")
    return f"payment {payment.id}: 66415 refunded and 0 under way of 66414 captured"


def folio_and_ledger_differ(patient: Patient) -> str:
    (payment,) = patient.hotel.payments(patient.hotel.book())
    patient.run("UPDATE folio_entries SET amount_minor = amount_minor + 1 WHERE kind = 'payment'")
    return f"payment {payment.id} and the folio differ by 1 USD (minor units)"


def without_an_outcome(patient: Patient) -> str:
    patient.hotel.engine.till.account.trouble(Trouble.LOST_BEFORE)
    (intent,) = patient.hotel.intents(patient.hotel.book())
    return f"intent {intent.id} to authorise is open since 2024-03-01T"


def not_what_was_ordered(patient: Patient) -> str:
    (intent,) = patient.hotel.intents(patient.hotel.book(card=BANK_ASKS))
    patient.run("UPDATE intents SET amount_minor = 1")
    return f"intent {intent.id} is not what its payment ordered"


PLANTS: dict[int, Callable[[Patient], str]] = {
    7: kept_beyond_what_is_owed,
    8: confirmed_without_money,
    9: two_instructions_at_once,
    10: authorised_for_nothing,
    11: about_to_lapse,
    12: refunded_beyond_what_was_paid,
    13: folio_and_ledger_differ,
    14: without_an_outcome,
    15: not_what_was_ordered,
}


@pytest.mark.parametrize("number", PLANTS)
def test_the_doctor_prints_what_was_planted(
    patient: Patient, number: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOKING_STORAGE", patient.url)
    patient.hotel.book()
    main(["doctor"])
    healthy = capsys.readouterr().out.splitlines()
    assert healthy[_line(healthy, number)].startswith("ok ")
    planted = PLANTS[number](patient)
    assert main(["doctor"]) == 1
    broken = capsys.readouterr().out.splitlines()
    at = _line(broken, number)
    assert broken[at].startswith("BROKEN")
    assert any(planted in line for line in takewhile(lambda line: line.startswith(INDENT), broken[at + 1 :]))


def _line(lines: list[str], number: int) -> int:
    """Which line is about an invariant of the hotel."""
    (found,) = (at for at, line in enumerate(lines) if line[7:].startswith(f"{'grand-hotel':16} {number:2} "))
    return found
