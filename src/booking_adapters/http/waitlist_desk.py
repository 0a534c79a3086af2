"""What HTTP drives of the waitlist: one callable per use case."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.usecases.offer_link import OfferLink
from booking_core.usecases.waitlist import EntryReference, JoinCommand, Joined, WaitlistQuery


@attrs.frozen(kw_only=True)
class WaitlistDesk:
    """The line, from its end to the offer that is accepted."""

    join: Callable[[JoinCommand], Joined]
    show: Callable[[EntryReference], WaitlistEntry]
    accept: Callable[[EntryReference], Reservation]
    leave: Callable[[EntryReference], WaitlistEntry]
    show_by_link: Callable[[OfferLink], WaitlistEntry]
    accept_by_link: Callable[[OfferLink], Reservation]
    leave_by_link: Callable[[OfferLink], WaitlistEntry]
    list: Callable[[WaitlistQuery], Sequence[WaitlistEntry]]
