"""Slot search: ours against the floors of the language, the tutorial's way, and two interval libraries."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import attrs
import portion
from intervaltree import IntervalTree  # type: ignore[attr-defined]

from benchmarks.measure import Figure, in_turns
from benchmarks.workloads import Span, Workload, window_of, workloads
from booking_adapters.ambient.ids import UuidV7
from booking_core.domain.availability.openings import openings
from booking_core.domain.availability.request import Diary, Snapshot
from booking_core.domain.availability.slots import Slots, find_slots
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.policy import Policy, RuleSetting, Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.ids import ResourceId, ServiceId, VenueId
from booking_core.domain.kernel.period import Period
from booking_core.domain.kernel.zone import zone
from booking_core.domain.reservations.calendar import Calendar

IDS = UuidV7()
NOW = datetime(2026, 2, 1, tzinfo=UTC)
RULES = standard_rules()
A_DAY = timedelta(days=1)
Contestant = Callable[[], int]


@attrs.frozen
class FloorSlot:
    """The object that the floor makes per slot: the same fields as ours."""

    start: datetime
    end: datetime
    resource: ResourceId


def contestants(workload: Workload) -> dict[str, Contestant]:
    """Each returns how many slots it found, so that it can be seen that all found the same."""
    ask = _ours(workload)
    return {
        "floor, objects": lambda: len(_floor_objects(workload)),
        "ours, objects": lambda: sum(len(list(slots)) for slots in ask()),
        "floor, integers": lambda: len(_floor_integers(workload)),
        "ours, lazy": lambda: sum(len(slots) for slots in ask()),
        "ours, integers": lambda: sum(1 for slots in ask() for _ in slots.starts()),
        "naive": lambda: len(_naive(workload)),
        "portion": lambda: len(_portion(workload)),
        "intervaltree": lambda: len(_intervaltree(workload)),
    }


def figures() -> list[Figure]:
    """Every contestant on every workload; the object floor comes first, so that ratios are to it."""
    measured: list[Figure] = []
    for workload in workloads():
        entrants = contestants(workload)
        if workload.name == "W3":  # minutes for the slow ones, and nothing new: W2 a hundred times
            entrants = {name: entrants[name] for name in entrants if name not in ("portion", "intervaltree")}
        measured += in_turns(workload.name, entrants)
    return measured


def _ours(workload: Workload) -> Callable[[], Iterable[Slots]]:
    """The whole evaluator, from calendars as a storage returns them; openings are asked for in every call."""
    place, window = zone(workload.zone_name), Period.between(*window_of(workload))
    venue = Venue(id=VenueId(IDS.new()), key="v", code="V", name="V", zone=place, currency="USD")
    resources = [
        Resource(id=ResourceId(IDS.new()), venue=venue.id, key=f"r{n}", name="R", schedule=workload.schedule)
        for n in range(len(workload.busy))
    ]
    rules = (RuleSetting.of("minimum_notice", hours=2), RuleSetting.of("booking_horizon", days=365))
    service = Service(
        id=ServiceId(IDS.new()),
        venue=venue.id,
        key="s",
        name="S",
        policy=Policy(key="p", trade=Trade.APPOINTMENT, rules=rules),
        needs=(Need("staff", tuple(each.id for each in resources)),),
        duration=timedelta(seconds=workload.duration),
        step=timedelta(seconds=workload.step),
    )
    taken = {
        each.id: [(s, e, 1) for s, e in busy] for each, busy in zip(resources, workload.busy, strict=True)
    }
    first, last = workload.first - A_DAY, workload.last + A_DAY

    def ask() -> Iterable[Slots]:
        diaries = {
            each.id: Diary(
                each,
                openings(each.schedule, place, first, last),
                Calendar(resource=each.id, lanes=1, busy=taken[each.id]),
            )
            for each in resources
        }
        snapshot = Snapshot(service=service, venue=venue, diaries=diaries)
        return find_slots(snapshot, window, NOW, RULES).values()

    return ask


def _windows(workload: Workload) -> list[Span]:
    """Opening windows with one conversion per edge, computed once for all resources."""
    place = ZoneInfo(workload.zone_name)
    spans = []
    day = workload.first
    while day <= workload.last:
        for window in workload.schedule.windows_on(day):
            midnight = datetime.combine(day, time(), place)
            edges = [midnight + timedelta(minutes=minute) for minute in (window.start, window.end)]
            spans.append((int(edges[0].timestamp()), int(edges[1].timestamp())))
        day += A_DAY
    return spans


def _floor_integers(workload: Workload) -> list[int]:
    """The least that CPython can do: two pointers over sorted integers, a list of starts."""
    found: list[int] = []
    windows, duration, step = _windows(workload), workload.duration, workload.step
    for busy in workload.busy:
        position, count = 0, len(busy)
        for opens, closes in windows:
            start = opens
            while start + duration <= closes:
                while position < count and busy[position][1] <= start:
                    position += 1
                if position < count and busy[position][0] < start + duration:
                    behind = busy[position][1] - opens
                    start = opens + -(-behind // step) * step
                else:
                    found.append(start)
                    start += step
    return found


def _floor_objects(workload: Workload) -> list[FloorSlot]:
    """The integer floor with a frozen object and two UTC datetimes per slot."""
    resource, duration = ResourceId(IDS.new()), workload.duration
    read = datetime.fromtimestamp
    return [
        FloorSlot(read(start, UTC), read(start + duration, UTC), resource)
        for start in _floor_integers(workload)
    ]


def _naive(workload: Workload) -> list[tuple[datetime, datetime]]:
    """The usual tutorial: step through the day in local time and compare with every busy period of that day."""
    place = ZoneInfo(workload.zone_name)
    length, step = timedelta(seconds=workload.duration), timedelta(seconds=workload.step)
    found = []
    for spans in workload.busy:
        busy = [(datetime.fromtimestamp(s, UTC), datetime.fromtimestamp(e, UTC)) for s, e in spans]
        day = workload.first
        while day <= workload.last:
            todays = [each for each in busy if each[0].astimezone(place).date() == day]
            for window in workload.schedule.windows_on(day):
                midnight = datetime.combine(day, time(), place)
                now = (midnight + timedelta(minutes=window.start)).astimezone(UTC)
                closes = (midnight + timedelta(minutes=window.end)).astimezone(UTC)
                while now + length <= closes:
                    if not any(s < now + length and now < e for s, e in todays):
                        found.append((now, now + length))
                    now += step
            day += A_DAY
    return found


def _portion(workload: Workload) -> list[int]:
    """`portion`: openings minus busy as interval sets, then the grid over what is left."""
    found: list[int] = []
    windows = _windows(workload)
    for spans in workload.busy:
        busy = portion.Interval(*(portion.closedopen(s, e) for s, e in spans))  # type: ignore[no-untyped-call]
        for opens, closes in windows:
            for atom in portion.closedopen(opens, closes) - busy:  # type: ignore[no-untyped-call]
                if not atom.empty:
                    first = opens + -(-(atom.lower - opens) // workload.step) * workload.step
                    found += range(first, atom.upper - workload.duration + 1, workload.step)
    return found


def _intervaltree(workload: Workload) -> list[int]:
    """`intervaltree`: one overlap query per candidate."""
    found: list[int] = []
    windows = _windows(workload)
    for spans in workload.busy:
        tree = IntervalTree.from_tuples(spans)  # type: ignore[no-untyped-call]
        for opens, closes in windows:
            candidates = range(opens, closes - workload.duration + 1, workload.step)
            found += [start for start in candidates if not tree.overlaps(start, start + workload.duration)]
    return found
