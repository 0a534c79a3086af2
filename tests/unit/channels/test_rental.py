"""What becomes of a calendar of nights: bookings that keep their reference, change by content, and are called off."""

from collections.abc import Iterable
from datetime import date, timedelta

import attrs
import pytest

from booking_core.domain.channels.link import LONGEST_REFERENCE, Kind
from booking_core.domain.channels.rental import MOST_STAYS, Reading, RentalCalendar, SoldNights, is_sold
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Stay

TODAY = date(2026, 3, 2)
A_DAY = timedelta(days=1)
CALENDAR = RentalCalendar.of(name="site", service="cabin", unit="cabin-1")


def nights(first: int, last: int) -> Stay:
    """From so many days from today on, to so many."""
    return Stay.between(TODAY + first * A_DAY, TODAY + last * A_DAY)


def sold(uid: str, first: int, last: int) -> SoldNights:
    return SoldNights(uid=uid, stay=nights(first, last))


def read(
    calendar: RentalCalendar,
    *told: SoldNights,
    today: date = TODAY,
    revision: int = 2,
    is_silent: bool = False,
) -> Reading:
    return calendar.read(told, today=today, revision=revision, is_silent=is_silent)


def knowing(*told: SoldNights) -> RentalCalendar:
    """A calendar that has said this, all of which was imported."""
    after = read(CALENDAR, *told, revision=1).calendar
    return after.acknowledged([each.message for each in after.owed()])


def owed(calendar: RentalCalendar) -> list[tuple[str, Kind, int]]:
    return [(each.message.reference, each.message.kind, each.message.revision) for each in calendar.owed()]


@pytest.mark.parametrize("title", ["Reserved", "RESERVED - Anna", "Reservation 1234", "Booked", "Gebucht"])
def test_a_title_that_says_so_is_a_booking(title: str) -> None:
    assert is_sold(title)


@pytest.mark.parametrize(
    "title",
    [
        "Airbnb (Not available)",
        "CLOSED - Not available",
        "Not available (reserved for the owner)",
        "Blocked by Booking.com",
        "Blocked",
        "Unreserved",
        "Painting the walls",
        "",
    ],
)
def test_any_other_title_only_closes(title: str) -> None:
    assert not is_sold(title)


def test_what_is_sold_is_a_booking_of_the_unit_without_a_guest() -> None:
    (booking,) = read(CALENDAR, sold("a@site", 3, 5)).calendar.owed()
    assert (booking.message.channel, booking.message.reference) == ("ical:site", "cabin-1:a@site")
    assert (booking.message.kind, booking.message.revision) == (Kind.NEW, 2)
    assert booking.content is not None
    assert (booking.content.service, booking.content.resources) == ("cabin", ("cabin-1",))
    assert (booking.content.stay, booking.content.customer.name) == (nights(3, 5), "Guest of site")


def test_what_is_said_again_is_no_other_revision() -> None:
    calendar = knowing(sold("a", 3, 5), sold("b", 7, 9))
    assert read(calendar, sold("b", 7, 9), sold("a", 3, 5)).calendar == calendar


def test_other_nights_under_a_uid_are_another_revision() -> None:
    after = read(knowing(sold("a", 3, 5)), sold("a", 3, 6), revision=7).calendar
    assert owed(after) == [("cabin-1:a", Kind.MODIFIED, 7)]


def test_a_revision_grows_even_where_the_clock_does_not() -> None:
    after = read(knowing(sold("a", 3, 5)), sold("a", 3, 6), revision=1).calendar
    assert owed(after) == [("cabin-1:a", Kind.MODIFIED, 2)]


def test_another_uid_of_the_same_nights_is_the_same_booking_under_its_old_reference() -> None:
    after = read(knowing(sold("a", 3, 5)), sold("z", 3, 5)).calendar
    assert owed(after) == []
    assert owed(read(after, sold("z", 3, 6)).calendar) == [("cabin-1:a", Kind.MODIFIED, 2)]


def test_uids_that_are_made_anew_with_each_reading_change_nothing() -> None:
    calendar = knowing(sold("0a", 3, 5), sold("0b", 7, 9))
    for number in range(1, 11):
        calendar = read(calendar, sold(f"{number}a", 3, 5), sold(f"{number}b", 7, 9)).calendar
        assert owed(calendar) == []


def test_a_stay_under_way_that_slides_with_today_is_no_change() -> None:
    calendar = knowing(sold("a", 0, 5))
    for day in range(1, 5):
        after = read(calendar, sold(f"a{day}", day, 5), today=TODAY + day * A_DAY).calendar
        assert owed(after) == []
    assert owed(read(calendar, sold("a", 3, 6), today=TODAY + 3 * A_DAY).calendar) != []


def test_what_vanished_is_called_off() -> None:
    after = read(knowing(sold("a", 3, 5), sold("b", 7, 9)), sold("b", 7, 9), revision=4)
    assert (owed(after.calendar), after.lost) == ([("cabin-1:a", Kind.CANCELLED, 4)], ())
    assert after.calendar.owed()[0].content is None


def test_the_only_booking_can_be_called_off_while_the_calendar_says_something() -> None:
    after = read(knowing(sold("a", 3, 5)))
    assert owed(after.calendar) == [("cabin-1:a", Kind.CANCELLED, 2)]


def test_a_calendar_that_says_nothing_calls_nothing_off() -> None:
    calendar = knowing(sold("a", 3, 5))
    after = read(calendar, is_silent=True)
    assert (owed(after.calendar), after.calendar.sold) == ([], 1)
    assert [each.reference for each in after.lost] == ["cabin-1:a"]


