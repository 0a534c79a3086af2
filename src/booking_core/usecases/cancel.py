"""Call a reservation off."""

from datetime import datetime

import attrs

from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import instant
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.cancellation import (
    Assessment,
    Booked,
    CancellationClosed,
    CancellationPolicy,
    CancelledBy,
    assess,
)
from booking_core.domain.reservations.cancellation_data import read_policy
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.confirm import Decision


@attrs.frozen(kw_only=True)
class Cancel:
    """Cancel; the lanes are free at once. Guests only as long as the policy lets them, staff at any time."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: Decision) -> Reservation:
        """The cancelled reservation.

        Raises NotFound, CancellationClosed (too late for a guest), InvalidTransition (a checked-in guest asks the front
        desk; what is over stays as it was).
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            change = reservation.cancel(at, command.reason)
            if command.actor.is_guest:
                check_guest_may_give_up(reservation, at)
            tx.reservations.save(change)
            return change.state


@attrs.frozen(kw_only=True)
class CancellationQuery:
    """What cancelling a reservation at an instant (None: now) would cost, called off by a guest or by staff."""

    tenant: TenantId
    reservation: ClaimId
    at: datetime | None = None
    by: CancelledBy = CancelledBy.GUEST
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class SimulateCancellation:
    """Tells what a cancellation would cost, as if all had been paid; nothing is cancelled."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, query: CancellationQuery) -> Assessment | None:
        """The assessment under the policy of the booking; None where no price or policy was agreed. Raises NotFound."""
        at = self.clock.now() if query.at is None else instant(query.at, "at")
        with self.begin.reading(query.tenant) as tx:
            reservation = tx.reservations.get(query.reservation)
        policy = policy_of(reservation)
        if policy is None or reservation.quote is None:
            return None
        total = reservation.quote.total
        return assess(policy, _booked(reservation, total, total), at, by=query.by)


def policy_of(reservation: Reservation) -> CancellationPolicy | None:
    """The cancellation policy as it was sold."""
    return terms_of(reservation.quote, reservation.policy)


def terms_of(quote: Quote | None, policy: Policy) -> CancellationPolicy | None:
    """What calling off costs: the terms of the price, else those of the service; None where nothing is said."""
    if quote is not None and isinstance(quote.policy, CancellationPolicy):
        return quote.policy
    data = dict(policy.cancellation)
    return read_policy(policy.key, data) if data else None


def check_guest_may_give_up(reservation: Reservation, at: datetime, *, moves: bool = False) -> None:
    """Raise CancellationClosed where a guest may no longer give the booked time up by themselves.

    Moving gives it up as cancelling does. What is sold by the night is charged for nights that fall away; anything else
    has no such parts, so a guest moves it only while cancelling would cost nothing.
    """
    policy = policy_of(reservation)
    if policy is None:
        return
    if reservation.period.start - at < policy.guest_until:
        raise CancellationClosed("too late to change this online; please contact us", at=at.isoformat())
    if moves and reservation.stay is None and not policy.tier_at(reservation.period.start - at).is_free:
        raise CancellationClosed("too late to move this online; please contact us", at=at.isoformat())


def _booked(reservation: Reservation, price: Money, paid: Money) -> Booked:
    assert reservation.quote is not None
    first = reservation.quote.first_night
    return Booked(price=price, paid=paid, first_night=first, starts_at=reservation.period.start)
