"""A series: one wish that recurs, and the reservations that were made of it."""

from collections.abc import Sequence
from datetime import date, datetime

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, SeriesId, ServiceId
from booking_core.domain.reservations.recurrence import MOST_OCCURRENCES, Recurrence


@attrs.frozen
class Missing:
    """Why a date could not be had: the code of a rule that it broke, and the sentence about it."""

    code: str
    message: str


@attrs.frozen(kw_only=True)
class Occurrence:
    """One date of a series, numbered from 1, as it was booked.

    `reservation` is None where it could not be had and was skipped; `missing` says why then.
    """

    number: int
    date: date
    reservation: ClaimId | None
    is_shifted: bool = False
    missing: tuple[Missing, ...] = ()


@attrs.frozen(kw_only=True)
class Series:
    """What was booked as a whole. The reservations live lives of their own; the series knows which they are."""

    id: SeriesId
    service: ServiceId
    recurrence: Recurrence
    occurrences: tuple[Occurrence, ...]
    booked_at: datetime
    version: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse series of nothing, and numbers that do not count."""
        if not 1 <= len(self.occurrences) <= MOST_OCCURRENCES:
            raise InvalidInput("occurrences", f"are 1…{MOST_OCCURRENCES}", len(self.occurrences))
        assert [each.number for each in self.occurrences] == [*range(1, len(self.occurrences) + 1)]

    @classmethod
    def book(
        cls,
        *,
        id: SeriesId,
        service: ServiceId,
        recurrence: Recurrence,
        occurrences: Sequence[Occurrence],
        at: datetime,
    ) -> Change["Series", None]:
        """A new series, with the reservations that could be made of its dates."""
        made = cls(
            id=id, service=service, recurrence=recurrence, occurrences=tuple(occurrences), booked_at=at
        )
        booked = sum(each.reservation is not None for each in occurrences)
        facts = {"service": str(service), "booked": booked, "skipped": len(occurrences) - booked}
        return Change(made, (Event(name="SeriesBooked", subject=id, version=1, at=at, data=facts),), None)

    def from_number(self, number: int) -> tuple[Occurrence, ...]:
        """The occurrences from a number on; raises InvalidInput where there is none of that number."""
        if not 1 <= number <= len(self.occurrences):
            raise InvalidInput("occurrence", f"is 1…{len(self.occurrences)}", number)
        return self.occurrences[number - 1 :]
