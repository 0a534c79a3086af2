"""Who waits for what is taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ServiceId, WaitlistEntryId
from booking_core.domain.kernel.period import Period
from booking_core.domain.waitlist.entry import WaitlistEntry


class Waitlist(Protocol):
    """The line of a tenant, ordered by when people joined it (and by id)."""

    def get(self, entry: WaitlistEntryId) -> WaitlistEntry:
        """By id; raises NotFound."""
        ...

    def in_line_of(self, customer: str) -> Sequence[WaitlistEntry]:
        """Everything that a customer (by key) still waits for, or has an offer of."""
        ...

    def in_line(self, span: Period, limit: int, service: ServiceId | None = None) -> Sequence[WaitlistEntry]:
        """At most `limit` of those who wait for, or are offered, what overlaps the span, in their order.

        Of one `service`, where it is given.
        """
        ...

    def stir(self, span: Period) -> int:
        """Count up `stirs` of everybody who waits for what overlaps the span; how many do.

        Works beside `save`: neither undoes the other.
        """
        ...

    def due(self, at: datetime, limit: int) -> Sequence[WaitlistEntry]:
        """At most `limit` entries of which something is to be done (`is_due`), in their order."""
        ...

    def save(self, change: Change[WaitlistEntry, WaitlistEntry | None]) -> None:
        """Write an entry, but for its `stirs`, and its events.

        Raises StaleVersion where `change.before` is no longer stored.
        """
        ...
