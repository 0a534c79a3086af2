"""How the money of a reservation stands, for whoever shows it."""

import attrs

from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.payments.answers import RequiresAction
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import Payment
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class PaymentsQuery:
    """Whose money is shown."""

    tenant: TenantId
    reservation: ClaimId


@attrs.frozen(kw_only=True)
class MoneyOfReservation:
    """A reservation with its folio (None where no price is kept), its payments in order, and their instructions."""

    reservation: Reservation
    folio: Folio | None
    payments: tuple[Payment, ...]
    intents: tuple[Intent, ...]

    def wants_payer(self, payment: Payment) -> RequiresAction | None:
        """What the payer must do before this payment goes on (3-D Secure), None for nothing."""
        for intent in self.intents:
            if intent.payment == payment.id and intent.is_open and isinstance(intent.result, RequiresAction):
                return intent.result
        return None


@attrs.frozen(kw_only=True)
class ShowPayments:
    """Reads folio, payments and instructions in one state."""

    begin: UnitOfWork

    def __call__(self, query: PaymentsQuery) -> MoneyOfReservation:
        """How it stands; raises NotFound."""
        with self.begin.reading(query.tenant) as tx:
            return MoneyOfReservation(
                reservation=tx.reservations.get(query.reservation),
                folio=tx.folios.find(query.reservation),
                payments=tuple(tx.payments.of_claim(query.reservation)),
                intents=tuple(tx.intents.of_claim(query.reservation)),
            )
