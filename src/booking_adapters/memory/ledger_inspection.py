"""Looking over the money in a store in memory."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from booking_adapters.memory.tables import Tables
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.payments.intent import Intent, IntentState
from booking_core.domain.payments.payment import Payment, PaymentState
from booking_core.domain.payments.soundness import (
    AheadFacts,
    EntryFacts,
    IntentFacts,
    MoneyFacts,
    PaymentFacts,
    ahead_of,
    forgoes,
)
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Status
from booking_core.ports.inspection import GRACE, LAPSE_ALERT, WAITS, Finding, finding


def money_facts(tables: Tables, at: datetime) -> Iterator[MoneyFacts]:
    """The facts of every hold and reservation that has to do with money."""
    claims = {each.reservation for each in tables.payments.values()}
    claims |= {each.reservation for each in tables.intents.values()}
    for claim in sorted(claims | tables.folios.keys()):
        folio = tables.folios.get(claim)
        yield MoneyFacts(
            claim=claim,
            status=_status(tables, claim, at),
            folio=folio.currency if folio else None,
            entries=_entries(folio) if folio else (),
            payments=tuple(_payment(each) for each in tables.payments.values() if each.reservation == claim),
            intents=tuple(_intent(each) for each in tables.intents.values() if each.reservation == claim),
            ahead=_ahead(tables, claim),
            is_alerted=any(
                alert.resolved_at is None and alert.kind == LAPSE_ALERT and alert.subject == claim
                for alert in tables.alerts.values()
            ),
        )


def about_provider_events(tables: Tables, at: datetime) -> Finding:
    """Invariant 20."""
    faults = [
        f"event {event} is kept {times} times"
        for event, times in Counter(each.id for each in tables.told.values()).items()
        if times > 1
    ]
    faults += [
        f"event {event} was handled and never told" for event in tables.handled.keys() - tables.told.keys()
    ]
    for key, event in tables.told.items():
        if key not in tables.handled and event.told_at + WAITS <= at:
            faults.append(f"event {event.id} waits since {event.told_at.isoformat()}")
    return finding(20, len(tables.told), faults)


def _status(tables: Tables, claim: ClaimId, at: datetime) -> Status:
    reservation, hold = tables.reservations.get(claim), tables.holds.get(claim)
    if reservation is not None:
        return reservation.status
    return Status.HELD if hold is not None and hold.expires_at + GRACE > at else Status.EXPIRED


def _ahead(tables: Tables, claim: ClaimId) -> AheadFacts | None:
    found = tables.reservations.get(claim)
    return None if found is None else ahead_of(found.policy, found.quote, found.history)


def _entries(folio: Folio) -> tuple[EntryFacts, ...]:
    return tuple(
        EntryFacts(
            amount_minor=each.amount.amount_minor,
            currency=each.amount.currency,
            included=each.included,
            payment=each.payment,
            is_forgone=forgoes(each.kind, each.code),
        )
        for each in folio.entries
    )


def _payment(payment: Payment) -> PaymentFacts:
    return PaymentFacts(
        id=payment.id,
        currency=payment.asked.currency,
        authorised_minor=payment.authorised.amount_minor,
        captured_minor=payment.captured.amount_minor,
        refunded_minor=payment.refunded.amount_minor,
        authorised_until=payment.authorised_until,
        orders=payment.orders,
        is_due=payment.state is PaymentState.PAYMENT_DUE,
    )


def _intent(intent: Intent) -> IntentFacts:
    return IntentFacts(
        id=intent.id,
        payment=intent.payment,
        key=intent.key,
        operation=intent.operation,
        amount_minor=intent.amount.amount_minor,
        currency=intent.amount.currency,
        is_open=intent.is_open,
        written_at=intent.history[0].at,
        awaits_payer=intent.state is IntentState.REQUIRES_ACTION,
    )
