"""Sending what was written down: the only place from which money is moved.

An intent is taken (committed), sent outside any transaction, and its answer recorded (committed). Whoever dies in
between leaves an intent whose lease runs out; it is sent again with the same key, or looked up once the key is old.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.errors import BookingError, Conflict
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, TenantId
from booking_core.domain.payments.answers import Answer, Declined, RequiresAction, Succeeded, Unknown
from booking_core.domain.payments.intent import KEY_HOLDS_FOR, Approach, Intent, IntentState, Operation
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.payments import GatewayMisused, GatewayUnavailable, PaymentGateway
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cashier import Cashier

BATCH = 50
MOST_AT_ONCE = 10
LEASE = timedelta(minutes=2)
"""Longer than any call of a gateway takes, so that nobody sends what is being sent."""
ATTEMPTS_TO_RECORD = 10
PATIENCE = 5
"""How often an intent is taken before trouble with recording its answer, which may pass, counts as lasting."""
MISUSED = "the payment provider refuses our requests"
NOT_FOLLOWED = "what follows from a payment was not done"

Consequence = Callable[[Transaction, Payment, Intent, datetime], None]
"""What follows from a recorded answer, in the same transaction."""

Decide = Callable[[Intent, datetime], Change[Intent, Intent]]


def post_to_folio(tx: Transaction, payment: Payment, intent: Intent, at: datetime) -> None:
    """Enter money that was captured or refunded into the folio of its reservation, if it has one by now."""
    moves = intent.operation in {Operation.CHARGE, Operation.CAPTURE, Operation.REFUND}
    if not moves or not isinstance(intent.result, Succeeded):
        return
    folio = tx.folios.find(payment.reservation)
    if folio is None:
        return
    amount = intent.result.amount
    if intent.operation is Operation.REFUND:
        tx.folios.save(folio.give_back(amount, payment=payment.id, intent=intent.id, at=at))
        return
    is_deposit = payment.purpose is Purpose.DEPOSIT
    tx.folios.save(folio.receive(amount, payment=payment.id, intent=intent.id, at=at, is_deposit=is_deposit))


def _nothing(_tx: Transaction, _payment: Payment, _intent: Intent, _at: datetime) -> None:
    """Nothing follows."""


@attrs.frozen(kw_only=True)
class Round:
    """What one round did: how many intents it worked on, and which ones need people.

    `is_cut_short`: the provider could not be reached, so the rest was left for the next round.
    """

    worked_on: int
    misused: tuple[IntentId, ...] = ()
    is_cut_short: bool = False


@attrs.frozen(kw_only=True)
class SendIntents:
    """Works on the intents of a tenant that are due. Several workers may do so at once."""

    begin: UnitOfWork
    gateway: PaymentGateway
    clock: Clock
    ids: IdGenerator
    then: Consequence = post_to_folio
    pauses: Callable[[], Iterable[object]] = tuple
    """As many short pauses, one before each further look, as a payer waits for somebody else who sends."""

    def __call__(self, tenant: TenantId) -> Round:
        """At most 50 intents, one after the other, each taken just before it is sent."""
        return self._round(tenant, None, BATCH)

    def of_claim(self, tenant: TenantId, claim: ClaimId) -> Round:
        """What is due for one hold or reservation, at once: its payer is waiting. At most 10 intents.

        What another worker took first is waited for, and then what follows from it is sent.
        """
        done = self._round(tenant, claim, MOST_AT_ONCE)
        if not self._is_with_another(tenant, claim):
            return done
        for _ in self.pauses():
            if not self._is_with_another(tenant, claim):
                break
        return self._round(tenant, claim, MOST_AT_ONCE)

    def _is_with_another(self, tenant: TenantId, claim: ClaimId) -> bool:
        with self.begin.reading(tenant) as tx:
            return any(each.state is IntentState.SENDING for each in tx.intents.of_claim(claim))

    def _round(self, tenant: TenantId, claim: ClaimId | None, most: int) -> Round:
        misused: list[IntentId] = []
        for count in range(most):
            with self.begin(tenant) as tx:
                taken = tx.intents.lease(self.clock.now(), 1, LEASE, claim)
            if not taken:
                return Round(worked_on=count, misused=tuple(misused))
            (intent,) = taken
            try:
                self._pursue(tenant, intent)
            except GatewayUnavailable:
                self._save(tenant, intent, Intent.put_off)
                return Round(worked_on=count + 1, misused=tuple(misused), is_cut_short=True)
            except GatewayMisused:
                self._save(tenant, intent, Intent.put_off, alert=MISUSED)
                misused.append(intent.id)
        return Round(worked_on=most, misused=tuple(misused))

    def _pursue(self, tenant: TenantId, intent: Intent) -> None:
        if intent.approach(self.clock.now()) is Approach.SEND:
            self._record(tenant, intent, self._send(intent))
            return
        answer = self.gateway.look_up(intent)
        if answer is not None:
            self._record(tenant, intent, answer)
        elif _has_old_key(intent, self.clock.now()):
            self._save(tenant, intent, Intent.start_anew)
        else:
            self._record(tenant, intent, _still_unknown(intent))

    def _send(self, intent: Intent) -> Answer:
        send = {
            Operation.AUTHORISE: self.gateway.take,
            Operation.CHARGE: self.gateway.take,
            Operation.CAPTURE: self.gateway.capture,
            Operation.VOID: self.gateway.void,
            Operation.REFUND: self.gateway.refund,
        }
        return send[intent.operation](intent)

    def _record(self, tenant: TenantId, intent: Intent, answer: Answer) -> None:
        """Write the answer down with what follows from it, whatever that is worth.

        Where what follows is refused, the answer is written with the folio alone, or by itself, and staff are told:
        no trouble of ours may make us forget money. What may pass by itself is left to the next lease, a few times.
        """
        trouble = ""
        for then in (self.then, post_to_folio, _nothing):
            try:
                self._write_once(tenant, intent, answer, then, trouble)
            except Exception as error:
                is_final = isinstance(error, BookingError) and not error.retryable
                if is_final or intent.attempts >= PATIENCE:
                    trouble = trouble or _reason(error)
                elif isinstance(error, Conflict):
                    return
                else:
                    raise
            else:
                return
        open_still = Unknown(reason="not recorded", reference=_reference_of(answer))
        self._save(
            tenant, intent, lambda it, at: it.record(open_still, at), alert=NOT_FOLLOWED, detail=trouble
        )

    def _write_once(
        self, tenant: TenantId, intent: Intent, answer: Answer, then: Consequence, trouble: str
    ) -> None:
        """Write the answer down, unless another worker has taken the intent over.

        Lost races are run again with what is stored then; the provider is not asked again for that. Raises Conflict
        where ten in a row are lost.
        """
        for attempt in range(1, ATTEMPTS_TO_RECORD + 1):
            try:
                with self.begin(tenant) as tx:
                    if tx.intents.get(intent.id).version == intent.version:
                        self._write(tx, intent, answer, then)
                        if trouble:
                            self._tell(tx, intent, NOT_FOLLOWED, trouble)
            except Conflict:
                if attempt == ATTEMPTS_TO_RECORD:
                    raise
            else:
                return

    def _write(self, tx: Transaction, intent: Intent, answer: Answer, then: Consequence) -> None:
        at = self.clock.now()
        recorded = intent.record(answer, at)
        paid = tx.payments.get(intent.payment).record(recorded.state, answer, at)
        tx.payments.save(paid, recorded)
        then(tx, paid.state, recorded.state, at)

    def _save(
        self, tenant: TenantId, intent: Intent, decide: Decide, *, alert: str = "", detail: str = ""
    ) -> None:
        """Change the intent alone, unless another worker has taken it over."""
        at = self.clock.now()
        change = decide(intent, at)
        with self.begin(tenant) as tx:
            if tx.intents.get(intent.id).version == intent.version:
                tx.intents.save(change)
                if alert:
                    self._tell(tx, intent, alert, detail)

    def _tell(self, tx: Transaction, intent: Intent, message: str, detail: str) -> None:
        detail = f"{intent.operation} {intent.id}{': ' if detail else ''}{detail}"
        Cashier(self.ids).alert(tx, intent.reservation, message, self.clock.now(), detail=detail)


def _has_old_key(intent: Intent, at: datetime) -> bool:
    return intent.sent_at is not None and at - intent.sent_at >= KEY_HOLDS_FOR


def _reference_of(answer: Answer) -> str:
    return "" if isinstance(answer, Declined) else answer.reference


def _still_unknown(intent: Intent) -> Unknown:
    """The provider had it in hand and does not find it now: asked again later, by the same reference."""
    assert isinstance(intent.result, RequiresAction | Unknown), "what is looked up this early was in hand"
    return Unknown(reason="not found", reference=intent.result.reference)


def _reason(error: Exception) -> str:
    """A failure in a few words. What an unforeseen error says may be personal, so only its kind is kept."""
    return f"{error.code}: {error.message}" if isinstance(error, BookingError) else type(error).__name__
