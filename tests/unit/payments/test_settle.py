from collections.abc import Sequence

import pytest

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import IntentId
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.payments.intent import Instruction, Intent, Operation
from booking_core.domain.payments.payment import Payment, RefundAbovePaid
from booking_core.domain.payments.settle import Settlement, settle, split_refund
from tests.unit.payments.builders import (
    ACTION,
    AT,
    LEASE,
    LOST,
    after,
    answered,
    asked,
    authorised,
    captured,
    declined,
    intent_id,
    payment_id,
    succeeded,
    told,
    usd,
    written,
)


def open_intents(payments: Sequence[Payment], sent: frozenset[int] = frozenset()) -> dict[IntentId, Intent]:
    """The intents of all orders, due but for those whose number was sent."""
    intents = {}
    for payment in payments:
        for order in payment.orders:
            number = order.intent.int - 1000
            intent = written(order.operation, order.amount.to_decimal(), number)
            intents[order.intent] = intent.lease(AT, LEASE).state if number in sent else intent
    return intents


def settled(owed: str, *payments: Payment, sent: frozenset[int] = frozenset()) -> Settlement:
    return settle(usd(owed), payments, open_intents(payments, sent))


def orders(*wanted: tuple[int, Operation, str]) -> tuple[Instruction, ...]:
    return tuple(
        Instruction(payment=payment_id(number), operation=operation, amount=usd(amount))
        for number, operation, amount in wanted
    )


NOTHING = Settlement(instructions=(), supersede=(), waits_for=(), missing=usd("0"))


def test_a_confirmed_booking_captures_what_is_authorised() -> None:
    assert settled("100", authorised()).instructions == orders((1, Operation.CAPTURE, "100"))
    assert settled("100", captured()) == NOTHING
    assert settled("100", captured()).is_done


def test_a_cancelled_booking_voids_what_is_authorised_and_refunds_what_is_captured() -> None:
    assert settled("0", authorised()).instructions == orders((1, Operation.VOID, "100"))
    assert settled("0", captured()).instructions == orders((1, Operation.REFUND, "100"))


def test_a_penalty_is_captured_or_kept_and_the_rest_let_go() -> None:
    assert settled("40", authorised()).instructions == orders((1, Operation.CAPTURE, "40"))
    assert settled("40", captured()).instructions == orders((1, Operation.REFUND, "60"))


def test_the_newest_payment_is_refunded_first() -> None:
    old, new = captured("60", 1), captured("50", 2, at=after(hours=1))

    assert settled("70", new, old).instructions == orders((2, Operation.REFUND, "40"))
    assert settled("20", new, old).instructions == orders(
        (1, Operation.REFUND, "40"), (2, Operation.REFUND, "50")
    )


def test_captured_money_is_kept_before_authorised_money_is_captured() -> None:
    old, new = authorised("100", 1), captured("100", 2, at=after(hours=1))

    assert settled("100", old, new).instructions == orders((1, Operation.VOID, "100"))
    assert settled("130", old, new).instructions == orders((1, Operation.CAPTURE, "30"))


def test_what_nobody_pays_is_missing() -> None:
    assert settled("150", captured()).missing == usd("50")
    assert settled("150", authorised()).missing == usd("50")
    assert settled("150", answered(asked(), declined())).missing == usd("150")
    assert settled("150").missing == usd("150")


def test_an_unsent_capture_is_superseded_when_it_is_no_longer_wanted() -> None:
    capturing = told(authorised(), Operation.CAPTURE, "100", 2)

    cancelled = settled("0", capturing)
    assert cancelled.supersede == (intent_id(2),)
    assert cancelled.instructions == orders((1, Operation.VOID, "100"))
    assert settled("100", capturing).waits_for == (intent_id(2),)
    assert settled("100", capturing).instructions == ()


def test_a_capture_in_flight_is_resolved_first() -> None:
    capturing = told(authorised(), Operation.CAPTURE, "100", 2)

    cancelled = settled("0", capturing, sent=frozenset({2}))
    assert cancelled == Settlement(instructions=(), supersede=(), waits_for=(intent_id(2),), missing=usd("0"))
    assert not cancelled.is_done


