"""The rules that come with the engine. Each function reads a policy's parameters and makes one rule."""

from collections.abc import Callable, Iterable
from datetime import date, datetime

from booking_core.domain.availability.request import Request, Snapshot, Violation
from booking_core.domain.availability.rules import Parameters, Reach, Rule, RuleBook, starting
from booking_core.domain.catalog.schedule import WEEKDAYS
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Stay

MOST_RANGES = 1_000
DayTest = Callable[[date], bool]


def minimum_notice(parameters: Parameters) -> Rule:
    """The start must lie at least `days`, `hours`, `minutes` (elapsed) after now."""
    notice = parameters.duration()
    return starting("minimum_notice", "this is too short notice", earliest=lambda at: at + notice)


def booking_horizon(parameters: Parameters) -> Rule:
    """The start may lie at most `days`, `hours`, `minutes` (elapsed) after now."""
    horizon = parameters.duration()
    return starting("booking_horizon", "this is too far ahead", latest=lambda at: at + horizon)


def length(parameters: Parameters) -> Rule:
    """The period lasts `minimum_minutes` to `maximum_minutes`, in steps of `step_minutes` from the minimum."""
    least, most = _range(parameters, "minimum_minutes", "maximum_minutes", largest=1_584_000)
    step = parameters.whole("step_minutes", 0, most=2_000_000)

    def check(request: Request, _: Snapshot, __: datetime) -> Violation | None:
        seconds = int(request.period.duration.total_seconds())
        off_step = step and (seconds - least * 60) % (step * 60)
        if least * 60 <= seconds <= most * 60 and not off_step:
            return None
        facts = {"minimum_minutes": least, "maximum_minutes": most, "step_minutes": step or None}
        return Violation("length", "this length cannot be booked", facts)

    return Rule(name="length", check=check, reach=Reach.SEARCH)


def nights(parameters: Parameters) -> Rule:
    """The stay has `minimum` to `maximum` nights."""
    least, most = _range(parameters)

    def check(stay: Stay) -> Violation | None:
        if least <= stay.nights <= most:
            return None
        return Violation(
            "nights", f"stays last {least} to {most} nights", {"minimum": least, "maximum": most}
        )

    return _for_stays("nights", check)


def minimum_stay_on_arrival(parameters: Parameters) -> Rule:
    """A stay that arrives on one of these days lasts at least `nights`."""
    least = parameters.whole("nights", least=1, most=1_000)
    applies = restricted_days(parameters)

    def check(stay: Stay) -> Violation | None:
        if stay.nights >= least or not applies(stay.check_in):
            return None
        message = f"arriving on {stay.check_in} takes at least {least} nights"
        return Violation("minimum_stay_on_arrival", message, {"nights": least, "arrival": stay.check_in})

    return _for_stays("minimum_stay_on_arrival", check)


def minimum_stay_through(parameters: Parameters) -> Rule:
    """A stay that includes the night of one of these days lasts at least `nights`."""
    least = parameters.whole("nights", least=1, most=1_000)
    applies = restricted_days(parameters)

    def check(stay: Stay) -> Violation | None:
        if stay.nights >= least:
            return None
        night = next((night for night in stay.dates() if applies(night)), None)
        if night is None:
            return None
        message = f"a stay over {night} takes at least {least} nights"
        return Violation("minimum_stay_through", message, {"nights": least, "night": night})

    return _for_stays("minimum_stay_through", check)


def closed_to_arrival(parameters: Parameters) -> Rule:
    """No stay arrives on these days."""
    applies = restricted_days(parameters)

    def check(stay: Stay) -> Violation | None:
        if not applies(stay.check_in):
            return None
        return Violation("closed_to_arrival", f"no arrivals on {stay.check_in}", {"date": stay.check_in})

    return _for_stays("closed_to_arrival", check)


def closed_to_departure(parameters: Parameters) -> Rule:
    """No stay departs on these days (the check-out date, not the last night)."""
    applies = restricted_days(parameters)

    def check(stay: Stay) -> Violation | None:
        if not applies(stay.check_out):
            return None
        return Violation(
            "closed_to_departure", f"no departures on {stay.check_out}", {"date": stay.check_out}
        )

    return _for_stays("closed_to_departure", check)


def stop_sell(parameters: Parameters) -> Rule:
    """Nothing is sold on these days: no night of a stay, no start of anything else."""
    applies = restricted_days(parameters)

    def check(request: Request, snapshot: Snapshot, _: datetime) -> Violation | None:
        day = request.period.start.astimezone(snapshot.venue.zone).date()
        days: Iterable[date] = request.stay.dates() if request.stay else (day,)
        stopped = next((day for day in days if applies(day)), None)
        if stopped is None:
            return None
        return Violation("stop_sell", f"{stopped} is not for sale", {"date": stopped})

    return Rule(name="stop_sell", check=check, reach=Reach.DAY)


