"""What ends because its time has run out: holds, pending reservations, and modifications that wait for money.

Nobody waits for this: an expired claim blocks no one, whoever meets it frees it. But as long as nobody meets it, lanes
are freed only once no money can arrive for them any more: the provider is told to stop first.
"""

from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.payments.intent import FIRST_STEPS, Intent
from booking_core.domain.payments.late import Act, Funds, Verdict
from booking_core.domain.payments.payment import Purpose
from booking_core.domain.payments.verdicts import at_expiry
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.amending import drop_amendment
from booking_core.usecases.cashier import Cashier, covered, let_go
from booking_core.usecases.tidy import BATCH, each_alone

_OF_BOOKING = frozenset({Purpose.BOOKING, Purpose.DEPOSIT})


@attrs.frozen(kw_only=True)
class ExpireClaims:
    """Ends holds and pending reservations whose time has run out, and modifications whose money did not come."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, tenant: TenantId) -> int:
        """How many no longer wait; at most 200 of each kind a call."""
        at = self.clock.now()
        with self.begin.reading(tenant) as tx:
            holds = [hold.id for hold in tx.holds.lapsed(at, BATCH)]
            pending = [reservation.id for reservation in tx.reservations.due(Status.EXPIRED, at, BATCH)]
            waiting = [amendment.reservation for amendment in tx.amendments.lapsed(at, BATCH)]

        def end_amendment(tx: Transaction, claim: ClaimId) -> None:
            self._end_amendment(tx, claim, at)

        def end_hold(tx: Transaction, claim: ClaimId) -> None:
            hold = tx.holds.find(claim)
            if hold is None or not hold.has_lapsed(at):
                raise NotFound("lapsed hold", claim)
            tx.holds.save(hold.release(at, has_lapsed=True))

        def end_pending(tx: Transaction, claim: ClaimId) -> bool:
            return self._end_pending(tx, tx.reservations.get(claim), at)

        return (
            each_alone(self.begin, tenant, waiting, end_amendment)
            + each_alone(self.begin, tenant, holds, end_hold)
            + each_alone(self.begin, tenant, pending, end_pending)
        )

    def _end_pending(self, tx: Transaction, reservation: Reservation, at: datetime) -> bool:
        """Whether its waiting is over; else the provider is told to stop first, and a later round looks again.

        One whose money had come, and which nobody confirmed, is confirmed.
        """
        change = reservation.expire(at)
        step = _first_step(tx, reservation)
        verdict = at_expiry(step, awaits_approval=reservation.policy.needs_approval)
        if verdict.act is Act.CONFIRM:
            if at < reservation.period.start and _is_paid(tx, reservation):
                tx.reservations.save(reservation.confirm_late(reservation.allocations, at))
                Cashier(self.ids).settle(tx, reservation.id, at)
                return True
            verdict = Verdict(Act.RELEASE, Funds.GIVE_BACK)
        if verdict.act is Act.RELEASE:
            tx.reservations.save(change)
            let_go(tx, reservation.id, at)
            Cashier(self.ids).settle(tx, reservation.id, at)
            return True
        assert step is not None, "only money keeps the lanes"
        if verdict.funds is Funds.GIVE_BACK:
            Cashier(self.ids).give_back(tx, step.payment, at)
        return False

    def _end_amendment(self, tx: Transaction, claim: ClaimId, at: datetime) -> None:
        amendment = tx.amendments.of_reservation(claim)
        if amendment is None or at < amendment.expires_at:
            raise NotFound("lapsed modification", claim)
        drop_amendment(tx, amendment, at)
        Cashier(self.ids).give_back(tx, amendment.payment, at)


def _first_step(tx: Transaction, reservation: Reservation) -> Intent | None:
    """The newest authorisation or charge for the booking itself, or None."""
    purposes = {payment.id: payment.purpose for payment in tx.payments.of_claim(reservation.id)}
    steps = [
        intent
        for intent in tx.intents.of_claim(reservation.id)
        if intent.operation in FIRST_STEPS and purposes[intent.payment] in _OF_BOOKING
    ]
    return steps[-1] if steps else None


def _is_paid(tx: Transaction, reservation: Reservation) -> bool:
    payments = tx.payments.of_claim(reservation.id)
    asked = [payment.asked for payment in payments if payment.purpose in _OF_BOOKING]
    return bool(asked) and covered(payments, asked[-1].currency) >= asked[-1]
