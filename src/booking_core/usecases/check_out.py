"""Check-out: the final bill and the charge are written down, the charge is sent, and then the stay is over."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar

import attrs

from booking_core.domain.frontdesk.departure import Leaving, departure_of
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import PaymentFailed
from booking_core.domain.payments.intent import Operation
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.domain.pricing.reprice import reprice
from booking_core.domain.reservations.bill import Bill, bill_of
from booking_core.domain.reservations.cancellation import Waiver
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cancel import policy_of
from booking_core.usecases.cashier import (
    Cashier,
    PaymentUnderWay,
    asked_for,
    asking_alone,
    card_on_file,
    covered,
)
from booking_core.usecases.charging import folio_of
from booking_core.usecases.departing import complete_departure
from booking_core.usecases.pay import pursued
from booking_core.usecases.send_intents import SendIntents

MOMENT = timedelta(seconds=1)


class BalanceDue(BookingError):
    """The guest still owes money: another means of payment, or staff let them go with the balance due."""

    code: ClassVar[str] = "BALANCE_DUE"
    retry_action: ClassVar[str | None] = "UPDATE_PAYMENT"


@attrs.frozen(kw_only=True)
class CheckOutCommand:
    """Check a reservation out, charging what is missing to `method`, or to the card on file.

    Staff may `accept_balance_due`: then nothing is charged, and an alert tells of it. Whoever leaves before the last
    night owes what the policy keeps of the nights given up, unless staff waive it.
    """

    tenant: TenantId
    reservation: ClaimId
    method: str = ""
    accept_balance_due: bool = False
    waiver: Waiver | None = None
    actor: Actor = SYSTEM


@attrs.frozen
class PreparedCheckOut:
    """The reservation with its final bill, and the payment that is asked for; None where the stay is over."""

    reservation: Reservation
    folio: Folio
    payment: Payment | None


@attrs.frozen(kw_only=True)
class PrepareCheckOut:
    """Makes the final bill and writes the charge down, in one commit. Nothing is sent yet."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: CheckOutCommand) -> PreparedCheckOut:
        """Ready to be sent, or over already.

        Raises BalanceDue where nothing is on file to charge it to, PaymentUnderWay, InvalidTransition,
        InvalidInput naming what is for staff, NotFound.
        """
        if command.waiver is not None:
            command.actor.check_is_staff("waiver")
        if command.accept_balance_due:
            command.actor.check_is_staff("accept_balance_due")
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            asking_alone(tx, command.reservation)
            reservation = tx.reservations.get(command.reservation)
            folio = folio_of(tx, reservation, at)
            reservation.complete(at)  # refused before anything is charged
            if not folio.is_frozen:
                reservation, folio = _left_early(tx, reservation, folio, command.waiver, at)
                frozen = folio.freeze(at)
                tx.folios.save(frozen)
                folio = frozen.state
            payments = tx.payments.of_claim(reservation.id)
            missing = folio.owed - covered(payments, folio.currency)
            if asked_for(payments, folio.currency):
                raise PaymentUnderWay("money for this reservation is being asked for", code=reservation.code)
            if missing > Money.zero(folio.currency) and not command.accept_balance_due:
                payment = self._ask(tx, reservation, missing, command.method or card_on_file(payments), at)
                return PreparedCheckOut(reservation, folio, payment)
            if missing > Money.zero(folio.currency):
                Cashier(self.ids).alert(tx, reservation.id, "balance due", at)
            Cashier(self.ids).settle(tx, reservation.id, at)
            return PreparedCheckOut(complete_departure(tx, reservation, at), folio, None)

    def _ask(
        self, tx: Transaction, reservation: Reservation, missing: Money, method: str, at: datetime
    ) -> Payment:
        if not method:
            raise balance_due(missing)
        return Cashier(self.ids).ask(
            tx,
            reservation.id,
            missing,
            method=method,
            purpose=Purpose.CHECK_OUT,
            operation=Operation.CHARGE,
            is_off_session=True,
            at=at,
        )


