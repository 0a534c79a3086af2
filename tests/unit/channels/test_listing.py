from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from booking_core.domain.channels.dates import A_DAY, Dates
from booking_core.domain.channels.listing import MOST_ATTEMPTS, MOST_DATES_AT_ONCE, Listing
from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ListingId, ResourceId, ServiceId

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEASE = timedelta(minutes=2)
LATER = NOW + timedelta(hours=1)


def offered(**given: Any) -> Change[Listing, None]:
    facts: dict[str, Any] = {
        "id": ListingId(UUID(int=1)),
        "channel": "ota",
        "service": ServiceId(UUID(int=2)),
        "resource": ResourceId(UUID(int=3)),
        "code": "DBL",
        "days": 20,
        "adults": 2,
        "rate_plan": None,
        "today": TODAY,
        "at": NOW,
    }
    return Listing.offer(**(facts | given))


def dates(first: int, end: int) -> Dates:
    return Dates(TODAY + first * A_DAY, TODAY + end * A_DAY)


def leased(listing: Listing, at: datetime = NOW, today: date = TODAY) -> Listing:
    return listing.lease(at, LEASE, today).state


def quiet() -> Listing:
    """One of which the channel knows everything."""
    return leased(offered().state).told(NOW).state


def owing(*ranges: Dates) -> Listing:
    change = quiet().owe(ranges, TODAY, LATER)
    assert change is not None
    return change.state


def test_what_is_new_is_owed_as_a_whole_and_told_in_stretches() -> None:
    listing = leased(offered(days=40).state)
    assert listing.taken == (dates(0, MOST_DATES_AT_ONCE),)
    after = listing.told(NOW).state
    assert (after.owed, after.due_at) == ((dates(MOST_DATES_AT_ONCE, 40),), NOW)
    last = leased(after).told(NOW).state
    assert (last.owed, last.taken, last.due_at, last.told_at) == ((), (), None, NOW)


def test_a_change_beyond_what_is_told_or_in_the_past_is_nothing_to_tell() -> None:
    assert quiet().owe([dates(20, 25)], TODAY, LATER) is None
    assert quiet().owe([dates(-5, 0)], TODAY, LATER) is None
    assert owing(dates(-5, 3), dates(18, 99)).owed == (dates(0, 3), dates(18, 20))


def test_what_is_owed_already_is_not_owed_twice() -> None:
    listing = owing(dates(1, 5))
    assert listing.owe([dates(2, 4)], TODAY, LATER) is None


def test_what_changes_while_it_is_told_is_told_again() -> None:
    taken = leased(owing(dates(1, 3)), LATER)
    changed = taken.owe([dates(2, 3)], TODAY, LATER)
    assert changed is not None
    assert changed.state.due_at == taken.due_at, "who is telling is not disturbed"
    after = changed.state.told(LATER).state
    assert (after.owed, after.due_at) == ((dates(2, 3),), LATER)


def test_a_sender_at_a_time() -> None:
    with pytest.raises(Conflict):
        leased(leased(owing(dates(1, 3)), LATER), LATER)
    with pytest.raises(Conflict):
        leased(quiet(), LATER)


def test_what_a_dead_sender_had_taken_is_taken_by_the_next_one() -> None:
    dead = leased(owing(dates(1, 3)), LATER)
    changed = dead.owe([dates(5, 6)], TODAY, LATER)
    assert changed is not None
    next_one = leased(changed.state, LATER + LEASE)
    assert next_one.taken == (dates(1, 3), dates(5, 6))
    assert next_one.turn > dead.turn


def test_dates_that_have_passed_are_dropped() -> None:
    listing = leased(owing(dates(1, 3)), LATER, TODAY + 2 * A_DAY)
    assert listing.taken == (dates(2, 3),)
    gone = leased(owing(dates(1, 3)), LATER, TODAY + 9 * A_DAY)
    assert gone.taken == ()


def test_failures_wait_longer_and_longer_and_end() -> None:
    listing, at = owing(dates(1, 3)), LATER
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        listing = leased(listing, at).fail("it is down", at).state
        assert listing.due_at is not None
        waits.append(listing.due_at - at)
        at = listing.due_at
    assert waits == sorted(waits)
    assert len({*waits}) > 5
    last = leased(listing, at).fail("it is down", at).state
    assert (last.is_given_up, last.due_at, last.owed) == (True, None, (dates(1, 3),))
    again = last.requeue(at).state
    assert (again.is_given_up, again.due_at, again.attempts, again.owed) == (False, at, 0, (dates(1, 3),))


