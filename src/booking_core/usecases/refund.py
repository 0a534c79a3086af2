"""Staff give money back: a courtesy, or for what was not delivered."""

from collections.abc import Sequence

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, PaymentId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.payments.intent import Instruction
from booking_core.domain.payments.settle import split_refund
from booking_core.domain.reservations.closure import LONGEST_REASON
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.cashier import Cashier


@attrs.frozen(kw_only=True)
class RefundCommand:
    """Give an amount back, for a reason; from the payments in the stated order, then the newest first."""

    tenant: TenantId
    reservation: ClaimId
    amount: Money
    reason: str
    payments: Sequence[PaymentId] = ()
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class Refund:
    """Takes the amount off what the folio charges, and writes the refunds down; they are sent by the worker.

    What is not owed, because an earlier refund failed, goes back without letting the guest off anything more.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: RefundCommand) -> tuple[Instruction, ...]:
        """What goes back where.

        Raises RefundAbovePaid, InvalidInput (a guest asks, too), NotFound, and nothing has changed then.
        """
        command.actor.check_is_staff("refund")
        plain_text(command.reason, "reason", LONGEST_REASON)
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            folio = tx.folios.get(command.reservation)
            payments = tx.payments.of_claim(command.reservation)
            parts = split_refund(command.amount, payments, command.payments)
            owed = max(folio.owed, Money.zero(folio.currency))
            surplus = Money.total((each.refundable for each in payments), folio.currency) - owed
            let_off = command.amount - max(surplus, Money.zero(folio.currency))
            if let_off > Money.zero(folio.currency):
                tx.folios.save(folio.allow(let_off, command.reason, at))
            for part in parts:
                Cashier(self.ids).instruct(tx, part, at)
            return parts