@pytest.mark.parametrize(
    ("known", "left", "is_believed"),
    [(2, 1, True), (2, 0, False), (3, 2, True), (3, 1, False), (4, 2, True), (4, 1, False)],
)
def test_half_of_what_is_to_come_may_vanish_at_once_and_no_more(
    known: int, left: int, is_believed: bool
) -> None:
    events = [sold(str(each), 3 * each + 1, 3 * each + 3) for each in range(known)]
    after = read(knowing(*events), *events[:left])
    assert (after.lost == ()) is is_believed
    assert len(owed(after.calendar)) == (known - left if is_believed else 0)


def test_what_was_lost_is_known_when_it_comes_back() -> None:
    events = [sold(each, 3 * nth + 1, 3 * nth + 3) for nth, each in enumerate("abc")]
    calendar = knowing(*events)
    assert read(read(calendar, is_silent=True).calendar, *events) == Reading(calendar)


def test_another_units_calendar_calls_nothing_off_however_often_it_is_read() -> None:
    calendar = knowing(*(sold(each, 3 * nth + 1, 3 * nth + 3) for nth, each in enumerate("abc")))
    for _ in range(3):
        after = read(calendar, *(sold(each, 3 * nth + 20, 3 * nth + 22) for nth, each in enumerate("xyz")))
        assert [each.reference for each in after.lost] == ["cabin-1:a", "cabin-1:b", "cabin-1:c"]
        calendar = after.calendar
    assert calendar.sold == 6


def test_a_calendar_that_lost_bookings_is_believed_in_what_it_says() -> None:
    calendar = knowing(*(sold(each, 3 * nth + 1, 3 * nth + 3) for nth, each in enumerate("abc")))
    after = read(calendar, sold("c", 7, 8), sold("d", 20, 22))
    assert len(after.lost) == 2
    assert owed(after.calendar) == [("cabin-1:c", Kind.MODIFIED, 2), ("cabin-1:d", Kind.NEW, 2)]


def test_lost_bookings_that_have_ended_here_are_not_expected_any_more() -> None:
    calendar = knowing(*(sold(each, 3 * nth + 1, 3 * nth + 3) for nth, each in enumerate("abc")))
    lost = read(calendar, is_silent=True).lost
    after = read(calendar.without(lost[:2]), sold("c", 7, 9))
    assert (after.lost, owed(after.calendar)) == ((), [])


def test_a_stay_that_has_begun_is_not_called_off_when_it_vanishes() -> None:
    calendar = knowing(sold("a", 0, 5), sold("b", 7, 9))
    after = read(calendar, sold("b", 7, 9))
    assert (owed(after.calendar), after.lost) == ([], ())


def test_what_is_over_is_forgotten() -> None:
    calendar = knowing(sold("a", 0, 2), sold("b", 7, 9))
    after = read(calendar, sold("b", 7, 9), today=TODAY + 2 * A_DAY).calendar
    assert [each.uid for each in after.stays] == ["b"]


def test_what_comes_back_after_it_was_called_off_is_another_booking() -> None:
    both = (sold("a", 3, 5), sold("b", 7, 9))
    calendar = knowing(*both)
    for births in (2, 3):
        calendar = read(calendar, both[1]).calendar
        calendar = calendar.acknowledged([each.message for each in calendar.owed()])
        calendar = read(calendar, *both).calendar
        assert owed(calendar) == [(f"cabin-1:a#{births}", Kind.NEW, 2)]
        calendar = calendar.acknowledged([each.message for each in calendar.owed()])


def test_what_makes_room_is_told_first() -> None:
    calendar = knowing(sold("b", 10, 12), sold("c", 13, 15), sold("d", 20, 22))
    after = read(calendar, sold("a", 11, 13), sold("c", 14, 15), sold("d", 20, 22)).calendar
    assert [kind for _, kind, _ in owed(after)] == [Kind.CANCELLED, Kind.MODIFIED, Kind.NEW]


def test_an_acknowledgement_is_of_one_revision() -> None:
    first = read(CALENDAR, sold("a", 3, 5), revision=1).calendar
    messages = [each.message for each in first.owed()]
    changed = read(first, sold("a", 3, 6)).calendar
    assert owed(changed.acknowledged(messages)) == owed(changed) != []
    others = [attrs.evolve(each, channel="ical:other") for each in messages]
    assert first.acknowledged(others) == first


@pytest.mark.parametrize("uid", ["x" * 200, "two\nlines", "\ud800"])
def test_a_reference_is_printable_and_fits_whatever_the_uid(uid: str) -> None:
    (booking,) = read(CALENDAR, sold(uid, 3, 5)).calendar.owed()
    assert booking.message.reference.isprintable()
    assert len(booking.message.reference) < LONGEST_REFERENCE


def many(count: int) -> Iterable[SoldNights]:
    return (sold(str(each), each + 1, each + 2) for each in range(count))


def test_a_calendar_of_too_many_bookings_is_refused() -> None:
    assert len(read(CALENDAR, *many(MOST_STAYS)).calendar.stays) == MOST_STAYS
    with pytest.raises(InvalidInput):
        read(CALENDAR, *many(MOST_STAYS + 1))


@pytest.mark.parametrize("name", ["", "Two Words", "x" * 60])
def test_a_site_has_a_name_that_fits(name: str) -> None:
    with pytest.raises(InvalidInput):
        RentalCalendar.of(name=name, service="cabin", unit="cabin-1")
