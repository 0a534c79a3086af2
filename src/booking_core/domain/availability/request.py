"""What is asked, and what can be answered: an offer with lanes, or a refusal with every reason."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import attrs

from booking_core.domain.availability.openings import Openings
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Venue
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.calendar import Allocation, Calendar
from booking_core.domain.reservations.party import Party
from booking_core.domain.reservations.reservation import Claim

LARGEST_QUANTITY = 1_000


@attrs.frozen(kw_only=True)
class Request:
    """One candidate: a service at a time, for a party, taking `quantity` places.

    `period` is the customer's, without buffers. `chosen` fixes resources by role (a customer's own stylist).
    `waived` names rules that staff set aside for this one; lanes can never be waived.
    """

    period: Period
    stay: Stay | None = None
    quantity: int = 1
    party: Party = Party()
    chosen: Mapping[str, ResourceId] = attrs.field(factory=dict)
    waived: frozenset[str] = frozenset()

    def __attrs_post_init__(self) -> None:
        """Refuse quantities that no lane could satisfy."""
        if not 1 <= self.quantity <= LARGEST_QUANTITY:
            raise InvalidInput("quantity", f"must be 1…{LARGEST_QUANTITY}", self.quantity)


@attrs.frozen
class Violation:
    """Why something cannot be booked: the rule's name as a code, a sentence, and the facts as data."""

    code: str
    message: str
    details: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen(eq=False)
class Diary:
    """One resource with its openings and its calendar around the times in question."""

    resource: Resource
    openings: Openings
    calendar: Calendar


@attrs.frozen(kw_only=True, eq=False)
class Snapshot:
    """All that an answer depends on, read at one time: the service, its resources' diaries, the customer's bookings.

    `customer_live` is how many upcoming live reservations of this service the customer already has (the one being
    moved not counted). `loads` are seconds of work per provider: of several that are free, the least loaded serves.
    """

    service: Service
    venue: Venue
    diaries: Mapping[ResourceId, Diary]
    customer_live: int = 0
    loads: Mapping[ResourceId, int] = attrs.field(factory=dict)
    holidays: frozenset[date] = frozenset()


@attrs.frozen(kw_only=True)
class Offer:
    """The request can be booked: `assigned` says which resource fills which role, `allocations` on which lanes."""

    request: Request
    assigned: tuple[tuple[str, ResourceId], ...]
    claims: tuple[Claim, ...]
    allocations: tuple[Allocation, ...]


@attrs.frozen
class Refusal:
    """The request cannot be booked, for all of these reasons."""

    violations: tuple[Violation, ...]

    def error(self) -> "NotBookable":
        """The refusal as the error that a client gets: taken or sold out where nothing else is in the way."""
        by_resource: dict[object, set[str]] = {}
        for violation in self.violations:
            by_resource.setdefault(violation.details.get("resource"), set()).add(violation.code)
        if None not in by_resource and {"lane_taken"} in by_resource.values():
            return SlotTaken(
                "This slot was just booked. Please select another time.", violations=self.violations
            )
        if None not in by_resource and {"sold_out"} in by_resource.values():
            message = next(violation.message for violation in self.violations if violation.code == "sold_out")
            return SoldOut(message, violations=self.violations)
        return NotBookable(
            "; ".join(violation.message for violation in self.violations), violations=self.violations
        )


class NotBookable(BookingError):
    """The request breaks rules; `violations` lists every one."""

    code = "NOT_BOOKABLE"
    retry_action = "CHOOSE_ANOTHER_TIME"


class SlotTaken(NotBookable):
    """Nothing is wrong with the request but that somebody else has the place."""

    code = "SLOT_TAKEN"


class SoldOut(NotBookable):
    """Too few places are left on some night or departure."""

    code = "SOLD_OUT"
    retry_action = "CHOOSE_OTHER_DATES_OR_ROOM_TYPE"
