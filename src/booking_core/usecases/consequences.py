"""What follows from a provider's answer, written in the transaction that records it.

The tables of `domain.payments.verdicts` decide; here their words become changes of the reservation and of its money.
"""

from collections.abc import Callable
from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import InvalidTransition, NotFound
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import epoch
from booking_core.domain.payments.answers import Answer, Succeeded
from booking_core.domain.payments.intent import FIRST_STEPS, Intent, Operation
from booking_core.domain.payments.late import Act, Arrival, Fit, Funds, Verdict
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.domain.payments.standing import Standing, standing_of
from booking_core.domain.payments.terms import PaymentTerms, terms_of
from booking_core.domain.payments.verdicts import (
    after_addition,
    after_cancel_first,
    after_capture,
    after_check_out_charge,
    after_first_step,
    after_refund,
    after_void,
)
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction
from booking_core.usecases.amending import drop_amendment
from booking_core.usecases.cashier import Cashier, covered, let_go
from booking_core.usecases.send_intents import post_to_folio

Complete = Callable[[Transaction, Reservation, datetime], object]
"""Ends the stay of a reservation whose balance was paid."""


@attrs.frozen(kw_only=True)
class Consequences:
    """The `then` of SendIntents: confirms, releases, swaps, settles, and tells people."""

    ids: IdGenerator
    complete: Complete

    def __call__(self, tx: Transaction, payment: Payment, intent: Intent, at: datetime) -> None:
        """Write what follows. Money for a claim that was never booked is only recorded."""
        post_to_folio(tx, payment, intent, at)
        try:
            reservation = tx.reservations.get(payment.reservation)
        except NotFound:
            return
        case = _Case(
            tx=tx, cashier=Cashier(self.ids), payment=payment, intent=intent, reservation=reservation, at=at
        )
        verdict = case.verdict()
        if verdict.act is Act.COMPLETE:
            self.complete(tx, reservation, at)
        else:
            case.act(verdict.act)
        case.move_funds(verdict.funds)
        if verdict.alert:
            case.cashier.alert(tx, reservation.id, verdict.alert, at)


