"""Sending what was written down: the only place from which money is moved.

An intent is taken (committed), sent outside any transaction, and its answer recorded (committed). Whoever dies in
between leaves an intent whose lease runs out; it is sent again with the same key, or looked up once the key is old.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, TenantId
from booking_core.domain.payments.answers import Answer, RequiresAction, Succeeded, Unknown
from booking_core.domain.payments.intent import KEY_HOLDS_FOR, Approach, Intent, Operation
from booking_core.domain.payments.payment import Payment, Purpose
from booking_core.ports.ambient import Clock
from booking_core.ports.payments import GatewayMisused, GatewayUnavailable, PaymentGateway
from booking_core.ports.storage import Transaction, UnitOfWork

BATCH = 50
MOST_AT_ONCE = 10
LEASE = timedelta(minutes=2)
"""Longer than any call of a gateway takes, so that nobody sends what is being sent."""
ATTEMPTS_TO_RECORD = 10

Consequence = Callable[[Transaction, Payment, Intent, datetime], None]
"""What follows from a recorded answer, in the same transaction."""

Telling = Callable[[Transaction, Intent, datetime], None]
"""Tells people of an intent that the provider refuses to understand."""

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
    then: Consequence = post_to_folio
    tell: Telling | None = None

    def __call__(self, tenant: TenantId) -> Round:
        """At most 50 intents, one after the other, each taken just before it is sent."""
        return self._round(tenant, None, BATCH)

    def of_claim(self, tenant: TenantId, claim: ClaimId) -> Round:
        """What is due for one hold or reservation, at once: its payer is waiting. At most 10 intents."""
        return self._round(tenant, claim, MOST_AT_ONCE)

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
                self._save(tenant, intent, Intent.put_off, then=self.tell)
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
        """Write the answer down with what follows from it, unless another worker has taken the intent over.

        Lost races are run again with what is stored then; the provider is not asked again for that.
        """
        for _ in range(ATTEMPTS_TO_RECORD):
            try:
                with self.begin(tenant) as tx:
                    if tx.intents.get(intent.id).version == intent.version:
                        self._write(tx, intent, answer)
            except Conflict:
                continue
            return

    def _write(self, tx: Transaction, intent: Intent, answer: Answer) -> None:
        at = self.clock.now()
        recorded = intent.record(answer, at)
        paid = tx.payments.get(intent.payment).record(recorded.state, answer, at)
        tx.payments.save(paid, recorded)
        self.then(tx, paid.state, recorded.state, at)

    def _save(self, tenant: TenantId, intent: Intent, decide: Decide, then: Telling | None = None) -> None:
        """Change the intent alone, unless another worker has taken it over."""
        at = self.clock.now()
        change = decide(intent, at)
        with self.begin(tenant) as tx:
            if tx.intents.get(intent.id).version == intent.version:
                tx.intents.save(change)
                if then is not None:
                    then(tx, change.state, at)


def _has_old_key(intent: Intent, at: datetime) -> bool:
    return intent.sent_at is not None and at - intent.sent_at >= KEY_HOLDS_FOR


def _still_unknown(intent: Intent) -> Unknown:
    """The provider had it in hand and does not find it now: asked again later, by the same reference."""
    assert isinstance(intent.result, RequiresAction | Unknown), "what is looked up this early was in hand"
    return Unknown(reason="not found", reference=intent.result.reference)
