from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.frontdesk import assignment
from booking_core.domain.frontdesk.assignment import Place, RoomPlan, propose
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import UnitId
from booking_core.domain.kernel.period import Period
from tests.unit.frontdesk.builders import days, guest, place, unit


def units(count: int) -> list[UnitId]:
    return [unit(number) for number in range(1, count + 1)]


def numbers(plan: RoomPlan) -> dict[int, int]:
    return {key[0].int: room.int - 300 for key, room in plan.rooms.items()}


def peak(places: list[Place]) -> int:
    return max(
        (sum(other.period.contains(one.period.start) for other in places) for one in places), default=0
    )


def overlapping(places: list[Place], plan: RoomPlan) -> list[tuple[Place, Place]]:
    placed = [each for each in places if each.key in plan.rooms]
    return [
        (one, other)
        for one, other in combinations(placed, 2)
        if plan.rooms[one.key] == plan.rooms[other.key] and one.period.overlaps(other.period)
    ]


def test_one_guest_follows_another_into_the_room_left_last() -> None:
    plan = propose([place(1, 0, 2), place(2, 0, 3), place(3, 3, 5), place(4, 2, 4)], units(3))

    assert numbers(plan) == {1: 1, 2: 2, 3: 2, 4: 1}
    assert (plan.moved, plan.unplaced) == ((), ())


def test_a_locked_choice_is_respected() -> None:
    plan = propose([place(1, 0, 9), place(2, 5, 6, locked=1), place(3, 0, 5)], units(2))

    assert numbers(plan) == {1: 2, 2: 1, 3: 1}


def test_a_later_lock_makes_an_earlier_guest_go_elsewhere() -> None:
    plan = propose([place(1, 0, 3), place(2, 1, 3), place(3, 3, 5, locked=1), place(4, 1, 4)], units(3))

    assert plan.unplaced == ()
    assert numbers(plan)[3] == 1
    assert numbers(plan)[4] != 1


def test_a_search_goes_back_where_the_first_choice_leaves_a_later_guest_outside() -> None:
    places = [
        place(1, 0, 2),
        place(2, 1, 6),
        place(3, 5, 6, locked=1),
        place(4, 3, 5),
        place(5, 4, 5, locked=2),
    ]
    assert propose(places, [unit(2), unit(1), unit(3)]).unplaced == ()


def test_what_was_proposed_before_stays_when_it_can() -> None:
    plan = propose([place(1, 0, 3, current=2), place(2, 1, 3)], units(2))

    assert numbers(plan) == {1: 2, 2: 1}
    assert plan.moved == ()


def test_as_few_guests_as_possible_are_moved() -> None:
    places = [
        place(1, 0, 3, current=1),
        place(2, 3, 6, current=1),
        place(3, 4, 8, current=2),
        place(4, 6, 9, locked=1),
        place(5, 0, 5, locked=2),
    ]
    plan = propose(places, units(3))

    assert plan.unplaced == ()
    assert plan.moved == (places[2].key,)


def test_a_proposal_for_a_room_that_is_gone_is_a_move() -> None:
    plan = propose([place(1, 0, 3, current=9)], units(2))
    assert numbers(plan) == {1: 1}
    assert plan.moved == ((guest(1), 0),)


def test_a_closed_room_is_not_proposed_but_its_guest_is_left_in_peace() -> None:
    closed: dict[UnitId, list[Period]] = {unit(1): [days(0, 9)]}

    assert numbers(propose([place(1, 0, 2)], units(2), closed)) == {1: 2}
    assert numbers(propose([place(1, 0, 2, locked=1)], units(2), closed)) == {1: 1}


def test_who_finds_no_room_is_named_and_the_others_keep_theirs() -> None:
    plan = propose([place(1, 0, 3, current=1), place(2, 1, 4), place(3, 4, 5)], units(1))

    assert numbers(plan) == {1: 1, 3: 1}
    assert plan.unplaced == ((guest(2), 0),)
    assert plan.moved == ()


