"""Guests: what each has been to the house."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period

MOST_VISITS = 10_000
LONGEST_KEY = 200


class AlreadyRecorded(BookingError):
    """This reservation is in the guest's history."""

    code: ClassVar[str] = "ALREADY_RECORDED"


class VisitKind(StrEnum):
    """How a reservation ended."""

    STAYED = "stayed"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


@attrs.frozen(kw_only=True)
class Visit:
    """One reservation in a guest's history: when it was, where, and what it came to."""

    reservation: ClaimId
    code: str
    kind: VisitKind
    period: Period
    spent: Money
    nights: int = 0
    rooms: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Guest:
    """A guest by their key (`Customer.key`), with the visits in the order in which they were recorded.

    A no-show who came after all is in it twice, and the later one stands.
    """

    id: UUID
    key: str
    visits: tuple[Visit, ...] = ()
    version: int = 1

    def __attrs_post_init__(self) -> None:
        """Refuse nameless and boundless histories."""
        if not 0 < len(self.key) <= LONGEST_KEY:
            raise InvalidInput("key", f"must be 1…{LONGEST_KEY} characters", self.key)
        if len(self.visits) > MOST_VISITS:
            raise InvalidInput("visits", f"must be at most {MOST_VISITS}", len(self.visits))

    def record(self, visit: Visit, at: datetime) -> Change["Guest", "Guest"]:
        """A reservation came to its end; raises AlreadyRecorded, but for the stay of one who was called a no-show."""
        known = self.visit_of(visit.reservation)
        if known is not None and (known.kind, visit.kind) != (VisitKind.NO_SHOW, VisitKind.STAYED):
            raise AlreadyRecorded("this visit is in the history", code=visit.code)
        guest = attrs.evolve(self, visits=(*self.visits, visit), version=self.version + 1)
        data = {"reservation": str(visit.reservation), "kind": visit.kind.value, "nights": visit.nights}
        event = Event(name="VisitRecorded", subject=self.id, version=guest.version, at=at, data=data)
        return Change(guest, (event,), self)

    def visit_of(self, reservation: ClaimId) -> Visit | None:
        """The visit of a reservation, or None."""
        return next((visit for visit in self.standing if visit.reservation == reservation), None)

    @property
    def standing(self) -> tuple[Visit, ...]:
        """What became of each reservation in the end."""
        return tuple({visit.reservation: visit for visit in self.visits}.values())

    def count(self, kind: VisitKind) -> int:
        """How many reservations ended like that."""
        return sum(visit.kind is kind for visit in self.standing)

    @property
    def nights(self) -> int:
        """How many nights were slept here."""
        return sum(visit.nights for visit in self.standing if visit.kind is VisitKind.STAYED)

    @property
    def last_stay(self) -> Visit | None:
        """The stay that ended last, or None."""
        stays = [visit for visit in self.standing if visit.kind is VisitKind.STAYED]
        return max(stays, key=lambda visit: visit.period.end, default=None)

    @property
    def spent(self) -> Mapping[str, Money]:
        """What all visits came to, by currency."""
        sums: dict[str, Money] = {}
        for visit in self.standing:
            currency = visit.spent.currency
            sums[currency] = sums.get(currency, Money.zero(currency)) + visit.spent
        return sums
