"""What a booking looks like in somebody's calendar."""

from datetime import datetime
from enum import StrEnum
from typing import Self

import attrs

from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.reservation import CAME_TO_NOTHING, Reservation, Status


class EntryState(StrEnum):
    """How firm an entry is, in the words of RFC 5545 section 3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@attrs.frozen(kw_only=True)
class CalendarEntry:
    """One entry. Its `uid` never changes, and its `sequence` grows with every change of the booking.

    With a `stay` it fills local dates, the last of which is the first one that is free again; without one, `period`.
    """

    uid: str
    sequence: int
    period: Period
    stay: Stay | None
    summary: str
    location: str = ""
    description: str = ""
    state: EntryState
    created_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, reservation: Reservation, *, summary: str, location: str = "", description: str = "") -> Self:
        """The entry of a reservation; the texts are for whoever the calendar is for to read."""
        return cls(
            uid=str(reservation.id),
            sequence=reservation.version,
            period=reservation.period,
            stay=reservation.stay,
            summary=summary,
            location=location,
            description=description,
            state=_state_of(reservation),
            created_at=reservation.history[0].at,
            changed_at=reservation.history[-1].at,
        )

    @classmethod
    def of_closure(cls, closure: Closure, *, summary: str) -> Self:
        """The entry of a closed time, which keeps no time of its own making: it counts as made when it begins."""
        return cls(
            uid=str(closure.id),
            sequence=0,
            period=closure.period,
            stay=None,
            summary=summary,
            state=EntryState.CONFIRMED,
            created_at=closure.period.start,
            changed_at=closure.period.start,
        )


def _state_of(reservation: Reservation) -> EntryState:
    if reservation.status in CAME_TO_NOTHING:
        return EntryState.CANCELLED
    return EntryState.TENTATIVE if reservation.status is Status.PENDING else EntryState.CONFIRMED