def test_a_void_in_flight_covers_nothing_and_an_unsent_one_gives_way() -> None:
    voiding = told(authorised(), Operation.VOID, "100", 2)

    assert settled("100", voiding, sent=frozenset({2})).missing == usd("100")
    wanted_again = settled("100", voiding)
    assert wanted_again.supersede == (intent_id(2),)
    assert wanted_again.instructions == orders((1, Operation.CAPTURE, "100"))


def test_a_refund_under_way_is_waited_for_and_not_repeated() -> None:
    refunding = told(captured(), Operation.REFUND, "60", 2)

    assert settled("40", refunding).instructions == ()
    assert settled("40", refunding).waits_for == (intent_id(2),)
    assert settled("0", refunding).instructions == orders((1, Operation.REFUND, "40"))


def test_money_on_its_way_is_counted_on_while_it_is_needed() -> None:
    assert settled("100", asked(), sent=frozenset({1})).missing == usd("0")
    assert settled("100", asked(), sent=frozenset({1})).waits_for == (intent_id(1),)
    assert settled("0", asked()).supersede == (intent_id(1),)
    assert settled("0", asked(), sent=frozenset({1})) == Settlement(
        instructions=(), supersede=(), waits_for=(intent_id(1),), missing=usd("0")
    )


def test_a_payer_who_is_still_asked_for_unwanted_money_is_cut_off() -> None:
    waiting = answered(asked(), ACTION)
    assert settled("0", waiting, sent=frozenset({1})).instructions == orders((1, Operation.VOID, "100"))

    voiding = told(waiting, Operation.VOID, "100", 2)
    assert settled("0", voiding, sent=frozenset({1})).instructions == ()
    assert settled("0", voiding, sent=frozenset({1})).waits_for == (intent_id(1), intent_id(2))
    assert settled("100", voiding, sent=frozenset({1})).missing == usd("100")


def test_a_voided_payment_waits_for_its_first_step_to_be_answered_and_counts_for_nothing() -> None:
    voiding = told(answered(asked(), ACTION), Operation.VOID, "100", 2)
    voided = answered(voiding, succeeded(), 2)

    for owed in ("0", "100"):
        assert settled(owed, voided, sent=frozenset({1})) == Settlement(
            instructions=(), supersede=(), waits_for=(intent_id(1),), missing=usd(owed)
        )


def test_money_that_overtook_its_void_waits_for_the_void_to_be_answered() -> None:
    waiting = told(answered(asked(charge=True), ACTION), Operation.VOID, "100", 2)
    overtaken = answered(waiting, succeeded(), 1)

    assert settled("0", overtaken, sent=frozenset({2})).waits_for == (intent_id(2),)
    free = answered(overtaken, declined(), 2)
    assert settled("0", free).instructions == orders((1, Operation.REFUND, "100"))


def test_an_open_outcome_is_an_order_like_any_other() -> None:
    lost = answered(asked(), LOST)
    assert settled("100", lost, sent=frozenset({1})).waits_for == (intent_id(1),)


def test_nothing_negative_is_owed_and_currencies_do_not_mix() -> None:
    with pytest.raises(InvalidInput, match="owed"):
        settled("-1")
    with pytest.raises(CurrencyMismatch):
        settle(Money(1, "EUR"), [captured()], {})


def test_a_refund_is_split_newest_first_and_capped_by_each_payment() -> None:
    old, new = captured("60", 1), captured("50", 2, at=after(hours=1))

    assert split_refund(usd("70"), [old, new]) == orders(
        (2, Operation.REFUND, "50"), (1, Operation.REFUND, "20")
    )
    assert split_refund(usd("70"), [old, new], [old.id]) == orders(
        (1, Operation.REFUND, "60"), (2, Operation.REFUND, "10")
    )
    assert split_refund(usd("10"), [old, told(new, Operation.REFUND, "50", 2)]) == orders(
        (1, Operation.REFUND, "10")
    )


def test_a_refund_above_what_was_paid_or_to_a_stranger_is_refused() -> None:
    with pytest.raises(RefundAbovePaid) as refused:
        split_refund(usd("100.01"), [captured()])
    assert refused.value.details["left_minor"] == 10000
    with pytest.raises(RefundAbovePaid):
        split_refund(usd("1"), [authorised()])
    with pytest.raises(InvalidInput, match="order"):
        split_refund(usd("1"), [captured()], [payment_id(9)])
    with pytest.raises(InvalidInput, match="amount"):
        split_refund(usd("0"), [captured()])
