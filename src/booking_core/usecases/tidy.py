"""What time does by itself: lapsed holds, unapproved reservations and no-shows. Called by a worker, again and again."""

from collections.abc import Callable

import attrs

from booking_core.domain.kernel.errors import Conflict, InvalidTransition, NotFound
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork

BATCH = 200


@attrs.frozen(kw_only=True)
class ExpireClaims:
    """Ends holds and pending reservations whose time has run out.

    Nobody waits for this: an expired claim blocks no one. It only keeps the tables small and tells who wants to know.
    """

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were ended; at most 200 of each kind a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            holds = [hold.id for hold in tx.holds.lapsed(at, BATCH)]
            pending = [reservation.id for reservation in tx.reservations.due(Status.PENDING, at, BATCH)]

        def end_hold(tx: Transaction, claim: ClaimId) -> None:
            hold = tx.holds.find(claim)
            if hold is None or not hold.has_lapsed(at):
                raise NotFound("lapsed hold", claim)
            tx.holds.save(hold.release(at, has_lapsed=True))

        def end_pending(tx: Transaction, claim: ClaimId) -> None:
            tx.reservations.save(tx.reservations.get(claim).expire(at))

        return each_alone(self.begin, tenant, holds, end_hold) + each_alone(
            self.begin, tenant, pending, end_pending
        )


@attrs.frozen(kw_only=True)
class MarkNoShows:
    """Marks confirmed reservations whose guest has not checked in by the policy's time."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were marked; at most 200 a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            due = [reservation.id for reservation in tx.reservations.due(Status.CONFIRMED, at, BATCH)]

        def mark(tx: Transaction, claim: ClaimId) -> None:
            tx.reservations.save(tx.reservations.get(claim).no_show(at))

        return each_alone(self.begin, tenant, due, mark)


def each_alone(
    begin: UnitOfWork, tenant: TenantId, claims: list[ClaimId], act: Callable[[Transaction, ClaimId], None]
) -> int:
    """Act on each claim in a transaction of its own; those that changed meanwhile are left for the next round."""
    done = 0
    for claim in claims:
        try:
            with begin(tenant) as tx:
                act(tx, claim)
        except (Conflict, InvalidTransition, NotFound):
            continue
        done += 1
    return done
