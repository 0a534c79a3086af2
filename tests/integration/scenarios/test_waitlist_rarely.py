"""What seldom happens in a line, and must not go wrong then."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.testing.ambient import ListedHolidays
from booking_adapters.testing.builders import a_clinic, a_tour, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Actor
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import EntryState
from booking_core.usecases import tend_waitlist
from booking_core.usecases.book import BookCommand
from booking_core.usecases.reading import Reader, View
from booking_core.usecases.tend_waitlist import TendWaitlist
from booking_core.usecases.waitlist import AcceptOffer, JoinCommand, OfferLapsed, WaitlistQuery
from tests.integration.scenarios.line import DEPARTURE, accepts, joins, leaves, named, states, worker

WAITING, OFFERED = EntryState.WAITING, EntryState.OFFERED


@pytest.fixture
def tour(engine: TheEngine) -> OpenBusiness:
    return engine.opens(a_tour(seats=2).under(offer_ttl=timedelta(hours=2)))


@pytest.fixture
def two(tour: OpenBusiness) -> Reservation:
    """Both seats."""
    return tour.book("tour", DEPARTURE, seats=2)


def test_who_declines_after_the_hold_was_tidied_away_makes_room_all_the_same(
    tour: OpenBusiness, two: Reservation
) -> None:
    ada, bob = joins(tour, "ada", seats=2), joins(tour, "bob", seats=2)
    tour.cancel(two)
    worker(tour)
    tour.engine.clock.advance(timedelta(hours=2))
    tour.time_passes()
    assert leaves(tour, ada).state is EntryState.DECLINED
    worker(tour)
    assert states(tour, bob) == [OFFERED]


def test_who_accepts_in_the_middle_of_accepting_has_one_reservation(
    tour: OpenBusiness, two: Reservation
) -> None:
    ada = joins(tour, "ada", seats=2)
    tour.cancel(two)
    worker(tour)
    engine, elsewhere = tour.engine, []

    def book(command: BookCommand) -> Reservation:
        elsewhere.append(accepts(tour, ada))
        return engine.book(command)

    accept = AcceptOffer(begin=engine.store, clock=engine.clock, book=book)
    assert [accept(named(tour, ada))] == elsewhere


def test_an_offer_that_lapses_in_the_middle_of_being_accepted_goes_to_the_next(
    tour: OpenBusiness, two: Reservation
) -> None:
    ada, bob = joins(tour, "ada", seats=2), joins(tour, "bob", seats=2)
    tour.cancel(two)
    worker(tour)
    engine = tour.engine

    def book(command: BookCommand) -> Reservation:
        engine.clock.advance(timedelta(hours=2))
        worker(tour)
        return engine.book(command)

    accept = AcceptOffer(begin=engine.store, clock=engine.clock, book=book)
    with pytest.raises(OfferLapsed):
        accept(named(tour, ada))
    assert states(tour, ada, bob) == [EntryState.LAPSED, OFFERED]


def test_who_waits_for_what_is_sold_no_longer_waits_in_vain_and_harms_nobody(
    tour: OpenBusiness, two: Reservation
) -> None:
    assert two.is_live
    ada = joins(tour, "ada")
    tour.becomes(attrs.evolve(tour.business, offerings=()).revised())
    worker(tour)
    assert states(tour, ada) == [WAITING]
    tour.it_is("2026-03-03 10:00")
    worker(tour)
    assert states(tour, ada) == [EntryState.EXPIRED]


def test_a_long_line_is_looked_at_in_bounded_turns(
    tour: OpenBusiness, two: Reservation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, bob = joins(tour, "ada"), joins(tour, "bob")
    tour.cancel(two)
    while tour.engine.stir_waitlist(tour.tenant):
        pass
    monkeypatch.setattr(tend_waitlist, "BATCH", 1)
    assert tour.engine.tend_waitlist(tour.tenant) == 1
    assert states(tour, ada, bob) == [OFFERED, WAITING]
    assert tour.engine.tend_waitlist(tour.tenant) == 1
    assert states(tour, ada, bob) == [OFFERED, OFFERED]


class Outpaced(Reader):
    """Whenever it has seen that a place is free, and before it looks who serves, that is gone."""

    gone: Any = None

    def for_request(self, *asked: Any, **more: Any) -> View:
        """Let it go, and read."""
        Outpaced.gone()
        return super().for_request(*asked, **more)


@pytest.mark.parametrize("kind", ["memory", "postgres"])
def test_a_place_that_goes_between_two_looks_is_not_offered(
    kind: str, request: pytest.FixtureRequest
) -> None:
    engine = TheEngine(request.getfixturevalue(f"{kind}_store"))
    clinic = engine.opens(a_clinic().with_staff("anna"))
    taken = clinic.book("visit", DEPARTURE)
    ada = joins(clinic, "ada", service="visit")
    clinic.cancel(taken)
    while engine.stir_waitlist(clinic.tenant):
        pass
    Outpaced.gone = lambda: clinic.book("visit", DEPARTURE)
    tend = TendWaitlist(
        begin=engine.store,
        clock=engine.clock,
        ids=engine.ids,
        tokens=SecretTokens(),
        reader=Outpaced(holidays=ListedHolidays({})),
        rules=standard_rules(),
    )
    Persistent(tend)(clinic.tenant)
    assert states(clinic, ada) == [WAITING]


def waits_for(business: OpenBusiness, service: str, when: str, **changes: Any) -> JoinCommand:
    wanted = business.wanted(service, when, waived=changes.pop("waived", ()))
    customer = Customer(name="Ada", email="ada@example.com")
    return JoinCommand(tenant=business.tenant, wanted=wanted, customer=customer, **changes)


def test_rules_are_not_waived_for_who_waits(tour: OpenBusiness, two: Reservation) -> None:
    assert two.is_live
    waived = waits_for(tour, "tour", DEPARTURE, waived=["minimum_notice"], actor=Actor("staff"))
    with pytest.raises(InvalidInput, match="waived"):
        tour.engine.join_waitlist(waived)


def test_a_window_is_for_what_has_a_fixed_length_and_ends_within_a_month(
    engine: TheEngine, tour: OpenBusiness, two: Reservation
) -> None:
    assert two.is_live
    far = waits_for(tour, "tour", DEPARTURE, latest=tour.moment("2026-04-04 10:00"))
    with pytest.raises(InvalidInput, match="31 days"):
        engine.join_waitlist(far)
    camp = engine.opens(cabins(1))
    camp.book("cabin", "2026-03-05/2026-03-07")
    nights = waits_for(camp, "cabin", "2026-03-05/2026-03-07", latest=camp.moment("2026-03-08 15:00"))
    with pytest.raises(InvalidInput, match="fixed length"):
        engine.join_waitlist(nights)


def test_what_the_rules_forbid_is_waited_for_by_nobody(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1).with_rule("nights", maximum=2))
    camp.book("cabin", "2026-03-05/2026-03-07")
    with pytest.raises(NotBookable) as refused:
        engine.join_waitlist(waits_for(camp, "cabin", "2026-03-05/2026-03-08"))
    assert [each.code for each in refused.value.details["violations"]] == ["nights"]


def test_a_window_in_which_nothing_starts_is_waited_for_by_nobody(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", hours="TU 09:00-10:00"))
    clinic.book("visit", "2026-03-03 09:15")
    window = waits_for(clinic, "visit", "2026-03-03 12:00", latest=clinic.moment("2026-03-03 13:00"))
    with pytest.raises(NotBookable):
        engine.join_waitlist(window)


@pytest.mark.parametrize("limit", [0, 501])
def test_nobody_lists_nothing_or_everything(tour: OpenBusiness, limit: int) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        WaitlistQuery(tenant=tour.tenant, span=tour.wall.period("2026-03-03"), limit=limit)
