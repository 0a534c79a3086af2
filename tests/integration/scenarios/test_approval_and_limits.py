"""Bookings that staff approve, customers who want too many, and guests who do not come."""

from datetime import timedelta

import pytest

from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken
from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.reservations.reservation import Reservation, Status

TUESDAY = "2026-03-03"
TEN = f"{TUESDAY} 10:00"


@pytest.fixture
def approved(engine: TheEngine) -> OpenBusiness:
    """A clinic that approves every visit within four hours."""
    return engine.opens(
        a_clinic().with_staff("anna").under(needs_approval=True, pending_ttl=timedelta(hours=4))
    )


def test_a_request_waits_for_approval_and_holds_its_place(approved: OpenBusiness) -> None:
    pending = approved.book("visit", TEN)
    assert pending.status is Status.PENDING
    assert pending.expires_at == approved.engine.clock.now() + timedelta(hours=4)
    with pytest.raises(SlotTaken):
        approved.book("visit", TEN, customer="Eve")
    confirmed = approved.confirm(pending)
    assert (confirmed.status, confirmed.expires_at) == (Status.CONFIRMED, None)
    approved.engine.clock.advance(timedelta(hours=5))
    assert approved.time_passes() == 0
    with pytest.raises(SlotTaken):
        approved.book("visit", TEN, customer="Eve")


def test_a_declined_request_is_final_and_its_place_free(approved: OpenBusiness) -> None:
    pending = approved.book("visit", TEN)
    assert approved.decline(pending, "on holiday").history[-1].note == "on holiday"
    assert approved.book("visit", TEN, customer="Eve").is_live
    for act in (approved.confirm, approved.cancel, approved.decline):
        with pytest.raises(InvalidTransition):
            act(pending)


def test_nobody_waits_longer_than_the_policy_says(approved: OpenBusiness) -> None:
    pending = approved.book("visit", TEN)
    approved.engine.clock.advance(timedelta(hours=4) - timedelta(seconds=1))
    assert approved.time_passes() == 0
    approved.engine.clock.advance(timedelta(seconds=1))
    assert approved.time_passes() == 1
    assert approved.show(pending.code).status is Status.EXPIRED
    with pytest.raises(InvalidTransition):
        approved.confirm(pending)


def test_an_expired_request_blocks_nobody_even_when_no_worker_runs(approved: OpenBusiness) -> None:
    pending = approved.book("visit", TEN)
    approved.engine.clock.advance(timedelta(hours=4))
    assert "10:00" in approved.times("visit", TUESDAY)
    assert approved.book("visit", TEN, customer="Eve").is_live
    assert approved.show(pending.code).status is Status.EXPIRED


def test_a_pending_request_can_be_moved_and_waits_on(approved: OpenBusiness) -> None:
    moved = approved.move(approved.book("visit", TEN), f"{TUESDAY} 15:00")
    assert moved.status is Status.PENDING
    assert "10:00" in approved.times("visit", TUESDAY)
    approved.engine.clock.advance(timedelta(hours=4))
    assert approved.time_passes() == 1


def test_a_customer_has_as_many_upcoming_visits_as_allowed(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").with_rule("customer_limit", live=2))
    clinic.book("visit", f"{TUESDAY} 09:00", customer="Bob")
    second = clinic.book("visit", f"{TUESDAY} 11:00", customer="Bob")
    with pytest.raises(NotBookable) as refused:
        clinic.book("visit", f"{TUESDAY} 13:00", customer=" bob ")
    assert [each.code for each in refused.value.details["violations"]] == ["customer_limit"]
    clinic.book("visit", f"{TUESDAY} 13:00", customer="Eve")
    # Moving one of his own is no third visit, and a cancelled one does not count.
    second = clinic.move(second, f"{TUESDAY} 15:00")
    clinic.cancel(second)
    clinic.book("visit", f"{TUESDAY} 11:00", customer="Bob")
    # What is over does not count either.
    clinic.it_is(f"{TUESDAY} 10:00")
    clinic.book("visit", f"{TUESDAY} 15:00", customer="Bob")


def test_pressing_many_times_at_once_does_not_pass_the_limit(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben").with_rule("customer_limit", live=1))
    hours = ("09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00")
    acts = [lambda each=each: clinic.book("visit", f"{TUESDAY} {each}", customer="Bob") for each in hours]
    outcomes = all_at_once(*acts)
    assert sum(isinstance(each, Reservation) for each in outcomes) == 1
    assert all(isinstance(each, Reservation | NotBookable) for each in outcomes), outcomes


def test_a_guest_who_does_not_come_is_marked_when_the_policy_says(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").under(no_show_after=timedelta(minutes=20)))
    missing = clinic.book("visit", TEN)
    upcoming = clinic.book("visit", f"{TUESDAY} 15:00")
    clinic.it_is(f"{TUESDAY} 10:19")
    assert clinic.time_passes() == 0
    clinic.it_is(f"{TUESDAY} 10:20")
    assert clinic.time_passes() == 1
    assert clinic.show(missing.code).status is Status.NO_SHOW
    assert clinic.show(upcoming.code).status is Status.CONFIRMED
    assert clinic.time_passes() == 0


def test_where_the_policy_is_silent_nobody_is_missing_and_what_is_over_took_place(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    visit = clinic.book("visit", TEN)
    clinic.it_is(f"{TUESDAY} 10:20")
    assert clinic.time_passes() == 0
    clinic.it_is("2026-03-10 10:00")
    assert clinic.time_passes() == 1
    assert clinic.show(visit.code).status is Status.COMPLETED
