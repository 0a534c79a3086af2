"""What time does by itself: to holds, quotes, and reservations, begun or over. Called by a worker, again and again."""

from collections.abc import Callable
from datetime import timedelta

import attrs

from booking_core.domain.kernel.errors import Conflict, InvalidTransition, NotFound
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork

BATCH = 200
KEPT = timedelta(days=1)
"""How long a quote is kept after it has expired."""


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
            pending = [reservation.id for reservation in tx.reservations.due(Status.EXPIRED, at, BATCH)]

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
            due = [reservation.id for reservation in tx.reservations.due(Status.NO_SHOW, at, BATCH)]

        def mark(tx: Transaction, claim: ClaimId) -> None:
            tx.reservations.save(tx.reservations.get(claim).no_show(at))

        return each_alone(self.begin, tenant, due, mark)


@attrs.frozen(kw_only=True)
class CompletePast:
    """Completes reservations that are over, so that what has passed holds no lanes.

    Those that complete unattended at their end. The others a day later, where nobody said what came of them: a guest
    who was not checked out, and one who was not checked in where the policy knows no no-shows.
    """

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were completed; at most 200 a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            due = [reservation.id for reservation in tx.reservations.due(Status.COMPLETED, at, BATCH)]

        def complete(tx: Transaction, claim: ClaimId) -> None:
            reservation = tx.reservations.get(claim)
            if reservation.completes_at is None or at < reservation.completes_at:
                raise NotFound("reservation that is over", claim)
            tx.reservations.save(reservation.complete(at))

        return each_alone(self.begin, tenant, due, complete)


@attrs.frozen(kw_only=True)
class ForgetQuotes:
    """Removes prices given that expired a day ago: until then the answer is what the price has become."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were removed; at most 200 a call."""
        with self.begin(tenant) as tx:
            return tx.quotes.forget_expired(self.clock.now() - KEPT, BATCH)


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
