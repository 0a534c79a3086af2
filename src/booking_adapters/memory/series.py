"""Series, in memory."""

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import Conflict, NotFound
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import ClaimId, SeriesId
from booking_core.domain.reservations.series import Series


class MemorySeriesBook:
    """The SeriesBook port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def get(self, series: SeriesId) -> Series:
        """By id; raises NotFound."""
        found = self._tables.series.get(series)
        if found is None:
            raise NotFound("series", series)
        return found

    def of_reservation(self, reservation: ClaimId) -> Series | None:
        """The series of a reservation, or None."""
        every = self._tables.series.values()
        return next((each for each in every if reservation in _members(each)), None)

    @dooming
    def add(self, change: Change[Series, None]) -> None:
        """Write a new series."""
        series, table = change.state, self._tables.series
        members = _members(series)
        if not members <= self._tables.reservations.keys():
            raise Conflict("what this refers to is gone")
        if series.id in table or any(members & _members(each) for each in table.values()):
            raise Conflict("a reservation belongs to another series")
        table[series.id] = series
        self._undo.append(lambda: table.pop(series.id))
        self._tables.record(change.events, self._actor, self._undo)


def _members(series: Series) -> set[ClaimId]:
    return {each.reservation for each in series.occurrences if each.reservation is not None}
