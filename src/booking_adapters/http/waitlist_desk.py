"""What HTTP drives of the waitlist: one callable per use case."""

from collections.abc import Callable, Sequence

import attrs

from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.usecases.waitlist import EntryReference, JoinCommand, Joined, WaitlistQuery


@attrs.frozen(kw_only=True)
class WaitlistDesk:
    """The line, from its end to the offer that is accepted."""

    join: Callable[[JoinCommand], Joined]
    show: Callable[[EntryReference], WaitlistEntry]
    accept: Callable[[EntryReference], Reservation]
    leave: Callable[[EntryReference], WaitlistEntry]
    list: Callable[[WaitlistQuery], Sequence[WaitlistEntry]]
