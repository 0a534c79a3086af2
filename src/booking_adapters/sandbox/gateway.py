"""The PaymentGateway port in memory."""

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from booking_adapters.sandbox.account import (
    NOT_AUTHENTICATED,
    NOT_MADE,
    NOT_THERE,
    REFUNDS_TAKE,
    Account,
    Charged,
    Refunded,
    State,
    Trouble,
)
from booking_adapters.sandbox.cards import Refunds
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    Found,
    RequiresAction,
    Succeeded,
    Unknown,
)
from booking_core.domain.payments.intent import FIRST_STEPS, Intent, Operation
from booking_core.ports.payments import GatewayUnavailable

MOST_LISTED = 100


@attrs.frozen
class SandboxGateway:
    """The PaymentGateway port. Cards are named as in `sandbox.cards`, or by the vault that saved them.

    `bank_page` is the beginning of the address at which a payer answers their bank; empty where a page uses the
    client secret.
    """

    account: Account
    bank_page: str = ""

    def take(self, intent: Intent) -> Answer:
        return self._answer(intent, self._take)

    def capture(self, intent: Intent) -> Answer:
        return self._answer(intent, self._capture)

    def void(self, intent: Intent) -> Answer:
        return self._answer(intent, self._void)

    def refund(self, intent: Intent) -> Answer:
        return self._answer(intent, self._refund)

    def look_up(self, intent: Intent) -> Answer | None:
        with self.account.lock:
            if intent.operation in FIRST_STEPS:
                begun = self.account.payment_of(intent.id, intent.key)
                return None if begun is None else self._as_it_stands(begun)
            payment = self.account.payments.get(intent.reference)
            if payment is None:
                return None
            if intent.operation is Operation.REFUND:
                return self._look_up_refund(payment, intent)
            return self._look_up_end(payment, intent)

    def list_since(self, since: datetime, after: str = "", limit: int = 100) -> Sequence[Found]:
        assert 1 <= limit <= MOST_LISTED, "a page has 1…100 entries"
        with self.account.lock:
            newest_first = [
                each for each in reversed(self.account.payments.values()) if each.made_at >= since
            ]
            names = [each.reference for each in newest_first]
            first = names.index(after) + 1 if after in names else 0
            return [self._found(each) for each in newest_first[first : first + limit]]

    def _answer(self, intent: Intent, act: Callable[[Intent], Answer]) -> Answer:
        """Once a key, and through whatever trouble was planned."""
        account = self.account
        with account.lock:
            trouble = account.next_trouble()
            if trouble is Trouble.UNAVAILABLE:
                raise GatewayUnavailable("the payment provider cannot be reached at the moment")
            if trouble is Trouble.LOST_BEFORE:
                return Unknown(reason="time-out")
            request = (intent.operation, intent.amount, intent.method, intent.reference, intent.payment)
            answer = account.once(intent.key, request, lambda: act(intent))
            return Unknown(reason="time-out") if trouble is Trouble.LOST_AFTER else answer

    def _take(self, intent: Intent) -> Answer:
        found = self.account.card_of(intent.method)
        if found is None:
            return NOT_THERE
        card, is_saved = found
        now = self.account.clock.now()
        payment = Charged(
            reference=self.account.name("payment"),
            intent=intent.id,
            key=intent.key,
            amount=intent.amount,
            card=card,
            is_manual=intent.operation is Operation.AUTHORISE,
            made_at=now,
            state=State.REQUIRES_ACTION,
            captured=Money.zero(intent.amount.currency),
        )
        self.account.payments[payment.reference] = payment
        if not card.asks_holder(is_saved=is_saved):
            payment.accept(now)
        elif intent.is_off_session:
            payment.state, payment.decline = State.DECLINED, NOT_AUTHENTICATED
        return self._as_it_stands(payment)

    def _capture(self, intent: Intent) -> Answer:
        payment = self.account.payments.get(intent.reference)
        if payment is None:
            return NOT_THERE
        ended = self._look_up_end(payment, intent)
        if ended is not None:
            return ended
        if payment.state is not State.AUTHORISED or intent.amount > payment.amount:
            return _refused("amount_too_large" if payment.state is State.AUTHORISED else payment.state)
        payment.state, payment.captured, payment.captured_by = State.CAPTURED, intent.amount, intent.id
        return Succeeded(reference=payment.reference, amount=intent.amount)

    def _void(self, intent: Intent) -> Answer:
        payment = self.account.payments.get(intent.reference)
        if payment is None:
            return NOT_THERE
        ended = self._look_up_end(payment, intent)
        if ended is None:
            payment.state = State.VOIDED
        return ended or Succeeded(reference=payment.reference, amount=intent.amount)

    def _refund(self, intent: Intent) -> Answer:
        payment, now = self.account.payments.get(intent.reference), self.account.clock.now()
        if payment is None:
            return NOT_THERE
        done = self._look_up_refund(payment, intent)
        if done is not None:
            return done
        if intent.amount > payment.captured - payment.refunded(now):
            return _refused("charge_already_refunded")
        made = Refunded(
            reference=self.account.name("refund"), intent=intent.id, amount=intent.amount, made_at=now
        )
        payment.refunds.append(made)
        return self._refund_as_it_stands(payment, made)

    def _look_up_end(self, payment: Charged, intent: Intent) -> Answer | None:
        """What became of a capture or void; None while the payment stands as it did before."""
        is_void = intent.operation is Operation.VOID
        if payment.state is State.CAPTURED:
            if payment.captured_by == intent.id:
                return Succeeded(reference=payment.reference, amount=payment.captured)
            return Declined(code=DeclineCode.ALREADY_CAPTURED, message=NOT_MADE, provider_code=payment.state)
        if payment.state is State.VOIDED or payment.has_lapsed(self.account.clock.now()):
            done = Succeeded(reference=payment.reference, amount=intent.amount)
            return done if is_void else self._as_it_stands(payment)
        return None

    def _look_up_refund(self, payment: Charged, intent: Intent) -> Answer | None:
        made = next((each for each in payment.refunds if each.intent == intent.id), None)
        return None if made is None else self._refund_as_it_stands(payment, made)

    def _refund_as_it_stands(self, payment: Charged, refund: Refunded) -> Answer:
        now = self.account.clock.now()
        if payment.came_back(refund, now):
            return Declined(
                code=DeclineCode.OTHER, message="The refund did not arrive.", provider_code="came_back"
            )
        if payment.card.refunds is Refunds.AN_HOUR_LATER and now < refund.made_at + REFUNDS_TAKE:
            return Unknown(reason="refund pending", reference=refund.reference)
        return Succeeded(reference=refund.reference, amount=refund.amount)

    def _as_it_stands(self, payment: Charged) -> Answer:
        reference = payment.reference
        if payment.has_lapsed(self.account.clock.now()):
            return Declined(code=DeclineCode.AUTHORISATION_EXPIRED, message=NOT_MADE, provider_code="expired")
        match payment.state:
            case State.REQUIRES_ACTION:
                url = f"{self.bank_page}{reference}" if self.bank_page else ""
                return RequiresAction(reference=reference, url=url, client_secret=f"{reference}_secret")
            case State.AUTHORISED:
                until = payment.authorised_until
                return Succeeded(reference=reference, amount=payment.amount, authorised_until=until)
            case State.CAPTURED:
                return Succeeded(reference=reference, amount=payment.captured)
            case State.VOIDED:
                return Declined(
                    code=DeclineCode.ALREADY_VOIDED, message=NOT_MADE, provider_code=payment.state
                )
        assert payment.decline is not None, "a declined payment says why"
        return payment.decline

    def _found(self, payment: Charged) -> Found:
        now = self.account.clock.now()
        held = payment.state is State.AUTHORISED and not payment.has_lapsed(now)
        return Found(
            reference=payment.reference,
            intent=payment.intent,
            authorised=payment.amount if held else Money.zero(payment.amount.currency),
            captured=payment.captured,
            refunded=payment.refunded(now),
            created_at=payment.made_at,
        )


def _refused(provider_code: str) -> Declined:
    return Declined(code=DeclineCode.INVALID_REQUEST, message=NOT_MADE, provider_code=provider_code)
