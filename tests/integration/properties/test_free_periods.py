"""Free periods of rentals against minute-by-minute counting."""

from collections.abc import Sequence
from datetime import timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_adapters.testing.strategies import Case, cases
from booking_core.domain.availability.request import Diary
from booking_core.domain.availability.slots import free_periods
from booking_core.domain.catalog.policy import Policy, Trade
from booking_core.domain.kernel.period import Period, epoch
from tests.effort import scaled

MINUTE = 60


@settings(max_examples=scaled(80))
@given(case=cases(), quantity=st.integers(1, 5))
def test_free_periods_are_where_the_resource_is_open_and_free_with_its_buffers(
    case: Case, quantity: int
) -> None:
    rental = attrs.evolve(
        case.snapshot.service, policy=Policy(key="rent", trade=Trade.RENTAL), duration=None, step=None
    )
    snapshot = attrs.evolve(case.snapshot, service=rental)
    window = Period.of_epoch(epoch(case.window.start), epoch(case.window.start) + 8 * 3_600)
    for diary in snapshot.diaries.values():
        found = free_periods(snapshot, diary, window, quantity=quantity)
        assert minutes_of(found) == free_minutes(
            diary, window, quantity, (rental.buffer_before, rental.buffer_after)
        )
        assert found == sorted(found)


def minutes_of(periods: Sequence[Period]) -> set[int]:
    return {minute for each in periods for minute in range(epoch(each.start), epoch(each.end), MINUTE)}


def free_minutes(
    diary: Diary, window: Period, quantity: int, buffers: tuple[timedelta, timedelta]
) -> set[int]:
    """The minutes that are open, and whose every moment keeps its distance from what is taken or closed."""
    before, after = (int(each.total_seconds()) for each in buffers)
    edges = [each for span in (*diary.calendar.full(quantity), *diary.calendar.closed) for each in span]
    free = set()
    for minute in range(epoch(window.start), epoch(window.end), MINUTE):
        is_open = any(opens <= minute < closes for opens, closes in diary.openings.windows)
        around = [
            minute - before,
            *(each for each in edges if minute - before < each < minute + MINUTE + after),
        ]
        taken = any(
            diary.calendar.is_closed(moment, moment + 1)
            or diary.calendar.peak(moment, moment + 1) + quantity > diary.calendar.lanes
            for moment in around
        )
        if is_open and not taken:
            free.add(minute)
    return free
