"""A policy's restrictions of stays as channels want them: a row a date, instead of rules.

Channels agree on what stop-sell, closed to arrival and minimum stays mean, and disagree on which row says that nobody
may depart: the row of the check-out date (as here), or the row of the last night, which is the day before.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

import attrs

from booking_core.domain.availability.rules import Parameters
from booking_core.domain.availability.standard_rules import restricted_days
from booking_core.domain.catalog.policy import RuleSetting
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.period import Stay

A_DAY = timedelta(days=1)
MOST_DATES = 1_100
"""About three years, which is as far as channels sell."""
LONGEST_NIGHTS = 1_000


class DepartureDating(StrEnum):
    """Which row of a channel's calendar says that nobody may depart."""

    CHECK_OUT_DATE = "check_out_date"
    LAST_NIGHT = "last_night"


@attrs.frozen(kw_only=True)
class Restriction:
    """What is restricted on one date. `is_stopped` and `through_nights` are about the night that begins on it.

    `arrival_nights` and `through_nights` are the least number of nights of a stay that arrives on the date, and of
    one that includes its night; `most_nights` the most of a stay that arrives on it, None for no limit.
    """

    is_stopped: bool = False
    is_closed_to_arrival: bool = False
    is_closed_to_departure: bool = False
    arrival_nights: int = 1
    through_nights: int = 1
    most_nights: int | None = None


Restrict = Callable[[Restriction], Restriction]


def restrictions_of(rules: Iterable[RuleSetting], first: date, last: date) -> Mapping[date, Restriction]:
    """The restrictions of a policy's rules for every date from `first` to `last`, both included.

    Closed to departure stands on the check-out date. Rules that restrict no dates (notice, party) are not told by
    the day and are left out. Raises InvalidDates for a range that is reversed or longer than 1,100 dates.
    """
    days = (last - first).days + 1
    if not 1 <= days <= MOST_DATES:
        raise InvalidDates("last", f"must lie 0…{MOST_DATES - 1} days after the first", last)
    table = {first + n * A_DAY: Restriction() for n in range(days)}
    for setting in rules:
        restrict = _RESTRICTING.get(setting.name)
        if restrict is None:
            continue
        restricted, applies = restrict(Parameters(setting)), restricted_days(Parameters(setting))
        table |= {day: restricted(known) for day, known in table.items() if applies(day)}
    return table


def dated_for(
    restrictions: Mapping[date, Restriction], dating: DepartureDating
) -> Mapping[date, Restriction]:
    """The same restrictions with closed-to-departure on the rows on which a channel looks for it.

    Rows of the last night come from the date after them, so ask for one date more than is sent: the last date has
    nothing to come from and is left out.
    """
    if dating is DepartureDating.CHECK_OUT_DATE:
        return restrictions
    return {
        day: attrs.evolve(known, is_closed_to_departure=restrictions[day + A_DAY].is_closed_to_departure)
        for day, known in restrictions.items()
        if day + A_DAY in restrictions
    }


def allows(restrictions: Mapping[date, Restriction], stay: Stay, dating: DepartureDating) -> bool:
    """Whether a channel that reads these rows sells a stay; every date of it must be among them."""
    nights = [restrictions[night] for night in stay.dates()]
    departure = nights[-1] if dating is DepartureDating.LAST_NIGHT else restrictions[stay.check_out]
    return not (
        nights[0].is_closed_to_arrival
        or departure.is_closed_to_departure
        or stay.nights < nights[0].arrival_nights
        or (nights[0].most_nights is not None and stay.nights > nights[0].most_nights)
        or any(night.is_stopped or stay.nights < night.through_nights for night in nights)
    )


def _stopped(_: Parameters) -> Restrict:
    return lambda known: attrs.evolve(known, is_stopped=True)


def _closed_to_arrival(_: Parameters) -> Restrict:
    return lambda known: attrs.evolve(known, is_closed_to_arrival=True)


def _closed_to_departure(_: Parameters) -> Restrict:
    return lambda known: attrs.evolve(known, is_closed_to_departure=True)


def _from_arrival(parameters: Parameters) -> Restrict:
    least = parameters.whole("nights", least=1, most=LONGEST_NIGHTS)
    return lambda known: attrs.evolve(known, arrival_nights=max(known.arrival_nights, least))


def _through(parameters: Parameters) -> Restrict:
    least = parameters.whole("nights", least=1, most=LONGEST_NIGHTS)
    return lambda known: attrs.evolve(known, through_nights=max(known.through_nights, least))


def _lengths(parameters: Parameters) -> Restrict:
    least = parameters.whole("minimum", 1, least=1, most=LONGEST_NIGHTS)
    most = parameters.whole("maximum", LONGEST_NIGHTS, least=1, most=LONGEST_NIGHTS)
    return lambda known: attrs.evolve(
        known,
        arrival_nights=max(known.arrival_nights, least),
        most_nights=most if known.most_nights is None else min(known.most_nights, most),
    )


_RESTRICTING: Mapping[str, Callable[[Parameters], Restrict]] = {
    "stop_sell": _stopped,
    "closed_to_arrival": _closed_to_arrival,
    "closed_to_departure": _closed_to_departure,
    "minimum_stay_on_arrival": _from_arrival,
    "minimum_stay_through": _through,
    "nights": _lengths,
}
