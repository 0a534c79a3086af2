"""Guests who did not come: what they owe, and letting them off."""

from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.lines import Line, LineKind
from booking_core.domain.reservations.cancellation import Tier, Waiver
from booking_core.domain.reservations.cancellation_data import read_penalty
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cancel import earned_before
from booking_core.usecases.cashier import Cashier
from booking_core.usecases.charging import folio_of

FEE = "no-show"


def charge_no_show_fee(tx: Transaction, ids: IdGenerator, reservation: Reservation, at: datetime) -> None:
    """The fee takes the place of the price, and what was paid beyond it goes back; without a fee the price stays.

    What was kept for nights given up before is owed beside it. Staff are told where it is not paid.
    """
    quote, terms = reservation.quote, dict(reservation.policy.no_show_fee)
    if quote is None or not terms:
        return
    earned = earned_before(quote)
    left = quote.total - Money.total((line.amount for line in earned), quote.currency)
    fee = Tier(penalty=read_penalty(terms)).owed(left, quote.first_night)
    lines = [Line(kind=LineKind.PENALTY, code=FEE, source="fee for not coming", amount=fee)] if fee else []
    tx.folios.save(folio_of(tx, reservation, at).agree([*earned, *lines], at))
    settlement = Cashier(ids).settle(tx, reservation.id, at)
    if settlement is not None and settlement.missing:
        Cashier(ids).alert(tx, reservation.id, "balance due", at)


@attrs.frozen(kw_only=True)
class WaiveFeeCommand:
    """Let a guest who did not come off what they owe for it."""

    tenant: TenantId
    reservation: ClaimId
    waiver: Waiver
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class WaiveNoShowFee:
    """Staff say why; it stands on the folio."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: WaiveFeeCommand) -> Folio:
        """The folio without the fee, whose money goes back.

        Raises InvalidInput (a guest waives), InvalidTransition for one who came, NotFound.
        """
        command.actor.check_is_staff("waiver")
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            if reservation.status is not Status.NO_SHOW:
                raise InvalidTransition("this guest came", code=reservation.code, status=reservation.status)
            change = folio_of(tx, reservation, at).agree((), at, command.waiver.reason)
            tx.folios.save(change)
            Cashier(self.ids).settle(tx, reservation.id, at)
            return change.state
