"""Staff approve a pending reservation."""

import attrs

from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.payments.terms import terms_of
from booking_core.domain.reservations.closure import LONGEST_REASON
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cashier import Cashier, at_hand


@attrs.frozen(kw_only=True)
class Decision:
    """About one reservation, with a reason where one is given."""

    tenant: TenantId
    reservation: ClaimId
    reason: str = ""
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse reasons that cannot be kept."""
        plain_text(self.reason, "reason", LONGEST_REASON)


class PaymentRequired(BookingError):
    """What is to be paid ahead has not been paid."""

    code = "PAYMENT_REQUIRED"
    retry_action = "PAY"


@attrs.frozen(kw_only=True)
class Confirm:
    """Approve; what was authorised is captured."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: Decision) -> Reservation:
        """The confirmed reservation.

        Raises InvalidInput (a guest approves), InvalidTransition (it may have expired), PaymentRequired, NotFound.
        """
        command.actor.check_is_staff("approval")
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            change = reservation.confirm(at)
            check_is_paid(tx, reservation)
            tx.reservations.save(change)
            Cashier(self.ids).settle(tx, reservation.id, at)
            return change.state


def check_is_paid(tx: Transaction, reservation: Reservation) -> None:
    """Raise PaymentRequired unless what the policy asks for ahead is authorised, captured, or taken at the desk."""
    terms, quote = terms_of(reservation.policy), reservation.quote
    if terms is None or quote is None:
        return
    due, had = terms.due(quote), at_hand(tx, tx.folios.get(reservation.id))
    if had < due:
        missing = due - had
        raise PaymentRequired(
            f"{missing} is to be paid first", missing_minor=missing.amount_minor, currency=missing.currency
        )
