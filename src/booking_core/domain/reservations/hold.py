"""A temporary claim on lanes. Booked in time, it becomes the reservation and keeps its id and its lanes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, ResourceId, ServiceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.calendar import Allocation

LONGEST_HOLD_TTLS = 6
"""How many times to live a hold may be kept by renewing it: a customer who decides, not one who hoards."""


class HoldExpired(BookingError):
    """The hold ran out before it was booked."""

    code = "HOLD_EXPIRED"
    retry_action = "CHOOSE_AGAIN"


class HoldOfAnotherSession(BookingError):
    """Only the session that placed a hold may renew, release or book it."""

    code = "HOLD_OF_ANOTHER_SESSION"


@attrs.frozen(kw_only=True)
class Hold:
    """Lanes claimed by a session until `expires_at`; `assigned` says which resource fills which role."""

    id: ClaimId
    session: str
    service: ServiceId
    period: Period
    stay: Stay | None
    quantity: int
    assigned: tuple[tuple[str, ResourceId], ...]
    allocations: tuple[Allocation, ...]
    placed_at: datetime
    expires_at: datetime
    version: int = 1

    @classmethod
    def place(
        cls,
        *,
        id: ClaimId,
        session: str,
        service: ServiceId,
        period: Period,
        stay: Stay | None,
        quantity: int,
        assigned: tuple[tuple[str, ResourceId], ...],
        allocations: tuple[Allocation, ...],
        at: datetime,
        ttl: timedelta,
    ) -> Change["Hold", None]:
        """A new hold that lives for `ttl`."""
        hold = cls(
            id=id,
            session=session,
            service=service,
            period=period,
            stay=stay,
            quantity=quantity,
            assigned=assigned,
            allocations=allocations,
            placed_at=at,
            expires_at=at + ttl,
        )
        return Change(hold, (_event(hold, "HoldPlaced", at, expires_at=hold.expires_at.isoformat()),), None)

    def promises_since(self, at: datetime) -> datetime:
        """As of when notice and horizon count: what was held in time may be booked, but not once it has begun."""
        return self.placed_at if at <= self.period.start else at

    def has_lapsed(self, at: datetime) -> bool:
        """Whether it no longer claims anything; a hold is over at its very expiry."""
        return at >= self.expires_at

    def is_for(
        self, service: ServiceId, period: Period, quantity: int, chosen: Mapping[str, ResourceId]
    ) -> bool:
        """Whether asking for this again is a renewal: the same thing, with the same resources where any are chosen."""
        same = (self.service, self.period, self.quantity) == (service, period, quantity)
        return same and chosen.items() <= dict(self.assigned).items()

    def check(self, session: str, at: datetime) -> None:
        """Raise HoldOfAnotherSession or HoldExpired unless `session` may use it at that time."""
        if session != self.session:
            raise HoldOfAnotherSession("this hold belongs to another session")
        if self.has_lapsed(at):
            raise HoldExpired("the hold has expired; please choose again", expired_at=self.expires_at)

    def renew(self, session: str, at: datetime, ttl: timedelta) -> Change["Hold", "Hold"]:
        """The same claim for another `ttl` from now, but never longer than so many times `ttl` in all."""
        self.check(session, at)
        until = min(at + ttl, self.placed_at + ttl * LONGEST_HOLD_TTLS)
        renewed = attrs.evolve(self, expires_at=max(until, self.expires_at), version=self.version + 1)
        return Change(
            renewed, (_event(renewed, "HoldRenewed", at, expires_at=renewed.expires_at.isoformat()),), self
        )

    def release(self, at: datetime, *, has_lapsed: bool = False) -> Change[None, "Hold"]:
        """The lanes given back: the session changed its mind, or its time ran out."""
        ended = attrs.evolve(self, version=self.version + 1)
        return Change(None, (_event(ended, "HoldExpired" if has_lapsed else "HoldReleased", at),), self)


def _event(hold: Hold, name: str, at: datetime, **data: str) -> Event:
    times = {"start": hold.period.start.isoformat(), "end": hold.period.end.isoformat()}
    facts = {"service": str(hold.service), **times, **data}
    return Event(name=name, subject=hold.id, version=hold.version, at=at, data=facts)
