"""Calendars of other people that exist in this process only: for trials and tests."""

import threading
from collections.abc import Iterable

from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.calendar_push import CalendarPlace, EntryChanged


class SandboxCalendars:
    """The CalendarPush port over calendars in memory; `entries` is what stands in them."""

    def __init__(self, places: Iterable[CalendarPlace]) -> None:
        self.entries: dict[CalendarPlace, dict[str, CalendarEntry]] = {each: {} for each in places}
        self._etags: dict[tuple[CalendarPlace, str], int] = {}
        self._written = 0
        self._lock = threading.Lock()

    def accept(self, place: CalendarPlace) -> None:
        """Raises InvalidInput where there is no such calendar."""
        if place not in self.entries:
            raise InvalidInput("account", "there is no such calendar for the resource", place.account)

    def put(self, place: CalendarPlace, entry: CalendarEntry, etag: str) -> str:
        """Write an entry over the one of this etag."""
        self.accept(place)
        with self._lock:
            self._expect(place, entry.uid, etag)
            self._written += 1
            self.entries[place][entry.uid] = entry
            self._etags[place, entry.uid] = self._written
            return self._etag(place, entry.uid)

    def delete(self, place: CalendarPlace, uid: str, etag: str) -> None:
        """Take an entry away."""
        self.accept(place)
        with self._lock:
            if uid in self.entries[place]:
                self._expect(place, uid, etag)
                del self.entries[place][uid], self._etags[place, uid]

    def _expect(self, place: CalendarPlace, uid: str, etag: str) -> None:
        current = self._etag(place, uid)
        if current != etag:
            raise EntryChanged(current)

    def _etag(self, place: CalendarPlace, uid: str) -> str:
        number = self._etags.get((place, uid))
        return "" if number is None else f'"{number}"'
