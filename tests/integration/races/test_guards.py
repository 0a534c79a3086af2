"""The guard of the lanes, and the control: the same race without it books one place many times."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial

import psycopg
import pytest

from booking_adapters.ambient.holidays import NoHolidays
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import SlotTaken
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.errors import BookingError, LaneTaken
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.book import Book, BookCommand
from booking_core.usecases.reading import Reader
from tests.integration.races.rush import overlaps, rush
from tests.integration.races.torn import TornUnitOfWork

BUYERS = 8
TEN = "2026-03-03 10:00"


def torn_booking(clinic: OpenBusiness) -> Callable[[BookCommand], Reservation]:
    """Booking by people who all saw the place free before any of them wrote."""
    engine = clinic.engine
    return Book(
        begin=TornUnitOfWork(engine.store, BUYERS),
        clock=engine.clock,
        ids=engine.ids,
        reader=Reader(holidays=NoHolidays()),
        rules=standard_rules(),
    )


def everybody_books(
    clinic: OpenBusiness, book: Callable[[BookCommand], Reservation]
) -> list[Reservation | BookingError]:
    command = BookCommand(
        tenant=clinic.tenant, wanted=clinic.wanted("visit", TEN), customer=Customer(name="Bob")
    )
    return rush([partial(book, command) for _ in range(BUYERS)])


def test_the_guard_lets_one_of_those_who_saw_the_place_free_have_it(store: Storage) -> None:
    clinic = TheEngine(store).opens(a_clinic().with_staff("anna"))
    got = everybody_books(clinic, torn_booking(clinic))
    assert [type(each) for each in got].count(Reservation) == 1
    assert [type(each) for each in got].count(LaneTaken) == BUYERS - 1
    assert overlaps(clinic, "2026-03-03") == 0


def test_who_lost_against_the_guard_and_tries_again_reads_that_it_was_just_booked(store: Storage) -> None:
    clinic = TheEngine(store).opens(a_clinic().with_staff("anna"))
    got = everybody_books(clinic, Persistent(torn_booking(clinic)))
    assert [type(each) for each in got].count(Reservation) == 1
    assert [type(each) for each in got].count(SlotTaken) == BUYERS - 1


def test_without_the_guard_the_same_race_books_the_place_many_times(unguarded_store: Storage) -> None:
    clinic = TheEngine(unguarded_store).opens(a_clinic().with_staff("anna"))
    got = everybody_books(clinic, torn_booking(clinic))
    assert [type(each) for each in got] == [Reservation] * BUYERS
    assert overlaps(clinic, "2026-03-03") == BUYERS - 1


@pytest.fixture
def unguarded_store(storage: str, request: pytest.FixtureRequest) -> Storage:
    found: Storage = request.getfixturevalue(f"unguarded_{storage}_store")
    return found


@pytest.fixture
def unguarded_memory_store() -> MemoryStore:
    return MemoryStore(guarded=False)


@pytest.fixture
def unguarded_sqlite_store(sqlite_store: SqliteStore) -> SqliteStore:
    with closing(sqlite3.connect(sqlite_store.path)) as connection:
        connection.execute("DROP TRIGGER allocations_no_overlap_insert")
    return sqlite_store


@pytest.fixture
def unguarded_postgres_store(postgres_store: PostgresStore) -> PostgresStore:
    with psycopg.connect(postgres_store.url) as connection:
        connection.execute("ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap")
    return postgres_store
