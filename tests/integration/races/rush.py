"""Many people at once: threads that start together, and what each of them got."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

from booking_adapters.testing.engine import OpenBusiness
from booking_core.domain.kernel.errors import BookingError

T = TypeVar("T")

STUCK_SECONDS = 120
"""A rush that takes longer has deadlocked."""


def rush(actions: Sequence[Callable[[], T]]) -> list[T | BookingError]:
    """Every action in a thread of its own, all started at one moment; answers or refusals in the same order.

    Errors that are no refusals are raised.
    """
    start = threading.Barrier(len(actions))

    def act(action: Callable[[], T]) -> T | BookingError:
        start.wait(STUCK_SECONDS)
        return outcome(action)

    with ThreadPoolExecutor(len(actions)) as pool:
        running = [pool.submit(act, action) for action in actions]
        return [each.result(STUCK_SECONDS) for each in running]


def outcome(action: Callable[[], T]) -> T | BookingError:
    """The answer, or the refusal as a value."""
    try:
        return action()
    except BookingError as refused:
        return refused


def overlaps(business: OpenBusiness, when: str) -> int:
    """How many times, in the data, a lane is taken by two at once."""
    with business.engine.store.reading(business.tenant) as tx:
        reading = tx.calendars.read(
            list(business.business.catalog.resources.values()),
            business.wall.period(when),
            business.engine.clock.now(),
        )
    found = 0
    for calendar in reading.calendars.values():
        for lane in {each[2] for each in calendar.busy}:
            spans = sorted((start, end) for start, end, taken in calendar.busy if taken == lane)
            found += sum(later[0] < earlier[1] for earlier, later in pairwise(spans))
    return found


def places_taken(business: OpenBusiness, resource: str, when: str) -> int:
    """The peak load, in the data, of a resource."""
    found = business.resource(resource)
    period = business.wall.period(when)
    with business.engine.store.reading(business.tenant) as tx:
        reading = tx.calendars.read([found], period, business.engine.clock.now())
    start, end = (int(each.timestamp()) for each in (period.start, period.end))
    return reading.calendars[found.id].peak(start, end)
