"""How a reservation stands towards its money: the only thing that payment decisions ask of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from booking_core.domain.reservations.reservation import Reservation, Status


class Standing(StrEnum):
    """What a reservation means for money that arrives.

    AWAITED: held or pending, its time not over, and money is what it waits for. UNAPPROVED: it waits for staff.
    FIRM: confirmed or later. LAPSED: its time ran out, whether or not anybody has freed its lanes yet. ENDED:
    called off or refused.
    """

    AWAITED = "awaited"
    UNAPPROVED = "unapproved"
    FIRM = "firm"
    LAPSED = "lapsed"
    ENDED = "ended"


_STANDINGS: Mapping[Status, Standing] = {
    Status.HELD: Standing.AWAITED,
    Status.PENDING: Standing.AWAITED,
    Status.CONFIRMED: Standing.FIRM,
    Status.CHECKED_IN: Standing.FIRM,
    Status.COMPLETED: Standing.FIRM,
    Status.NO_SHOW: Standing.FIRM,
    Status.CANCELLED: Standing.ENDED,
    Status.DECLINED: Standing.ENDED,
    Status.EXPIRED: Standing.LAPSED,
}


def is_decided(reservation: Reservation) -> bool:
    """Whether it was confirmed, or has come to its end: before that its money may be blocked, and not taken."""
    return _STANDINGS[reservation.status] is not Standing.AWAITED


def standing_of(reservation: Reservation, at: datetime) -> Standing:
    """How a reservation stands at an instant; a hold that is not booked yet is AWAITED, a lost one LAPSED."""
    standing = _STANDINGS[reservation.status]
    if standing is not Standing.AWAITED:
        return standing
    if reservation.expires_at is not None and at >= reservation.expires_at:
        return Standing.LAPSED
    return Standing.UNAPPROVED if reservation.policy.needs_approval else Standing.AWAITED
