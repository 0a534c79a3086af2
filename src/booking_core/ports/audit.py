"""The audit log as those read it who seal it, and who look whether it was tampered with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from booking_core.domain.audit.seal import Entry, Seal, seal_faults
from booking_core.ports.inspection import Finding, finding

MOST_OF_A_SEAL = 1_000
"""How many entries a seal is under, at most."""
UNSEALED = timedelta(days=1)
"""How long an entry may wait for its seal."""
_SEALS_AT_ONCE = 100
_NO_END = 2**63 - 1


class AuditLog(Protocol):
    """The audit log of a tenant, and its seals. Entries are written with the changes that they tell of."""

    def newest(self) -> int:
        """The number of the newest entry that is committed, 0 where there is none.

        Only to who is alone (`Transaction.alone`) this says that no entry with a lower number will still appear.
        """
        ...

    def entries(self, after: int, last: int, limit: int) -> Sequence[Entry]:
        """At most `limit` entries with numbers above `after` and up to `last`, in order."""
        ...

    def last_seal(self) -> Seal | None:
        """The newest seal, or None."""
        ...

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        """At most `limit` seals with numbers above `after`, in order."""
        ...

    def add(self, seal: Seal) -> None:
        """Put a seal under entries; raises Conflict where there is one of its number."""
        ...


def audit_finding(log: AuditLog, at: datetime) -> Finding:
    """Whether the chain holds, seal by seal, and no entry waits too long for its seal."""
    faults: list[str] = []
    checked = 0
    before: Seal | None = None
    while page := log.seals(before.number if before else 0, _SEALS_AT_ONCE):
        for seal in page:
            entries = log.entries(before.last if before else 0, seal.last, MOST_OF_A_SEAL + 1)
            faults += seal_faults(before, seal, entries)
            checked += len(entries)
            before = seal
    for entry in log.entries(before.last if before else 0, _NO_END, 1):
        if entry.event.at + UNSEALED <= at:
            faults.append(f"entry {entry.number} and what follows it is not sealed: does a worker run?")
    return finding(24, checked, faults)
