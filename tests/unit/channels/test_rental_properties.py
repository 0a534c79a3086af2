"""Whatever calendars of nights say, one after the other: what was sold is one booking, and little is called off."""

from datetime import date, timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_core.domain.channels.rental import RentalCalendar, SoldNights, SoldStay
from booking_core.domain.kernel.period import Stay

TODAY = date(2026, 3, 2)
CALENDAR = RentalCalendar.of(name="site", service="cabin", unit="cabin-1")


@st.composite
def events(draw: st.DrawFn) -> SoldNights:
    first = TODAY + timedelta(days=draw(st.integers(-3, 12)))
    nights = draw(st.integers(1, 4))
    return SoldNights(uid=draw(st.sampled_from("abcdef")), stay=Stay.of_nights(first, nights))


saying = st.lists(events(), max_size=6, unique_by=lambda each: each.uid)
conversations = st.lists(saying, min_size=1, max_size=5)


def read(calendar: RentalCalendar, told: list[SoldNights], day: int = 0) -> RentalCalendar:
    """On a day, with a revision that has grown."""
    today = TODAY + timedelta(days=day)
    return calendar.read(told, today=today, revision=day + 1, is_silent=not told).calendar


def after(conversation: list[list[SoldNights]]) -> RentalCalendar:
    calendar = CALENDAR
    for told in conversation:
        calendar = read(calendar, told)
    return calendar.acknowledged([each.message for each in calendar.owed()])


def stands(calendar: RentalCalendar) -> list[SoldStay]:
    return [each for each in calendar.stays if not each.is_called_off]


@settings(max_examples=150, deadline=None)
@given(conversations)
def test_what_is_said_again_changes_nothing_whatever_came_before(
    conversation: list[list[SoldNights]],
) -> None:
    calendar = after(conversation)
    assert read(calendar, conversation[-1]) == calendar


@settings(max_examples=150, deadline=None)
@given(conversations)
def test_names_alone_change_nothing(conversation: list[list[SoldNights]]) -> None:
    calendar = after(conversation)
    renamed = [attrs.evolve(each, uid=f"{each.uid}'") for each in conversation[-1]]
    again = read(calendar, renamed)
    assert [attrs.evolve(each, uid="") for each in again.stays] == [
        attrs.evolve(each, uid="") for each in calendar.stays
    ]


@settings(max_examples=150, deadline=None)
@given(conversations)
def test_everything_that_is_said_stands_once_and_no_reference_is_used_twice(
    conversation: list[list[SoldNights]],
) -> None:
    calendar = after(conversation)
    told = sorted(each.uid for each in conversation[-1] if each.stay.check_out > TODAY)
    assert sorted(each.uid for each in stands(calendar) if each.uid in told) == told
    references = [each.reference for each in calendar.stays]
    assert len(references) == len({*references})


@settings(max_examples=150, deadline=None)
@given(conversations, saying)
def test_no_reading_calls_off_more_than_half_of_what_is_to_come(
    conversation: list[list[SoldNights]], told: list[SoldNights]
) -> None:
    calendar = after(conversation)
    before = {each.reference for each in stands(calendar) if each.stay.check_in > TODAY}
    gone = before - {each.reference for each in stands(read(calendar, told))}
    assert len(gone) <= max(1, len(before) // 2)
    assert not gone or told
