"""What a price is asked for: when, for whom, how many, and under which plan and codes."""

from datetime import date
from typing import Self

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing.checks import checked_code, checked_count, checked_distinct

LARGEST_PARTY = 1_000
LARGEST_QUANTITY = 1_000
MOST_CODES = 10
OLDEST_CHILD = 17


@attrs.frozen(kw_only=True)
class PriceRequest:
    """What is to be priced, for whom and under which rate plan and promotion codes.

    `quantity` counts units (rooms, cars); the people are everybody, over all units, children by their age in
    years on arrival. `begins_on` is the date at the venue on which it begins: prices by date and weekday go
    by it.
    """

    span: Stay | Period
    begins_on: date
    adults: int = 1
    child_ages: tuple[int, ...] = ()
    quantity: int = 1
    rate_plan: str | None = None
    codes: tuple[str, ...] = ()

    @classmethod
    def for_stay(
        cls,
        stay: Stay,
        *,
        adults: int = 1,
        child_ages: tuple[int, ...] = (),
        quantity: int = 1,
        rate_plan: str | None = None,
        codes: tuple[str, ...] = (),
    ) -> Self:
        """Nights in a room, cabin or bed; raises InvalidInput naming the field."""
        return cls(
            span=stay,
            begins_on=stay.check_in,
            adults=adults,
            child_ages=child_ages,
            quantity=quantity,
            rate_plan=rate_plan,
            codes=codes,
        )

    def __attrs_post_init__(self) -> None:
        """Refuse empty and unbounded parties and quantities, too many codes, and a code given twice."""
        if isinstance(self.span, Stay) and self.begins_on != self.span.check_in:
            raise InvalidInput("begins_on", "must be the check-in date of the stay", self.begins_on)
        checked_count(self.adults, 0, LARGEST_PARTY, "adults")
        for age in self.child_ages:
            checked_count(age, 0, OLDEST_CHILD, "child_ages")
        checked_count(self.people, 1, LARGEST_PARTY, "party")
        checked_count(self.quantity, 1, LARGEST_QUANTITY, "quantity")
        if len(self.codes) > MOST_CODES:
            raise InvalidInput("codes", f"must be at most {MOST_CODES}", len(self.codes))
        for code in self.codes:
            checked_code(code, "codes")
        checked_distinct(self.codes, "codes")

    @property
    def people(self) -> int:
        """How many come."""
        return self.adults + len(self.child_ages)

    @property
    def nights(self) -> tuple[date, ...]:
        """The date of each night of a stay; none for a period."""
        return tuple(self.span.dates()) if isinstance(self.span, Stay) else ()

    def sells_like(self, other: "PriceRequest") -> bool:
        """Whether a night of one is the same product as a night of the other: only the dates may differ."""
        mine = attrs.evolve(self, span=other.span, begins_on=other.begins_on)
        return mine == other and isinstance(self.span, Stay) and isinstance(other.span, Stay)