def test_more_than_two_are_moved_when_it_must_be() -> None:
    places = [place(n, n * 2, n * 2 + 3, current=1) for n in range(5)]
    plan = propose(places, units(2))

    assert plan.unplaced == ()
    assert not overlapping(places, plan)


def test_the_search_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment._Looks, "__init__", lambda self: setattr(self, "left", 1))
    places = [place(n, 0, 9) for n in range(4)]

    assert len(propose(places, units(3)).unplaced) == 1


@pytest.mark.parametrize(
    ("places", "field"),
    [
        ([place(1, 0, 2), place(1, 4, 5)], "places"),
        ([place(1, 0, 2, locked=9)], "locked"),
        ([place(1, 0, 2, locked=1), place(2, 1, 3, locked=1)], "locked"),
    ],
)
def test_contradictions_are_refused(places: list[Place], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        propose(places, units(3))
    assert refused.value.field == field


def test_rooms_named_twice_are_refused() -> None:
    with pytest.raises(InvalidInput, match="units"):
        propose([], [unit(1), unit(1)])


SPANS = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 8)), max_size=25)


def guests_of(spans: list[tuple[int, int]]) -> list[Place]:
    return [place(number, start, start + nights) for number, (start, nights) in enumerate(spans)]


@given(SPANS, st.integers(0, 3))
def test_nobody_needs_more_rooms_than_guests_are_there_at_once(
    spans: list[tuple[int, int]], spare: int
) -> None:
    places = guests_of(spans)
    most = peak(places)
    plan = propose(places, units(most + spare))

    assert plan.unplaced == ()
    assert len(set(plan.rooms.values())) <= most
    assert not overlapping(places, plan)


@given(SPANS, st.data())
def test_whatever_was_proposed_before_everybody_finds_a_room(
    spans: list[tuple[int, int]], data: st.DataObject
) -> None:
    most = peak(guests_of(spans))
    places = [
        place(number, start, start + nights, current=data.draw(st.none() | st.integers(1, most + 1)))
        for number, (start, nights) in enumerate(spans)
    ]
    plan = propose(places, units(most))

    assert plan.unplaced == ()
    assert not overlapping(places, plan)


@given(SPANS, st.data())
def test_guests_in_the_house_keep_their_rooms_and_the_others_still_need_no_more(
    spans: list[tuple[int, int]], data: st.DataObject
) -> None:
    here = data.draw(st.integers(0, 3))
    in_house = [place(100 + n, 0, data.draw(st.integers(1, 9)), locked=n + 1) for n in range(here)]
    places = in_house + guests_of(spans)
    plan = propose(places, units(peak(places)))

    assert plan.unplaced == ()
    assert all(plan.rooms[each.key] == each.locked for each in in_house)


SMALL = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 3), st.none() | st.integers(1, 2), st.booleans()), max_size=5
)


@given(SMALL)
def test_small_houses_are_filled_as_well_and_as_calmly_as_can_be(
    wanted: list[tuple[int, int, int | None, bool]],
) -> None:
    places: list[Place] = []
    for number, (start, nights, room, locks) in enumerate(wanted):
        one = place(number, start, start + nights, locked=room if locks else None, current=room)
        if not any(o.locked == one.locked is not None and o.period.overlaps(one.period) for o in places):
            places.append(one)
    plan = propose(places, units(2))
    possible = [
        dict(zip((p.key for p in places), choice, strict=True))
        for choice in product(units(2), repeat=len(places))
        if all(p.locked in {None, room} for p, room in zip(places, choice, strict=True))
    ]
    possible = [
        rooms for rooms in possible if not overlapping(places, RoomPlan(rooms=rooms, moved=(), unplaced=()))
    ]
    assert (plan.unplaced == ()) == bool(possible)
    assert not overlapping(places, plan)
    if possible:
        open_ = [p for p in places if p.locked is None and p.current is not None]
        fewest = min(sum(rooms[p.key] != p.current for p in open_) for rooms in possible)
        assert len(plan.moved) == fewest or fewest > 2
