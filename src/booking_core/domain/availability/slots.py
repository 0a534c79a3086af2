"""Searching: every candidate that `evaluate` would accept, without asking it candidate by candidate.

Openings, taken spans and bounds are intersected as sorted integer spans; candidates are arithmetic ranges of epoch
seconds and become objects only when looked at. Work is linear in busy spans plus openings, not in their product.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import overload

import attrs

from booking_core.domain.availability.evaluate import ALWAYS, providers_of, quantity_of
from booking_core.domain.availability.request import Diary, Request, Snapshot
from booking_core.domain.availability.rules import Reach, Rule, RuleBook
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, epoch, from_epoch
from booking_core.domain.kernel.zone import local_date
from booking_core.domain.reservations.calendar import Span


@attrs.frozen
class Slot:
    """One offered candidate: the customer's times, and the resource of the leading need."""

    start: datetime
    end: datetime
    resource: ResourceId


@attrs.frozen(kw_only=True, eq=False)
class Slots(Sequence[Slot]):
    """The offered starts of one resource, in order. Slots are made on access."""

    resource: ResourceId
    duration: int
    ranges: Sequence[range]

    def __len__(self) -> int:
        """How many candidates are offered."""
        return sum(map(len, self.ranges))

    def starts(self) -> Iterator[int]:
        """The starts in epoch seconds."""
        for each in self.ranges:
            yield from each

    def __iter__(self) -> Iterator[Slot]:
        """The slots, first to last."""
        resource, duration = self.resource, self.duration
        for each in self.ranges:
            for start in each:
                yield Slot(from_epoch(start), from_epoch(start + duration), resource)

    @overload
    def __getitem__(self, index: int) -> Slot: ...
    @overload
    def __getitem__(self, index: slice) -> list[Slot]: ...
    def __getitem__(self, index: int | slice) -> Slot | list[Slot]:
        """The slot at a position, or a list of slots."""
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        for each in self.ranges:
            if 0 <= position < len(each):
                start = each[position]
                return Slot(from_epoch(start), from_epoch(start + self.duration), self.resource)
            position -= len(each)
        raise IndexError(index)


def find_slots(
    snapshot: Snapshot, window: Period, at: datetime, rules: RuleBook, request: Request | None = None
) -> dict[ResourceId, Slots]:
    """Per provider of the leading need, every candidate that starts inside the window and can be booked.

    `request` gives quantity, party, choices and waived rules; its period is ignored.
    """
    service = snapshot.service
    if service.duration is None:
        raise InvalidInput("service", "has no fixed duration; ask for free periods or stays", service.key)
    asked = attrs.evolve(request, period=_first(service, window)) if request else Request(period=_first(service, window))
    active = [rule for rule in (*ALWAYS, *rules.rules_of(service.policy)) if rule.name not in asked.waived]
    lead, *others = service.needs
    providers = providers_of(lead, asked)
    nothing: dict[ResourceId, Slots] = {}
    if any(rule.check(asked, snapshot, at) for rule in active if rule.reach is Reach.SEARCH):
        return nothing
    bounds = _bounds(active, window, at)
    companions = [_free_of_any(snapshot, need, asked, bounds) for need in others]
    found = {}
    for provider in providers:
        diary = snapshot.diaries[provider]
        ranges = _candidates(service, diary, _free(service, diary, lead, asked, bounds))
        if companions:
            ranges = [range(start, start + 1) for start in _together(ranges, provider, companions)]
        found[provider] = Slots(
            resource=provider,
            duration=int(service.duration.total_seconds()),
            ranges=_permitted(ranges, active, asked, snapshot, at),
        )
    return found


def free_starts(diary: Diary, *, duration: int, before: int, after: int, quantity: int, bounds: Span) -> list[Span]:
    """The spans [first, last + 1) of starts inside `bounds` at which the resource is open and has lanes free."""
    first, last = bounds
    free: list[Span] = []
    full = diary.calendar.full(quantity)
    position, count = 0, len(full)
    margin = duration + after
    for opens, closes in diary.openings.spans:
        low = opens if opens > first else first
        high = closes - duration if closes - duration < last else last
        if low > high:
            continue
        while position < count and full[position][1] + before <= low:
            position += 1
        index = position
        while index < count and full[index][0] - margin < high:
            if low <= full[index][0] - margin:
                free.append((low, full[index][0] - margin + 1))
            low = max(low, full[index][1] + before)
            index += 1
        if low <= high:
            free.append((low, high + 1))
    return free


