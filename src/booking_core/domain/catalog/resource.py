"""What is booked, and the physical members of a pool."""

from datetime import datetime

import attrs

from booking_core.domain.catalog.schedule import Schedule
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, UnitId, VenueId

LARGEST_CAPACITY = 10_000


@attrs.frozen(kw_only=True)
class Unit:
    """One physical member of a pool (room 301), assigned at check-in."""

    id: UnitId
    key: str
    name: str


@attrs.frozen(kw_only=True)
class Resource:
    """A specialist, hall, table, car or cabin (capacity 1), or a pool: a room type, a tour, a class (capacity N).

    `allowance` is how many lanes may be sold beyond the capacity (deliberate overbooking). `largest_party` is how
    many people one place takes, None for no limit. `since` is when it joined; loads are compared from then on.
    """

    id: ResourceId
    venue: VenueId
    key: str
    name: str
    schedule: Schedule
    capacity: int = 1
    allowance: int = 0
    largest_party: int | None = None
    since: datetime | None = None
    units: tuple[Unit, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse capacities that no lane could be numbered by."""
        if not 1 <= self.capacity <= LARGEST_CAPACITY:
            raise InvalidInput("capacity", f"must be 1…{LARGEST_CAPACITY}", self.capacity)
        if not 0 <= self.allowance <= LARGEST_CAPACITY:
            raise InvalidInput("allowance", f"must be 0…{LARGEST_CAPACITY}", self.allowance)
        if self.largest_party is not None and self.largest_party < 1:
            raise InvalidInput("largest_party", "must be at least 1", self.largest_party)
        if len(self.units) > self.capacity:
            raise InvalidInput("units", "are more than the capacity", len(self.units))

    @property
    def lanes(self) -> int:
        """How many lanes there are: capacity and allowance."""
        return self.capacity + self.allowance
