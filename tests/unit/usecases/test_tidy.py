"""The worker's round, and what changes while it makes it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.repositories import MemoryTransaction
from booking_adapters.testing.builders import Business, a_clinic, grand_hotel, nightly
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases.expire import ExpireClaims
from booking_core.usecases.make_quote import QuoteCommand
from booking_core.usecases.tidy import CompletePast, MarkNoShows


class Meanwhile:
    """A unit of work in which something else happens right after each reading."""

    def __init__(self, store: MemoryStore, something: Callable[[], object]) -> None:
        self._store, self._something = store, something

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[MemoryTransaction]:
        with self._store(tenant, actor) as tx:
            yield tx

    @contextmanager
    def reading(self, tenant: TenantId) -> Iterator[MemoryTransaction]:
        with self._store.reading(tenant) as tx:
            yield tx
        self._something()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def clinic(store: MemoryStore) -> OpenBusiness:
    described = (
        a_clinic()
        .with_staff("anna")
        .under(needs_approval=True, pending_ttl=timedelta(hours=1), no_show_after=timedelta(minutes=15))
    )
    return TheEngine(store).opens(described)


def test_lapsed_holds_and_unapproved_reservations_end(clinic: OpenBusiness) -> None:
    clinic.hold("visit", "2026-03-03 09:00", "session")
    waiting = clinic.book("visit", "2026-03-03 12:00")
    assert clinic.engine.expire_claims(clinic.tenant) == 0
    clinic.engine.clock.advance(timedelta(minutes=10))
    assert clinic.engine.expire_claims(clinic.tenant) == 1
    clinic.engine.clock.advance(timedelta(hours=1))
    assert clinic.engine.expire_claims(clinic.tenant) == 1
    assert clinic.show(waiting.id).status is Status.EXPIRED
    assert clinic.engine.expire_claims(clinic.tenant) == 0


def test_one_that_was_declined_meanwhile_does_not_keep_the_others_from_expiring(
    clinic: OpenBusiness, store: MemoryStore
) -> None:
    first, second = clinic.book("visit", "2026-03-03 09:00"), clinic.book("visit", "2026-03-03 12:00")
    clinic.engine.clock.advance(timedelta(hours=2))
    begin = Meanwhile(store, lambda: clinic.decline(first))
    assert ExpireClaims(begin=begin, clock=clinic.engine.clock, ids=clinic.engine.ids)(clinic.tenant) == 1
    assert [clinic.show(each.id).status for each in (first, second)] == [Status.DECLINED, Status.EXPIRED]


@pytest.mark.parametrize("what", ["renewed", "released"])
def test_a_hold_that_was_saved_or_given_back_meanwhile_is_left_alone(
    clinic: OpenBusiness, store: MemoryStore, what: str
) -> None:
    hold = clinic.hold("visit", "2026-03-03 09:00", "session")
    clinic.engine.clock.advance(timedelta(minutes=10))
    clock = clinic.engine.clock

    def meanwhile() -> None:
        clock.advance(-timedelta(minutes=5))
        if what == "renewed":
            clinic.renew(hold, "session")
        else:
            clinic.release(hold, "session")
        clock.advance(timedelta(minutes=5))

    assert (
        ExpireClaims(begin=Meanwhile(store, meanwhile), clock=clock, ids=clinic.engine.ids)(clinic.tenant)
        == 0
    )


def test_a_guest_who_was_cancelled_meanwhile_does_not_keep_the_others_from_being_marked(
    clinic: OpenBusiness, store: MemoryStore
) -> None:
    first, second = (clinic.confirm(clinic.book("visit", f"2026-03-03 {at}")) for at in ("12:00", "09:00"))
    clinic.it_is("2026-03-03 12:15")
    begin = Meanwhile(store, lambda: clinic.cancel(first))
    assert MarkNoShows(begin=begin, clock=clinic.engine.clock, ids=clinic.engine.ids)(clinic.tenant) == 1
    assert [clinic.show(each.id).status for each in (first, second)] == [Status.CANCELLED, Status.NO_SHOW]


def test_a_guest_is_a_no_show_from_the_very_minute_of_the_policy_on(clinic: OpenBusiness) -> None:
    clinic.confirm(clinic.book("visit", "2026-03-03 09:00"))
    clinic.it_is("2026-03-03 09:14")
    assert clinic.engine.mark_no_shows(clinic.tenant) == 0
    clinic.it_is("2026-03-03 09:15")
    assert clinic.engine.mark_no_shows(clinic.tenant) == 1


@pytest.mark.parametrize(
    ("terms", "still_open", "over"),
    [
        ({"completes_unattended": True}, "2026-03-03 09:29", "2026-03-03 09:30"),
        ({"no_show_after": None}, "2026-03-04 09:29", "2026-03-04 09:30"),
    ],
)
def test_what_is_over_is_completed_and_holds_no_lanes(
    store: MemoryStore, terms: dict[str, object], still_open: str, over: str
) -> None:
    clinic = TheEngine(store).opens(a_clinic().with_staff("anna").under(**terms))
    booked = clinic.book("visit", "2026-03-03 09:00")
    clinic.it_is(still_open)
    assert clinic.engine.complete_past(clinic.tenant) == 0
    clinic.it_is(over)
    assert clinic.time_passes() == 1
    assert clinic.show(booked.id).status is Status.COMPLETED
    assert clinic.show(booked.id).allocations == ()
    assert clinic.engine.complete_past(clinic.tenant) == 0


def test_one_that_became_a_no_show_meanwhile_does_not_keep_the_others_from_being_completed(
    store: MemoryStore,
) -> None:
    described = a_clinic().with_staff("anna").under(completes_unattended=True, no_show_after=timedelta(0))
    clinic = TheEngine(store).opens(described)
    missing = clinic.book("visit", "2026-03-03 09:00")
    clinic.it_is("2026-03-03 10:00")
    begin = Meanwhile(store, lambda: clinic.engine.mark_no_shows(clinic.tenant))
    assert CompletePast(begin=begin, clock=clinic.engine.clock, ids=clinic.engine.ids)(clinic.tenant) == 0
    assert clinic.show(missing.id).status is Status.NO_SHOW


def test_a_missing_guest_is_never_completed(clinic: OpenBusiness) -> None:
    clinic.confirm(clinic.book("visit", "2026-03-03 09:00"))
    clinic.it_is("2026-03-10 09:00")
    assert clinic.engine.complete_past(clinic.tenant) == 0
    assert clinic.time_passes() == 1


def test_quotes_are_forgotten_a_day_after_they_expired() -> None:
    hotel = TheEngine(MemoryStore()).opens(priced_hotel())
    command = QuoteCommand(tenant=hotel.tenant, wanted=hotel.wanted("deluxe-king", "2026-03-15/2026-03-18"))
    expiry = hotel.engine.make_quote(command).quote.expires_at
    hotel.engine.clock.set(expiry + timedelta(days=1, seconds=-1))
    assert hotel.engine.forget_quotes(hotel.tenant) == 0
    hotel.engine.clock.advance(timedelta(seconds=1))
    assert hotel.engine.forget_quotes(hotel.tenant) == 1


def priced_hotel() -> Business:
    return grand_hotel().priced("deluxe-king", nightly("KING", Money(18_900, "USD")))