@attrs.frozen
class CheckedOut:
    """The completed reservation and its final bill."""

    reservation: Reservation
    bill: Bill


@attrs.frozen(kw_only=True)
class CheckOut:
    """Charges what is missing at once: the guest is waiting at the counter.

    A crash in between leaves the charge to the worker, whose recorded answer ends the stay.
    """

    prepare: Callable[[CheckOutCommand], PreparedCheckOut]
    send: SendIntents

    def __call__(self, command: CheckOutCommand) -> CheckedOut:
        """The final bill of a stay that is over.

        Raises BalanceDue with `balance_minor` and `currency` where the charge was declined (the bill stays made: pay
        in another way and check out again), PaymentUnderWay where it is not answered yet, what PrepareCheckOut raises.
        """
        prepared = self.prepare(command)
        if prepared.payment is None:
            self.send.of_claim(command.tenant, prepared.reservation.id)
            return CheckedOut(prepared.reservation, bill_of(prepared.folio))
        try:
            paid = pursued(self.send, command.tenant, prepared.payment)
        except PaymentFailed as declined:
            raise balance_due(prepared.payment.asked) from declined
        if paid.reservation.is_live:
            raise PaymentUnderWay("the charge is not answered yet", code=paid.reservation.code)
        with self.send.begin.reading(command.tenant) as tx:
            folio = tx.folios.get(paid.reservation.id)
        return CheckedOut(paid.reservation, bill_of(folio))


@attrs.frozen(kw_only=True)
class ReopenBillCommand:
    """Call a check-out off: the guest stays, or something was forgotten on the bill."""

    tenant: TenantId
    reservation: ClaimId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class ReopenBill:
    """The bill can be charged again."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: ReopenBillCommand) -> Folio:
        """The open folio; raises PaymentUnderWay, InvalidTransition where the stay is over, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            asking_alone(tx, command.reservation)
            reservation = tx.reservations.get(command.reservation)
            folio = tx.folios.get(command.reservation)
            reservation.complete(at)  # refused once the guest is gone
            if asked_for(tx.payments.of_claim(reservation.id), folio.currency):
                raise PaymentUnderWay("money for this reservation is being asked for", code=reservation.code)
            change = folio.reopen(at)
            tx.folios.save(change)
            return change.state


def balance_due(missing: Money) -> BalanceDue:
    """What is still to be paid, as the error that the desk gets."""
    return BalanceDue(
        f"{missing} are to be paid", balance_minor=missing.amount_minor, currency=missing.currency
    )


def _left_early(
    tx: Transaction, reservation: Reservation, folio: Folio, waiver: Waiver | None, at: datetime
) -> tuple[Reservation, Folio]:
    """The stay, its lanes and its price cut to the nights that were used; unchanged where none is given up."""
    stay, agreed = reservation.stay, reservation.quote
    if stay is None:
        return reservation, folio
    catalog = tx.catalogs.load()
    service = catalog.service(reservation.service)
    after_arrival = max(at, reservation.period.start + MOMENT)
    departure = departure_of(stay, reservation.period, after_arrival, catalog.venue_of(service))
    if departure.leaving is not Leaving.EARLY:
        return reservation, folio
    (_, provider), *_ = reservation.assigned
    tariff = catalog.tariff_of(service, provider)
    if agreed is not None and tariff is not None:
        request = attrs.evolve(agreed.request, span=departure.stay)
        starts_at = reservation.period.start
        tariff = attrs.evolve(
            tariff, code=agreed.tariff
        )  # nothing is sold anew: the nights used keep their price
        agreed = attrs.evolve(agreed, policy=agreed.policy or policy_of(reservation))
        agreed = reprice(agreed, request, tariff, at, starts_at=starts_at, waived=waiver is not None).quote
        cheaper = folio.agree(agreed.lines, at, waiver.reason if waiver else "")
        tx.folios.save(cheaper)
        folio = cheaper.state
    shorter = reservation.leave_early(departure.period, departure.stay, agreed, at)
    tx.reservations.save(shorter)
    return shorter.state, folio