def free_periods(snapshot: Snapshot, diary: Diary, window: Period, *, quantity: int = 1) -> list[Period]:
    """The periods inside the window in which a resource with customer-chosen times is open and free, buffers kept."""
    before, after = _seconds(snapshot.service)
    first, last = epoch(window.start), epoch(window.end)
    full = [(start - after, end + before) for start, end in diary.calendar.full(quantity)]
    periods = []
    for opens, closes in diary.openings.spans:
        low, high = max(opens, first), min(closes, last)
        for start, end in full:
            if end <= low or start >= high:
                continue
            if start > low:
                periods.append(Period.of_epoch(low, start))
            low = max(low, end)
        if low < high:
            periods.append(Period.of_epoch(low, high))
    return periods


def _first(service: Service, window: Period) -> Period:
    assert service.duration is not None
    return Period(window.start, window.start + service.duration)


def _seconds(service: Service) -> tuple[int, int]:
    return int(service.buffer_before.total_seconds()), int(service.buffer_after.total_seconds())


def _bounds(rules: Iterable[Rule], window: Period, at: datetime) -> Span:
    """The first and last start that window and rules admit, both included."""
    first, last = epoch(window.start), epoch(window.end) - 1
    for rule in rules:
        if rule.earliest is not None:
            earliest = rule.earliest(at)
            first = max(first, epoch(earliest) + (earliest.microsecond > 0))
        if rule.latest is not None:
            last = min(last, epoch(rule.latest(at)))
    return first, last


def _free(service: Service, diary: Diary, need: Need, request: Request, bounds: Span) -> list[Span]:
    quantity = quantity_of(need, request)
    largest = diary.resource.largest_party
    if largest is not None and request.party.people > largest * quantity:
        return []
    before, after = _seconds(service)
    assert service.duration is not None
    duration = int(service.duration.total_seconds())
    return free_starts(diary, duration=duration, before=before, after=after, quantity=quantity, bounds=bounds)


def _candidates(service: Service, diary: Diary, free: Sequence[Span]) -> list[range]:
    """The grid of each opening window laid over the free spans."""
    step = int(service.step.total_seconds()) if service.step else None
    ranges: list[range] = []
    windows = iter(diary.openings.windows)
    window = next(windows, None)
    for low, high in free:
        while window is not None and window[1] <= low:
            window = next(windows, None)
        current = window
        while current is not None and current[0] < high:
            opens, closes = current
            stop = high if high < closes else closes
            start = opens if low <= opens else opens + (-(-(low - opens) // step) * step if step else closes)
            if start < stop:
                ranges.append(range(start, stop, step) if step else range(start, start + 1))
            if closes > high:
                break
            current = next(windows, None)
        window = current
    return ranges


def _free_of_any(
    snapshot: Snapshot, need: Need, request: Request, bounds: Span
) -> list[tuple[ResourceId, list[Span]]]:
    free = (
        (provider, _free(snapshot.service, snapshot.diaries[provider], need, request, bounds))
        for provider in providers_of(need, request)
    )
    return [(provider, spans) for provider, spans in free if spans]


def _together(
    ranges: Iterable[range], lead: ResourceId, companions: Sequence[Sequence[tuple[ResourceId, list[Span]]]]
) -> Iterator[int]:
    """The starts at which every other need finds a resource of its own next to the leading one."""
    for each in ranges:
        for start in each:
            able = [[who for who, spans in need if who != lead and _inside(spans, start)] for need in companions]
            if all(able) and _all_seated(able):
                yield start


def _inside(spans: Sequence[Span], moment: int) -> bool:
    index = bisect_left(spans, (moment + 1,)) - 1
    return index >= 0 and spans[index][0] <= moment < spans[index][1]


def _all_seated(able: Sequence[Sequence[ResourceId]], taken: frozenset[ResourceId] = frozenset()) -> bool:
    if not able:
        return True
    return any(_all_seated(able[1:], taken | {who}) for who in able[0] if who not in taken)


def _permitted(
    ranges: Sequence[range], rules: Iterable[Rule], asked: Request, snapshot: Snapshot, at: datetime
) -> Sequence[range]:
    """Candidates that also pass the rules that vary by day, and those that must see each start."""
    bounded = (Reach.SEARCH, Reach.DAY)
    by_day = [rule for rule in rules if rule.reach is Reach.DAY]
    by_start = [rule for rule in rules if rule.reach not in bounded and rule.earliest is None and rule.latest is None]
    if not by_day and not by_start:
        return ranges
    assert snapshot.service.duration is not None
    length = snapshot.service.duration
    allowed: dict[object, bool] = {}
    kept = []
    for each in ranges:
        for start in each:
            begins = from_epoch(start)
            candidate = attrs.evolve(asked, period=Period(begins, begins + length))
            day = local_date(start, snapshot.venue.zone)
            if day not in allowed:
                allowed[day] = not any(rule.check(candidate, snapshot, at) for rule in by_day)
            if allowed[day] and not any(rule.check(candidate, snapshot, at) for rule in by_start):
                kept.append(range(start, start + 1))
    return kept
