"""The waitlist, in memory."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ServiceId, WaitlistEntryId
from booking_core.domain.kernel.period import Period
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry


class MemoryWaitlist:
    """The Waitlist port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def get(self, entry: WaitlistEntryId) -> WaitlistEntry:
        """By id; raises NotFound."""
        found = self._tables.waitlist.get(entry)
        if found is None:
            raise NotFound("waitlist entry", entry)
        return found

    def in_line_of(self, customer: str) -> Sequence[WaitlistEntry]:
        """What a customer waits for."""
        return [each for each in self._line() if each.is_in_line and each.customer.key == customer]

    def in_line(self, span: Period, limit: int, service: ServiceId | None = None) -> Sequence[WaitlistEntry]:
        """Those who wait for something in a span."""
        found = (each for each in self._line() if each.is_in_line and each.period.overlaps(span))
        return [each for each in found if service in {None, each.service}][:limit]

    def stir(self, span: Period) -> int:
        """Something became free in a span."""
        stirred = [
            each for each in self._line() if each.state is EntryState.WAITING and each.period.overlaps(span)
        ]
        for each in stirred:
            self._put(attrs.evolve(each, stirs=each.stirs + 1))
        return len(stirred)

    def due(self, at: datetime, limit: int) -> Sequence[WaitlistEntry]:
        """Those of which something is to be done."""
        return [each for each in self._line() if each.is_due(at)][:limit]

    @dooming
    def save(self, change: Change[WaitlistEntry, WaitlistEntry | None]) -> None:
        """Write an entry."""
        stored, before = self._tables.waitlist.get(change.state.id), change.before
        if (stored and stored.version) != (before and before.version):
            raise StaleVersion("the place in the waitlist was changed in the meantime")
        stirs = stored.stirs if stored else change.state.stirs
        self._put(attrs.evolve(change.state, stirs=stirs))
        self._tables.record(change.events, self._actor, self._undo)

    def _put(self, entry: WaitlistEntry) -> None:
        table = self._tables.waitlist
        stored = table.get(entry.id)
        table[entry.id] = entry
        self._undo.append(
            lambda: table.pop(entry.id) if stored is None else table.__setitem__(entry.id, stored)
        )

    def _line(self) -> list[WaitlistEntry]:
        return sorted(self._tables.waitlist.values(), key=lambda each: (each.joined_at, each.id))
