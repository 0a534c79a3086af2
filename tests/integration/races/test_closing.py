"""A closure against a booking of a place that is called off while it is being closed."""

import threading

import attrs

from booking_adapters.ambient.holidays import NoHolidays
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.postgres import PostgresStore
from booking_adapters.testing.builders import a_hall
from booking_adapters.testing.contracts.crowd import PATIENCE_SECONDS, somebody_else
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.book import Book, BookCommand
from booking_core.usecases.close_resource import CloseCommand, Closed, CloseResource
from booking_core.usecases.reading import Reader
from tests.integration.races.interrupted import Interrupted
from tests.integration.races.rush import outcome

WHEN = "2026-03-03 10:00/12:00"
A_MOMENT_SECONDS = 0.5


@attrs.frozen
class Ended:
    """How it came out: the closure, and who wanted the place that was called off."""

    closed: Closed
    booked: Reservation | BookingError


def closed_while_called_off_and_booked_again(
    store: Storage, *, never_alone: bool, patience_seconds: float
) -> Ended:
    """Close sees the place taken; it is called off; a buyer sees it free; Close commits; the buyer books.

    Each waits at most `patience_seconds` for the other: one that is kept out by the storage comes later.
    """
    engine = TheEngine(store)
    hall = engine.opens(a_hall())
    first = hall.book("hall", WHEN)
    buyer_has_read, is_closed = threading.Event(), threading.Event()

    def read_and_wait() -> None:
        buyer_has_read.set()
        is_closed.wait(patience_seconds)

    buying = Book(
        begin=Interrupted(store, read_and_wait, never_alone=never_alone),
        clock=engine.clock,
        ids=engine.ids,
        reader=Reader(holidays=NoHolidays()),
        rules=standard_rules(),
    )
    command = BookCommand(tenant=hall.tenant, wanted=hall.wanted("hall", WHEN), customer=Customer(name="Eve"))

    def call_off_and_book_again() -> Reservation | BookingError:
        hall.cancel(first)
        return outcome(lambda: Persistent(buying)(command))

    buyers = []

    def meanwhile() -> None:
        buyers.append(somebody_else(call_off_and_book_again))
        buyer_has_read.wait(patience_seconds)

    closing = CloseResource(
        begin=Interrupted(store, meanwhile, never_alone=never_alone), clock=engine.clock, ids=engine.ids
    )
    closed = closing(CloseCommand(tenant=hall.tenant, resource="hall", period=hall.wall.period(WHEN)))
    is_closed.set()
    return Ended(closed, buyers[0].result(PATIENCE_SECONDS))


def test_nobody_books_into_a_closure_through_a_place_that_is_called_off(store: Storage) -> None:
    ended = closed_while_called_off_and_booked_again(
        store, never_alone=False, patience_seconds=A_MOMENT_SECONDS
    )
    assert isinstance(ended.booked, NotBookable)
    assert [each.code for each in ended.booked.details["violations"]] == ["closed"]


def test_who_does_not_wait_for_other_writers_loses_this_race(postgres_store: PostgresStore) -> None:
    ended = closed_while_called_off_and_booked_again(
        postgres_store, never_alone=True, patience_seconds=PATIENCE_SECONDS
    )
    assert isinstance(ended.booked, Reservation)
    assert ended.booked.period.overlaps(ended.closed.closure.period)