def test_a_change_does_not_shorten_a_pause_and_revives_what_was_given_up() -> None:
    waiting = leased(owing(dates(1, 3)), LATER).fail("it is down", LATER).state
    changed = waiting.owe([dates(7, 8)], TODAY, LATER)
    assert changed is not None
    assert changed.state.due_at == waiting.due_at
    dead = leased(owing(dates(1, 3)), LATER).fail("who are you?", LATER, for_good=True).state
    revived = dead.owe([dates(7, 8)], TODAY, LATER)
    assert revived is not None
    assert (revived.state.due_at, revived.state.is_given_up, revived.state.attempts) == (LATER, False, 0)


def test_what_was_given_up_is_tried_anew_when_the_same_dates_change_again() -> None:
    dead = leased(owing(dates(1, 3)), LATER).fail("who are you?", LATER, for_good=True).state
    revived = dead.owe([dates(1, 2)], TODAY, LATER)
    assert revived is not None
    assert (revived.state.owed, revived.state.due_at) == ((dates(1, 3),), LATER)
    assert dead.owe([dates(-3, 0)], TODAY, LATER) is None


def test_who_is_never_heard_of_again_wears_a_listing_out() -> None:
    listing, at = owing(dates(1, 3)), LATER
    for _ in range(MOST_ATTEMPTS):
        assert not listing.is_worn_out
        listing, at = leased(listing, at), at + LEASE
    assert listing.is_worn_out


def test_a_refused_date_that_has_passed_is_forgotten() -> None:
    listing = leased(owing(dates(1, 5)), LATER).told(LATER, [dates(2, 3)], "too cheap").state
    rolled = listing.roll(TODAY + 4 * A_DAY, LATER)
    assert rolled is not None
    after = leased(rolled.state, LATER, TODAY + 4 * A_DAY).told(LATER).state
    assert (after.refused, after.is_given_up) == ((), False)


def test_dates_that_are_refused_wait_for_people_and_are_not_sent_again_and_again() -> None:
    listing = leased(owing(dates(1, 5)), LATER).told(LATER, [dates(2, 3)], "too cheap").state
    assert (listing.refused, listing.owed, listing.due_at) == ((dates(2, 3),), (), None)
    assert (listing.is_given_up, listing.problem) == (True, "too cheap")
    assert listing.requeue(LATER).state.owed == (dates(2, 3),)


def test_a_refused_date_that_is_accepted_later_is_refused_no_more() -> None:
    listing = leased(owing(dates(1, 5)), LATER).told(LATER, [dates(2, 3)], "too cheap").state
    changed = listing.owe([dates(2, 4)], TODAY, LATER)
    assert changed is not None
    after = leased(changed.state, LATER).told(LATER).state
    assert (after.refused, after.is_given_up, after.problem) == ((), False, "")


def test_a_new_day_brings_a_new_date() -> None:
    listing = quiet()
    assert listing.roll(TODAY, LATER) is None
    rolled = listing.roll(TODAY + A_DAY, LATER)
    assert rolled is not None
    assert (rolled.state.owed, rolled.state.due_at) == ((dates(20, 21),), LATER)
    long_after = listing.roll(TODAY + 100 * A_DAY, LATER)
    assert long_after is not None
    assert long_after.state.owed == (dates(100, 120),)


def test_everything_is_told_again_on_demand() -> None:
    dead = leased(owing(dates(1, 5)), LATER).told(LATER, [dates(2, 3)], "too cheap").state
    listing = dead.resync(10, TODAY, LATER).state
    assert (listing.owed, listing.refused, listing.due_at) == ((dates(0, 10),), (), LATER)
    assert not listing.is_given_up
    told = leased(owing(dates(1, 5)), LATER)
    assert told.resync(10, TODAY, LATER).state.due_at == told.due_at


def test_what_is_withdrawn_is_told_once_more_and_gone_after_that() -> None:
    change = quiet().withdraw(TODAY, LATER)
    assert [each.name for each in change.events] == ["ResourceUnlisted"]
    assert change.state.owed == (dates(0, 20),)
    assert not change.state.is_gone
    assert change.state.roll(TODAY + A_DAY, LATER) is None
    last = leased(change.state, LATER).told(LATER).state
    assert last.is_gone
    assert last.remove().state is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("channel", "No Key"),
        ("channel", "c" * 61),
        ("code", " "),
        ("days", 0),
        ("days", 1_001),
        ("adults", 0),
        ("adults", 51),
    ],
)
def test_listings_of_nothing_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        offered(**{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize("days", [0, 1_001])
def test_a_resync_of_nothing_is_refused(days: int) -> None:
    with pytest.raises(InvalidInput):
        quiet().resync(days, TODAY, LATER)
