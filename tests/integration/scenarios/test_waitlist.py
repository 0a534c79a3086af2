"""SCENARIOS.md section 5: the waitlist offers freed seats in order, with a time limit."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from booking_adapters.testing.builders import a_clinic, a_tour, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SoldOut
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition, NotFound
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry
from booking_core.ports.storage import Page
from booking_core.usecases.waitlist import (
    AlreadyWaiting,
    EntryReference,
    JoinCommand,
    Joined,
    NothingToWaitFor,
    OfferLapsed,
)
from tests.integration.races.rush import places_taken, rush
from tests.integration.scenarios.line import DEPARTURE, GUEST, accepts, joins, leaves, states, worker

WAITING, OFFERED, BOOKED = EntryState.WAITING, EntryState.OFFERED, EntryState.BOOKED


@pytest.fixture
def tour(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_tour(seats=12).under(offer_ttl=timedelta(hours=2)))


@pytest.fixture
def party(tour: OpenBusiness) -> Reservation:
    """Two of the twelve seats, the other ten sold as well."""
    tour.book("tour", DEPARTURE, seats=10)
    return tour.book("tour", DEPARTURE, seats=2)


def test_freed_seats_are_offered_in_order_and_booked_from_the_offer(
    tour: OpenBusiness, party: Reservation
) -> None:
    ada, bob, eve = joins(tour, "ada"), joins(tour, "bob"), joins(tour, "eve")
    worker(tour)
    assert states(tour, ada, bob, eve) == [WAITING, WAITING, WAITING]
    tour.cancel(party)
    worker(tour)
    assert states(tour, ada, bob, eve) == [OFFERED, OFFERED, WAITING]
    booked = accepts(tour, ada)
    assert (booked.customer.name, booked.is_live) == ("ada", True)
    assert accepts(tour, ada) == booked, "accepting twice gives the same"
    assert states(tour, ada, bob, eve) == [BOOKED, OFFERED, WAITING]


def test_an_offered_seat_is_not_sold_to_anybody_else(tour: OpenBusiness, party: Reservation) -> None:
    ada = joins(tour, "ada", seats=2)
    tour.cancel(party)
    worker(tour)
    with pytest.raises(SoldOut):
        tour.book("tour", DEPARTURE)
    assert accepts(tour, ada).quantity == 2


def test_an_offer_that_lapses_goes_to_the_next_in_line(tour: OpenBusiness, party: Reservation) -> None:
    ada, bob = joins(tour, "ada", seats=2), joins(tour, "bob", seats=2)
    tour.cancel(party)
    worker(tour)
    tour.engine.clock.advance(timedelta(hours=2) - timedelta(seconds=1))
    worker(tour)
    assert states(tour, ada, bob) == [OFFERED, WAITING]
    tour.engine.clock.advance(timedelta(seconds=1))
    worker(tour)
    assert states(tour, ada, bob) == [EntryState.LAPSED, OFFERED]
    with pytest.raises(OfferLapsed):
        accepts(tour, ada)
    assert accepts(tour, bob).quantity == 2


@pytest.mark.parametrize("tidies_first", [False, True])
def test_it_does_not_matter_who_meets_the_lapsed_hold_first(
    tour: OpenBusiness, party: Reservation, *, tidies_first: bool
) -> None:
    ada = joins(tour, "ada", seats=2)
    tour.cancel(party)
    worker(tour)
    tour.engine.clock.advance(timedelta(hours=2))
    with pytest.raises(OfferLapsed):
        accepts(tour, ada)
    if tidies_first:
        tour.time_passes()
    worker(tour)
    assert states(tour, ada) == [EntryState.LAPSED]
    assert places_taken(tour, "tour", "2026-03-03") == 10


def test_who_declines_makes_room_for_the_next(tour: OpenBusiness, party: Reservation) -> None:
    ada, bob = joins(tour, "ada", seats=2), joins(tour, "bob", seats=2)
    tour.cancel(party)
    worker(tour)
    assert leaves(tour, ada).state is EntryState.DECLINED
    worker(tour)
    assert states(tour, bob) == [OFFERED]
    with pytest.raises(InvalidTransition):
        leaves(tour, ada)


def test_a_party_of_four_is_passed_over_while_two_seats_are_free_and_keeps_its_place(
    tour: OpenBusiness, party: Reservation
) -> None:
    four, two = joins(tour, "ada", seats=4), joins(tour, "bob", seats=2)
    tour.cancel(party)
    worker(tour)
    assert states(tour, four, two) == [WAITING, OFFERED]
    eve = joins(tour, "eve", seats=2)
    leaves(tour, two)
    with tour.engine.store.reading(tour.tenant) as tx:
        (ten,) = [each for each in tx.reservations.overlapping(None, party.period, Page()) if each.is_live]
    tour.cancel(ten)
    worker(tour)
    assert states(tour, four, eve) == [OFFERED, OFFERED]


def test_smaller_parties_and_moved_ones_free_seats_too(tour: OpenBusiness, party: Reservation) -> None:
    ada = joins(tour, "ada")
    tour.move(party, DEPARTURE, seats=1)
    worker(tour)
    assert states(tour, ada) == [OFFERED]
    bob = joins(tour, "bob")
    tour.move(party, "2026-03-04 10:00", seats=1)
    worker(tour)
    assert states(tour, bob) == [OFFERED]


def test_a_hold_that_is_given_up_and_a_closure_that_ends_free_places(tour: OpenBusiness) -> None:
    hold = tour.hold("tour", DEPARTURE, "session", seats=6)
    closed = tour.close("tour", "2026-03-03", places=6).closure
    ada, bob = joins(tour, "ada", seats=6), joins(tour, "bob", seats=6)
    tour.release(hold, "session")
    worker(tour)
    assert states(tour, ada, bob) == [OFFERED, WAITING]
    tour.reopen(closed)
    worker(tour)
    assert states(tour, ada, bob) == [OFFERED, OFFERED]


def test_a_larger_boat_is_offered_to_those_who_wait(tour: OpenBusiness, party: Reservation) -> None:
    assert party.is_live
    ada = joins(tour, "ada", seats=3)
    tour.becomes(tour.business.changing("tour", capacity=15).revised())
    worker(tour)
    assert states(tour, ada) == [OFFERED]


def test_what_has_begun_is_waited_for_no_longer(tour: OpenBusiness, party: Reservation) -> None:
    assert party.is_live
    ada = joins(tour, "ada")
    tour.it_is("2026-03-03 10:00")
    worker(tour)
    assert states(tour, ada) == [EntryState.EXPIRED]


def test_an_offer_ends_when_the_departure_begins(tour: OpenBusiness, party: Reservation) -> None:
    ada = joins(tour, "ada", seats=2)
    tour.it_is("2026-03-03 09:30")
    tour.cancel(party)
    worker(tour)
    with tour.engine.store.reading(tour.tenant) as tx:
        offer = tx.waitlist.get(ada.entry.id).offer
    assert offer is not None
    assert offer.until == tour.moment("2026-03-03 10:00")


def test_only_what_is_taken_can_be_waited_for(tour: OpenBusiness, party: Reservation) -> None:
    assert party.is_live
    with pytest.raises(NothingToWaitFor):
        joins(tour, "ada", when="2026-03-04 10:00")
    with pytest.raises(SoldOut):  # the boat has twelve
        joins(tour, "ada", seats=13)
    with pytest.raises(NotBookable):  # it never leaves at eleven
        joins(tour, "ada", when="2026-03-03 11:00")
    joins(tour, "ada")
    with pytest.raises(AlreadyWaiting):
        joins(tour, "ada")
    command = JoinCommand(
        tenant=tour.tenant, wanted=tour.wanted("tour", DEPARTURE), customer=Customer(name="Eve"), actor=GUEST
    )
    with pytest.raises(InvalidInput, match="mail address"):
        tour.engine.join_waitlist(command)


def test_nobody_without_the_token_sees_or_changes_an_entry(tour: OpenBusiness, party: Reservation) -> None:
    assert party.is_live
    ada, bob = joins(tour, "ada"), joins(tour, "bob")
    forged = EntryReference(tenant=tour.tenant, entry=ada.entry.id, token=bob.token, actor=GUEST)
    for act in (tour.engine.leave_waitlist, tour.engine.accept_offer):
        with pytest.raises(NotFound):
            act(forged)
    assert states(tour, ada) == [WAITING]


def test_a_slot_anywhere_in_a_window_is_waited_for(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="TU 09:00-10:00"))
    visit = clinic.book("visit", "2026-03-03 09:15")
    assert clinic.times("visit", "2026-03-03") == []
    ada = joins(
        clinic, "ada", service="visit", when="2026-03-03 09:00", latest=clinic.moment("2026-03-03 12:00")
    )
    clinic.cancel(visit)
    worker(clinic)
    assert clinic.wall.shown(accepts(clinic, ada).period.start) == "09:00"


def test_nights_are_waited_for_too(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    stay = camp.book("cabin", "2026-03-05/2026-03-07")
    ada = joins(camp, "ada", service="cabin", when="2026-03-06/2026-03-08")
    camp.cancel(stay)
    worker(camp)
    booked = accepts(camp, ada)
    assert booked.stay is not None
    assert booked.stay.nights == 2


def test_a_crash_between_booking_and_the_note_in_the_line_is_mended(
    tour: OpenBusiness, party: Reservation
) -> None:
    ada = joins(tour, "ada", seats=2)
    tour.cancel(party)
    worker(tour)
    offer = _entry(tour, ada).offer
    assert offer is not None
    hold = _hold(tour, ada)
    tour.book("tour", DEPARTURE, seats=2, session=offer.session, hold=hold)  # and there it crashed
    assert states(tour, ada) == [OFFERED]
    tour.engine.clock.advance(timedelta(hours=2))
    worker(tour)
    assert states(tour, ada) == [BOOKED]
    assert tour.show(hold.id).is_live


def test_buyers_and_workers_at_once_sell_every_seat_once(tour: OpenBusiness, party: Reservation) -> None:
    waiting = [joins(tour, name) for name in ("ada", "bob", "eve")]
    tour.cancel(party)
    while tour.engine.stir_waitlist(tour.tenant):
        pass
    tend = partial(tour.engine.tend_waitlist, tour.tenant)
    buy = partial(tour.book, "tour", DEPARTURE)
    acts: list[Callable[[], object]] = [tend, buy, tend, buy, buy, tend]
    got = rush(acts)
    sold = sum(isinstance(each, Reservation) for each in got)
    offered = [each is OFFERED for each in states(tour, *waiting)]
    assert sold + sum(offered) == 2, got
    assert offered == sorted(offered, reverse=True), "the earliest in line come first"
    assert places_taken(tour, "tour", "2026-03-03") == 12


def test_simultaneous_acceptances_of_one_offer_are_one_reservation(
    tour: OpenBusiness, party: Reservation
) -> None:
    ada = joins(tour, "ada", seats=2)
    tour.cancel(party)
    worker(tour)
    got = rush([partial(accepts, tour, ada) for _ in range(4)])
    assert all(isinstance(each, Reservation) for each in got), got
    assert len({each.id for each in got if isinstance(each, Reservation)}) == 1
    assert places_taken(tour, "tour", "2026-03-03") == 12


def _entry(business: OpenBusiness, joined: Joined) -> WaitlistEntry:
    with business.engine.store.reading(business.tenant) as tx:
        return tx.waitlist.get(joined.entry.id)


def _hold(business: OpenBusiness, joined: Joined) -> Hold:
    offer = _entry(business, joined).offer
    assert offer is not None
    with business.engine.store.reading(business.tenant) as tx:
        hold = tx.holds.find(offer.hold)
    assert hold is not None
    return hold
