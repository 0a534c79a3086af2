"""Which reservations were booked together as a series."""

from typing import Protocol

from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, SeriesId
from booking_core.domain.reservations.series import Series


class SeriesBook(Protocol):
    """The book in which series are kept. Their reservations are written by `Reservations`, in the same transaction."""

    def get(self, series: SeriesId) -> Series:
        """By id; raises NotFound."""
        ...

    def of_reservation(self, reservation: ClaimId) -> Series | None:
        """The series that a reservation belongs to, or None."""
        ...

    def add(self, change: Change[Series, None]) -> None:
        """Write a new series and its events; its reservations must be stored.

        Raises Conflict where a reservation is missing or belongs to another series.
        """
        ...
