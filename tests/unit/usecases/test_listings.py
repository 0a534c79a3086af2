"""What adapters ask beside the bookings: the catalog, closures, and whether a key was answered before."""

from datetime import timedelta

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.errors import InvalidDates, NotFound
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import Book, BookCommand
from booking_core.usecases.list_closures import ClosureQuery, ListClosures
from booking_core.usecases.reading import Reader
from booking_core.usecases.show_catalog import ShowCatalog


def the_clinic_with_anna() -> OpenBusiness:
    return TheEngine(MemoryStore()).opens(a_clinic().with_any("staff", "anna"))


def closures_of(clinic: OpenBusiness, resource: str, window: Period) -> list[str]:
    listing = ListClosures(begin=clinic.engine.store)
    found = listing(ClosureQuery(tenant=clinic.tenant, resource=resource, window=window))
    return [closure.reason for closure in found]


def test_a_catalog_is_shown_as_it_was_saved() -> None:
    clinic = the_clinic_with_anna()
    shown = ShowCatalog(begin=clinic.engine.store)(clinic.tenant)
    assert shown.resource("anna").name == clinic.resource("anna").name


def test_closures_are_listed_by_start_inside_the_window_alone() -> None:
    clinic = the_clinic_with_anna()
    clinic.close("anna", "2026-03-05 10:00/2026-03-05 11:00", reason="dentist")
    clinic.close("anna", "2026-03-04 10:00/2026-03-04 11:00", reason="training")
    clinic.close("anna", "2026-03-09 10:00/2026-03-09 11:00", reason="next week")
    assert closures_of(clinic, "anna", clinic.wall.period("2026-03-04/2026-03-06")) == ["training", "dentist"]


def test_closures_of_nobody_or_of_all_times_are_not_listed() -> None:
    clinic = the_clinic_with_anna()
    day = clinic.wall.period("2026-03-04")
    with pytest.raises(NotFound):
        closures_of(clinic, "nobody", day)
    with pytest.raises(InvalidDates, match="end"):
        closures_of(clinic, "anna", Period.between(day.start, day.start + timedelta(days=401)))


def test_a_booking_says_whether_its_key_was_answered_before() -> None:
    clinic = the_clinic_with_anna()
    engine = clinic.engine
    book = Book(
        begin=engine.store,
        clock=engine.clock,
        ids=engine.ids,
        reader=Reader(holidays=engine.search_slots.reader.holidays),
        rules=standard_rules(),
    )
    command = BookCommand(
        tenant=clinic.tenant,
        wanted=clinic.wanted("visit", "10:00"),
        customer=Customer(name="Bob"),
        idempotency_key="one",
    )
    first, second = book.answer(command), book.answer(command)
    assert (first.is_replay, second.is_replay) == (False, True)
    assert first.reservation == second.reservation == book(command)
