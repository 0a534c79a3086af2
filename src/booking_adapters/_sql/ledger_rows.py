"""Between rows of money and the domain, by hand."""

from booking_adapters._codec.money import intent_body_of, intent_data, payment_body_of, payment_data
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.statement import Row
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import Intent, IntentState, Operation
from booking_core.domain.payments.payment import Payment, PaymentState, Purpose
from booking_core.domain.reservations.entries import Entry, EntryKind, Part
from booking_core.domain.reservations.folio import Folio


def entry_row(folio: Folio, entry: Entry) -> Cells:
    """An entry of a folio."""
    return {
        "reservation_id": folio.reservation,
        "number": entry.number,
        "at": entry.at,
        "part": entry.part.value,
        "kind": entry.kind.value,
        "code": entry.code,
        "text": entry.text,
        "amount_minor": entry.amount.amount_minor,
        "currency": entry.amount.currency,
        "night": entry.night,
        "included": entry.included,
        "group_number": entry.group,
        "payment_id": entry.payment,
        "intent_id": entry.intent,
        "is_deposit": entry.is_deposit,
        "taken_by": entry.taken_by,
    }


def entry_of(row: Row) -> Entry:
    """The entry of a row."""
    number, at, part, kind, code, text, minor, currency, night, included, group, *money = row
    payment, intent, deposit, taken_by = money
    return Entry(
        number=number,
        at=at,
        part=Part(part),
        kind=EntryKind(kind),
        code=code,
        text=text,
        amount=Money(minor, currency),
        night=night,
        included=included,
        group=group,
        payment=None if payment is None else PaymentId(payment),
        intent=None if intent is None else IntentId(intent),
        is_deposit=deposit,
        taken_by=taken_by,
    )


def payment_row(payment: Payment) -> Cells:
    """A payment."""
    return {
        "id": payment.id,
        "reservation_id": payment.reservation,
        "purpose": payment.purpose.value,
        "state": payment.state.value,
        "version": payment.version,
        "currency": payment.asked.currency,
        "authorised_minor": payment.authorised.amount_minor,
        "captured_minor": payment.captured.amount_minor,
        "refunded_minor": payment.refunded.amount_minor,
        "authorised_until": payment.authorised_until,
        "body": payment_data(payment),
    }


def payment_of(row: Row) -> Payment:
    """The payment of a row."""
    payment, reservation, purpose, state, currency, authorised, captured, refunded, until, data = row
    body = payment_body_of(data)
    return Payment(
        id=PaymentId(payment),
        reservation=ClaimId(reservation),
        purpose=Purpose(purpose),
        asked=body.asked,
        method=body.method,
        state=PaymentState(state),
        authorised=Money(authorised, currency),
        captured=Money(captured, currency),
        refunded=Money(refunded, currency),
        orders=body.orders,
        history=body.history,
        reference=body.reference,
        authorised_until=until,
    )


def intent_row(intent: Intent) -> Cells:
    """An intent."""
    return {
        "id": intent.id,
        "payment_id": intent.payment,
        "reservation_id": intent.reservation,
        "operation": intent.operation.value,
        "amount_minor": intent.amount.amount_minor,
        "currency": intent.amount.currency,
        **changing_cells(intent),
    }


def changing_cells(intent: Intent) -> Cells:
    """What changes of an intent."""
    return {
        "state": intent.state.value,
        "version": intent.version,
        "key": intent.key,
        "due_at": intent.next_at if intent.is_open else None,
        "made": intent.made,
        "body": intent_data(intent),
    }


def intent_of(row: Row) -> Intent:
    """The intent of a row."""
    intent, payment, reservation, operation, state, minor, currency, data = row
    body = intent_body_of(data)
    return Intent(
        id=IntentId(intent),
        payment=PaymentId(payment),
        reservation=ClaimId(reservation),
        operation=Operation(operation),
        amount=Money(minor, currency),
        method=body.method,
        reference=body.reference,
        state=IntentState(state),
        next_at=body.next_at,
        history=body.history,
        is_off_session=body.is_off_session,
        generation=body.generation,
        attempts=body.attempts,
        is_doubtful=body.is_doubtful,
        sent_at=body.sent_at,
        result=body.result,
    )
