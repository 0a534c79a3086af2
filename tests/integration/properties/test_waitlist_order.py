"""Whoever waits is served in order: nobody is passed over for what was enough for them."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_tour
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.reservations.party import Customer
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry
from booking_core.ports.storage import Page
from booking_core.usecases.waitlist import JoinCommand
from tests.integration.races.rush import places_taken

SEATS, DEPARTURE = 8, "2026-03-03 10:00"


@settings(max_examples=25)
@given(
    sold=st.lists(st.integers(1, 4), min_size=1, max_size=6).filter(lambda each: sum(each) <= SEATS),
    waiting=st.lists(st.integers(1, 5), min_size=1, max_size=6),
    data=st.data(),
)
def test_nobody_is_passed_over_for_what_was_enough_for_them(
    sold: list[int], waiting: list[int], data: st.DataObject
) -> None:
    tour = TheEngine(MemoryStore()).opens(a_tour(seats=SEATS))
    parties = [tour.book("tour", DEPARTURE, seats=each) for each in sold]
    rest = SEATS - sum(sold)
    filler = tour.book("tour", DEPARTURE, seats=rest) if rest else None
    line = []
    for number, seats in enumerate(waiting):
        tour.engine.clock.advance(timedelta(seconds=1))
        wanted = tour.wanted("tour", DEPARTURE, seats=seats)
        customer = Customer(name=str(number), phone=str(number))
        joined = tour.engine.join_waitlist(JoinCommand(tenant=tour.tenant, wanted=wanted, customer=customer))
        line.append(joined.entry.id)
    gone = data.draw(st.lists(st.sampled_from(parties), unique=True))
    for party in gone:
        tour.cancel(party)
    while tour.engine.stir_waitlist(tour.tenant):
        pass
    tour.engine.tend_waitlist(tour.tenant)

    with tour.engine.store.reading(tour.tenant) as tx:
        entries: list[WaitlistEntry] = [tx.waitlist.get(each) for each in line]
        live = [each for each in tx.reservations.overlapping(None, parties[0].period, Page()) if each.is_live]
    free = SEATS - sum(each.quantity for each in live)
    expected = []
    for entry in entries:
        is_served = entry.quantity <= free
        free -= entry.quantity if is_served else 0
        expected.append(EntryState.OFFERED if is_served else EntryState.WAITING)
    assert [each.state for each in entries] == expected
    assert filler is None or filler.is_live
    assert places_taken(tour, "tour", "2026-03-03") == SEATS - free
