"""The audit log and its seals, in memory."""

from collections.abc import Sequence

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.audit.seal import Entry, Seal
from booking_core.domain.kernel.errors import Conflict


class MemoryAuditLog:
    """The AuditLog port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def newest(self) -> int:
        """The number of the newest entry."""
        return len(self._tables.audit)

    def entries(self, after: int, last: int, limit: int) -> Sequence[Entry]:
        """Entries in order; their numbers are their places."""
        told = self._tables.audit[after : min(last, after + limit)]
        return [
            Entry(number=number, actor_kind=actor.kind, event=event)
            for number, (actor, event) in enumerate(told, after + 1)
        ]

    def last_seal(self) -> Seal | None:
        """The newest seal, or None."""
        return max(self._tables.seals.values(), key=lambda each: each.number, default=None)

    def seals(self, after: int, limit: int) -> Sequence[Seal]:
        """Seals in order."""
        return sorted(
            (each for number, each in self._tables.seals.items() if number > after),
            key=lambda each: each.number,
        )[:limit]

    @dooming
    def add(self, seal: Seal) -> None:
        """Put a seal under entries."""
        if seal.number in self._tables.seals:
            raise Conflict("these entries were sealed in the meantime")
        self._tables.seals[seal.number] = seal
        self._undo.append(lambda: self._tables.seals.pop(seal.number))
