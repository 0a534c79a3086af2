"""A line has an end: how long it may be, one place in it for each guest, and only the guest's own."""

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest

from booking_adapters._sql.waitlist import SqlWaitlist
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.store import PostgresTransaction
from booking_adapters.testing.builders import a_tour, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import Actor
from booking_core.domain.reservations.party import Customer
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry
from booking_core.ports.storage import Page
from booking_core.usecases import waitlist
from booking_core.usecases.waitlist import (
    MOST_IN_LINE,
    AlreadyWaiting,
    EntryReference,
    JoinCommand,
    Joined,
    LineFull,
)
from tests.integration.races.rush import STUCK_SECONDS, rush
from tests.integration.scenarios.line import DEPARTURE, GUEST, accepts, joins, leaves, states, worker


@pytest.fixture
def tour(engine: TheEngine) -> OpenBusiness:
    """Sold out for three days."""
    tour = engine.opens(a_tour(seats=2))
    for day in (3, 4, 5):
        tour.book("tour", f"2026-03-0{day} 10:00", seats=2)
    return tour


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines of three."""
    monkeypatch.setattr(waitlist, "MOST_IN_ONE_LINE", 3)


def join_of(business: OpenBusiness, who: str) -> JoinCommand:
    return JoinCommand(
        tenant=business.tenant,
        wanted=business.wanted("tour", DEPARTURE),
        customer=Customer(name=who, email=f"{who}@example.com"),
        actor=GUEST,
    )


@pytest.mark.usefixtures("short")
def test_a_line_that_is_full_takes_nobody_until_somebody_leaves(tour: OpenBusiness) -> None:
    ada, *_ = [joins(tour, name) for name in ("ada", "bob", "eve")]
    with pytest.raises(LineFull) as refused:
        joins(tour, "mia")
    assert (refused.value.code, refused.value.details["most"]) == ("WAITLIST_FULL", 3)
    joins(tour, "mia", when="2026-03-04 10:00")
    leaves(tour, ada)
    assert joins(tour, "mia").entry.state is EntryState.WAITING


@pytest.mark.usefixtures("short")
def test_many_who_join_at_once_do_not_make_a_line_longer_than_it_may_be(tour: OpenBusiness) -> None:
    join = tour.engine.join_waitlist
    got = rush([partial(join, join_of(tour, f"guest-{number}")) for number in range(6)])
    assert sum(isinstance(each, Joined) for each in got) == 3, got
    assert sum(isinstance(each, LineFull) for each in got) == 3, got


def test_control_without_taking_turns_the_line_grows_beyond_its_end(
    postgres_store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waitlist, "MOST_IN_ONE_LINE", 3)
    monkeypatch.setattr(PostgresTransaction, "one_at_a_time", lambda _, name: name)
    everybody, count = threading.Barrier(6), SqlWaitlist.in_line

    def counted_by_all(line: SqlWaitlist, *asked: Any) -> Sequence[WaitlistEntry]:
        found = count(line, *asked)
        everybody.wait(STUCK_SECONDS)
        return found

    monkeypatch.setattr(SqlWaitlist, "in_line", counted_by_all)
    tour = TheEngine(postgres_store).opens(a_tour(seats=1))
    tour.book("tour", DEPARTURE)
    join = tour.engine.join_waitlist
    got = rush([partial(join, join_of(tour, f"guest-{number}")) for number in range(6)])
    assert all(isinstance(each, Joined) for each in got), got


def test_a_guest_who_clicks_four_times_at_once_has_one_place(tour: OpenBusiness) -> None:
    got = rush([partial(tour.engine.join_waitlist, join_of(tour, "ada")) for _ in range(4)])
    assert sum(isinstance(each, Joined) for each in got) == 1, got
    assert sum(isinstance(each, AlreadyWaiting) for each in got) == 3, got


def test_nights_that_overlap_are_one_line(engine: TheEngine) -> None:
    camp = engine.opens(cabins(1))
    camp.book("cabin", "2026-03-05/2026-03-09")
    joins(camp, "ada", service="cabin", when="2026-03-05/2026-03-07")
    with pytest.raises(AlreadyWaiting):
        joins(camp, "ada", service="cabin", when="2026-03-06/2026-03-08")
    joins(camp, "bob", service="cabin", when="2026-03-06/2026-03-08")
    joins(camp, "ada", service="cabin", when="2026-03-08/2026-03-09")


def test_a_guest_waits_for_no_more_than_ten_things_at_once(engine: TheEngine) -> None:
    tour = engine.opens(a_tour(seats=1))
    days = [f"2026-03-{day:02} 10:00" for day in range(3, 4 + MOST_IN_LINE)]
    for day in days:
        tour.book("tour", day)
    for day in days[:-1]:
        joins(tour, "ada", when=day)
    with pytest.raises(AlreadyWaiting, match="10 things"):
        joins(tour, "ada", when=days[-1])


def test_who_left_may_join_again_at_the_end_with_a_new_token(tour: OpenBusiness) -> None:
    first, bob = joins(tour, "ada"), joins(tour, "bob")
    leaves(tour, first)
    again = joins(tour, "ada")
    assert again.token != first.token
    with tour.engine.store.reading(tour.tenant) as tx:
        line = tx.waitlist.in_line(first.entry.period, 10)
    assert [each.id for each in line] == [bob.entry.id, again.entry.id]
    old = EntryReference(tenant=tour.tenant, entry=again.entry.id, token=first.token, actor=GUEST)
    with pytest.raises(NotFound):
        tour.engine.leave_waitlist(old)


def test_staff_take_anybody_out_of_the_line_and_a_guest_only_themselves(tour: OpenBusiness) -> None:
    ada, bob = joins(tour, "ada"), joins(tour, "bob")
    for token in ("", bob.token):
        reference = EntryReference(tenant=tour.tenant, entry=ada.entry.id, token=token, actor=GUEST)
        for act in (tour.engine.leave_waitlist, tour.engine.accept_offer):
            with pytest.raises(NotFound):
                act(reference)
    by_staff = EntryReference(tenant=tour.tenant, entry=ada.entry.id, actor=Actor("staff"))
    assert tour.engine.leave_waitlist(by_staff).state is EntryState.LEFT
    assert states(tour, ada, bob) == [EntryState.LEFT, EntryState.WAITING]


def test_an_offer_is_accepted_by_staff_for_a_guest_who_calls(tour: OpenBusiness) -> None:
    ada = joins(tour, "ada")
    with tour.engine.store.reading(tour.tenant) as tx:
        (taken,) = tx.reservations.overlapping(None, ada.entry.period, Page())
    tour.cancel(taken)
    worker(tour)
    by_staff = EntryReference(tenant=tour.tenant, entry=ada.entry.id, actor=Actor("staff"))
    booked = tour.engine.accept_offer(by_staff)
    assert (booked.customer.name, accepts(tour, ada)) == ("ada", booked)
