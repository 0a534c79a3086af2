"""A time in which a resource, or some of its places, cannot be booked: maintenance, time off, an outside calendar."""

from datetime import datetime
from typing import Self

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClosureId, ResourceId
from booking_core.domain.kernel.period import Period
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.calendar import Allocation

LONGEST_REASON = 1_000


@attrs.frozen(kw_only=True)
class Closure:
    """`quantity` None closes the whole resource, also what cancellations free later; a number takes so many lanes.

    `source` and `reference` say where it came from (`ical:practice.ics` and the UID with its occurrence), so that an
    import can be repeated; both are empty for closures made by staff. Its allocations are the lanes that were free.
    """

    id: ClosureId
    resource: ResourceId
    period: Period
    reason: str
    allocations: tuple[Allocation, ...]
    quantity: int | None = None
    source: str = ""
    reference: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse closures of nothing, and reasons that cannot be kept."""
        if self.quantity is not None and self.quantity < 1:
            raise InvalidInput("quantity", "must be at least 1", self.quantity)
        plain_text(self.reason, "reason", LONGEST_REASON)

    @classmethod
    def close(
        cls,
        *,
        id: ClosureId,
        resource: ResourceId,
        period: Period,
        reason: str,
        allocations: tuple[Allocation, ...],
        at: datetime,
        quantity: int | None = None,
        source: str = "",
        reference: str = "",
    ) -> Change[Self, None]:
        """A new closure over the lanes that are free."""
        closure = cls(
            id=id,
            resource=resource,
            period=period,
            reason=reason,
            allocations=allocations,
            quantity=quantity,
            source=source,
            reference=reference,
        )
        return Change(closure, (_event(closure, "ResourceClosed", at, 1),), None)

    def reopen(self, at: datetime) -> Change[None, "Closure"]:
        """Open again: the closure is gone."""
        return Change(None, (_event(self, "ResourceReopened", at, 2),), self)


def _event(closure: Closure, name: str, at: datetime, version: int) -> Event:
    data = {"resource": str(closure.resource), "reason": closure.reason}
    data |= {"start": closure.period.start.isoformat(), "end": closure.period.end.isoformat()}
    return Event(name=name, subject=closure.id, version=version, at=at, data=data)
