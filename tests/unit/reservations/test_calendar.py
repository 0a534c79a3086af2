"""Lanes by example; the properties over all examples are in tests/integration/properties."""

from collections.abc import Sequence

import pytest

from booking_adapters.testing.builders import named_id
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.reservations.calendar import Allocation, Calendar, merged

POOL = ResourceId(named_id("resource", "pool"))
OTHER = ResourceId(named_id("resource", "other"))


def taken(lane: int, start: int, end: int, resource: ResourceId = POOL) -> Allocation:
    return Allocation(resource, lane, Period.of_epoch(start, end))


def pool(lanes: int, *allocations: Allocation) -> Calendar:
    return Calendar.of(POOL, lanes, allocations)


def pieces(allocations: Sequence[Allocation] | None) -> list[tuple[int, int, int]]:
    return [(each.lane, epoch(each.period.start), epoch(each.period.end)) for each in allocations or ()]


def test_a_calendar_is_of_one_resource_and_in_order() -> None:
    calendar = pool(2, taken(2, 20, 30), taken(1, 5, 9), taken(1, 0, 99, OTHER))
    assert [tuple(each) for each in calendar.busy] == [(5, 9, 1), (20, 30, 2)]


def test_the_peak_counts_who_is_there_at_one_time_and_not_who_comes() -> None:
    calendar = pool(3, taken(1, 0, 10), taken(2, 10, 20), taken(2, 20, 30), taken(3, 5, 15))
    assert [calendar.peak(*span) for span in ((0, 30), (0, 5), (15, 30), (30, 40), (-9, 0))] == [
        2,
        1,
        1,
        0,
        0,
    ]


def test_full_depends_on_how_many_are_asked_for() -> None:
    calendar = pool(3, taken(1, 0, 10), taken(2, 5, 15), taken(3, 8, 9))
    assert calendar.full(1) == [(8, 9)]
    assert calendar.full(2) == [(5, 10)]
    assert calendar.full(3) == [(0, 15)]
    ((start, end),) = calendar.full(4)
    assert start < -(10**18) < 10**18 < end


def test_what_touches_is_full_in_one_piece() -> None:
    assert pool(2, taken(1, 0, 20), taken(2, 0, 10), taken(2, 10, 20)).full() == [(0, 20)]


def test_closures_are_full_whatever_the_lanes_say() -> None:
    calendar = Calendar(resource=POOL, lanes=1, busy=[(0, 10, 1)], closed=[(5, 15), (20, 30)])
    assert calendar.full() == [(0, 15), (20, 30)]
    assert [calendar.is_closed(*span) for span in ((0, 5), (0, 6), (15, 20), (29, 31), (30, 31))] == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_whole_lanes_come_first_from_the_lane_whose_turn_it_is() -> None:
    calendar = pool(4, taken(2, 0, 10))
    assert pieces(calendar.place(0, 10, 1)) == [(1, 0, 10)]
    assert pieces(calendar.place(0, 10, 1, turn=1)) == [(3, 0, 10)]
    assert pieces(calendar.place(0, 10, 2, turn=2)) == [(1, 0, 10), (4, 0, 10)]
    assert calendar.place(0, 10, 4) is None


def test_what_fits_by_load_is_cut_at_the_edges_of_others() -> None:
    calendar = pool(2, taken(1, 0, 10), taken(2, 10, 20))
    assert pieces(calendar.place(0, 20, 1)) == [(1, 10, 20), (2, 0, 10)]
    assert calendar.place(0, 20, 2) is None


@pytest.mark.parametrize("turn", range(4))
def test_one_whole_lane_and_one_in_pieces(turn: int) -> None:
    calendar = pool(3, taken(1, 0, 10), taken(2, 10, 20))
    assert pieces(calendar.place(0, 20, 2, turn)) == [(1, 10, 20), (2, 0, 10), (3, 0, 20)]


def test_the_lane_that_is_free_longest_is_kept() -> None:
    calendar = pool(3, taken(1, 5, 30), taken(2, 0, 5), taken(2, 15, 30), taken(3, 0, 5), taken(3, 12, 15))
    assert pieces(calendar.place(0, 30, 1)) == [(1, 0, 5), (2, 5, 15), (3, 15, 30)]


def test_gaps_are_every_free_piece_of_every_lane() -> None:
    calendar = pool(2, taken(1, 5, 10), taken(1, 12, 14), taken(2, 0, 30))
    assert pieces(calendar.gaps(0, 20)) == [(1, 0, 5), (1, 10, 12), (1, 14, 20)]
    assert pieces(calendar.gaps(5, 10)) == []
    assert pieces(calendar.gaps(30, 40)) == [(1, 30, 40), (2, 30, 40)]


def test_lanes_beyond_the_capacity_are_not_closed() -> None:
    assert pieces(pool(1, taken(2, 0, 10)).gaps(0, 10)) == [(1, 0, 10)]


def test_merging_joins_what_overlaps_or_touches_and_drops_nothing() -> None:
    assert merged([(0, 5), (3, 4), (5, 8), (10, 11)]) == [(0, 8), (10, 11)]
    assert merged([(3, 3)]) == []
