"""Idempotency keys, in memory."""

from datetime import datetime

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import Conflict, KeyReused
from booking_core.domain.kernel.ids import ClaimId, first_id_of


class MemoryRequests:
    """The Requests port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def answer(self, key: str, fingerprint: str) -> ClaimId | None:
        """The claim made under this key, or None; raises KeyReused."""
        known = self._tables.requests.get(key)
        if known is None:
            return None
        if known[0] != fingerprint:
            raise KeyReused("this idempotency key was used for a different request")
        return known[1]

    @dooming
    def remember(self, key: str, fingerprint: str, claim: ClaimId) -> None:
        """Bind the key; raises Conflict where it is bound."""
        if key in self._tables.requests:
            raise Conflict("this idempotency key was used in the meantime")
        self._tables.requests[key] = (fingerprint, claim)
        self._undo.append(lambda: self._tables.requests.pop(key))

    @dooming
    def forget(self, before: datetime, limit: int) -> int:
        """Remove keys of claims that are older."""
        known, floor = self._tables.requests, first_id_of(before)
        gone = {key: each for key, each in known.items() if each[1] < floor}
        for key in [*gone][limit:]:
            del gone[key]
        for key in gone:
            del known[key]
        self._undo.append(lambda: known.update(gone))
        return len(gone)
