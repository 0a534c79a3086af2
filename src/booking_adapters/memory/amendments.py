"""Modifications that wait for money, in memory."""

from collections.abc import Sequence
from datetime import datetime

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import Conflict, StaleVersion
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ClaimId, PaymentId
from booking_core.domain.reservations.amendment import Amendment


class MemoryAmendments:
    """The Amendments port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def of_reservation(self, reservation: ClaimId) -> Amendment | None:
        """The one of a reservation, or None."""
        return next((each for each in self._every() if each.reservation == reservation), None)

    def of_payment(self, payment: PaymentId) -> Amendment | None:
        """The one that waits for a payment, or None."""
        return next((each for each in self._every() if each.payment == payment), None)

    def lapsed(self, at: datetime, limit: int) -> Sequence[Amendment]:
        """Those whose time is over."""
        over = [each for each in self._every() if each.expires_at <= at]
        return sorted(over, key=lambda each: (each.expires_at, each.id))[:limit]

    @dooming
    def save(self, change: Change[Amendment | None, Amendment | None]) -> None:
        """Write or remove one."""
        table, before, amendment = self._tables.amendments, change.before, change.state
        if before is not None:
            if table.pop(before.id, None) is None:
                raise StaleVersion("the modification was ended in the meantime")
            self._undo.append(lambda: table.__setitem__(before.id, before))
        if amendment is not None:
            if self.of_reservation(amendment.reservation) is not None:
                raise Conflict("the reservation waits with another modification")
            table[amendment.id] = amendment
            self._undo.append(lambda: table.pop(amendment.id))
        self._tables.record(change.events, self._actor, self._undo)

    def _every(self) -> list[Amendment]:
        return list(self._tables.amendments.values())
