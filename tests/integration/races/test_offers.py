"""A buyer comes between the look at a free place and the offer of it; and the control, without the lanes' guard."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.memory import MemoryStore
from booking_adapters.postgres import PostgresStore
from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_adapters.testing.unguarded import drop_postgres_guard
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.reservations.party import Customer
from booking_core.domain.waitlist.entry import EntryState
from booking_core.usecases.reading import Reader, View
from booking_core.usecases.tend_waitlist import TendWaitlist
from booking_core.usecases.waitlist import JoinCommand
from tests.integration.races.rush import overlaps

DAY, TEN = "2026-03-03", "2026-03-03 10:00"


class Interrupted(Reader):
    """Once, after the place was seen free and before it is offered, somebody books it."""

    buys: Callable[[], object] | None = None

    def for_request(self, *asked: Any, **more: Any) -> View:
        """Read, and let the buyer in."""
        view = super().for_request(*asked, **more)
        buy, Interrupted.buys = Interrupted.buys, None
        if buy is not None:
            buy()
        return view


def offers_while_somebody_buys(store: Storage) -> tuple[OpenBusiness, EntryState]:
    clinic = TheEngine(store).opens(a_clinic().with_staff("anna"))
    engine = clinic.engine
    taken = clinic.book("visit", TEN)
    engine.clock.advance(timedelta(seconds=1))
    customer = Customer(name="Ada", phone="1")
    joined = engine.join_waitlist(
        JoinCommand(tenant=clinic.tenant, wanted=clinic.wanted("visit", TEN), customer=customer)
    )
    clinic.cancel(taken)
    while engine.stir_waitlist(clinic.tenant):
        pass
    Interrupted.buys = lambda: clinic.book("visit", TEN)
    tend = TendWaitlist(
        begin=store,
        clock=engine.clock,
        ids=engine.ids,
        tokens=SecretTokens(),
        reader=Interrupted(holidays=ListedHolidays({})),
        rules=standard_rules(),
    )
    Persistent(tend)(clinic.tenant)
    with store.reading(clinic.tenant) as tx:
        return clinic, tx.waitlist.get(joined.entry.id).state


@pytest.mark.parametrize("kind", ["memory", "postgres"])
def test_a_place_that_is_bought_before_it_is_offered_is_not_offered(
    kind: str, request: pytest.FixtureRequest
) -> None:
    clinic, state = offers_while_somebody_buys(request.getfixturevalue(f"{kind}_store"))
    assert state is EntryState.WAITING
    assert overlaps(clinic, DAY) == 0


def test_control_without_the_guard_it_is_sold_and_offered_in_memory() -> None:
    clinic, state = offers_while_somebody_buys(MemoryStore(guarded=False))
    assert (state, overlaps(clinic, DAY)) == (EntryState.OFFERED, 1)


def test_control_without_the_guard_it_is_sold_and_offered_in_postgres(postgres_store: PostgresStore) -> None:
    drop_postgres_guard(postgres_store)
    clinic, state = offers_while_somebody_buys(postgres_store)
    assert (state, overlaps(clinic, DAY)) == (EntryState.OFFERED, 1)
