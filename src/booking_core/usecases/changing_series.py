"""What moving a series and calling it off have in common: which dates are meant, and what became of each."""

from collections.abc import Mapping
from enum import StrEnum

import attrs

from booking_core.domain.availability.request import Violation
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.series import Occurrence, Series
from booking_core.ports.storage import Transaction


class Scope(StrEnum):
    """How much of a series is meant by one of its dates."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@attrs.frozen(kw_only=True)
class ChangedDate:
    """One date that was meant, with its reservation as it is now; `violations` say why that stays as it was."""

    number: int
    reservation: Reservation
    violations: tuple[Violation, ...] = ()
    is_shifted: bool = False


def in_scope(series: Series, number: int, scope: Scope) -> tuple[Occurrence, ...]:
    """The dates that are meant; raises InvalidInput where the series has none of that number."""
    following = series.from_number(number)
    if scope is Scope.ALL:
        return series.occurrences
    return following if scope is Scope.FOLLOWING else following[:1]


def reservations_of(tx: Transaction, occurrences: tuple[Occurrence, ...]) -> Mapping[int, Reservation]:
    """The reservations of some dates, by number."""
    booked = ((each.number, each.reservation) for each in occurrences if each.reservation is not None)
    return {number: tx.reservations.get(reservation) for number, reservation in booked}


def why_not(refused: BookingError) -> tuple[Violation, ...]:
    """What is in the way of one date: the rules that it breaks, else the refusal itself."""
    broken: tuple[Violation, ...] = refused.details.get("violations", ())
    return broken or (Violation(refused.code.lower(), refused.message),)
