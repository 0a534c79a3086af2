"""The pretended provider's side: what it has of payments, refunds, saved cards and keys, and what befalls it."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

import attrs

from booking_adapters.sandbox.cards import CARDS, Card, Refunds
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import IntentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.answers import DeclineCode, Declined, SetUp, SetUpState
from booking_core.ports.ambient import Clock
from booking_core.ports.payments import GatewayMisused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AUTHORISED_FOR = timedelta(days=7)
KEYS_LAST = timedelta(hours=24)
REFUNDS_TAKE = timedelta(hours=1)
NOT_MADE = "The payment could not be made."
NOT_THERE = Declined(code=DeclineCode.INVALID_REQUEST, message=NOT_MADE, provider_code="resource_missing")
NOT_AUTHENTICATED = Declined(
    code=DeclineCode.AUTHENTICATION_FAILED, message=NOT_MADE, provider_code="authentication_required"
)

R = TypeVar("R")


class Trouble(StrEnum):
    """What may befall a call: not arriving, or its answer being lost before or after it had its effect."""

    UNAVAILABLE = "unavailable"
    LOST_BEFORE = "lost_before"
    LOST_AFTER = "lost_after"


class State(StrEnum):
    """Where a payment is at the provider."""

    REQUIRES_ACTION = "requires_action"
    DECLINED = "declined"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"


@attrs.frozen(kw_only=True)
class Refunded:
    """A refund: the intent that asked for it, and when it began."""

    reference: str
    intent: IntentId
    amount: Money
    made_at: datetime


@attrs.define(kw_only=True)
class Charged:
    """A payment as the provider has it."""

    reference: str
    intent: IntentId
    key: str
    amount: Money
    card: Card
    is_manual: bool
    made_at: datetime
    state: State
    captured: Money
    captured_by: IntentId | None = None
    decline: Declined | None = None
    authorised_at: datetime | None = None
    refunds: list[Refunded] = attrs.field(factory=list)

    def accept(self, at: datetime) -> None:
        """The bank's word on it: authorised, captured at once where that was asked, or declined."""
        if self.card.decline is not None:
            self.state, self.decline = State.DECLINED, self.card.decline
        elif self.is_manual:
            self.state, self.authorised_at = State.AUTHORISED, at
        else:
            self.state, self.captured = State.CAPTURED, self.amount

    @property
    def authorised_until(self) -> datetime | None:
        """When an authorisation lapses by itself."""
        is_held = self.state is State.AUTHORISED and self.authorised_at is not None
        return self.authorised_at + AUTHORISED_FOR if is_held and self.authorised_at else None

    def has_lapsed(self, at: datetime) -> bool:
        """Whether the authorisation was left alone for too long."""
        until = self.authorised_until
        return until is not None and at >= until

    def came_back(self, refund: Refunded, at: datetime) -> bool:
        """Whether a refund did not arrive."""
        return self.card.refunds is Refunds.COME_BACK and at >= refund.made_at + REFUNDS_TAKE

    def refunded(self, at: datetime) -> Money:
        """What went back, or is on its way."""
        sent = (each.amount for each in self.refunds if not self.came_back(each, at))
        return Money.total(sent, self.amount.currency)


@attrs.define
class Saving:
    """A card that is being saved, and how it was saved."""

    customer: str
    set_up: SetUp
    waiting: Card | None = None


class Account:
    """An account at the pretended provider. Its gateway and its vault share it; so may threads.

    What a payer or a bank does is done by hand: `authenticate` and `present_card`. `trouble` is what befalls the
    next calls of the gateway that move money.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.payments: dict[str, Charged] = {}
        self.cards: dict[str, Card] = {}
        self.savings: dict[str, Saving] = {}
        self._keys: dict[str, tuple[object, object, datetime]] = {}
        self._trouble: deque[Trouble] = deque()
        self._opened = (clock.now() - EPOCH) // timedelta(microseconds=1)
        self._count = 0

    def trouble(self, *what: Trouble) -> None:
        """What befalls the next calls, one each."""
        self._trouble.extend(what)

    def next_trouble(self) -> Trouble | None:
        """What befalls this call."""
        return self._trouble.popleft() if self._trouble else None

    def name(self, kind: str) -> str:
        """A new reference, unlike those of an earlier account: a storage outlives the account that it paid at."""
        self._count += 1
        return f"{kind}_sandbox_{self._opened}_{self._count}"

    def once(self, key: str, request: object, act: Callable[[], R]) -> R:
        """The answer to a key, given again for a day; raises GatewayMisused where another request comes with it."""
        now = self.clock.now()
        known = self._keys.get(key)
        if known is not None and now < known[2] + KEYS_LAST:
            if known[0] != request:
                raise GatewayMisused("this key was used for something else", key=key)
            answer: R = known[1]  # type: ignore[assignment]  # what was stored below, for the same request
            return answer
        answer = act()
        self._keys[key] = (request, answer, now)
        return answer

    def card_of(self, method: str) -> tuple[Card, bool] | None:
        """The card of a method, and whether it was saved; None for no card."""
        saved = self.cards.get(method)
        card = saved or CARDS.get(method)
        return None if card is None else (card, saved is not None)

    def payment_of(self, intent: IntentId, key: str) -> Charged | None:
        """The payment that an intent began under this key."""
        of_intent = (each for each in self.payments.values() if (each.intent, each.key) == (intent, key))
        return next(of_intent, None)

    def present_card(self, reference: str, card: str) -> None:
        """The guest enters a test card that is to be saved; some ask their holder first. Raises NotFound."""
        with self.lock:
            saving, entered = self._saving(reference), CARDS.get(card)
            if entered is None:
                raise NotFound("card", card)
            if entered.asks_holder(is_saved=False):
                saving.waiting = entered
            else:
                self._save(saving, entered)

    def authenticate(self, reference: str, *, succeeds: bool = True) -> None:
        """The holder answers their bank, about a payment or a card that is to be saved; raises NotFound."""
        with self.lock:
            payment = self.payments.get(reference)
            if payment is None:
                self._authenticate_saving(self._saving(reference), succeeds=succeeds)
            elif payment.state is State.REQUIRES_ACTION and succeeds:
                payment.accept(self.clock.now())
            elif payment.state is State.REQUIRES_ACTION:
                payment.state, payment.decline = State.DECLINED, NOT_AUTHENTICATED

    def _authenticate_saving(self, saving: Saving, *, succeeds: bool) -> None:
        if saving.waiting is None:
            return
        if succeeds:
            self._save(saving, saving.waiting)
        else:
            saving.set_up = attrs.evolve(saving.set_up, state=SetUpState.FAILED)
        saving.waiting = None

    def _saving(self, reference: str) -> Saving:
        found = self.savings.get(reference)
        if found is None:
            raise NotFound("set-up", reference)
        return found

    def _save(self, saving: Saving, card: Card) -> None:
        method = self.name("card")
        self.cards[method] = card
        saving.set_up = attrs.evolve(saving.set_up, state=SetUpState.SAVED, method=method)
