"""What must be true of every stored reservation, as checks that answer with what is wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.notes import what_was_done
from booking_core.domain.reservations.reservation import LIVE, REPEATS, TRANSITIONS, Claim, Status, Step


def lane_faults(
    status: Status, claims: Sequence[Claim], allocations: Sequence[Allocation]
) -> tuple[str, ...]:
    """A live reservation has as many lanes of a resource as it claims, at every moment; an ended one has none."""
    if status not in LIVE:
        return ("has ended but still takes lanes",) if allocations else ()
    wanted = _levels((claim.resource, claim.period, claim.quantity) for claim in claims)
    taken = _levels((each.resource, each.period, 1) for each in allocations)
    return () if wanted == taken else ("its lanes do not cover its claims exactly",)


def history_is_path(history: tuple[Step, ...]) -> bool:
    """Whether a history starts where reservations start and follows the arrows (a move repeats its status)."""
    if not history or history[0].status not in {Status.HELD, Status.PENDING, Status.CONFIRMED}:
        return False
    steps = pairwise(history)
    return all(
        later.status in TRANSITIONS[earlier.status]
        or (later.status is earlier.status and later.status in REPEATS.get(what_was_done(later.note), ()))
        for earlier, later in steps
    )


def history_faults(status: Status, version: int, history: Sequence[Step]) -> tuple[str, ...]:
    """A history follows the arrows of the state graph, ends in the status, and is as long as the version says."""
    faults = []
    if not history_is_path(tuple(history)):
        faults.append("its history is no path in the state graph")
    if not history or history[-1].status is not status:
        faults.append("its history does not end in its status")
    if version != len(history):
        faults.append("its version is not the length of its history")
    return tuple(faults)


def _levels(
    parts: Iterable[tuple[ResourceId, Period, int]],
) -> dict[ResourceId, list[tuple[datetime, int]]]:
    """By resource, the moments at which the number of places changes, and by how much."""
    changes: dict[ResourceId, dict[datetime, int]] = {}
    for resource, period, quantity in parts:
        moments = changes.setdefault(resource, {})
        moments[period.start] = moments.get(period.start, 0) + quantity
        moments[period.end] = moments.get(period.end, 0) - quantity
    return {
        resource: sorted((moment, change) for moment, change in moments.items() if change)
        for resource, moments in changes.items()
    }
