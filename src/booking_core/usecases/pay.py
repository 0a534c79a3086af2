"""Paying: at once with the booking, or later for what waits for money."""

from collections.abc import Callable

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.payments.answers import Declined, PaymentFailed
from booking_core.domain.payments.intent import FIRST_STEPS, LONGEST_REFERENCE, Intent, Operation
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.domain.payments.standing import Standing, standing_of
from booking_core.domain.payments.terms import terms_of
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.book import BookCommand, Booked
from booking_core.usecases.cashier import Cashier, PaymentUnderWay, asked_for, asking_alone, at_hand
from booking_core.usecases.reschedule import RescheduleCommand, Rescheduled
from booking_core.usecases.send_intents import SendIntents


class NothingToPay(BookingError):
    """Everything that is owed has been paid."""

    code = "NOTHING_TO_PAY"


@attrs.frozen(kw_only=True)
class PayCommand:
    """Pay what a reservation waits for, or still owes, with a payment method (the provider's name of it)."""

    tenant: TenantId
    reservation: ClaimId
    method: str
    is_off_session: bool = False
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class Paid:
    """A payment as it stands, its newest first step (which may want the payer), and its reservation."""

    reservation: Reservation
    payment: Payment
    intent: Intent


@attrs.frozen(kw_only=True)
class AskPayment:
    """Writes down that money is asked for; nothing is sent yet."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: PayCommand) -> Payment:
        """The payment; raises NothingToPay, PaymentUnderWay, InvalidTransition (expired), InvalidInput, NotFound."""
        plain_text(command.method, "method", LONGEST_REFERENCE)
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            asking_alone(tx, command.reservation)
            reservation = tx.reservations.get(command.reservation)
            standing = standing_of(reservation, at)
            if standing is Standing.LAPSED:
                raise InvalidTransition("the time to pay is over", code=reservation.code)
            is_ahead = standing in {Standing.AWAITED, Standing.UNAPPROVED}
            amount = _missing(tx, reservation, is_ahead=is_ahead)
            terms = terms_of(reservation.policy)
            return Cashier(self.ids).ask(
                tx,
                reservation.id,
                amount,
                purpose=terms.purpose if is_ahead and terms else Purpose.BOOKING,
                operation=Operation.AUTHORISE if is_ahead else Operation.CHARGE,
                method=command.method,
                is_off_session=command.is_off_session,
                at=at,
            )


def _missing(tx: Transaction, reservation: Reservation, *, is_ahead: bool) -> Money:
    folio, terms = tx.folios.find(reservation.id), terms_of(reservation.policy)
    if folio is None or (is_ahead and (terms is None or reservation.quote is None)):
        raise NothingToPay("nothing is to be paid", code=reservation.code)
    payments = tx.payments.of_claim(reservation.id)
    if asked_for(payments, folio.currency):
        raise PaymentUnderWay("money for this reservation is being asked for", code=reservation.code)
    due = folio.charges
    if is_ahead:
        assert terms is not None, "checked above"
        assert reservation.quote is not None, "checked above"
        due = terms.due(reservation.quote)
    missing = due - at_hand(tx, folio)
    if not missing > Money.zero(folio.currency):
        raise NothingToPay("everything that is owed has been paid", code=reservation.code)
    return missing


@attrs.frozen(kw_only=True)
class Pay:
    """Asks for the money, and sends that at once: the payer is waiting."""

    ask: Callable[[PayCommand], Payment]
    send: SendIntents

    def __call__(self, command: PayCommand) -> Paid:
        """How it stands after the provider's answer; raises PaymentFailed, and what AskPayment raises."""
        payment = self.ask(command)
        return pursued(self.send, command.tenant, payment)


@attrs.frozen(kw_only=True)
class ResumePayment:
    """The payer did what was wanted (3-D Secure): ask the provider what became of it, at once."""

    begin: UnitOfWork
    clock: Clock
    send: SendIntents

    def __call__(self, command: PayCommand) -> Paid:
        """The newest payment of the reservation; raises NothingToPay where there is none, PaymentFailed, NotFound."""
        with self.begin(command.tenant, command.actor) as tx:
            reservation = tx.reservations.get(command.reservation)
            payments = tx.payments.of_claim(reservation.id)
            if not payments:
                raise NothingToPay("nothing was asked for", code=reservation.code)
            for order in payments[-1].orders:
                intent = tx.intents.get(order.intent)
                if intent.is_awaited:
                    tx.intents.save(intent.hasten(self.clock.now()))
        return pursued(self.send, command.tenant, payments[-1])


@attrs.frozen(kw_only=True)
class BookAndPay:
    """Books, and sends what is to be paid ahead at once: the caller reads whether it is confirmed.

    Where the provider cannot be reached the reservation waits, and a worker goes on.
    """

    book: Callable[[BookCommand], Booked]
    send: SendIntents

    def __call__(self, command: BookCommand) -> Booked:
        """The reservation after the answer; raises PaymentFailed (everything is released), and what Book raises."""
        booked = self.book(command)
        if not command.method:
            return booked
        payment = _newest(self.send.begin, command.tenant, booked.reservation.id, _ASKED_AHEAD)
        if payment is None:
            return booked
        paid = pursued(self.send, command.tenant, payment)
        return attrs.evolve(booked, reservation=paid.reservation)


@attrs.frozen(kw_only=True)
class RescheduleAndPay:
    """Moves, and where that waits for money, sends that at once."""

    reschedule: Callable[[RescheduleCommand], Rescheduled]
    send: SendIntents

    def __call__(self, command: RescheduleCommand) -> Rescheduled:
        """The reservation after the answer; raises PaymentFailed (nothing has changed), what Reschedule raises."""
        asked = self.reschedule(command)
        if asked.amendment is None:
            self.send.of_claim(command.tenant, asked.reservation.id)
            return asked
        with self.send.begin.reading(command.tenant) as tx:
            payment = tx.payments.get(asked.amendment.payment)
        paid = pursued(self.send, command.tenant, payment)
        with self.send.begin.reading(command.tenant) as tx:
            waiting = tx.amendments.of_payment(payment.id)
        return Rescheduled(reservation=paid.reservation, amendment=waiting)


_ASKED_AHEAD = frozenset({Purpose.BOOKING, Purpose.DEPOSIT})


def pursued(send: SendIntents, tenant: TenantId, payment: Payment) -> Paid:
    """Send what is due for the claim of a payment, and read how it stands; raises PaymentFailed."""
    send.of_claim(tenant, payment.reservation)
    with send.begin.reading(tenant) as tx:
        now = tx.payments.get(payment.id)
        steps = [
            each
            for each in tx.intents.of_claim(payment.reservation)
            if each.payment == payment.id and each.operation in FIRST_STEPS
        ]
        reservation = tx.reservations.get(payment.reservation)
    newest = steps[-1]
    if isinstance(newest.result, Declined):
        raise PaymentFailed(newest.result)
    return Paid(reservation=reservation, payment=now, intent=newest)


def _newest(
    begin: UnitOfWork, tenant: TenantId, claim: ClaimId, purposes: frozenset[Purpose]
) -> Payment | None:
    with begin.reading(tenant) as tx:
        found = [each for each in tx.payments.of_claim(claim) if each.purpose in purposes]
    return found[-1] if found else None
