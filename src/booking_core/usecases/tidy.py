"""What time does by itself to quotes, and to reservations that have begun or are over. Called by a worker."""

from collections.abc import Callable
from datetime import timedelta

import attrs

from booking_core.domain.kernel.errors import Conflict, InvalidTransition, NotFound
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.folio import CHARGEABLE
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.departing import complete_departure
from booking_core.usecases.no_shows import charge_no_show_fee

BATCH = 200
KEPT = timedelta(days=1)
"""How long a quote is kept after it has expired."""


@attrs.frozen(kw_only=True)
class MarkNoShows:
    """Marks confirmed reservations whose guest has not checked in by the policy's time, and charges the fee for it."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, tenant: TenantId) -> int:
        """How many were marked; at most 200 a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            due = [reservation.id for reservation in tx.reservations.due(Status.NO_SHOW, at, BATCH)]

        def mark(tx: Transaction, claim: ClaimId) -> None:
            change = tx.reservations.get(claim).no_show(at)
            tx.reservations.save(change)
            charge_no_show_fee(tx, self.ids, change.state, at)

        return each_alone(self.begin, tenant, due, mark)


@attrs.frozen(kw_only=True)
class CompletePast:
    """Completes reservations that are over, so that what has passed holds no lanes.

    Those that complete unattended at their end. The others a day later, where nobody said what came of them: a guest
    who was not checked out (staff are told where they still owe money), and one who was not checked in where the policy
    knows no no-shows.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, tenant: TenantId) -> int:
        """How many were completed; at most 200 a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            due = [reservation.id for reservation in tx.reservations.due(Status.COMPLETED, at, BATCH)]

        def complete(tx: Transaction, claim: ClaimId) -> None:
            reservation = tx.reservations.get(claim)
            if reservation.completes_at is None or at < reservation.completes_at:
                raise NotFound("reservation that is over", claim)
            folio = tx.folios.find(claim)
            if (
                folio is not None
                and reservation.status in CHARGEABLE
                and folio.balance > Money.zero(folio.currency)
            ):
                Cashier(self.ids).alert(tx, reservation.id, "balance due", at)
            complete_departure(tx, reservation, at)

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
    begin: UnitOfWork,
    tenant: TenantId,
    claims: list[ClaimId],
    act: Callable[[Transaction, ClaimId], bool | None],
) -> int:
    """Act on each claim in a transaction of its own; those that changed meanwhile are left for the next round.

    How many were acted on; one whose act answers False has to wait and does not count.
    """
    done = 0
    for claim in claims:
        try:
            with begin(tenant) as tx:
                ended = act(tx, claim)
        except (Conflict, InvalidTransition, NotFound):
            continue
        done += ended is not False
    return done