def party_size(parameters: Parameters) -> Rule:
    """`minimum` to `maximum` people come."""
    least, most = _range(parameters)

    def check(request: Request, _: Snapshot, __: datetime) -> Violation | None:
        people = request.party.people
        if least <= people <= most:
            return None
        wrong = "large" if people > most else "small"
        return Violation(
            "party_size", f"the party is too {wrong}", {"minimum": least, "maximum": most, "people": people}
        )

    return Rule(name="party_size", check=check, reach=Reach.SEARCH)


def places(parameters: Parameters) -> Rule:
    """One booking takes `minimum` to `maximum` places."""
    least, most = _range(parameters)

    def check(request: Request, _: Snapshot, __: datetime) -> Violation | None:
        if least <= request.quantity <= most:
            return None
        return Violation(
            "places", f"one booking takes {least} to {most} places", {"minimum": least, "maximum": most}
        )

    return Rule(name="places", check=check, reach=Reach.SEARCH)


def customer_limit(parameters: Parameters) -> Rule:
    """A customer has at most `live` upcoming reservations of this service."""
    most = parameters.whole("live", least=1)

    def check(_: Request, snapshot: Snapshot, __: datetime) -> Violation | None:
        if snapshot.customer_live < most:
            return None
        return Violation(
            "customer_limit", f"a customer may have {most} upcoming bookings of this", {"live": most}
        )

    return Rule(name="customer_limit", check=check, reach=Reach.SEARCH, counts_bookings=True)


def standard_rules() -> RuleBook:
    """The book of every rule in this file, under the function's name."""
    factories = (
        minimum_notice,
        booking_horizon,
        length,
        nights,
        minimum_stay_on_arrival,
        minimum_stay_through,
        closed_to_arrival,
        closed_to_departure,
        stop_sell,
        party_size,
        places,
        customer_limit,
    )
    return RuleBook({factory.__name__: factory for factory in factories})


def _range(
    parameters: Parameters, minimum: str = "minimum", maximum: str = "maximum", *, largest: int = 1_000
) -> tuple[int, int]:
    """The two ends of what is allowed, 1 and `largest` unless given; refuses a maximum below the minimum."""
    least = parameters.whole(minimum, 1, least=1, most=largest)
    most = parameters.whole(maximum, largest, least=1, most=largest)
    if most < least:
        raise InvalidInput(parameters.field(maximum), "is below the minimum", most)
    return least, most


def _for_stays(name: str, check: Callable[[Stay], Violation | None]) -> Rule:
    return Rule(
        name=name,
        check=lambda request, _, __: check(request.stay) if request.stay else None,
        reach=Reach.DAY,
    )


def restricted_days(parameters: Parameters) -> DayTest:
    """The days of a restriction: `weekdays` (names), `dates` (list), `from` and `until` (included); all if none."""
    weekdays = _weekday_numbers(parameters)
    dates = frozenset(_date(parameters, "dates", text) for text in _texts(parameters, "dates"))
    first, last = (_date_or_none(parameters, name) for name in ("from", "until"))
    if first and last and last < first:
        raise InvalidInput(parameters.field("until"), "lies before from", last)
    everything = not (weekdays or dates)

    def applies(day: date) -> bool:
        in_season = (first is None or first <= day) and (last is None or day <= last)
        return in_season and (everything or day.weekday() in weekdays or day in dates)

    return applies


def _weekday_numbers(parameters: Parameters) -> frozenset[int]:
    names = _texts(parameters, "weekdays")
    for name in names:
        if name not in WEEKDAYS:
            raise InvalidInput(parameters.field("weekdays"), f"weekdays are {', '.join(WEEKDAYS)}", name)
    return frozenset(WEEKDAYS.index(name) for name in names)


def _texts(parameters: Parameters, name: str) -> tuple[str, ...]:
    values = parameters.take(name, ())
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise InvalidInput(parameters.field(name), "must be a list", values)
    texts = tuple(str(value) for value in values)
    if len(texts) > MOST_RANGES:
        raise InvalidInput(parameters.field(name), f"has more than {MOST_RANGES} entries", len(texts))
    return texts


def _date_or_none(parameters: Parameters, name: str) -> date | None:
    value = parameters.take(name)
    return None if value is None else _date(parameters, name, str(value))


def _date(parameters: Parameters, name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(parameters.field(name), "must be a date as YYYY-MM-DD", text) from None
