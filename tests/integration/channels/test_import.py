"""A channel's bookings: taken once, as of their newest revision, against our rules and without room if need be."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import Business, a_clinic, a_tour, cabins
from booking_adapters.testing.contracts.crowd import all_at_once
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.catalog.policy import RuleSetting
from booking_core.domain.channels.booking import DuplicateExternalReference
from booking_core.domain.channels.link import Kind
from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases.channels import ReceiveCommand
from tests.integration.channels.seller import Seller, booking, cancelled

DATES = "2026-03-10/2026-03-12"
LONGER = "2026-03-10/2026-03-14"


def test_a_feed_that_is_replayed_ten_times_makes_one_booking(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(3))
    feed = [
        booking(seller.house, DATES),
        booking(seller.house, LONGER, revision=2, kind=Kind.MODIFIED),
        booking(seller.house, DATES, reference="R-2"),
    ]
    for _ in range(10):
        seller.tells(*feed)
    assert len(seller.everything()) == 2
    assert seller.booked().stay == booking(seller.house, LONGER).content.stay  # type: ignore[union-attr]
    assert seller.booked().version == 2
    assert seller.alerts() == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (1, 2, 0), (2, 0, 1), (0, 2, 1)])
def test_revisions_in_any_order_come_to_the_newest(engine: TheEngine, order: tuple[int, ...]) -> None:
    seller = Seller.of(engine, cabins(1))
    told = [
        booking(seller.house, DATES),
        booking(seller.house, LONGER, revision=2, kind=Kind.MODIFIED),
        booking(seller.house, "2026-03-11/2026-03-12", revision=3, kind=Kind.MODIFIED, people=4),
    ]
    for each in order:
        seller.tells(told[each])
    (stored,) = seller.everything()
    assert (stored.stay, stored.party.people) == (told[2].content.stay, 4)  # type: ignore[union-attr]
    assert seller.link().revision == 3  # type: ignore[union-attr]


def test_a_cancellation_frees_the_place_and_nothing_revives_the_booking(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house, DATES))
    seller.tells(cancelled(revision=2))
    seller.tells(booking(seller.house, DATES), booking(seller.house, LONGER, revision=3, kind=Kind.MODIFIED))
    assert seller.booked().status is Status.CANCELLED
    assert seller.house.book("cabin", DATES).is_live


def test_a_cancellation_that_comes_before_its_booking_is_remembered(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(cancelled(revision=2))
    seller.tells(booking(seller.house, DATES))
    assert seller.everything() == []


def test_what_was_called_off_here_can_be_called_off_by_the_channel(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house, DATES))
    seller.house.cancel(seller.booked())
    assert seller.tells(cancelled(revision=2)) == 1
    assert seller.alerts() == []


def under(business: Business, **terms: Any) -> Business:
    """The business under other terms."""
    (offering,) = business.offerings
    policy = attrs.evolve(offering.policy, **terms)
    return attrs.evolve(business, offerings=(attrs.evolve(offering, policy=policy),))


def test_a_booking_against_the_rules_is_taken_and_flagged(engine: TheEngine) -> None:
    stopped = RuleSetting.of("stop_sell", dates=["2026-03-10"])
    seller = Seller.of(engine, under(cabins(1), rules=(stopped,)))
    seller.tells(booking(seller.house, DATES, people=9))
    taken = seller.booked()
    assert (taken.status, taken.party.people, taken.is_overbooked) == (Status.CONFIRMED, 9, False)
    assert len(taken.allocations) == 1
    assert seller.link().violations == ("party_too_large", "stop_sell")  # type: ignore[union-attr]
    assert seller.alerts() == []


def test_an_approval_is_not_waited_for(engine: TheEngine) -> None:
    seller = Seller.of(engine, under(cabins(1), needs_approval=True))
    seller.tells(booking(seller.house, DATES))
    assert seller.booked().status is Status.CONFIRMED


def test_an_overbooking_is_stored_without_a_place_and_people_are_told(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    ours = seller.house.book("cabin", DATES)
    seller.tells(booking(seller.house, DATES))
    sold_twice = seller.booked()
    assert (sold_twice.status, sold_twice.is_overbooked, sold_twice.allocations) == (
        Status.CONFIRMED,
        True,
        (),
    )
    assert seller.link().violations == ("lane_taken",)  # type: ignore[union-attr]
    (alert,) = seller.alerts()
    assert (alert.kind, alert.subject) == ("overbooked", sold_twice.id)
    assert "Ann" not in alert.message
    with pytest.raises(InvalidTransition, match="no place"):
        sold_twice.check_in(sold_twice.period.start)
    seller.house.cancel(ours)
    found_room = seller.house.move(sold_twice, DATES)
    assert (found_room.is_overbooked, len(found_room.allocations)) == (False, 1)
    assert found_room.check_in(sold_twice.period.start).state.status is Status.CHECKED_IN


def test_a_tour_is_overbooked_by_the_party_that_does_not_fit(engine: TheEngine) -> None:
    seller = Seller.of(engine, a_tour(4))
    at_ten = "2026-03-10 10:00"
    seller.tells(booking(seller.house, at_ten, service="tour", seats=3, people=3))
    seller.tells(booking(seller.house, at_ten, service="tour", seats=2, people=2, reference="R-2"))
    assert not seller.booked().is_overbooked
    assert seller.booked("R-2").is_overbooked
    assert seller.house.book("tour", at_ten).is_live


def test_a_closed_cabin_that_was_sold_is_overbooked(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.house.close("cabin-1", "2026-03-09/2026-03-13")
    seller.tells(booking(seller.house, DATES))
    assert seller.booked().is_overbooked


def test_a_change_for_which_there_is_no_room_is_taken_too(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house, DATES))
    seller.house.book("cabin", "2026-03-12/2026-03-14")
    seller.tells(booking(seller.house, LONGER, revision=2, kind=Kind.MODIFIED))
    assert seller.booked().is_overbooked
    assert [alert.kind for alert in seller.alerts()] == ["overbooked"]
    seller.tells(booking(seller.house, DATES, revision=3, kind=Kind.MODIFIED))
    assert not seller.booked().is_overbooked


def test_what_cannot_be_followed_is_kept_and_people_are_told(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    unknown = booking(seller.house, DATES)
    assert unknown.content is not None
    unknown = attrs.evolve(unknown, content=attrs.evolve(unknown.content, service="tree-house"))
    assert seller.tells(unknown, booking(seller.house, DATES, reference="R-2")) == 2
    assert [stored.id for stored in seller.everything()] == [seller.booked("R-2").id]
    assert [alert.kind for alert in seller.alerts()] == ["channel_booking_failed"]
    with engine.store(seller.house.tenant) as tx:
        tx.channels.inbox.requeue(unknown.message)
    assert seller.imports()(seller.house.tenant) == 1


def test_a_guest_who_is_here_is_not_cancelled_by_a_channel(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house, "2026-03-02/2026-03-04"))
    seller.house.it_is("2026-03-02 16:00")
    with engine.store(seller.house.tenant) as tx:
        tx.reservations.save(seller.booked().check_in(engine.clock.now()))
    seller.tells(cancelled(revision=2))
    assert seller.booked().status is Status.CHECKED_IN
    assert [(alert.kind, alert.subject) for alert in seller.alerts()] == [
        ("channel_booking_failed", seller.booked().id)
    ]


def test_one_revision_that_says_two_things_is_refused(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house, DATES))
    with pytest.raises(DuplicateExternalReference):
        seller.tells(booking(seller.house, LONGER))
    assert len(seller.everything()) == 1


def test_many_workers_import_a_booking_once(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(4))
    told = [booking(seller.house, DATES, reference=f"R-{number}") for number in range(3)]
    seller.receives()(ReceiveCommand(tenant=seller.house.tenant, bookings=told))
    outcomes = all_at_once(*[lambda: seller.imports()(seller.house.tenant)] * 4)
    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert len(seller.everything()) == 3
    assert not any(stored.is_overbooked for stored in seller.everything())


def test_events_tell_who_follows_that_something_is_wrong(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.house.book("cabin", DATES)
    seller.tells(booking(seller.house, DATES))
    names, at = frozenset({"ReservationOverbooked", "ReservationAgainstRules"}), engine.clock.now()
    with engine.store(seller.house.tenant) as tx:
        tx.outbox.spread({"test": names}, at, 99)
    with engine.store(seller.house.tenant) as tx:
        first = tx.outbox.lease(["test"], at, 9, timedelta(minutes=1))
        for owed in first:
            tx.outbox.handled(owed)
    with engine.store(seller.house.tenant) as tx:
        later = tx.outbox.lease(["test"], at, 9, timedelta(minutes=1))
    assert {owed.event.name for owed in (*first, *later)} == names


def test_an_appointment_sold_elsewhere_keeps_its_buffers(engine: TheEngine) -> None:
    seller = Seller.of(engine, a_clinic().with_staff("dr-adams"))
    service = next(iter(seller.house.business.catalog.services.values()))
    seller.tells(booking(seller.house, "2026-03-03 10:00", service=service.key, people=1))
    (taken,) = seller.everything()
    assert taken.claims[0].period == taken.period.widened(service.buffer_before, service.buffer_after)


def test_what_was_called_off_and_is_sold_again_under_its_reference_is_told_to_people(
    engine: TheEngine,
) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house))
    seller.tells(cancelled(revision=2))
    assert seller.alerts() == []
    assert seller.tells(booking(seller.house, revision=3, kind=Kind.MODIFIED)) == 1
    (alert,) = seller.alerts()
    assert alert.kind == "channel_booking_failed"
    assert "called off before" in alert.message


def test_what_comes_late_for_what_was_called_off_is_nobodys_business(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(cancelled(revision=3))
    seller.tells(booking(seller.house, revision=2))
    assert seller.alerts() == []
