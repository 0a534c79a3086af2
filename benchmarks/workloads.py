"""The slot-search workloads: W1 to W5, the same data for every contestant.

Busy periods are spread over the day with a fixed seed. `Workload.resources` holds, per resource, its opening windows
and busy spans in epoch seconds; contestants that compute openings themselves get the schedule and the dates.
"""

import random
from datetime import date, datetime, timedelta

import attrs

from booking_core.domain.catalog.schedule import ALL_DAY, Schedule, Window
from booking_core.domain.kernel.zone import wall_epoch, zone

MINUTE = 60
Span = tuple[int, int]


@attrs.frozen(kw_only=True)
class Workload:
    """One search: so many resources, a range of local dates, a service, and what is taken."""

    name: str
    schedule: Schedule
    zone_name: str
    first: date
    last: date
    duration: int
    step: int
    busy: tuple[tuple[Span, ...], ...]


def _office() -> Schedule:
    return Schedule.of({day: [Window.of("09:00", "17:00")] for day in range(5)})


def _spread(
    day: date, count: int, zone_name: str, seed: int, *, opens: int, closes: int, length: int
) -> list[Span]:
    """`count` disjoint busy spans of `length` minutes on the wall between two minutes of a day."""
    chooser = random.Random(f"{seed}-{day}")
    pitch = (closes - opens) / count
    starts = [opens + int(n * pitch + chooser.random() * max(0.0, pitch - length)) for n in range(count)]
    base = wall_epoch(day, 0, zone(zone_name))
    return [(base + start * MINUTE, base + (start + length) * MINUTE) for start in starts]


def _month(name: str, resources: int, *, busy_a_day: int) -> Workload:
    first, last, where = date(2026, 3, 1), date(2026, 3, 31), "America/New_York"
    busy = []
    for resource in range(resources):
        spans: list[Span] = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            if busy_a_day and day.weekday() < 5:
                spans += _spread(day, busy_a_day, where, resource, opens=540, closes=1020, length=15)
        busy.append(tuple(spans))
    return Workload(
        name=name,
        schedule=_office(),
        zone_name=where,
        first=first,
        last=last,
        duration=30 * MINUTE,
        step=15 * MINUTE,
        busy=tuple(busy),
    )


def _long_day(busy: int) -> Workload:
    day = date(2026, 3, 3)
    length = {10: 20, 100: 5, 1_000: 1}[busy]
    spans = _spread(day, busy, "UTC", 1, opens=0, closes=1440, length=length)
    return Workload(
        name=f"W4/{busy}",
        schedule=Schedule.of({day.weekday(): ALL_DAY}),
        zone_name="UTC",
        first=day,
        last=day,
        duration={10: 5, 100: 5, 1_000: 1}[busy] * MINUTE,
        step=5 * MINUTE,
        busy=(tuple(spans),),
    )


def workloads() -> list[Workload]:
    """W1: a day; W2: a month with a clock change; W3: a hundred resources; W4: a crowded day; W5: a free month."""
    one_day = date(2026, 3, 3)
    w1 = attrs.evolve(
        _month("W1", 1, busy_a_day=8),
        first=one_day,
        last=one_day,
        busy=(tuple(_spread(one_day, 8, "America/New_York", 0, opens=540, closes=1020, length=15)),),
    )
    return [
        w1,
        _month("W2", 1, busy_a_day=8),
        _month("W3", 100, busy_a_day=8),
        _long_day(10),
        _long_day(100),
        _long_day(1_000),
        _month("W5", 1, busy_a_day=0),
    ]


def window_of(workload: Workload) -> tuple[datetime, datetime]:
    """The window that is asked: the local dates from their first to their last moment."""
    place = zone(workload.zone_name)
    start = datetime.fromtimestamp(wall_epoch(workload.first, 0, place), place)
    end = datetime.fromtimestamp(wall_epoch(workload.last, 1440, place), place)
    return start, end
