"""One request that is sent twice has one answer, also where the first is committed while the second looks.

On Postgres alone: elsewhere who books looks and writes while nobody else does.
"""

from collections.abc import Callable
from typing import Any

import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import Book, BookCommand
from booking_core.usecases.reading import Reader
from tests.integration.scenarios.line import DEPARTURE


class Overtaken(Reader):
    """Before it reads what is booked, or what is sold, somebody else does something, once."""

    meanwhile: Any = None

    def for_request(self, *asked: Any, **more: Any) -> Any:
        """Let it happen, and read."""
        act, Overtaken.meanwhile = Overtaken.meanwhile, None
        if act is not None:
            act()
        return super().for_request(*asked, **more)


def order(clinic: OpenBusiness, key: str) -> BookCommand:
    return BookCommand(
        tenant=clinic.tenant,
        wanted=clinic.wanted("visit", DEPARTURE),
        customer=Customer(name="Ada"),
        idempotency_key=key,
    )


def overtaken_by(clinic: OpenBusiness, act: Callable[[], object]) -> Book:
    engine = clinic.engine
    Overtaken.meanwhile = act
    reader = Overtaken(holidays=ListedHolidays({}))
    return Book(begin=engine.store, clock=engine.clock, ids=engine.ids, reader=reader, rules=standard_rules())


def test_the_second_of_two_is_given_the_answer_of_the_first(postgres_store: PostgresStore) -> None:
    clinic = TheEngine(postgres_store).opens(a_clinic().with_staff("anna"))
    first = overtaken_by(clinic, lambda: None).answer
    made: list[ClaimId] = []
    late = overtaken_by(clinic, lambda: made.append(first(order(clinic, "one key")).reservation.id))
    again = late.answer(order(clinic, "one key"))
    assert (again.is_replay, [again.reservation.id]) == (True, made)


def test_the_second_under_another_key_is_refused(postgres_store: PostgresStore) -> None:
    """The control: only its own answer is given to a request."""
    clinic = TheEngine(postgres_store).opens(a_clinic().with_staff("anna"))
    first = overtaken_by(clinic, lambda: None).answer
    late = overtaken_by(clinic, lambda: first(order(clinic, "one key")))
    with pytest.raises(Exception, match="just booked"):
        late.answer(order(clinic, "another key"))
