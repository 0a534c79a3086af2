from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_core.domain.channels.dates import A_DAY, MOST_RANGES, Dates, clipped, split, united, without

FIRST = date(2026, 3, 1)


def dates(first: int, end: int) -> Dates:
    return Dates(FIRST + first * A_DAY, FIRST + end * A_DAY)


def days(ranges: tuple[Dates, ...]) -> set[date]:
    return {day for each in ranges for day in each}


RANGES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 40)).map(lambda found: dates(found[0], sum(found))),
    max_size=60,
)


def test_ranges_that_touch_or_overlap_are_one() -> None:
    assert united([dates(5, 8), dates(0, 3), dates(3, 4), dates(6, 9)]) == (dates(0, 4), dates(5, 9))


def test_beyond_so_many_pieces_the_closest_are_joined() -> None:
    scattered = [dates(10 * n, 10 * n + 1) for n in range(MOST_RANGES)]
    assert united(scattered) == tuple(scattered)
    near = dates(10 * MOST_RANGES - 7, 10 * MOST_RANGES - 6)
    assert united([*scattered, near])[-1] == dates(10 * MOST_RANGES - 10, 10 * MOST_RANGES - 6)


@settings(max_examples=60)
@given(ranges=RANGES, taken=RANGES, cut=st.integers(0, 400))
def test_sets_of_dates_lose_no_date(ranges: list[Dates], taken: list[Dates], cut: int) -> None:
    every = days(tuple(ranges))
    assert days(united(ranges)) >= every
    assert len(united(ranges)) <= MOST_RANGES
    assert days(without(ranges, taken)) >= every - days(tuple(taken))
    head, tail = split(ranges, cut)
    assert days(head) | days(tail) == days(united(ranges))
    assert len(days(head)) == min(cut, len(days(united(ranges))))
    assert max(days(head), default=date.min) < min(days(tail), default=date.max)
    edge = FIRST + cut * A_DAY
    assert min(days(clipped(ranges, edge, date.max)), default=edge) >= edge


def test_a_range_of_no_dates_is_none() -> None:
    with pytest.raises(AssertionError):
        dates(3, 3)
    assert dates(0, 3).within(FIRST + 3 * A_DAY, date.max) is None
