"""Call a reservation off."""

from datetime import datetime

import attrs

from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import instant
from booking_core.domain.pricing.lines import Line, LineKind
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.cancellation import (
    Assessment,
    Booked,
    CancellationClosed,
    CancellationPolicy,
    CancelledBy,
    Waiver,
    assess,
)
from booking_core.domain.reservations.cancellation_data import read_policy
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.amending import drop_amendment
from booking_core.usecases.cashier import Cashier, at_hand, let_go_unsent
from booking_core.usecases.confirm import Decision


@attrs.frozen(kw_only=True)
class Cancellation(Decision):
    """Call a reservation off; staff may waive the penalty, and then say why in `reason`."""

    waives_penalty: bool = False


@attrs.frozen(kw_only=True)
class Cancelled:
    """The cancelled reservation, and what it came to (None where no price or policy was agreed)."""

    reservation: Reservation
    assessment: Assessment | None


@attrs.frozen(kw_only=True)
class Cancel:
    """Cancel; the lanes are free at once. Guests only as long as the policy lets them, staff at any time.

    The penalty is computed now, under the policy of the booking, and becomes what the folio charges; what was paid
    beyond it goes back, what was only authorised is captured up to it.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: Decision) -> Reservation:
        """The cancelled reservation; raises what `answer` raises."""
        return self.answer(command).reservation

    def answer(self, command: Decision) -> Cancelled:
        """The cancelled reservation and its penalty.

        Raises NotFound, CancellationClosed (too late for a guest), InvalidInput (a guest waives), InvalidTransition (a
        checked-in guest asks the front desk; what is over stays as it was).
        """
        with self.begin(command.tenant, command.actor) as tx:
            return self.within(tx, command, self.clock.now())

    def within(self, tx: Transaction, command: Decision, at: datetime) -> Cancelled:
        """The same as part of what is done together; what is refused has changed nothing."""
        is_waived = isinstance(command, Cancellation) and command.waives_penalty
        waiver = waiver_of(command.actor, command.reason) if is_waived else None
        reservation = tx.reservations.get(command.reservation)
        change = reservation.cancel(at, waiver.note if waiver else command.reason)
        if command.actor.is_guest:
            check_guest_may_give_up(reservation, at)
        amendment = tx.amendments.of_reservation(reservation.id)
        if amendment is not None:
            drop_amendment(tx, amendment, at)
        tx.reservations.save(change)
        assessment = self._charge_penalty(tx, reservation, command, waiver, at)
        return Cancelled(reservation=change.state, assessment=assessment)

    def _charge_penalty(
        self,
        tx: Transaction,
        reservation: Reservation,
        command: Decision,
        waiver: Waiver | None,
        at: datetime,
    ) -> Assessment | None:
        folio = tx.folios.find(reservation.id)
        if folio is None or reservation.quote is None:
            return None
        by = CancelledBy.GUEST if command.actor.is_guest else CancelledBy.STAFF
        assessed = _assessed(tx, reservation, folio, at, by=by, waiver=waiver)
        lines = NO_LINES
        if assessed is not None:
            earned = NO_LINES if waiver else earned_before(reservation.quote)
            lines = (*earned, *_penalty_lines(reservation, assessed.penalty))
        tx.folios.save(folio.agree(lines, at))
        let_go_unsent(tx, reservation.id, at)
        Cashier(self.ids).settle(tx, reservation.id, at)
        return assessed


NO_LINES: tuple[Line, ...] = ()


def waiver_of(actor: Actor, reason: str) -> Waiver:
    """Staff let the guest off a penalty; raises InvalidInput for guests, and for no reason."""
    actor.check_is_staff("waives_penalty")
    return Waiver(reason)


def _penalty_lines(reservation: Reservation, penalty: Money) -> tuple[Line, ...]:
    policy = policy_of(reservation)
    if policy is None or not penalty:
        return ()
    return (
        Line(kind=LineKind.PENALTY, code="cancellation", source=f"kept under {policy.code}", amount=penalty),
    )


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
    """Tells what a cancellation would cost, and what of the money that has come would go back; nothing is cancelled."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, query: CancellationQuery) -> Assessment | None:
        """The assessment under the policy of the booking, as `Cancel` would make it at that time with today's money.

        None where no price or policy was agreed, and before it is confirmed: then it costs nothing. Raises NotFound.
        """
        at = self.clock.now() if query.at is None else instant(query.at, "at")
        with self.begin.reading(query.tenant) as tx:
            reservation = tx.reservations.get(query.reservation)
            folio = tx.folios.find(reservation.id)
            return None if folio is None else _assessed(tx, reservation, folio, at, by=query.by)


def _assessed(
    tx: Transaction,
    reservation: Reservation,
    folio: Folio,
    at: datetime,
    *,
    by: CancelledBy,
    waiver: Waiver | None = None,
) -> Assessment | None:
    """What calling off comes to, with what was paid so far; None where that costs nothing whatever was agreed.

    What was kept for nights given up earlier is no part of it: no later cancellation brings that back.
    """
    policy, quote = policy_of(reservation), reservation.quote
    if policy is None or quote is None or reservation.status is Status.PENDING:
        return None
    zero = Money.zero(folio.currency)
    kept = zero if waiver else Money.total((line.amount for line in earned_before(quote)), folio.currency)
    booked = Booked(
        price=quote.total - kept,
        paid=max(at_hand(tx, folio) - kept, zero),
        first_night=quote.first_night,
        starts_at=reservation.period.start,
        let_off=max(folio.booking - folio.charges, zero),
    )
    return assess(policy, booked, at, by=by, waiver=waiver)


def earned_before(quote: Quote) -> tuple[Line, ...]:
    """What was kept for nights given up earlier: no later cancellation brings it back."""
    return tuple(line for line in quote.lines if line.kind is LineKind.PENALTY)


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
