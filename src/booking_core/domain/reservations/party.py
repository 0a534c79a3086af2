"""Who comes, and who asked."""

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.text import plain_text

MOST_PEOPLE = 1_000
ADULT_AGE = 18
LONGEST_TEXT = 200


@attrs.frozen
class Party:
    """The people of a booking: adults, and children by their age in years."""

    adults: int = 1
    child_ages: tuple[int, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse empty and boundless parties."""
        if not 0 <= self.adults <= MOST_PEOPLE:
            raise InvalidInput("party.adults", f"must be 0…{MOST_PEOPLE}", self.adults)
        if len(self.child_ages) > MOST_PEOPLE or any(not 0 <= age < ADULT_AGE for age in self.child_ages):
            raise InvalidInput("party.child_ages", f"are ages from 0 to {ADULT_AGE - 1}", self.child_ages)
        if not self.people:
            raise InvalidInput("party", "has nobody in it")

    @property
    def people(self) -> int:
        """How many come."""
        return self.adults + len(self.child_ages)


@attrs.frozen(kw_only=True)
class Customer:
    """Who asked for the booking: personal data, which an erasure removes."""

    name: str
    email: str = ""
    phone: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse missing names, boundless texts and characters that could forge a header."""
        if not self.name.strip():
            raise InvalidInput("customer.name", "is missing")
        for field in ("name", "email", "phone"):
            value = plain_text(getattr(self, field), f"customer.{field}", LONGEST_TEXT)
            if any(ord(character) < ord(" ") for character in value):
                raise InvalidInput(f"customer.{field}", "contains control characters", value)

    @property
    def content(self) -> tuple[str, str, str]:
        """All that is known of them, as plain values."""
        return (self.name, self.email, self.phone)

    @property
    def key(self) -> str:
        """What tells customers apart when limits are counted: mail address, else telephone, else name."""
        known = (each.strip() for each in (self.email, self.phone, self.name))
        return next(each for each in known if each).casefold()
