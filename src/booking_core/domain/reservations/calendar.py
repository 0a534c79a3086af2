"""Lanes: the numbered places of a resource, and which of them are taken when.

Inside, time is whole epoch seconds: comparing and sorting integers is what makes searching fast.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import attrs

from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, epoch

Span = tuple[int, int]
"""Half-open [start, end) in epoch seconds."""


class Busy(NamedTuple):
    """One lane taken for one span."""

    start: int
    end: int
    lane: int


@attrs.frozen(order=True)
class Allocation:
    """One lane of a resource for one occupied period. Ordered as storages write them: by resource, lane, start."""

    resource: ResourceId
    lane: int
    period: Period


@attrs.frozen(kw_only=True, eq=False)
class Calendar:
    """The taken lanes of one resource inside a window; `busy` and `closed` are sorted by start.

    `closed` are closures of the whole resource: they hold whatever its lanes say, also after a booking inside
    them was cancelled.
    """

    resource: ResourceId
    lanes: int
    busy: Sequence[tuple[int, int, int]] = ()
    closed: Sequence[Span] = ()

    @classmethod
    def of(cls, resource: ResourceId, lanes: int, allocations: Iterable[Allocation]) -> Self:
        """A calendar of allocations in any order (those of other resources are left out)."""
        taken = (
            Busy(epoch(a.period.start), epoch(a.period.end), a.lane)
            for a in allocations
            if a.resource == resource
        )
        return cls(resource=resource, lanes=lanes, busy=sorted(taken))

    def full(self, quantity: int = 1) -> list[Span]:
        """The spans in which fewer than `quantity` lanes are free, closures included, sorted by start."""
        if quantity > self.lanes:
            return [(-(2**62), 2**62)]
        if self.lanes == 1:
            taken = [(start, end) for start, end, _ in self.busy]
        else:
            taken = self._crowded(self.lanes - quantity)
        if not self.closed:
            return taken
        return merged(sorted([*taken, *self.closed]))

    def peak(self, start: int, end: int) -> int:
        """The largest number of lanes taken at one moment of [start, end)."""
        events: list[tuple[int, int]] = []
        for busy_start, busy_end, _ in self.busy:
            if busy_start >= end:
                break
            if busy_end > start:
                events += ((max(busy_start, start), 1), (busy_end, -1))
        events.sort()
        load = highest = 0
        for _, step in events:
            load += step
            highest = max(highest, load)
        return highest

    def is_closed(self, start: int, end: int) -> bool:
        """Whether a closure of the whole resource touches [start, end)."""
        return any(closed_start < end and start < closed_end for closed_start, closed_end in self.closed)

    def place(self, start: int, end: int, quantity: int, turn: int = 0) -> tuple[Allocation, ...] | None:
        """Lanes for `quantity` places over [start, end), or None where the peak load leaves too few.

        Whole free lanes come first, beginning at a lane that `turn` picks (buyers with different turns do not race
        for one lane). What they do not cover is cut at event boundaries into pieces on several lanes, so that a
        request that fits by load is never refused for fragmentation.
        """
        taken: dict[int, list[Span]] = {}
        for busy_start, busy_end, lane in self.busy:
            if busy_start >= end:
                break
            if busy_end > start:
                taken.setdefault(lane, []).append((busy_start, busy_end))
        if len(taken) + quantity > self.lanes and self.peak(start, end) + quantity > self.lanes:
            return None
        free = [lane for lane in range(1, self.lanes + 1) if lane not in taken]
        whole = [free[(turn + n) % len(free)] for n in range(min(quantity, len(free)))]
        pieces = [(lane, start, end) for lane in whole]
        for lane in whole:
            taken[lane] = [(start, end)]
        for _ in range(quantity - len(whole)):
            cut = _cut(taken, self.lanes, start, end)
            for lane, piece_start, piece_end in cut:
                taken[lane] = sorted([*taken[lane], (piece_start, piece_end)])
            pieces += cut
        return tuple(sorted(Allocation(self.resource, lane, Period.of_epoch(s, e)) for lane, s, e in pieces))

    def gaps(self, start: int, end: int) -> tuple[Allocation, ...]:
        """Every free piece of every lane inside [start, end): what a closure of the whole resource takes."""
        ends = dict.fromkeys(range(1, self.lanes + 1), start)
        pieces: list[tuple[int, int, int]] = []
        for busy_start, busy_end, lane in self.busy:
            if busy_start >= end or busy_end <= start or lane not in ends:
                continue
            if busy_start > ends[lane]:
                pieces.append((lane, ends[lane], busy_start))
            ends[lane] = max(ends[lane], busy_end)
        pieces += [(lane, free_from, end) for lane, free_from in ends.items() if free_from < end]
        return tuple(sorted(Allocation(self.resource, lane, Period.of_epoch(s, e)) for lane, s, e in pieces))

    def _crowded(self, most: int) -> list[Span]:
        """The spans in which more than `most` lanes are taken: one pass over sorted starts and ends."""
        ends = sorted([end for _, end, _ in self.busy])
        spans: list[Span] = []
        load = next_end = opened = 0
        for start, _, _ in self.busy:
            while ends[next_end] <= start:
                if load == most + 1:
                    _append_joined(spans, opened, ends[next_end])
                load -= 1
                next_end += 1
            load += 1
            if load == most + 1:
                opened = start
        while load > most:
            if load == most + 1:
                _append_joined(spans, opened, ends[next_end])
            load -= 1
            next_end += 1
        return spans


def merged(spans: Iterable[Span]) -> list[Span]:
    """Sorted spans with those that overlap or touch joined into one."""
    joined: list[Span] = []
    for start, end in spans:
        _append_joined(joined, start, end)
    return joined


def _append_joined(spans: list[Span], start: int, end: int) -> None:
    if spans and start <= spans[-1][1]:
        if end > spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
    elif start < end:
        spans.append((start, end))


def _cut(taken: dict[int, list[Span]], lanes: int, start: int, end: int) -> list[tuple[int, int, int]]:
    """One place over [start, end) in as few pieces as possible: always stay on the lane that is free longest."""
    pieces = []
    now = start
    while now < end:
        free_until = {lane: _free_until(taken.get(lane, []), now, end) for lane in range(1, lanes + 1)}
        lane = max(free_until, key=lambda each: (free_until[each], -each))
        assert free_until[lane] > now, "peak load said that a lane is free here"
        pieces.append((lane, now, free_until[lane]))
        now = free_until[lane]
    return pieces


def _free_until(spans: list[Span], now: int, end: int) -> int:
    """Until when a lane with these taken spans stays free from `now` on (`now` itself: it is taken)."""
    for start, stop in spans:
        if start <= now < stop:
            return now
        if start > now:
            return min(start, end)
    return end
