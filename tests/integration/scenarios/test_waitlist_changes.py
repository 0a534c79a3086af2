"""The catalog changes, a guest leaves, somebody dies half-way: whoever waits is served all the same."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import a_clinic, a_tour, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.errors import InvalidTransition, NotFound
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import EntryState
from booking_core.usecases.book import BookCommand
from booking_core.usecases.reading import Reader, View
from booking_core.usecases.waitlist import AcceptOffer, JoinCommand, Joined, JoinWaitlist
from tests.integration.scenarios.line import DEPARTURE, accepts, joins, leaves, named, states, worker

WAITING, OFFERED, BOOKED = EntryState.WAITING, EntryState.OFFERED, EntryState.BOOKED


def waits_for(business: OpenBusiness, who: str, service: str, when: str, *staff: str) -> JoinCommand:
    return JoinCommand(
        tenant=business.tenant,
        wanted=business.wanted(service, when, by=staff),
        customer=Customer(name=who, email=f"{who}@example.com"),
    )


def an_offer(tour: OpenBusiness) -> Joined:
    """Ada is offered the seats that were freed."""
    taken = tour.book("tour", DEPARTURE, seats=2)
    ada = joins(tour, "ada", seats=2)
    tour.cancel(taken)
    worker(tour)
    return ada


def test_who_waits_for_a_length_that_is_no_longer_sold_keeps_nobody_else_waiting(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=2))
    taken = tour.book("tour", DEPARTURE, seats=2)
    ada = joins(tour, "ada")
    (offering,) = tour.business.offerings
    shorter = attrs.evolve(offering, duration=timedelta(hours=2))
    tour.becomes(attrs.evolve(tour.business, offerings=(shorter,)).revised())
    bob = joins(tour, "bob")
    tour.cancel(taken)
    worker(tour)
    assert states(tour, ada, bob) == [WAITING, OFFERED]


def test_who_waits_for_somebody_who_has_left_keeps_nobody_else_waiting(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben"))
    annas = clinic.book("visit", DEPARTURE, by=["anna"])
    bens = clinic.book("visit", DEPARTURE, by=["ben"])
    ada = engine.join_waitlist(waits_for(clinic, "ada", "visit", DEPARTURE, "ben"))
    engine.clock.advance(timedelta(seconds=1))
    bob = engine.join_waitlist(waits_for(clinic, "bob", "visit", DEPARTURE, "anna"))
    clinic.cancel(bens)
    clinic.becomes(clinic.business.without("ben").revised())
    clinic.cancel(annas)
    worker(clinic)
    assert states(clinic, ada, bob) == [WAITING, OFFERED]


def test_the_nights_of_a_guest_who_leaves_early_are_offered(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    booked = camp.book("cabin", "2026-03-02/2026-03-08")
    ada = engine.join_waitlist(waits_for(camp, "ada", "cabin", "2026-03-05/2026-03-07"))
    worker(camp)
    camp.it_is("2026-03-02 15:00")
    with engine.store(camp.tenant) as tx:
        arrived = tx.reservations.get(booked.id).check_in(engine.clock.now())
        tx.reservations.save(arrived)
        assert booked.stay is not None
        stay = Stay(booked.stay.check_in, booked.stay.check_out - timedelta(days=4))
        shorter = Period(booked.period.start, booked.period.end - timedelta(days=4))
        tx.reservations.save(arrived.state.leave_early(shorter, stay, None, engine.clock.now()))
    worker(camp)
    assert states(camp, ada) == [OFFERED]


@pytest.mark.parametrize(("seats", "served"), [(2, [OFFERED, WAITING]), (3, [WAITING, OFFERED])])
def test_who_joined_last_is_offered_only_what_those_before_cannot_have(
    engine: TheEngine, seats: int, served: list[EntryState]
) -> None:
    """Ada was looked at in vain, and the cancellation has not stirred her yet when Bob is looked at first."""
    tour = engine.opens(a_tour(seats=3))
    taken = tour.book("tour", DEPARTURE, seats=2)
    tour.book("tour", DEPARTURE, seats=1)
    ada = joins(tour, "ada", seats=seats)
    worker(tour)
    bob = joins(tour, "bob", seats=2)
    tour.cancel(taken)
    engine.tend_waitlist(tour.tenant)
    assert states(tour, ada, bob) == served


class Overtaken(Reader):
    """Right after it has looked, somebody else does something."""

    meanwhile: Any = None

    def around(self, *asked: Any, **more: Any) -> View:
        """Look, and let it happen."""
        seen = super().around(*asked, **more)
        Overtaken.meanwhile()
        return seen


@pytest.mark.parametrize("kind", ["memory", "postgres"])
def test_what_becomes_free_while_somebody_joins_is_offered(kind: str, request: pytest.FixtureRequest) -> None:
    engine = TheEngine(request.getfixturevalue(f"{kind}_store"))
    tour = engine.opens(a_tour(seats=2))
    taken = tour.book("tour", DEPARTURE, seats=2)

    def cancelled() -> None:
        tour.cancel(taken)
        while engine.stir_waitlist(tour.tenant):
            pass

    Overtaken.meanwhile = cancelled
    join = JoinWaitlist(
        begin=engine.store,
        clock=engine.clock,
        ids=engine.ids,
        tokens=SecretTokens(),
        reader=Overtaken(holidays=ListedHolidays({})),
        rules=standard_rules(),
    )
    ada = join(waits_for(tour, "ada", "tour", DEPARTURE))
    worker(tour)
    assert states(tour, ada) == [OFFERED]


def test_what_was_accepted_is_not_declined_though_a_crash_kept_the_line_from_knowing(
    engine: TheEngine,
) -> None:
    tour = engine.opens(a_tour(seats=2))
    ada = an_offer(tour)
    booked: list[Reservation] = []

    def book_and_die(command: BookCommand) -> Reservation:
        booked.append(engine.book(command))
        raise RuntimeError("the process dies")

    with pytest.raises(RuntimeError):
        AcceptOffer(begin=engine.store, clock=engine.clock, book=book_and_die)(named(tour, ada))
    with pytest.raises(InvalidTransition, match="cancel"):
        leaves(tour, ada)
    assert accepts(tour, ada) == booked[0]
    assert states(tour, ada) == [BOOKED]


def test_an_offer_of_what_is_no_longer_sold_is_answered_with_that(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=2))
    ada = an_offer(tour)
    tour.becomes(attrs.evolve(tour.business, offerings=()).revised())
    with pytest.raises(NotFound):
        accepts(tour, ada)


def test_what_was_accepted_is_shown_again_though_it_is_no_longer_sold(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=2))
    ada = an_offer(tour)
    booked = accepts(tour, ada)
    tour.becomes(attrs.evolve(tour.business, offerings=()).revised())
    assert accepts(tour, ada) == booked
