"""What the search shows can be booked, and what it does not show cannot: `find_slots` against `evaluate`."""

from collections.abc import Iterator

import attrs
import pytest
from hypothesis import given, settings, target

from booking_adapters.testing.strategies import Case, cases
from booking_core.domain.availability.evaluate import evaluate, occupied
from booking_core.domain.availability.request import Offer, Request
from booking_core.domain.availability.slots import find_slots
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, epoch, from_epoch
from tests.effort import scaled

RULES = standard_rules()
MOST_EDGES = 40


@pytest.mark.slow
@settings(max_examples=scaled(250))
@given(case=cases())
def test_every_offered_start_can_be_booked_and_no_other_start_can(case: Case) -> None:
    snapshot, window = case.snapshot, case.window
    offered = find_slots(snapshot, window, case.at, RULES, case.request)
    shown = 0
    for provider in snapshot.service.needs[0].any_of:
        starts = list(offered[provider].starts()) if provider in offered else []
        assert starts == sorted(set(starts))
        assert all(each_inside(start, window) for start in starts)
        shown += len(starts)
        inside = {each for each in starts_worth_asking(case, provider) if each_inside(each, window)}
        expected = {start for start in inside | set(starts) if can_be_booked(case, provider, start)}
        assert set(starts) == expected
    target(float(shown))


@settings(max_examples=scaled(60))
@given(case=cases())
def test_an_offer_takes_free_lanes_for_exactly_what_is_claimed(case: Case) -> None:
    offered = find_slots(case.snapshot, case.window, case.at, RULES, case.request)
    for provider, slots in offered.items():
        for slot in slots[:5]:
            answer = evaluate(
                candidate(case, provider, epoch(slot.start)), case.snapshot, case.at, RULES, turn=3
            )
            assert isinstance(answer, Offer)
            assert [role for role, _ in answer.assigned] == [
                need.role for need in case.snapshot.service.needs
            ]
            assert len({who for _, who in answer.assigned}) == len(answer.assigned)
            times = occupied(case.snapshot.service, answer.request.period)
            assert {claim.period for claim in answer.claims} == {times}
            for claim in answer.claims:
                lanes = [each for each in answer.allocations if each.resource == claim.resource]
                seconds = sum(each.period.duration.total_seconds() for each in lanes)
                assert seconds == times.duration.total_seconds() * claim.quantity


def each_inside(start: int, window: Period) -> bool:
    return epoch(window.start) <= start < epoch(window.end)


def can_be_booked(case: Case, provider: ResourceId, start: int) -> bool:
    asked = candidate(case, provider, start)
    if case.request.chosen.get(case.snapshot.service.needs[0].role, provider) != provider:
        return False
    return isinstance(evaluate(asked, case.snapshot, case.at, RULES), Offer)


def candidate(case: Case, provider: ResourceId, start: int) -> Request:
    service = case.snapshot.service
    assert service.duration is not None
    begins = from_epoch(start)
    chosen = {**case.request.chosen, service.needs[0].role: provider}
    return attrs.evolve(case.request, period=Period(begins, begins + service.duration), chosen=chosen)


def starts_worth_asking(case: Case, provider: ResourceId) -> Iterator[int]:
    """Every start on the grid inside the window, and starts beside the grid and at the edges of what is taken."""
    diary, service = case.snapshot.diaries[provider], case.snapshot.service
    first, last = epoch(case.window.start), epoch(case.window.end)
    before, after = (int(each.total_seconds()) for each in (service.buffer_before, service.buffer_after))
    taken = [*((start, end) for start, end, _ in diary.calendar.busy), *diary.calendar.closed]
    edges = {first, last - 1, epoch(case.at), epoch(case.at) + 1}
    edges |= {moment for opening in diary.openings.windows for moment in opening}
    edges |= {end + before for _, end in taken} | {start - after - length(service) for start, _ in taken}
    for edge in sorted(each for each in edges if first <= each < last)[:MOST_EDGES]:
        yield from (edge - 1, edge, edge + 1, edge + 7 * 60)
    step = int(service.step.total_seconds()) if service.step else 30 * 60
    for opens, closes in diary.openings.windows:
        yield from (start for start in range(opens, closes, step) if first <= start < last)


def length(service: Service) -> int:
    assert service.duration is not None
    return int(service.duration.total_seconds())
