"""What HTTP drives of live editing."""

from collections.abc import Callable, Sequence

import attrs

from booking_adapters.http.live_seats import Seats
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import Lock
from booking_core.ports.live import LiveUpdates, RateLimiter
from booking_core.usecases.editing import LockCommand, LockReference


@attrs.frozen(kw_only=True)
class LiveDesk:
    """Locks, the bell, and what counts the requests of guests.

    `release_all` ends every lock of a client (by its secret name) that has gone; `seats` are for those who watch.
    """

    take_lock: Callable[[LockCommand], Lock]
    renew_lock: Callable[[LockReference], Lock]
    release_lock: Callable[[LockReference], None]
    release_all: Callable[[TenantId, str], None]
    held: Callable[[TenantId], Sequence[Lock]]
    updates: LiveUpdates
    limiter: RateLimiter
    seats: Seats = attrs.field(factory=Seats)
