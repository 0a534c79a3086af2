"""A payment instruction written down before it is sent, and how its outcome is found out.

Committed first, sent afterwards: whoever dies in between leaves an intent that says what may have happened.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import (
    Answer,
    DeclineCode,
    Declined,
    Outcome,
    RequiresAction,
    Unknown,
)

KEY_HOLDS_FOR = timedelta(hours=23)
"""How long the same key is resent: providers forget keys after 24 hours (docs.stripe.com, idempotent requests)."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_LEASE = timedelta(minutes=10)
LONGEST_REFERENCE = 255


class IntentSettled(InvalidTransition):
    """The outcome of this intent was recorded before; the first record stands."""

    code: ClassVar[str] = "INTENT_SETTLED"


class IntentNotReady(BookingError):
    """Somebody else is sending this intent, or it is not due yet."""

    code: ClassVar[str] = "INTENT_NOT_READY"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"


class Operation(StrEnum):
    """What a provider is told to do with a payment."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    CHARGE = "charge"
    VOID = "void"
    REFUND = "refund"


FIRST_STEPS = frozenset({Operation.AUTHORISE, Operation.CHARGE})
"""The operations that begin a payment with a payment method; the others act on what the provider has."""


class IntentState(StrEnum):
    """Where an intent is between being written and being settled."""

    DUE = "due"
    SENDING = "sending"
    UNKNOWN = "unknown"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


_ANSWERED = frozenset(
    {
        IntentState.UNKNOWN,
        IntentState.REQUIRES_ACTION,
        IntentState.SUCCEEDED,
        IntentState.FAILED,
        IntentState.CANCELLED,
    }
)

TRANSITIONS: Mapping[IntentState, frozenset[IntentState]] = {
    IntentState.DUE: frozenset({IntentState.SENDING, IntentState.SUPERSEDED}),
    IntentState.SENDING: _ANSWERED | {IntentState.SENDING, IntentState.DUE},
    IntentState.UNKNOWN: _ANSWERED | {IntentState.SENDING, IntentState.DUE},
    IntentState.REQUIRES_ACTION: _ANSWERED | {IntentState.SENDING},
    IntentState.SUCCEEDED: frozenset(),
    IntentState.FAILED: frozenset(),
    IntentState.SUPERSEDED: frozenset(),
    IntentState.CANCELLED: frozenset(),
}
"""The state graph. It starts at due. Sending repeats when a lease ran out; cancelled means by our own void."""

ENDS = frozenset(state for state, following in TRANSITIONS.items() if not following)


class Approach(StrEnum):
    """How the outcome of an intent is pursued."""

    SEND = "send"
    LOOK_UP = "look_up"


@attrs.frozen(kw_only=True)
class Instruction:
    """What is to be done with a payment; written down it becomes an intent."""

    payment: PaymentId
    operation: Operation
    amount: Money


@attrs.frozen
class IntentStep:
    """One entry of an intent's history."""

    state: IntentState
    at: datetime
    note: str = ""


