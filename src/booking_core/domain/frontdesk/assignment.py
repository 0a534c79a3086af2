"""Who gets which room: interval colouring, with choices that are locked and as few moves as possible.

Guests placed in order of arrival, each into any room that is free, never need more rooms than guests are there
at once (an interval graph needs as many colours as its largest clique; Golumbic, Algorithmic Graph Theory,
section 8). Rooms locked for later guests, and closed rooms, make it a search, which is bounded.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ClaimId, UnitId
from booking_core.domain.kernel.period import Period

MOST_PLACES = 1_000
MOST_ROOMS = 1_000
MOST_TRIALS = 200
"""How many sets of guests are tried for being moved, smallest sets first."""
MOST_LOOKS = 2 * MOST_PLACES * MOST_ROOMS
"""How often a room is looked at for a guest before the search is given up: some seconds at most."""

PlaceKey = tuple[ClaimId, int]


@attrs.frozen(kw_only=True)
class Place:
    """One room of a reservation that is to be found: room `number` (from 0) for its period.

    `locked` was promised, or the guest is in it; it stays. `current` was proposed before; it stays if it can.
    """

    reservation: ClaimId
    period: Period
    number: int = 0
    locked: UnitId | None = None
    current: UnitId | None = None

    @property
    def key(self) -> PlaceKey:
        """What tells places apart."""
        return self.reservation, self.number


@attrs.frozen(kw_only=True)
class RoomPlan:
    """A room for every place, but for those `unplaced`; `moved` lost the room proposed before."""

    rooms: Mapping[PlaceKey, UnitId]
    moved: tuple[PlaceKey, ...]
    unplaced: tuple[PlaceKey, ...]


Taken = dict[UnitId, list[Period]]


def propose(
    places: Sequence[Place], units: Sequence[UnitId], closed: Mapping[UnitId, Sequence[Period]] | None = None
) -> RoomPlan:
    """Rooms for all places; `units` in order of preference, `closed` when some are out of order.

    Without locks and closed rooms everybody is placed if there are as many rooms as places at once. Two guests
    are moved only where one would not do, and one only where none would not, as far as MOST_TRIALS and
    MOST_LOOKS reach; beyond two the least possible is not promised. Raises InvalidInput where locked choices
    contradict.
    """
    _check(places, units)
    taken: Taken = {unit: list((closed or {}).get(unit, ())) for unit in units}
    locked = [place for place in places if place.locked is not None]
    open_ = sorted(
        (place for place in places if place.locked is None), key=lambda place: (place.period, place.key)
    )
    rooms = _settle_locked(locked, taken)
    rooms |= _fewest_moves(open_, taken)
    return RoomPlan(
        rooms=rooms,
        moved=tuple(p.key for p in open_ if p.current is not None and rooms.get(p.key) != p.current),
        unplaced=tuple(place.key for place in open_ if place.key not in rooms),
    )


def _check(places: Sequence[Place], units: Sequence[UnitId]) -> None:
    if len(places) > MOST_PLACES or len({place.key for place in places}) < len(places):
        raise InvalidInput("places", f"must be at most {MOST_PLACES} different ones", len(places))
    if len(units) > MOST_ROOMS or len(set(units)) < len(units):
        raise InvalidInput("units", f"must be at most {MOST_ROOMS} different ones", len(units))


def _settle_locked(locked: Iterable[Place], taken: Taken) -> dict[PlaceKey, UnitId]:
    """Locked places into their rooms; a room closed around a guest who is in it is still theirs."""
    guests: Taken = {}
    rooms: dict[PlaceKey, UnitId] = {}
    for place in locked:
        assert place.locked is not None
        if place.locked not in taken:
            raise InvalidInput("locked", "is not a room of this type", str(place.locked))
        if not _is_free(guests.get(place.locked, ()), place.period):
            raise InvalidInput("locked", "is promised twice for the same time", str(place.locked))
        guests.setdefault(place.locked, []).append(place.period)
        rooms[place.key] = place.locked
    for unit, periods in guests.items():
        taken[unit] += periods
    return rooms


def _fewest_moves(open_: Sequence[Place], taken: Taken) -> dict[PlaceKey, UnitId]:
    """Move nobody; else one, else two, else whom it takes; else leave somebody without a room."""
    settled = [place.key for place in open_ if place.current in taken]
    looks = _Looks()
    for moving in islice((who for size in (0, 1, 2) for who in combinations(settled, size)), MOST_TRIALS):
        found = _trial(frozenset(moving), open_, taken, looks)
        if found is not None:
            return found
    found = _trial(frozenset(settled), open_, taken, _Looks())
    return _first_come(open_, taken) if found is None else found


@attrs.define
class _Looks:
    """How many looks at rooms are left."""

    left: int = MOST_LOOKS


def _trial(
    moving: frozenset[PlaceKey], open_: Sequence[Place], taken: Taken, looks: _Looks
) -> dict[PlaceKey, UnitId] | None:
    """Everybody placed while only these change rooms, or None."""
    fixed: Taken = {unit: list(periods) for unit, periods in taken.items()}
    rooms: dict[PlaceKey, UnitId] = {}
    searching: list[Place] = []
    for place in open_:
        if place.current is None or place.current not in fixed or place.key in moving:
            searching.append(place)
        elif _is_free(fixed[place.current], place.period):
            fixed[place.current].append(place.period)
            rooms[place.key] = place.current
        else:
            return None
    found = _search(searching, fixed, looks)
    return None if found is None else rooms | found


def _search(places: Sequence[Place], fixed: Taken, looks: _Looks) -> dict[PlaceKey, UnitId] | None:
    """Rooms for places in order of arrival, going back where a later one finds none; bounded."""
    chosen: list[UnitId] = []
    choices: list[Iterator[UnitId]] = []
    while len(chosen) < len(places):
        place = places[len(chosen)]
        if len(choices) == len(chosen):
            looks.left -= len(fixed)
            choices.append(iter(_candidates(place, fixed)))
        unit = next(choices[-1], None)
        if unit is not None:
            fixed[unit].append(place.period)
            chosen.append(unit)
            continue
        choices.pop()
        if not chosen or looks.left < 0:
            return None
        fixed[chosen.pop()].pop()
    return {place.key: unit for place, unit in zip(places, chosen, strict=True)}


def _candidates(place: Place, fixed: Taken) -> list[UnitId]:
    """The free rooms: the one proposed before, then the one left last before this arrival, then in order."""
    free = [unit for unit, periods in fixed.items() if _is_free(periods, place.period)]

    def idle(unit: UnitId) -> tuple[bool, float]:
        earlier = [p.end for p in fixed[unit] if p.end <= place.period.start]
        waits = (place.period.start - max(earlier)).total_seconds() if earlier else float("inf")
        return unit != place.current, waits

    return sorted(free, key=idle)


def _first_come(open_: Sequence[Place], taken: Taken) -> dict[PlaceKey, UnitId]:
    """Where not everybody can be placed: current rooms kept where they can be, then whoever comes first."""
    fixed: Taken = {unit: list(periods) for unit, periods in taken.items()}
    rooms: dict[PlaceKey, UnitId] = {}
    for place in sorted(open_, key=lambda place: place.current not in fixed):
        candidates = _candidates(place, fixed)
        if candidates:
            rooms[place.key] = candidates[0]
            fixed[candidates[0]].append(place.period)
    return rooms


def _is_free(periods: Iterable[Period], wanted: Period) -> bool:
    return not any(period.overlaps(wanted) for period in periods)
