"""Given what is owed and the payments there are: what to capture, void, refund, and what to wait for.

One function serves them all: confirming captures, cancelling and refusing give back, a cheaper modification
refunds, money that arrives too late or twice goes back. It runs again after every answer; once everything is
answered and nothing is instructed any more, the business has exactly what is owed, or knows what is missing.
"""

from collections.abc import Iterable, Mapping, Sequence

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.intent import FIRST_STEPS, Instruction, Intent, Operation
from booking_core.domain.payments.payment import FIRST_STATES, Order, Payment, RefundAbovePaid

Intents = Mapping[IntentId, Intent]
"""The open intents of some payments."""


@attrs.frozen(kw_only=True)
class Settlement:
    """What must be written next.

    `supersede` are unsent intents that are no longer wanted; they are ended before the instructions are
    written. `waits_for` are under way and decide about the rest: settle again when they are answered.
    `missing` is what is owed and covered by nothing, under way included.
    """

    instructions: tuple[Instruction, ...]
    supersede: tuple[IntentId, ...]
    waits_for: tuple[IntentId, ...]
    missing: Money

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to write or to wait for."""
        return not (self.instructions or self.supersede or self.waits_for)


def settle(owed: Money, payments: Sequence[Payment], intents: Intents) -> Settlement:
    """How the payments of one reservation become exactly `owed`; raises CurrencyMismatch, InvalidInput.

    What is captured is kept first, oldest first, so refunds go to the newest payment; then authorisations are
    captured as far as needed; then money on its way is counted on. `intents` holds at least the open ones.
    """
    if owed.is_negative:
        raise InvalidInput("owed", "must not be negative", str(owed))
    plan = _Plan(owed, intents)
    oldest_first = sorted(payments, key=lambda payment: (payment.history[0].at, payment.id))
    for step in (plan.keep, plan.capture, plan.count_on):
        for payment in oldest_first:
            step(payment)
    return Settlement(
        instructions=tuple(plan.instructions),
        supersede=tuple(plan.supersede),
        waits_for=tuple(plan.waits_for),
        missing=plan.left,
    )


class _Plan:
    """The settlement while it is being made; `left` is what is owed and not covered yet."""

    def __init__(self, owed: Money, intents: Intents) -> None:
        self.left, self.intents = owed, intents
        self.nothing = Money.zero(owed.currency)
        self.instructions: list[Instruction] = []
        self.supersede: list[IntentId] = []
        self.waits_for: list[IntentId] = []

    def keep(self, payment: Payment) -> None:
        """Keep what is captured as far as it is owed, and refund the rest."""
        kept = self._cover(payment.refundable)
        self._wait(order for order in payment.orders if order.operation is Operation.REFUND)
        void = payment.order_of(Operation.VOID)
        if void is None:
            self._instruct(payment.id, Operation.REFUND, payment.refundable - kept)
        elif payment.captured:
            self._wait([void])

    def capture(self, payment: Payment) -> None:
        """Capture of an authorisation what is still owed, or void it."""
        if not payment.authorised:
            return
        order = payment.order_of(Operation.CAPTURE, Operation.VOID)
        if order is not None and not self._is_unsent(order):
            if order.operation is Operation.CAPTURE:
                self._cover(order.amount)
            self._wait([order])
            return
        wanted = self._cover(payment.authorised)
        operation, amount = (Operation.CAPTURE, wanted) if wanted else (Operation.VOID, payment.authorised)
        if order is not None and (order.operation, order.amount) == (operation, amount):
            self._wait([order])
            return
        self._give_up(order)
        self._instruct(payment.id, operation, amount)

    def count_on(self, payment: Payment) -> None:
        """Count on what is being asked for; end what nobody needs and can still be ended."""
        order = payment.order_of(*FIRST_STEPS)
        if order is None or payment.authorised or payment.captured:
            return
        void = payment.order_of(Operation.VOID)
        if void is not None or payment.state not in FIRST_STATES:  # being voided, or voided already
            self._wait(filter(None, [order, void]))
        elif self.left:
            self._cover(order.amount)
            self._wait([order])
        elif self._is_unsent(order):
            self._give_up(order)
        else:
            if payment.reference:
                self._instruct(payment.id, Operation.VOID, order.amount)
            self._wait([order])

    def _cover(self, available: Money) -> Money:
        covered = min(self.left, available)
        self.left -= covered
        return covered

    def _instruct(self, payment: PaymentId, operation: Operation, amount: Money) -> None:
        if amount:
            self.instructions.append(Instruction(payment=payment, operation=operation, amount=amount))

    def _wait(self, orders: Iterable[Order]) -> None:
        self.waits_for += [order.intent for order in orders]

    def _give_up(self, order: Order | None) -> None:
        if order is not None:
            self.supersede.append(order.intent)

    def _is_unsent(self, order: Order) -> bool:
        intent = self.intents.get(order.intent)
        assert intent is not None, "the open intents of every payment are given"
        return intent.is_unsent


def split_refund(
    amount: Money, payments: Sequence[Payment], order: Sequence[PaymentId] = ()
) -> tuple[Instruction, ...]:
    """A refund over the payments it came from: in the stated order, then newest first.

    Nothing goes where it was not paid: each part is at most what is left on that payment. Raises
    RefundAbovePaid where all of them have less than the amount, and InvalidInput for a stranger.
    """
    by_id = {payment.id: payment for payment in payments}
    for stated in order:
        if stated not in by_id:
            raise InvalidInput("order", "names a payment of another reservation", str(stated))
    if not amount > Money.zero(amount.currency):
        raise InvalidInput("amount", "must be more than nothing", str(amount))
    newest_first = sorted(payments, key=lambda payment: (payment.history[0].at, payment.id), reverse=True)
    in_turn = dict.fromkeys([*order, *(payment.id for payment in newest_first)])
    left, parts = amount, []
    for payment in map(by_id.__getitem__, in_turn):
        part = min(left, payment.refundable)
        left -= part
        if part:
            parts.append(Instruction(payment=payment.id, operation=Operation.REFUND, amount=part))
    if left:
        raise RefundAbovePaid(amount, amount - left)
    return tuple(parts)
