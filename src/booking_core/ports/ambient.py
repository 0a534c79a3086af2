"""What the world provides: the time, new ids, public holidays."""

from datetime import date, datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class IdGenerator(Protocol):
    """New ids."""

    def new(self) -> UUID:
        """A UUIDv7 (RFC 9562) that no other call returns; later calls sort later."""
        ...


class TokenSource(Protocol):
    """Secrets that nobody can guess."""

    def new(self) -> str:
        """At least 128 random bits, in letters, digits, `-` and `_`."""
        ...


class Holidays(Protocol):
    """Public holidays."""

    def between(self, calendar: str, first: date, last: date) -> frozenset[date]:
        """The holidays of a calendar (a country such as `US` or a region such as `DE-BY`) in a range of dates.

        Raises InvalidInput for a calendar that does not exist.
        """
        ...
