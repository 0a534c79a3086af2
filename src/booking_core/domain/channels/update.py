"""What a channel is told of some dates of a listing, as they stand at the moment of telling."""

from collections.abc import Sequence
from datetime import date, datetime

import attrs

from booking_core.domain.channels.dates import Dates, united
from booking_core.domain.channels.restrictions import Restriction
from booking_core.domain.kernel.money import Money

NOTHING_RESTRICTED = Restriction()


@attrs.frozen(kw_only=True)
class Night:
    """How one date stands: places left for its night, what a stay of that one night costs, what is restricted.

    The price is the total, taxes and fees included; None where no price is kept. A date without a rate is stopped.
    """

    date: date
    left: int
    price: Money | None = None
    restriction: Restriction = NOTHING_RESTRICTED


@attrs.frozen(kw_only=True)
class Opening:
    """A time that can be booked, with the places left; of a rental, a time within which it is free."""

    start: datetime
    end: datetime
    left: int
    price: Money | None = None


@attrs.frozen(kw_only=True)
class Update:
    """Everything about some dates of a listing. It replaces whatever was told of them before.

    Dates are those of the venue's zone. What is sold by the night has a `Night` for each date; anything else has the
    `Opening`s that start on the dates, and none on dates on which nothing is to be had. `turn` grows from one
    exchange under a code to the next: a channel that has seen a later one drops an earlier one that was long on its
    way.
    """

    code: str
    turn: int
    zone: str
    dates: tuple[Dates, ...]
    nights: tuple[Night, ...] = ()
    openings: tuple[Opening, ...] = ()


@attrs.frozen(kw_only=True)
class Refused:
    """A date that the channel does not accept as it was told, and why."""

    date: date
    reason: str


def refused_dates(refused: Sequence[Refused]) -> tuple[Dates, ...]:
    """The dates of refusals, as ranges."""
    return united(Dates.of_days(each.date, 1) for each in refused)
