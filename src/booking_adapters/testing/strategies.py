"""Hypothesis strategies for schedules, zones, calendars, services, policies and requests.

They know where the trouble is: changes of the clock at midnight and by half an hour, a day that a zone skipped,
openings over midnight, bookings that touch, services that need several resources at once. Everything they draw is
valid; what is refused at the door is tested elsewhere. `cases()` draws a whole question to the evaluator.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
from hypothesis import strategies as st

from booking_core.domain.availability.openings import openings
from booking_core.domain.availability.request import Diary, Request, Snapshot
from booking_core.domain.catalog.policy import Opening, Policy, RuleSetting, Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.schedule import ALL_DAY, DAY_MINUTES, Schedule, Window
from booking_core.domain.catalog.service import Need, Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId, ServiceId, VenueId
from booking_core.domain.kernel.period import Period, from_epoch
from booking_core.domain.kernel.zone import midnight, zone, zone_names
from booking_core.domain.reservations.calendar import Allocation, Calendar, Span, merged
from booking_core.domain.reservations.party import Party

MINUTE, HOUR, DAY = 60, 3_600, 86_400

ODD_DAYS: tuple[tuple[str, date], ...] = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2024, 3, 10)),
    ("America/New_York", date(2024, 11, 3)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Pyongyang", date(2015, 8, 15)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("America/Caracas", date(2016, 5, 1)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Etc/UTC", date(2026, 6, 1)),
)
"""Zones with a date on which their clock does something (and one on which it does not)."""

# In minutes, the usual ones first: they are drawn more often, and failures shrink towards them.
DURATIONS = (30, 60, 15, 45, 20, 90, 8 * 60, 24 * 60, 3 * 24 * 60)
STEPS = (15, 30, 10, 45, 60, 24 * 60)
BUFFERS = (0, 10, 5, 45, 6 * 60)


def zones() -> st.SearchStrategy[ZoneInfo]:
    """Any zone that a venue may use, the odd ones more often."""
    odd = st.sampled_from(sorted({name for name, _ in ODD_DAYS}))
    return st.one_of(odd, st.sampled_from(sorted(zone_names()))).map(zone)


@st.composite
def places_and_days(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    """A zone and a date, mostly within two days of a change of its clock."""
    if draw(st.integers(0, 3)) == 0:
        return draw(zones()), draw(st.dates(date(1975, 1, 1), date(2099, 12, 31)))
    name, day = draw(st.sampled_from(ODD_DAYS))
    return zone(name), day + timedelta(days=draw(st.integers(-2, 2)))


@st.composite
def windows_of_day(draw: st.DrawFn) -> tuple[Window, ...]:
    """Up to three disjoint windows of one day; some touch, the last may reach into the next day."""
    count = draw(st.sampled_from((1, 2, 3, 0)))
    quarters = st.lists(st.integers(0, 95), min_size=2 * count, max_size=2 * count, unique=True)
    cuts = sorted(draw(quarters))
    windows = [Window(cuts[n] * 15, cuts[n + 1] * 15) for n in range(0, len(cuts), 2)]
    if draw(st.booleans()) and windows:
        touching = Window(windows[-1].end, min(windows[-1].end + draw(st.integers(1, 300)), DAY_MINUTES))
        windows.append(touching)
    if draw(st.integers(0, 4)) == 0 and windows:
        last = windows.pop()
        windows.append(Window(last.start, DAY_MINUTES + draw(st.integers(0, last.start))))
    return tuple(windows)


@st.composite
def schedules(draw: st.DrawFn, around: date = date(2026, 6, 1)) -> Schedule:
    """A week with exceptions on dates close to `around`."""
    kind = draw(st.sampled_from(("always", "office", "odd", "odd")))
    if kind == "always":
        return Schedule.always()
    office: tuple[Window, ...] = (Window(8 * 60, 12 * 60), Window(13 * 60, 19 * 60))
    day = st.just(office) if kind == "office" else st.one_of(st.just(ALL_DAY), windows_of_day())
    week = {n: draw(day) for n in range(7)}
    nearby = st.integers(-3, 4).map(lambda days: around + timedelta(days=days))
    overrides = draw(st.dictionaries(nearby, windows_of_day(), max_size=2))
    closed = draw(st.frozensets(nearby, max_size=1))
    keeps_holidays = draw(st.booleans())
    try:
        return Schedule.of(week, overrides=overrides, closed_dates=closed, keeps_holidays=keeps_holidays)
    except InvalidInput:  # an opening over midnight ran into the next morning's
        short = {n: tuple(w for w in windows if w.end <= DAY_MINUTES) for n, windows in week.items()}
        return Schedule.of(short, overrides=overrides, closed_dates=closed, keeps_holidays=keeps_holidays)


@st.composite
def calendars(
    draw: st.DrawFn, resource: ResourceId, lanes: int, within: Span, *, unit: int = 5 * MINUTE
) -> Calendar:
    """Bookings placed one after the other inside a span, their ends whole units into it, and perhaps closures."""
    first, last = within
    taken: list[Allocation] = []
    for _ in range(lanes * draw(st.sampled_from((4, 8, 2, 12, 0)))):
        start, end = draw(spans(first, last, unit))
        calendar = Calendar.of(resource, lanes, taken)
        placed = calendar.place(start, end, draw(st.integers(1, lanes)), draw(st.integers(0, 7)))
        taken += placed or ()
    closures = draw(st.sampled_from((0, 0, 1, 2)))
    closed = merged(sorted(draw(spans(first, last, unit)) for _ in range(closures)))
    return attrs.evolve(Calendar.of(resource, lanes, taken), closed=closed)


@st.composite
def spans(draw: st.DrawFn, first: int, last: int, unit: int = 1) -> Span:
    """A span inside [first, last), its ends whole units after `first`."""
    units = (last - first) // unit
    start = draw(st.integers(0, units - 1))
    longest = min(units - start, draw(st.sampled_from((12, 36, 6, 144, units))))
    length = draw(st.integers(1, longest))
    return first + start * unit, first + (start + length) * unit


def rule_settings(around: date) -> st.SearchStrategy[RuleSetting]:
    """Rules of services with a fixed duration, with parameters that matter near `around`."""
    hours = st.sampled_from((5, 24, 48, 0, 96))
    near = st.integers(-2, 3).map(lambda days: str(around + timedelta(days=days)))
    days_of_week = st.lists(st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU")), max_size=3)
    return st.one_of(
        st.builds(lambda n: RuleSetting.of("minimum_notice", hours=n), hours),
        st.builds(
            lambda n, m: RuleSetting.of("booking_horizon", hours=n, minutes=m), hours, st.integers(0, 59)
        ),
        st.builds(lambda days: RuleSetting.of("stop_sell", weekdays=days), days_of_week.filter(bool)),
        st.builds(lambda day: RuleSetting.of("stop_sell", dates=[day]), near),
        st.builds(lambda n: RuleSetting.of("party_size", maximum=n), st.sampled_from((4, 2, 1))),
        st.builds(lambda n: RuleSetting.of("places", maximum=n), st.sampled_from((3, 2, 1))),
        st.builds(lambda n: RuleSetting.of("length", maximum_minutes=n), st.sampled_from((10_000, 90, 30))),
        st.builds(lambda n: RuleSetting.of("customer_limit", live=n), st.sampled_from((3, 2, 1))),
    )


@st.composite
def policies(draw: st.DrawFn, trade: Trade, around: date = date(2026, 6, 1)) -> Policy:
    """A policy of a trade with up to two rules."""
    count = 0 if trade is Trade.STAY else draw(st.sampled_from((0, 1, 2)))
    rules = [draw(rule_settings(around)) for _ in range(count)]
    free = (None, Opening.WHOLE, Opening.ENDS)
    opening = None if trade is Trade.STAY else draw(st.sampled_from(free))
    return Policy(key="policy", trade=trade, rules=tuple(rules), opening=opening)


@st.composite
def resources(draw: st.DrawFn, number: int, venue: VenueId, around: date = date(2026, 6, 1)) -> Resource:
    """An exclusive resource or a small pool."""
    return Resource(
        id=ResourceId(UUID(int=1_000 + number)),
        venue=venue,
        key=f"resource-{number}",
        name=f"Resource {number}",
        schedule=draw(schedules(around)),
        capacity=draw(st.sampled_from((1, 2, 1, 4))),
        allowance=draw(st.sampled_from((0, 0, 1))),
        largest_party=draw(st.sampled_from((None, None, 2))),
    )


@st.composite
def needs(draw: st.DrawFn, among: Sequence[ResourceId]) -> tuple[Need, ...]:
    """One to three roles, each filled by any of some of the resources."""
    roles = draw(st.integers(1, len(among)))
    some = st.lists(
        st.sampled_from(among), min_size=draw(st.integers(1, roles)), max_size=len(among), unique=True
    )
    return tuple(Need(f"role-{n}", tuple(draw(some)), per_quantity=draw(st.booleans())) for n in range(roles))


@st.composite
def services(
    draw: st.DrawFn, venue: VenueId, among: Sequence[ResourceId], around: date = date(2026, 6, 1)
) -> Service:
    """A service of fixed duration, on a grid or once an opening, with buffers."""
    return Service(
        id=ServiceId(UUID(int=2_000)),
        venue=venue,
        key="service",
        name="Service",
        policy=draw(policies(draw(st.sampled_from((Trade.APPOINTMENT, Trade.ACTIVITY))), around)),
        needs=draw(needs(among)),
        duration=draw(_minutes_of(DURATIONS)),
        buffer_before=draw(_minutes_of(BUFFERS)),
        buffer_after=draw(_minutes_of(BUFFERS)),
        step=draw(st.one_of(_minutes_of(STEPS), _minutes_of(STEPS), _minutes_of(STEPS), st.none())),
    )


def _minutes_of(values: Sequence[int]) -> st.SearchStrategy[timedelta]:
    return st.sampled_from(values).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def requests(draw: st.DrawFn, service: Service, period: Period) -> Request:
    """What may be asked of a service: a quantity, a party, perhaps chosen resources and waived rules."""
    chosen: dict[str, ResourceId] = {}
    for need in service.needs:
        if draw(st.integers(0, 5)) == 5:
            chosen[need.role] = draw(st.sampled_from(need.any_of))
    names = ["not_in_the_past", *(rule.name for rule in service.policy.rules)]
    return Request(
        period=period,
        quantity=draw(st.sampled_from((1, 1, 1, 2, 3))),
        party=Party(draw(st.sampled_from((1, 2, 1, 4)))),
        chosen=chosen,
        waived=draw(st.frozensets(st.sampled_from(names), max_size=1)),
    )


@attrs.frozen(kw_only=True, eq=False)
class Case:
    """A question to the evaluator: candidates of `request` that start in `window`, asked at `at`."""

    snapshot: Snapshot
    window: Period
    at: datetime
    request: Request


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A venue with its resources, a service of fixed duration, what is taken already, and a window to search."""
    place, day = draw(places_and_days())
    venue = Venue(
        id=VenueId(UUID(int=1)), key="venue", code="VENUE", name="Venue", zone=place, currency="EUR"
    )
    found = [draw(resources(n, venue.id, day)) for n in range(draw(st.sampled_from((1, 2, 3))))]
    service = draw(services(venue.id, [each.id for each in found], day))
    origin, _ = midnight(day, place)
    start = origin + draw(st.one_of(st.just(0), st.integers(-24 * 60, 24 * 60))) * MINUTE
    window = Period.of_epoch(start, start + draw(st.sampled_from((DAY, 2 * DAY, 3 * HOUR, 1))))
    at = from_epoch(origin + draw(st.sampled_from((-48, -24, -6, 0, 11))) * HOUR)
    at += timedelta(microseconds=draw(st.sampled_from((0, 1, 999_999))))
    holidays = draw(st.frozensets(st.integers(-1, 1).map(lambda n: day + timedelta(days=n)), max_size=1))
    snapshot = Snapshot(
        service=service,
        venue=venue,
        diaries=_diaries(draw, found, place, day, holidays),
        customer_live=draw(st.integers(0, 2)),
        loads={each.id: draw(st.integers(0, 2)) for each in found},
        holidays=holidays,
    )
    return Case(snapshot=snapshot, window=window, at=at, request=draw(requests(service, window)))


def _diaries(
    draw: st.DrawFn, found: Sequence[Resource], place: ZoneInfo, day: date, holidays: frozenset[date]
) -> Mapping[ResourceId, Diary]:
    origin, _ = midnight(day, place)
    first, last = day - timedelta(days=5), day + timedelta(days=12)
    return {
        each.id: Diary(
            each,
            openings(each.schedule, place, first, last, holidays),
            draw(calendars(each.id, each.lanes, (origin - 6 * HOUR, origin + 30 * HOUR))),
        )
        for each in found
    }
