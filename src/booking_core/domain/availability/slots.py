"""Searching: every candidate that `evaluate` would accept, without asking it candidate by candidate.

Openings, taken spans and bounds are intersected as sorted integer spans; candidates are arithmetic ranges of epoch
seconds and become objects only when looked at. Work is linear in busy spans plus openings, not in their product.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import overload

import attrs

from booking_core.domain.availability.evaluate import providers_of, quantity_of
from booking_core.domain.availability.matching import matched
from booking_core.domain.availability.openings import Openings
from booking_core.domain.availability.places import largest_party
from booking_core.domain.availability.request import Diary, Request, Snapshot
from booking_core.domain.availability.rules import Rule, RuleBook, Rules
from booking_core.domain.catalog.policy import Opening
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, epoch, from_epoch
from booking_core.domain.kernel.zone import local_date
from booking_core.domain.reservations.calendar import Calendar, Span


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
        resource, duration, read = self.resource, self.duration, datetime.fromtimestamp
        for each in self.ranges:
            for start in each:
                yield Slot(read(start, UTC), read(start + duration, UTC), resource)

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
    duration = _duration(service)
    first = Period(window.start, window.start + service.duration)
    asked = attrs.evolve(request, period=first) if request else Request(period=first)
    active = rules.rules_of(service.policy).without(asked.waived)
    lead, *others = service.needs
    if any(rule.check(asked, snapshot, at) for rule in active.once):
        return {}
    bounds = _bounds(active.bounding, window, at)
    companions = [_free_of_any(snapshot, need, asked, bounds) for need in others]
    found = {}
    for provider in providers_of(lead, asked):
        diary = snapshot.diaries[provider]
        ranges = _candidates(service, diary.openings, _free(service, diary, lead, asked, bounds))
        if companions:
            ranges = [range(start, start + 1) for start in _together(ranges, provider, companions)]
        found[provider] = Slots(
            resource=provider,
            duration=duration,
            ranges=_permitted(ranges, active, asked, snapshot, at),
        )
    return found


def free_starts(calendar: Calendar, *, quantity: int, before: int, reach: int, bounds: Span) -> list[Span]:
    """The spans [first, last + 1) of starts inside `bounds` at which enough lanes are free.

    `before` is the buffer before a start, `reach` the time from the start to the end of the buffer after it.
    """
    low, last = bounds
    free: list[Span] = []
    for busy_start, busy_end in calendar.full(quantity):
        high = busy_start - reach
        if high >= low:
            if high >= last:
                break
            free.append((low, high + 1))
        low = max(low, busy_end + before)
    if low <= last:
        free.append((low, last + 1))
    return free


def free_periods(snapshot: Snapshot, diary: Diary, window: Period, *, quantity: int = 1) -> list[Period]:
    """The periods inside the window in which a resource with customer-chosen times is free, buffers kept.

    Opening hours bound them where a booking must lie within them; where only its ends must, they do not.
    """
    before, after = _buffers(snapshot.service)
    first, last = epoch(window.start), epoch(window.end)
    full = [(start - after, end + before) for start, end in diary.calendar.full(quantity)]
    periods = []
    ends_only = snapshot.service.policy.hours is Opening.ENDS
    for opens, closes in [(first, last)] if ends_only else diary.openings.spans:
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


def _duration(service: Service) -> int:
    assert service.duration is not None
    return int(service.duration.total_seconds())


def _buffers(service: Service) -> tuple[int, int]:
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
    largest = largest_party(service, need, diary.resource)
    if largest is not None and request.party.people > largest * quantity:
        return []
    before, after = _buffers(service)
    duration = _duration(service)
    free = free_starts(
        diary.calendar, quantity=quantity, before=before, reach=duration + after, bounds=bounds
    )
    if service.policy.hours is Opening.ENDS:
        ends = [(opens - duration, closes - duration + 1) for opens, closes in diary.openings.spans]
        return list(_common(free, ends))
    return free


def _open_for(service: Service) -> int:
    """How long from its start on a booking needs its resources open; where only its ends count, for a second."""
    return 1 if service.policy.hours is Opening.ENDS else _duration(service)


def _candidates(service: Service, opened: Openings, free: Sequence[Span]) -> list[range]:
    """The grid of each opening window laid over the free spans, where the service fits before closing."""
    open_for, step = _open_for(service), int(service.step.total_seconds()) if service.step else 0
    ranges: list[range] = []
    position, count = 0, len(free)
    for (opens, closes), limit in zip(opened.windows, opened.limits, strict=True):
        stop = min(closes, limit - open_for + 1)
        while position < count and free[position][1] <= opens:
            position += 1
        for low, high in islice(free, position, None):
            if low >= stop:
                break
            start = opens
            if low > opens:
                start = opens + -(-(low - opens) // step) * step if step else stop
            end = min(stop, high)
            if start < end:
                ranges.append(range(start, end, step or stop))
    return ranges


def _free_of_any(
    snapshot: Snapshot, need: Need, request: Request, bounds: Span
) -> list[tuple[ResourceId, list[Span]]]:
    """The starts at which each provider of a need is open and free."""
    found = []
    for provider in providers_of(need, request):
        diary = snapshot.diaries[provider]
        free = _free(snapshot.service, diary, need, request, bounds)
        last = _open_for(snapshot.service) - 1
        spans = list(_common(free, [(opens, closes - last) for opens, closes in diary.openings.spans]))
        if spans:
            found.append((provider, spans))
    return found


def _common(free: Sequence[Span], spans: Iterable[Span]) -> Iterator[Span]:
    """What lies in both; an empty or reversed span has nothing in it."""
    for first, last in spans:
        for low, high in free:
            start, end = max(low, first), min(high, last)
            if start < end:
                yield start, end


def _together(
    ranges: Iterable[range], lead: ResourceId, companions: Sequence[Sequence[tuple[ResourceId, list[Span]]]]
) -> Iterator[int]:
    """The starts at which every other need finds a resource of its own next to the leading one."""
    for each in ranges:
        for start in each:
            able = [
                [who for who, spans in need if who != lead and _inside(spans, start)] for need in companions
            ]
            if all(able) and (len(able) == 1 or matched(able)):
                yield start


def _inside(spans: Sequence[Span], moment: int) -> bool:
    index = bisect_left(spans, (moment + 1,)) - 1
    return index >= 0 and spans[index][0] <= moment < spans[index][1]


def _permitted(
    ranges: Sequence[range], rules: Rules, asked: Request, snapshot: Snapshot, at: datetime
) -> Sequence[range]:
    """Candidates that also pass the rules that vary by day, and those that must see each start."""
    if not (rules.by_day or rules.by_start):
        return ranges
    assert snapshot.service.duration is not None
    length = snapshot.service.duration
    allowed: dict[date, bool] = {}
    kept = []
    for each in ranges:
        for start in each:
            begins = from_epoch(start)
            candidate = attrs.evolve(asked, period=Period(begins, begins + length))
            day = local_date(start, snapshot.venue.zone)
            if day not in allowed:
                allowed[day] = not any(rule.check(candidate, snapshot, at) for rule in rules.by_day)
            if allowed[day] and not any(rule.check(candidate, snapshot, at) for rule in rules.by_start):
                kept.append(range(start, start + 1))
    return kept
