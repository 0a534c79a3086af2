"""The guard of the lanes: one sorted list of taken spans per lane, and no two may overlap."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from booking_core.domain.kernel.errors import LaneTaken
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import epoch
from booking_core.domain.reservations.calendar import Allocation


class Taken(NamedTuple):
    """One allocation as stored; sorts by its end, which is unique on a lane."""

    end: int
    start: int
    owner: UUID
    made_at: datetime | None
    expires_at: datetime | None

    def counts(self, at: datetime) -> bool:
        """Whether it is neither over nor lapsed."""
        return self.end > epoch(at) and (self.expires_at is None or self.expires_at > at)


class Lanes:
    """Who has which lane when. `guarded=False` lets lanes overlap: the negative control of the race tests."""

    def __init__(self, *, guarded: bool = True) -> None:
        self.guarded = guarded
        self._by_resource: dict[ResourceId, dict[int, list[Taken]]] = {}

    def take(
        self, allocation: Allocation, owner: UUID, made_at: datetime | None, expires_at: datetime | None
    ) -> None:
        """Add an allocation; raises LaneTaken where it would overlap another of its lane."""
        start, end = epoch(allocation.period.start), epoch(allocation.period.end)
        lane = self._by_resource.setdefault(allocation.resource, {}).setdefault(allocation.lane, [])
        if self.guarded:
            following = bisect_left(lane, (start + 1,))
            if following < len(lane) and lane[following].start < end:
                raise LaneTaken("the lane was taken in the meantime")
        insort(lane, Taken(end, start, owner, made_at, expires_at))

    def give_back(self, allocation: Allocation, owner: UUID) -> Taken:
        """Remove an allocation and return it as it was stored."""
        lane = self._by_resource[allocation.resource][allocation.lane]
        index = bisect_left(lane, (epoch(allocation.period.end),))
        while lane[index].owner != owner:  # only an unguarded lane has several of one end
            index += 1
        return lane.pop(index)

    def inside(self, resource: ResourceId, start: int, end: int) -> Iterator[tuple[int, Taken]]:
        """Lane and allocation of everything of a resource that overlaps [start, end)."""
        for number, lane in self._by_resource.get(resource, {}).items():
            for index in range(bisect_left(lane, (start + 1,)), len(lane)):
                taken = lane[index]
                if taken.start >= end:
                    break
                yield number, taken

    def highest(self, resource: ResourceId, at: datetime) -> int:
        """The highest lane of a resource that is taken by what is neither over nor lapsed; 0 for none."""
        lanes = self._by_resource.get(resource, {}).items()
        return max((number for number, lane in lanes if any(taken.counts(at) for taken in lane)), default=0)

    def every(self) -> Iterator[tuple[ResourceId, int, Taken]]:
        """All allocations."""
        for resource, lanes in self._by_resource.items():
            for number, lane in lanes.items():
                for taken in lane:
                    yield resource, number, taken
