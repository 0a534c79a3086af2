"""Intents of ours as they go out to a provider."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Instruction, Intent, Operation

PRICE = Money(66_414, "USD")
LEASE = timedelta(minutes=1)


def sent(
    operation: Operation,
    *,
    at: datetime,
    amount: Money = PRICE,
    method: str = "",
    reference: str = "",
    is_off_session: bool = False,
    id: UUID | None = None,
) -> Intent:
    """An intent that a worker has taken and is about to send."""
    instruction = Instruction(payment=PaymentId(uuid4()), operation=operation, amount=amount)
    written = Intent.write(
        instruction,
        id=IntentId(id or uuid4()),
        reservation=ClaimId(uuid4()),
        at=at,
        method=method,
        reference=reference,
        is_off_session=is_off_session,
    )
    return written.state.lease(at.astimezone(UTC), LEASE).state
