"""Sealing the audit log: what was committed is chained, behind the bookings' backs."""

import attrs

from booking_core.domain.audit.seal import sealed
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.audit import MOST_OF_A_SEAL
from booking_core.ports.storage import UnitOfWork

MOST_SEALS = 20


@attrs.frozen(kw_only=True)
class SealAudit:
    """Puts seals under the entries that have none.

    Entries get their numbers before they are committed, so one with a lower number may still appear. Only in a moment
    when nobody writes is the newest number also the end of what can appear below it: that moment lasts for one look at
    an index, and all that is slow happens after it.
    """

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many entries were sealed while more are left: 0 once all that was there is sealed."""
        with self.begin.reading(tenant) as tx:
            before = tx.audit_log.last_seal()
            if tx.audit_log.newest() <= (before.last if before else 0):
                return 0
        with self.begin(tenant) as tx:
            tx.alone()
            newest = tx.audit_log.newest()
        done = 0
        for _ in range(MOST_SEALS):
            count = self._seal(tenant, newest)
            done += count
            if count < MOST_OF_A_SEAL:
                return 0
        return done

    def _seal(self, tenant: TenantId, newest: int) -> int:
        with self.begin(tenant) as tx:
            tx.one_at_a_time("seal the audit log")
            before = tx.audit_log.last_seal()
            entries = tx.audit_log.entries(before.last if before else 0, newest, MOST_OF_A_SEAL)
            if entries:
                tx.audit_log.add(sealed(before, entries, self.clock.now()))
        return len(entries)
