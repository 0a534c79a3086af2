"""What staff are shown of bookings that channels have sold."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import attrs

from booking_core.usecases.list_channel_bookings import ChannelBooking


@attrs.frozen(kw_only=True)
class ChannelBookingView:
    """A booking by its channel's `reference`, as of a revision, and the reservation that it is.

    `violations` are the rules of ours that it breaks, which were not asked when it was sold. One that is overbooked
    claims no place: move it to one. `is_called_off` says what the channel said last, `status` what became of it here.
    """

    channel: str
    reference: str
    revision: int
    is_called_off: bool
    violations: tuple[str, ...]
    is_overbooked: bool
    reservation: UUID
    code: str
    status: str
    start: datetime
    end: datetime
    check_in: date | None
    check_out: date | None


@attrs.frozen(kw_only=True)
class ChannelBookingsView:
    """The newest first; `next` is what to ask for `after`, null on the last page."""

    bookings: tuple[ChannelBookingView, ...]
    next: UUID | None


def channel_bookings_view(found: Sequence[ChannelBooking], limit: int) -> ChannelBookingsView:
    """A page of bookings."""
    last = found[-1].reservation.id if len(found) == limit else None
    return ChannelBookingsView(bookings=tuple(map(channel_booking_view, found)), next=last)


def channel_booking_view(booking: ChannelBooking) -> ChannelBookingView:
    """A booking as staff see it; who booked is in its reservation."""
    link, reservation = booking.link, booking.reservation
    return ChannelBookingView(
        channel=link.channel,
        reference=link.reference,
        revision=link.revision,
        is_called_off=link.is_cancelled,
        violations=link.violations,
        is_overbooked=reservation.is_overbooked,
        reservation=reservation.id,
        code=reservation.code,
        status=reservation.status.value,
        start=reservation.period.start,
        end=reservation.period.end,
        check_in=reservation.stay.check_in if reservation.stay else None,
        check_out=reservation.stay.check_out if reservation.stay else None,
    )
