"""A pool accepts exactly while its peak load allows, lanes never overlap, and the fast answers equal the slow ones.

The slow answers count, second by second of a small world, who is where.
"""

from itertools import pairwise
from uuid import UUID

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_adapters.testing.strategies import calendars, spans
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import epoch
from booking_core.domain.reservations.calendar import Allocation, Calendar, Span
from tests.effort import scaled

POOL = ResourceId(UUID(int=1))
WORLD = (1_000_000, 1_000_060)
"""A minute, of which every second can be looked at."""
EVER = range(WORLD[0] - 2, WORLD[1] + 2)


@st.composite
def pools(draw: st.DrawFn) -> Calendar:
    return draw(calendars(POOL, draw(st.integers(1, 5)), WORLD, unit=1))


def load(calendar: Calendar, second: int) -> int:
    return sum(start <= second < end for start, end, _ in calendar.busy)


def is_closed(calendar: Calendar, second: int) -> bool:
    return any(start <= second < end for start, end in calendar.closed)


def seconds(each: Allocation) -> range:
    return range(epoch(each.period.start), epoch(each.period.end))


def assert_no_lane_is_taken_twice(calendar: Calendar, more: tuple[Allocation, ...] = ()) -> None:
    pieces = [*calendar.busy, *((epoch(a.period.start), epoch(a.period.end), a.lane) for a in more)]
    for lane in range(1, calendar.lanes + 1):
        ordered = sorted((start, end) for start, end, taken in pieces if taken == lane)
        assert all(earlier[1] <= later[0] for earlier, later in pairwise(ordered))
    assert {lane for _, _, lane in pieces} <= set(range(1, calendar.lanes + 1))


@settings(max_examples=scaled(150))
@given(pool=pools(), span=spans(*WORLD))
def test_the_peak_is_the_fullest_second(pool: Calendar, span: Span) -> None:
    assert pool.peak(*span) == max(load(pool, second) for second in range(*span))


@settings(max_examples=scaled(150))
@given(pool=pools(), quantity=st.integers(1, 6))
def test_full_is_where_too_few_lanes_are_free_or_all_is_closed(pool: Calendar, quantity: int) -> None:
    full = pool.full(quantity)
    assert list(full) == sorted(full)
    for second in EVER:
        too_few = pool.lanes - load(pool, second) < quantity
        assert any(start <= second < end for start, end in full) == (too_few or is_closed(pool, second))
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(full))


@settings(max_examples=scaled(150))
@given(pool=pools(), span=spans(*WORLD))
def test_a_closure_touches_what_it_covers(pool: Calendar, span: Span) -> None:
    assert pool.is_closed(*span) == any(is_closed(pool, second) for second in range(*span))


@settings(max_examples=scaled(300))
@given(pool=pools(), span=spans(*WORLD), quantity=st.integers(1, 6), turn=st.integers(0, 2**128 - 1))
def test_a_pool_accepts_exactly_while_its_peak_load_allows(
    pool: Calendar, span: Span, quantity: int, turn: int
) -> None:
    placed = pool.place(*span, quantity, turn)
    assert (placed is not None) == (pool.peak(*span) + quantity <= pool.lanes)
    if placed is None:
        return
    assert_no_lane_is_taken_twice(pool, placed)
    assert placed == tuple(sorted(placed))
    for second in EVER:
        assert sum(second in seconds(each) for each in placed) == (quantity if second in range(*span) else 0)
    free = pool.lanes - len({lane for start, end, lane in pool.busy if start < span[1] and end > span[0]})
    whole = [each for each in placed if seconds(each) == range(*span)]
    assert len(whole) >= min(quantity, free)


@settings(max_examples=scaled(100))
@given(pool=pools(), span=spans(*WORLD), turns=st.sets(st.integers(0, 99), min_size=2, max_size=12))
def test_buyers_with_turns_of_their_own_spread_over_the_free_lanes(
    pool: Calendar, span: Span, turns: set[int]
) -> None:
    empty = attrs.evolve(pool, busy=())
    lanes = {empty.place(*span, 1, turn) for turn in turns}
    assert len(lanes) == len({turn % pool.lanes for turn in turns})


@settings(max_examples=scaled(150))
@given(pool=pools(), span=spans(*WORLD))
def test_the_gaps_fill_every_lane_to_the_brim(pool: Calendar, span: Span) -> None:
    gaps = pool.gaps(*span)
    assert_no_lane_is_taken_twice(pool, gaps)
    for second in range(*span):
        assert load(pool, second) + sum(second in seconds(each) for each in gaps) == pool.lanes
    assert all(span[0] <= seconds(each).start < seconds(each).stop <= span[1] for each in gaps)


@settings(max_examples=scaled(60))
@given(data=st.data(), lanes=st.integers(1, 4))
def test_lanes_never_overlap_whatever_is_placed_and_given_back(data: st.DataObject, lanes: int) -> None:
    taken: list[tuple[Allocation, ...]] = []
    for _ in range(data.draw(st.integers(1, 12))):
        calendar = Calendar.of(POOL, lanes, [each for claim in taken for each in claim])
        if taken and data.draw(st.integers(0, 2)) == 0:
            taken.pop(data.draw(st.integers(0, len(taken) - 1)))
            continue
        placed = calendar.place(*data.draw(spans(*WORLD)), data.draw(st.integers(1, lanes)))
        assert_no_lane_is_taken_twice(calendar, placed or ())
        taken += [placed] if placed else []