@attrs.frozen(kw_only=True)
class _Case:
    """An answer, and the reservation that it meets."""

    tx: Transaction
    cashier: Cashier
    payment: Payment
    intent: Intent
    reservation: Reservation
    at: datetime

    @property
    def standing(self) -> Standing:
        return standing_of(self.reservation, self.at)

    def verdict(self) -> Verdict:
        """What the tables say."""
        answer = self.intent.result
        assert answer is not None, "what is recorded was answered"
        match self.intent.operation:
            case Operation.CAPTURE:
                return after_capture(answer, self.standing)
            case Operation.REFUND:
                return after_refund(answer)
            case Operation.VOID:
                return self._after_void(answer)
        if self.payment.purpose is Purpose.ADDITION:
            return after_addition(answer, is_possible=self._amendment_is_possible())
        if self.payment.purpose is Purpose.CHECK_OUT:
            return after_check_out_charge(answer)
        arrival = self._arrival(answer) if isinstance(answer, Succeeded) else None
        return after_first_step(answer, self.standing, arrival, is_abandoned=self._is_abandoned)

    @property
    def _is_abandoned(self) -> bool:
        """Whether the payer has had all the time that there is to pay."""
        terms = terms_of(self.reservation.policy) or PaymentTerms()
        return self.at >= self.payment.history[0].at + terms.pay_within

    def _after_void(self, answer: Answer) -> Verdict:
        """What follows from a void; one that cut a payer off ends only what waited for the money."""
        if self.payment.order_of(*FIRST_STEPS) is None:
            return after_void(answer)
        is_addition = self.payment.purpose is Purpose.ADDITION
        if is_addition or self.standing in {Standing.FIRM, Standing.ENDED}:
            return Verdict(Act.RESOLVE_FIRST, Funds.SETTLE)
        return after_cancel_first(answer)

    def act(self, act: Act) -> None:
        """Change the reservation."""
        match act:
            case Act.CONFIRM:
                self._confirm()
            case Act.RELEASE:
                self._release()
            case Act.SWAP:
                self._swap()
            case Act.DROP_ADDED:
                amendment = self.tx.amendments.of_payment(self.payment.id)
                if amendment is not None:
                    drop_amendment(self.tx, amendment, self.at)
            case Act.PAYMENT_DUE:
                self.cashier.alert(self.tx, self.reservation.id, "payment due", self.at)
            case Act.RESOLVE_FIRST:
                self._ask_again()
            case Act.NOTHING | Act.CANCEL_FIRST | Act.COMPLETE:
                pass  # what is to be cancelled first is cancelled by giving its money back

    def move_funds(self, funds: Funds) -> None:
        """Settle, or give this payment back."""
        if funds is Funds.SETTLE:
            self.cashier.settle(self.tx, self.reservation.id, self.at)
        elif funds is Funds.GIVE_BACK:
            self.cashier.give_back(self.tx, self.payment.id, self.at)

    def _arrival(self, answer: Succeeded) -> Arrival:
        others = [
            each for each in self.tx.payments.of_claim(self.reservation.id) if each.id != self.payment.id
        ]
        had, needed = covered(others, answer.amount.currency), self.payment.asked
        terms, quote = terms_of(self.reservation.policy), self.reservation.quote
        if self.standing in {Standing.AWAITED, Standing.UNAPPROVED} and terms and quote:
            needed = terms.due(quote)
        if self.standing is Standing.FIRM:
            needed = max(self.tx.folios.get(self.reservation.id).owed, Money.zero(needed.currency))
        return Arrival(
            standing=self.standing,
            fit=Fit.of(answer.amount, self.payment.asked),
            lanes_free=self.standing is not Standing.LAPSED or self._places() is not None,
            is_repeat=self.standing is not Standing.ENDED and had >= needed,
            is_refused=self.standing is Standing.LAPSED and self.reservation.policy.needs_approval,
        )

    def _confirm(self) -> None:
        tx, reservation, at = self.tx, self.reservation, self.at
        if self.standing is Standing.AWAITED:
            tx.reservations.save(reservation.confirm(at))
            return
        places = self._places()
        assert places is not None, "the table confirms only what has its places"
        tx.reservations.save(reservation.confirm_late(places, at))
        assert reservation.quote is not None, "what was paid for had a price"
        tx.folios.save(tx.folios.get(reservation.id).agree(reservation.quote.lines, at))

    def _places(self) -> tuple[Allocation, ...] | None:
        """The lanes of the reservation: its own, or those that can be taken again now; None where some are gone."""
        reservation, at = self.reservation, self.at
        if at >= reservation.period.start:
            return None
        if reservation.is_live:
            return reservation.allocations
        catalog = self.tx.catalogs.load()
        places: list[Allocation] = []
        for claim in reservation.claims:
            resource = catalog.resources.get(claim.resource)
            if resource is None:
                return None
            calendar = self.tx.calendars.read([resource], claim.period, at).calendars[claim.resource]
            start, end = epoch(claim.period.start), epoch(claim.period.end)
            placed = None if calendar.is_closed(start, end) else calendar.place(start, end, claim.quantity)
            if placed is None:
                return None
            places += placed
        return tuple(sorted(places))

    def _release(self) -> None:
        """End what waited for the money."""
        tx, reservation, at = self.tx, self.reservation, self.at
        assert self.standing not in {Standing.FIRM, Standing.ENDED}, (
            "the tables release what waited for money"
        )
        match self.standing:
            case Standing.AWAITED | Standing.UNAPPROVED:
                tx.reservations.save(reservation.cancel(at, "payment failed"))
            case Standing.LAPSED if reservation.is_live:
                tx.reservations.save(reservation.expire(at))
        let_go(tx, reservation.id, at)

    def _ask_again(self) -> None:
        """The provider refused to cancel because the money arrived first: look at once."""
        order = self.payment.order_of(*FIRST_STEPS)
        asked = None if order is None else self.tx.intents.get(order.intent)
        if asked is None:
            self.cashier.alert(self.tx, self.reservation.id, "a void was refused", self.at)
        elif asked.is_awaited:
            self.tx.intents.save(asked.hasten(self.at))

    def _amendment_is_possible(self) -> bool:
        amendment = self.tx.amendments.of_payment(self.payment.id)
        if amendment is None or not amendment.fits(self.reservation):
            return False
        try:
            amendment.carry_out(self.reservation, self.at)
        except InvalidTransition:
            return False
        return amendment.hold is None or self.tx.holds.find(amendment.hold) is not None

    def _swap(self) -> None:
        """The added part becomes the reservation's own, at the version that it was asked at."""
        tx, at = self.tx, self.at
        amendment = tx.amendments.of_payment(self.payment.id)
        assert amendment is not None, "the table swaps only what is possible"
        if amendment.hold is not None:
            hold = tx.holds.find(amendment.hold)
            assert hold is not None, "the table swaps only what is possible"
            tx.holds.save(hold.release(at))
        tx.reservations.save(amendment.carry_out(self.reservation, at))
        tx.folios.save(tx.folios.get(self.reservation.id).agree(amendment.quote.lines, at))
        tx.amendments.save(amendment.done(at))
