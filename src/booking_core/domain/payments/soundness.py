"""What must be true of the money of every stored hold and reservation, as checks that answer with what is wrong.

They read plain facts and not the aggregates: what is broken could not be made into an aggregate at all. And they
count for themselves what `settle` decides, so that a mistake there does not hide itself.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import attrs

from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.currencies import DECIMALS
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.kernel.money import LARGEST_MINOR
from booking_core.domain.payments.intent import FIRST_STEPS, Operation
from booking_core.domain.payments.payment import Order
from booking_core.domain.payments.terms import terms_of
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.folio import ALLOWANCE
from booking_core.domain.reservations.reservation import CAME_TO_NOTHING, Status, Step

CLOSE_TO_EXPIRY = timedelta(days=1)
"""How long before an authorisation lapses it must be under capture, or people must have been told."""
STUCK_AFTER = timedelta(days=1)
"""How long an instruction may stay without an outcome: by then its key has aged, and it has been looked up."""

_ASKS = FIRST_STEPS | {Operation.CAPTURE}
_ENDS_AUTHORISATION = frozenset({Operation.CAPTURE, Operation.VOID})
_BRINGS_MONEY = (Operation.CAPTURE, Operation.CHARGE)
_AT_THE_DESK = frozenset({EntryKind.CASH, EntryKind.POINTS})
_MUST_BE_PAID = frozenset({Status.CONFIRMED, Status.CHECKED_IN})
_STANDS = frozenset({Status.CONFIRMED, Status.CHECKED_IN, Status.COMPLETED, Status.NO_SHOW})


@attrs.frozen(kw_only=True)
class PaymentFacts:
    """What is stored of a payment, amounts as they are stored; `is_due`: its capture failed, and people know."""

    id: PaymentId
    currency: str
    authorised_minor: int
    captured_minor: int
    refunded_minor: int
    authorised_until: datetime | None
    orders: tuple[Order, ...]
    is_due: bool = False


@attrs.frozen(kw_only=True)
class IntentFacts:
    """What is stored of an intent; `written_at` is None where it cannot be read. `awaits_payer`: the bank asks them."""

    id: IntentId
    payment: PaymentId
    key: str
    operation: Operation
    amount_minor: int
    currency: str
    is_open: bool
    written_at: datetime | None
    awaits_payer: bool = False


@attrs.frozen(kw_only=True)
class EntryFacts:
    """What is stored of an entry of a folio.

    What is `included` in another adds nothing, money names its payment; `is_forgone`: taken at the desk, or let off.
    """

    amount_minor: int
    currency: str
    included: bool
    payment: PaymentId | None
    is_forgone: bool = False


@attrs.frozen(kw_only=True)
class AheadFacts:
    """What had to come before a reservation was confirmed; `is_as_booked`: nothing about it was changed since."""

    amount_minor: int
    currency: str
    is_as_booked: bool


def forgoes(kind: EntryKind, code: str) -> bool:
    """Whether an entry takes off what the provider has to bring: cash, points, and allowances."""
    return kind in _AT_THE_DESK or (kind is EntryKind.DISCOUNT and code == ALLOWANCE)


def ahead_of(policy: Policy, quote: Quote | None, history: Sequence[Step]) -> AheadFacts | None:
    """What a reservation had to pay ahead under its own policy; None where it never waited for money, or does still.

    Staff who let somebody pay later, and channels, place it confirmed: it never waited.
    """
    terms = terms_of(policy)
    statuses = [step.status for step in history]
    if terms is None or quote is None or Status.PENDING not in statuses or statuses[-1] not in _MUST_BE_PAID:
        return None
    due = terms.due(quote)
    waited = len(statuses) - statuses[::-1].index(Status.PENDING)
    since = [status for status in statuses[waited:] if status is not Status.EXPIRED]
    return AheadFacts(
        amount_minor=due.amount_minor,
        currency=due.currency,
        is_as_booked=since in ([Status.CONFIRMED], [Status.CONFIRMED, Status.CHECKED_IN]),
    )


@attrs.frozen(kw_only=True)
class MoneyFacts:
    """The money of one hold or reservation.

    `status` is HELD for a hold, and EXPIRED where there is neither. `folio` is its currency, None without one.
    `unreadable` names what could not even be read. `is_alerted`: people have been told that an authorisation
    comes to its end.
    """

    claim: ClaimId
    status: Status
    folio: str | None = None
    entries: tuple[EntryFacts, ...] = ()
    payments: tuple[PaymentFacts, ...] = ()
    intents: tuple[IntentFacts, ...] = ()
    ahead: AheadFacts | None = None
    unreadable: tuple[str, ...] = ()
    is_alerted: bool = False

    def open(self, *operations: Operation, of: PaymentId | None = None) -> list[IntentFacts]:
        """The instructions of these kinds under way, of one payment or of all."""
        return [
            each
            for each in self.intents
            if each.is_open and each.operation in operations and of in (None, each.payment)
        ]


def kept_beyond_what_is_owed(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """7: what was captured and is owed by nobody must be on its way back. A hold owes what it will be booked for.

    Cash that is too much is handed back by people, who are told of it.
    """
    if facts.status is Status.HELD:
        return
    kept: Counter[str] = Counter()
    owed: Counter[str] = Counter()
    for payment in facts.payments:
        kept[payment.currency] += payment.captured_minor - payment.refunded_minor
    for refund in facts.open(Operation.REFUND):
        kept[refund.currency] -= refund.amount_minor
    for entry in facts.entries:
        if entry.payment is None and not entry.included:
            owed[entry.currency] += entry.amount_minor
    for currency, captured in kept.items():
        surplus = captured - max(owed[currency], 0)
        if surplus > 0:
            yield f"{surplus} {currency} (minor units) more than is owed, and no refund under way"


def confirmed_and_not_paid(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """8: what is confirmed has the money that its policy asks for ahead, or it is being captured.

    A payment that is due after its capture failed is for people, who know. What was changed since it was booked
    may be paid later at the desk, as far as it became dearer.
    """
    idle = list(_idle_authorisations(facts)) if facts.status in _STANDS else []
    for payment in idle:
        yield f"payment {payment.id} is authorised and nothing captures it"
    ahead = facts.ahead
    if idle or ahead is None or any(payment.is_due for payment in facts.payments):
        return
    had = sum(payment.captured_minor - payment.refunded_minor for payment in facts.payments)
    had += sum(each.amount_minor for each in facts.open(*_BRINGS_MONEY))
    had -= sum(each.amount_minor for each in facts.open(Operation.REFUND))
    ours = [each for each in facts.entries if each.payment is None and not each.included]
    forgone = sum(-each.amount_minor for each in ours if each.is_forgone)
    needed = min(ahead.amount_minor - forgone, sum(each.amount_minor for each in ours))
    if not ahead.is_as_booked:
        needed = min(needed, 1)
    if had < needed:
        yield f"{had} {ahead.currency} (minor units) of {needed} to be paid ahead, and no capture under way"


def several_at_once(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """9: one authorisation, charge or capture of a payment at a time, and one void beside it."""
    for payment in facts.payments:
        for kinds in (_ASKS, {Operation.VOID}):
            found = facts.open(*kinds, of=payment.id)
            if len(found) > 1:
                yield f"payment {payment.id} has {len(found)} instructions under way of which one is allowed"


def authorised_for_nothing(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """10: the authorisation of what came to nothing is being let go (or captured, for a penalty)."""
    if facts.status in CAME_TO_NOTHING:
        for payment in _idle_authorisations(facts):
            yield f"payment {payment.id} is authorised for what is {facts.status}, and nothing voids it"


def about_to_lapse(facts: MoneyFacts, at: datetime) -> Iterator[str]:
    """11: an authorisation close to its expiry is being captured, or people have been told."""
    if facts.is_alerted:
        return
    for payment in _idle_authorisations(facts):
        if payment.authorised_until is not None and payment.authorised_until - at <= CLOSE_TO_EXPIRY:
            yield f"payment {payment.id} is authorised until {payment.authorised_until.isoformat()}"


def refunded_beyond_captured(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """12: nothing is refunded twice or beyond what was captured, what is under way included."""
    for payment in facts.payments:
        under_way = sum(each.amount_minor for each in facts.open(Operation.REFUND, of=payment.id))
        if payment.refunded_minor < 0 or payment.refunded_minor + under_way > payment.captured_minor:
            yield (
                f"payment {payment.id}: {payment.refunded_minor} refunded and {under_way} under way "
                f"of {payment.captured_minor} captured"
            )


def folio_against_ledger(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """13: what a folio says was paid by each payment is what the payment has, and all of it in one currency."""
    if facts.folio is None:
        return
    posted: Counter[tuple[PaymentId, str]] = Counter()
    for entry in facts.entries:
        if entry.currency != facts.folio:
            yield f"an entry in {entry.currency} on a folio in {facts.folio}"
        if entry.payment is not None:
            posted[entry.payment, entry.currency] += entry.amount_minor
    for payment in facts.payments:
        posted[payment.id, payment.currency] += payment.captured_minor - payment.refunded_minor
    for (payment_id, currency), difference in posted.items():
        if difference:
            yield f"payment {payment_id} and the folio differ by {difference} {currency} (minor units)"


def without_an_outcome(facts: MoneyFacts, at: datetime) -> Iterator[str]:
    """14: every instruction comes to an end. A payer may take all the time that the policy gives them."""
    has_time = facts.status in {Status.HELD, Status.PENDING}
    for intent in facts.intents:
        if has_time and intent.awaits_payer:
            continue
        if intent.is_open and intent.written_at is not None and at - intent.written_at >= STUCK_AFTER:
            yield f"intent {intent.id} to {intent.operation} is open since {intent.written_at.isoformat()}"


def keys_and_what_they_do(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """15: a key stands for one instruction, and payment and intent say the same of it."""
    ordered: dict[IntentId, tuple[PaymentId, Operation, int, str]] = {}
    for payment in facts.payments:
        for order in payment.orders:
            amount = order.amount
            ordered[order.intent] = (payment.id, order.operation, amount.amount_minor, amount.currency)
    for intent in facts.intents:
        if not intent.key.startswith(f"{intent.id}-"):
            yield f"intent {intent.id} has the key {intent.key}"
        written = (intent.payment, intent.operation, intent.amount_minor, intent.currency)
        if intent.is_open and ordered.pop(intent.id, None) != written:
            yield f"intent {intent.id} is not what its payment ordered"
    for left in ordered:
        yield f"intent {left} was ordered, and is not under way"


def amounts_out_of_bounds(facts: MoneyFacts, _at: datetime) -> Iterator[str]:
    """27: whole minor units within 64 bits, of a currency that exists."""
    yield from facts.unreadable
    for name, minor, currency in _amounts(facts):
        is_sound = type(minor) is int and abs(minor) <= LARGEST_MINOR and currency in DECIMALS
        if not is_sound:
            yield f"{name}: {minor!r} {currency!r}"


CHECKS: dict[int, tuple[Callable[[MoneyFacts], int], Callable[[MoneyFacts, datetime], Iterator[str]]]] = {
    7: (lambda facts: len(facts.payments), kept_beyond_what_is_owed),
    8: (lambda facts: len(facts.payments) + int(facts.ahead is not None), confirmed_and_not_paid),
    9: (lambda facts: len(facts.payments), several_at_once),
    10: (lambda facts: len(facts.payments), authorised_for_nothing),
    11: (lambda facts: len(facts.payments), about_to_lapse),
    12: (lambda facts: len(facts.payments), refunded_beyond_captured),
    13: (lambda facts: int(facts.folio is not None), folio_against_ledger),
    14: (lambda facts: len(facts.intents), without_an_outcome),
    15: (lambda facts: len(facts.intents), keys_and_what_they_do),
    27: (lambda facts: len(list(_amounts(facts))), amounts_out_of_bounds),
}
"""By the numbers under which DESIGN lists them: how many things a check looks at, and the check."""


def _idle_authorisations(facts: MoneyFacts) -> Iterator[PaymentFacts]:
    """Payments with money reserved for us that nothing captures or lets go."""
    for payment in facts.payments:
        if payment.authorised_minor > 0 and not facts.open(*_ENDS_AUTHORISATION, of=payment.id):
            yield payment


def _amounts(facts: MoneyFacts) -> Iterator[tuple[str, int, str]]:
    for payment in facts.payments:
        for what in ("authorised", "captured", "refunded"):
            yield f"payment {payment.id}, {what}", getattr(payment, f"{what}_minor"), payment.currency
    for intent in facts.intents:
        yield f"intent {intent.id}", intent.amount_minor, intent.currency
    for entry in facts.entries:
        yield f"folio of {facts.claim}", entry.amount_minor, entry.currency