@attrs.frozen(kw_only=True)
class Intent:
    """One instruction to the provider and what became of it.

    `method` names a payment method at the provider (never card data), `reference` the provider's own payment
    that is acted on; `is_off_session`: the payer is not at the screen (a saved card is charged). `sent_at` is
    when the current key first went out, None while no attempt can have had an effect; `is_doubtful`: some
    attempt may have had one. `next_at` is when to try next, and while it is being sent, when its lease ends.
    `result` is the last answer. `version` is the length of `history`; writing is by compare-and-set on it.
    """

    id: IntentId
    payment: PaymentId
    reservation: ClaimId
    operation: Operation
    amount: Money
    method: str
    reference: str
    state: IntentState
    next_at: datetime
    history: tuple[IntentStep, ...]
    is_off_session: bool = False
    generation: int = 1
    attempts: int = 0
    is_doubtful: bool = False
    sent_at: datetime | None = None
    result: Answer | None = None

    @classmethod
    def write(
        cls,
        instruction: Instruction,
        *,
        id: IntentId,
        reservation: ClaimId,
        at: datetime,
        method: str = "",
        reference: str = "",
        is_off_session: bool = False,
    ) -> Change["Intent", None]:
        """An intent that is due at once; raises InvalidInput.

        Authorising and charging need a payment method, everything else the provider's reference.
        """
        if not instruction.amount > Money.zero(instruction.amount.currency):
            raise InvalidInput("amount", "must be more than nothing", str(instruction.amount))
        first = instruction.operation in FIRST_STEPS
        for field, value, is_needed in (("method", method, first), ("reference", reference, not first)):
            if len(value) > LONGEST_REFERENCE or (is_needed and not value):
                raise InvalidInput(field, f"must be 1…{LONGEST_REFERENCE} characters", value)
        intent = cls(
            id=id,
            payment=instruction.payment,
            reservation=reservation,
            operation=instruction.operation,
            amount=instruction.amount,
            method=method,
            reference=reference,
            state=IntentState.DUE,
            next_at=at,
            history=(IntentStep(IntentState.DUE, at),),
            is_off_session=is_off_session,
        )
        return Change(intent, (_event(intent, "IntentWritten", at),), None)

    @property
    def version(self) -> int:
        """How many steps its history has."""
        return len(self.history)

    @property
    def key(self) -> str:
        """The idempotency key: one key, one operation, one amount, one payment."""
        return f"{self.id}-{self.generation}"

    @property
    def made(self) -> str | None:
        """What the provider calls the payment or refund that it made for this, where its last answer says so."""
        if self.operation in {Operation.CAPTURE, Operation.VOID} or isinstance(self.result, Declined | None):
            return None
        return self.result.reference or None

    @property
    def is_open(self) -> bool:
        """Whether its outcome is still to come."""
        return self.state not in ENDS

    @property
    def is_unsent(self) -> bool:
        """Whether it certainly had no effect, so that it can be superseded."""
        return self.state is IntentState.DUE

    @property
    def is_awaited(self) -> bool:
        """Whether the provider or the payer has it in hand, and nobody is asking about it now."""
        return self.state in {IntentState.UNKNOWN, IntentState.REQUIRES_ACTION}

    @property
    def is_retried(self) -> bool:
        """Whether it was tried without an outcome, and is tried or asked about again."""
        return self.state is IntentState.UNKNOWN or (self.is_unsent and self.version > 1)

    def is_ready(self, at: datetime) -> bool:
        """Whether a worker may take it now."""
        return self.is_open and at >= self.next_at

    def is_stuck(self, at: datetime, after: timedelta) -> bool:
        """Whether its outcome is still to come that long after it was written: an alert."""
        return self.is_open and at - self.history[0].at >= after

    def approach(self, at: datetime) -> Approach:
        """Send (again, with the same key) while the provider remembers the key, else look it up.

        What the provider has in hand, whether it waits for the payer or is being processed, is looked up.
        """
        held = isinstance(self.result, RequiresAction | Unknown) and bool(self.result.reference)
        too_old = self.sent_at is not None and at - self.sent_at >= KEY_HOLDS_FOR
        return Approach.LOOK_UP if held or too_old else Approach.SEND

    def lease(self, at: datetime, for_: timedelta) -> Change["Intent", "Intent"]:
        """Taken by a worker, which commits this before it sends; raises IntentNotReady, IntentSettled."""
        if not timedelta(0) < for_ <= LONGEST_LEASE:
            raise InvalidInput("lease", f"must be up to {LONGEST_LEASE}", for_)
        if self.is_open and not self.is_ready(at):
            raise IntentNotReady("this payment is being worked on", intent=str(self.id))
        return self._to(
            IntentState.SENDING,
            at,
            attempts=self.attempts + 1,
            is_doubtful=self.is_doubtful or self.state is not IntentState.DUE,
            sent_at=self.sent_at or at,
            next_at=at + for_,
        )

    def record(self, answer: Answer, at: datetime) -> Change["Intent", "Intent"]:
        """What the provider answered, or what a look-up found; raises IntentSettled."""
        state = _STATE_AFTER[Outcome.of(answer)]
        if isinstance(answer, Declined) and answer.code is DeclineCode.ALREADY_VOIDED:
            state = IntentState.CANCELLED
        next_at = at + pause(self.attempts) if state not in ENDS else at
        return self._to(state, at, result=answer, next_at=next_at, is_doubtful=True)

    def put_off(self, at: datetime) -> Change["Intent", "Intent"]:
        """The provider could not be reached, so this attempt certainly had no effect; earlier ones may have had."""
        changes: dict[str, Any] = {"next_at": at + pause(self.attempts)}
        if not self.is_doubtful:
            changes["sent_at"] = None
        state = (
            IntentState.REQUIRES_ACTION if isinstance(self.result, RequiresAction) else IntentState.UNKNOWN
        )
        return self._to(state if self.is_doubtful else IntentState.DUE, at, **changes)

    def hasten(self, at: datetime) -> Change["Intent", "Intent"]:
        """Something happened at the provider: ask it now. Raises InvalidTransition unless `is_awaited`."""
        if not self.is_awaited:
            raise InvalidTransition("this intent is not waiting for the provider", intent=str(self.id))
        return self._to(self.state, at, "told", next_at=min(at, self.next_at))

    def start_anew(self, at: datetime) -> Change["Intent", "Intent"]:
        """Looked up, and the provider knows nothing of it: due again, under a key of its own.

        Only after the old key has aged, when no attempt under it can still be on its way.
        """
        if self.sent_at is None or at - self.sent_at < KEY_HOLDS_FOR:
            raise InvalidTransition(
                "the key of this intent is still good: send it again", intent=str(self.id)
            )
        fresh: dict[str, Any] = {"sent_at": None, "is_doubtful": False, "result": None, "attempts": 0}
        return self._to(IntentState.DUE, at, "new key", generation=self.generation + 1, next_at=at, **fresh)

    def supersede(self, at: datetime, reason: str) -> Change["Intent", "Intent"]:
        """No longer wanted, and never sent; raises InvalidTransition where it may have been."""
        return self._to(IntentState.SUPERSEDED, at, reason)

    def _to(
        self, state: IntentState, at: datetime, note: str = "", **changes: Any
    ) -> Change["Intent", "Intent"]:
        if state not in TRANSITIONS[self.state]:
            refusal = InvalidTransition if self.is_open else IntentSettled
            raise refusal(f"an intent that is {self.state} cannot become {state}", intent=str(self.id))
        reached = attrs.evolve(
            self, state=state, history=(*self.history, IntentStep(state, at, note)), **changes
        )
        return Change(reached, (_event(reached, "IntentChanged", at),), self)


_STATE_AFTER = {
    Outcome.SUCCEEDED: IntentState.SUCCEEDED,
    Outcome.DECLINED: IntentState.FAILED,
    Outcome.REQUIRES_ACTION: IntentState.REQUIRES_ACTION,
    Outcome.UNKNOWN: IntentState.UNKNOWN,
}


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, doubling up to an hour. Workers add their own jitter."""
    return min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 16)), LONGEST_PAUSE)


def history_is_path(history: tuple[IntentStep, ...]) -> bool:
    """Whether a history begins at due and follows the arrows."""
    if not history or history[0].state is not IntentState.DUE:
        return False
    return all(later.state in TRANSITIONS[earlier.state] for earlier, later in pairwise(history))


def _event(intent: Intent, name: str, at: datetime) -> Event:
    data = {
        "payment": str(intent.payment),
        "reservation": str(intent.reservation),
        "operation": intent.operation.value,
        "state": intent.state.value,
        "amount_minor": intent.amount.amount_minor,
        "currency": intent.amount.currency,
    }
    return Event(name=name, subject=intent.id, version=intent.version, at=at, data=data)
