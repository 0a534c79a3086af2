"""A rental site's calendar as a channel: what it sells is booked once, follows it, and outlives its faults."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import Business, cabins
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.channels import rental as bookings_of_sites
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases.calendar_subscriptions import SubscriptionReference, UnsubscribeCalendar
from tests.integration.calendars.elsewhere import elsewhere
from tests.integration.channels.site import Site, event, site, subscribed
from tests.integration.crashes.dying import Arrows, Died, DyingUnitOfWork

DATES, LONGER, LATER = "2026-03-10/2026-03-12", "2026-03-10/2026-03-14", "2026-03-20/2026-03-22"
OTHER = event("other@site", LATER)
A_DAY = timedelta(days=1)
MOST_ARROWS = 60


def a_period(rental: Site, dates: str) -> Period:
    """From midnight to midnight, where the cabin is."""
    first, last = map(rental.house.moment, dates.split("/"))
    return Period(first, last)


@pytest.fixture
def rental(engine: TheEngine) -> Iterator[Site]:
    """On each storage."""
    with site(engine) as made:
        yield made


def test_what_the_site_sells_is_a_booking_and_what_it_blocks_is_closed(rental: Site) -> None:
    rental.says(event("a@site", DATES), event("b@site", LATER, "Airbnb (Not available)"))
    booked = rental.booked("a@site")
    assert (booked.status, booked.stay) == (
        Status.CONFIRMED,
        Stay(date(2026, 3, 10), date(2026, 3, 12)),
    )
    assert (booked.customer.name, booked.customer.email) == ("Guest of site", "")
    (closure,) = rental.closures()
    assert closure.period == a_period(rental, LATER)
    assert rental.alerts() == []


def test_a_guest_who_leaves_on_a_day_leaves_its_night_free(rental: Site) -> None:
    rental.says(event("a@site", DATES))
    assert rental.house.book("cabin", "2026-03-12/2026-03-13").is_live


def test_a_calendar_that_is_read_ten_times_makes_one_booking(rental: Site) -> None:
    for number in range(10):
        rental.says(event("a@site", DATES), f"{OTHER}\nX-NUMBER:{number}")
    assert [each.version for each in rental.bookings()] == [1, 1]


def test_a_uid_that_is_made_anew_every_day_makes_no_other_booking(rental: Site) -> None:
    for number in range(10):
        rental.says(event(f"{number}-a@site", DATES), event(f"{number}-b@site", LATER))
    assert [each.version for each in rental.bookings()] == [1, 1]


def test_a_not_available_block_that_slides_with_today_makes_no_booking_and_one_closure(rental: Site) -> None:
    """Section 6 item 11 of the scenarios."""
    known = set()
    for number in range(10):
        first = (rental.engine.clock.now() + A_DAY).date()
        block = event(f"b{number}", f"{first}/{first + 30 * A_DAY}", "Airbnb (Not available)")
        rental.says(event("a@site", "2026-04-20/2026-04-22"), block)
        rental.engine.clock.advance(A_DAY)
        known |= {each.id for each in rental.closures()}
    assert len(known) == 1
    assert [each.version for each in rental.bookings()] == [1]


def test_a_booking_of_other_nights_under_its_uid_moves(rental: Site) -> None:
    rental.says(event("a@site", DATES), OTHER)
    before = rental.booked("a@site")
    rental.says(event("a@site", LONGER), OTHER)
    after = rental.booked("a@site")
    assert (after.id, after.stay) == (before.id, Stay(date(2026, 3, 10), date(2026, 3, 14)))
    assert len(rental.bookings()) == 2


def test_what_vanishes_is_cancelled_and_its_nights_are_free(rental: Site) -> None:
    rental.says(event("a@site", DATES), OTHER)
    rental.says(OTHER)
    assert rental.booked("a@site").status is Status.CANCELLED
    assert rental.house.book("cabin", DATES).is_live
    assert rental.alerts() == []


def test_a_stay_that_is_under_way_when_it_is_first_read_is_booked_too(rental: Site) -> None:
    rental.says(event("a@site", "2026-02-28/2026-03-05"), OTHER)
    booked = rental.booked("a@site")
    assert (booked.is_live, booked.is_overbooked) == (True, False)
    rental.engine.clock.advance(A_DAY)
    rental.says(event("a@site", "2026-03-03/2026-03-05"), OTHER)
    rental.says(OTHER)
    assert rental.booked("a@site") == booked
    assert rental.alerts() == []


def test_what_comes_back_is_booked_anew(rental: Site) -> None:
    rental.says(event("a@site", DATES), OTHER)
    rental.says(OTHER)
    rental.says(event("a@site", DATES), OTHER)
    assert rental.booked("a@site").status is Status.CANCELLED
    assert rental.booked("a@site#2").status is Status.CONFIRMED


def broken(rental: Site, how: str) -> None:
    """The site answers wrongly."""
    match how:
        case "empty":
            rental.place.says()
        case "half":
            rental.place.says(event("a@site", DATES))
            rental.place.body = rental.place.body[:-20]
        case "nothing":
            rental.place.body = b""
        case "a sign-in page":
            rental.place.body = b"<html>Please sign in</html>"
        case "an error":
            rental.place.status = 500
        case "most of it":
            rental.place.says(event("a@site", DATES))


@pytest.mark.parametrize("how", ["empty", "half", "nothing", "a sign-in page", "an error", "most of it"])
def test_a_calendar_that_fails_cancels_nothing(rental: Site, how: str) -> None:
    events = [event("a@site", DATES), OTHER, event("c@site", "2026-04-01/2026-04-03")]
    rental.says(*events)
    broken(rental, how)
    rental.is_read()
    assert [each.status for each in rental.bookings()] == [Status.CONFIRMED] * 3
    assert rental.alerts() == (["calendar_lost_bookings"] if how in {"empty", "most of it"} else [])
    rental.says(*events)
    assert [each.version for each in rental.bookings()] == [1, 1, 1]


def test_a_calendar_with_too_much_in_it_is_a_failed_reading(
    rental: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookings_of_sites, "MOST_STAYS", 1)
    rental.says(event("a@site", DATES), OTHER)
    assert (rental.kept().failures, rental.kept().problem[:13]) == (1, "INVALID_INPUT")
    assert rental.bookings() == []
    rental.says(OTHER)
    assert len(rental.bookings()) == 1


def test_lost_bookings_that_staff_cancel_are_spoken_of_no_more(rental: Site) -> None:
    rental.says(event("a@site", DATES), OTHER)
    rental.says()
    for each in rental.bookings():
        rental.house.cancel(each)
    with rental.engine.store(rental.house.tenant) as tx:
        (alert,) = tx.alerts.open(9)
        tx.alerts.resolve(alert.id, rental.engine.clock.now(), "staff")
    rental.is_read(later=A_DAY)
    assert rental.alerts() == []


def test_our_own_bookings_that_come_back_are_ignored(rental: Site) -> None:
    ours = rental.house.book("cabin", DATES)
    rental.house.close("cabin-1", LATER)
    with rental.engine.store.reading(rental.house.tenant) as tx:
        (closed,) = tx.closures.overlapping(
            tx.catalogs.load().resource("cabin-1").id, a_period(rental, LATER)
        )
    for title in ("Reserved", "Not available"):
        rental.says(event(str(ours.id), DATES, title), event(str(closed.id), LATER, title))
    assert [each.id for each in rental.bookings()] == [ours.id]
    assert (rental.closures(), rental.alerts()) == ([], [])


def test_what_was_sold_twice_is_stored_without_a_place_and_alerted(rental: Site) -> None:
    rental.house.book("cabin", DATES)
    rental.says(event("a@site", "2026-03-11/2026-03-13"))
    assert rental.booked("a@site").is_overbooked
    assert rental.alerts() == ["overbooked"]


class RunningClock(FixedClock):
    """Time passes between two looks at it, as it does outside of tests."""

    def now(self) -> datetime:
        self.advance(timedelta(milliseconds=1))
        return super().now()


def test_what_is_called_off_makes_room_for_what_is_sold_in_its_stead(store: Storage) -> None:
    with site(TheEngine(store, RunningClock())) as rental:
        rental.says(event("z@site", DATES), event("y@site", LATER))
        moved, instead = event("y@site", "2026-03-24/2026-03-26"), event("b@site", "2026-03-21/2026-03-23")
        rental.says(event("a@site", "2026-03-11/2026-03-13"), moved, instead)
        assert rental.booked("z@site").status is Status.CANCELLED
        assert not any(each.is_overbooked for each in rental.bookings())
        assert rental.alerts() == []


def test_two_sites_sell_a_cabin_as_two_channels(engine: TheEngine) -> None:
    with site(engine) as one, elsewhere() as place:
        other = subscribed(engine, one.house, place, channel="other")
        one.place.says(event("same@uid", DATES))
        other.says(event("same@uid", LATER))
        assert [each.booked("same@uid").stay for each in (one, other)] == [
            Stay(date(2026, 3, 10), date(2026, 3, 12)),
            Stay(date(2026, 3, 20), date(2026, 3, 22)),
        ]


def test_a_calendar_that_is_ended_opens_what_it_closed_and_keeps_what_it_sold(rental: Site) -> None:
    rental.says(event("a@site", DATES), event("b@site", LATER, "Blocked"))
    end = UnsubscribeCalendar(begin=rental.engine.store, clock=rental.engine.clock)
    source = rental.kept().source
    assert end(SubscriptionReference(tenant=rental.house.tenant, subscription=rental.subscription)) == 1
    assert rental.booked("a@site").is_live
    with rental.engine.store.reading(rental.house.tenant) as tx:
        assert tx.closures.of_source(source) == []
    again = subscribed(rental.engine, rental.house, rental.place)
    again.is_read()
    assert [each.id for each in again.bookings()] == [rental.booked("a@site").id]
    assert (len(again.closures()), again.alerts()) == (1, [])


def test_an_unchanged_calendar_changes_nothing(rental: Site) -> None:
    rental.says(event("a@site", DATES), etag='"1"')
    rental.says(event("a@site", DATES), etag='"1"')
    assert len(rental.bookings()) == 1
    assert rental.place.asked[-1]["if-none-match"] == '"1"'


def test_what_is_sold_again_every_week_is_a_booking_each_time(rental: Site) -> None:
    weekly = f"{event('a@site', DATES)}\nRRULE:FREQ=WEEKLY;COUNT=3"
    for number in range(3):
        rental.says(weekly, f"{OTHER}\nX-NUMBER:{number}")
    found = sorted((f"{each.stay.check_in}", each.version) for each in rental.bookings() if each.stay)
    assert found == [("2026-03-10", 1), ("2026-03-17", 1), ("2026-03-20", 1), ("2026-03-24", 1)]


def test_what_makes_no_stay_is_only_closed(rental: Site) -> None:
    rental.says(event("a@site", "2026-03-10/2029-03-13"))
    assert rental.bookings() == []
    assert len(rental.closures()) == 1


@pytest.mark.parametrize(
    ("service", "refusal"), [("by-the-hour", InvalidInput), ("lodge", InvalidInput), ("nothing", NotFound)]
)
def test_a_calendar_sells_what_is_sold_by_the_night_of_its_unit(
    engine: TheEngine, service: str, refusal: type[Exception]
) -> None:
    camp = cabins(1).with_any("lodge", "lodge-1").offering("lodge", "lodge", trade=Trade.STAY)
    camp = camp.offering("by-the-hour", "cabin", trade=Trade.RENTAL)
    with elsewhere() as place, pytest.raises(refusal):
        subscribed(engine, engine.opens(camp), place, service=service)


def another_camp(number: int) -> Business:
    """A camp like any other, of a tenant of its own."""
    camp = cabins(1)
    tenant = attrs.evolve(camp.tenant, id=TenantId(UUID(int=number + 1)), key=f"camp-{number}")
    return attrs.evolve(camp, tenant=tenant)


def test_whoever_dies_at_any_arrow_the_booking_is_made_once(store: Storage) -> None:
    for dies_at in range(MOST_ARROWS):
        with site(TheEngine(store), another_camp(dies_at)) as rental:
            rental.place.says(event("a@site", DATES), OTHER)
            begin = DyingUnitOfWork(store, Arrows(dies_at))
            try:
                rental.refreshes(begin)(rental.house.tenant)
                rental.exchanges(begin)
            except Died:
                rental.is_read()
            else:
                assert dies_at > 8, "a round has many arrows"
                return
            assert [each.version for each in rental.bookings()] == [1, 1], dies_at
            assert [each.is_owed for each in rental.kept().rental.stays] == [False, False]  # type: ignore[union-attr]
    pytest.fail("a round has more arrows than were tried")
