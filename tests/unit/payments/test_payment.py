import attrs
import pytest

from booking_core.domain.kernel.errors import BookingError, InvalidInput, InvalidTransition
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.payments.answers import Answer, DeclineCode, Found
from booking_core.domain.payments.intent import Operation
from booking_core.domain.payments.payment import (
    OPERATIONS,
    TRANSITIONS,
    CaptureAboveAuthorised,
    Payment,
    PaymentState,
    PaymentStep,
    Purpose,
    RefundAbovePaid,
    history_is_path,
)
from booking_core.domain.payments.sweep import Finding, compare
from tests.unit.payments.builders import (
    ACTION,
    AT,
    LOST,
    PROCESSING,
    RESERVATION,
    answered,
    asked,
    authorised,
    captured,
    declined,
    intent_id,
    payment_id,
    sending,
    succeeded,
    told,
    usd,
)


def test_an_authorisation_is_captured_and_refunded_in_parts() -> None:
    payment = told(authorised(), Operation.CAPTURE, "100", 2)
    payment = answered(payment, succeeded(), 2)
    assert (payment.state, payment.paid) == (PaymentState.CAPTURED, usd("100"))

    payment = told(told(payment, Operation.REFUND, "30", 3), Operation.REFUND, "70", 4)
    assert payment.refundable == usd("0")
    payment = answered(payment, succeeded("70"), 4)
    assert payment.state is PaymentState.PARTIALLY_REFUNDED
    payment = answered(payment, succeeded("30"), 3)
    assert (payment.state, payment.refunded, payment.orders) == (PaymentState.REFUNDED, usd("100"), ())
    assert history_is_path(payment.history)
    assert payment.version == len(payment.history) == 8


def test_a_partial_capture_releases_the_rest() -> None:
    payment = answered(told(authorised(), Operation.CAPTURE, "40", 2), succeeded("40"), 2)

    assert payment.state is PaymentState.PARTIALLY_CAPTURED
    assert (payment.authorised, payment.captured) == (usd("0"), usd("40"))


def test_an_authorisation_that_lapsed_makes_the_payment_due_and_it_can_be_asked_again() -> None:
    lapsed = declined(DeclineCode.AUTHORISATION_EXPIRED)
    payment = answered(told(authorised(), Operation.CAPTURE, "100", 2), lapsed, 2)
    assert (payment.state, payment.authorised) == (PaymentState.PAYMENT_DUE, usd("0"))

    again = told(payment, Operation.CHARGE, "100", 3, method="pm_other")
    assert (again.state, again.method, again.reference) == (PaymentState.PENDING, "pm_other", "")
    assert answered(again, succeeded(), 3).state is PaymentState.CAPTURED


def test_a_declined_payment_fails_and_a_refused_void_or_refund_changes_nothing() -> None:
    assert answered(asked(), declined()).state is PaymentState.FAILED

    voiding = answered(told(authorised(), Operation.VOID, "100", 2), declined(), 2)
    assert (voiding.state, voiding.authorised, voiding.orders) == (PaymentState.AUTHORISED, usd("100"), ())
    refunding = answered(told(captured(), Operation.REFUND, "100", 2), declined(), 2)
    assert (refunding.state, refunding.refundable) == (PaymentState.CAPTURED, usd("100"))


def test_a_payer_who_is_asked_can_be_cut_off() -> None:
    waiting = answered(asked(), ACTION)
    assert (waiting.state, waiting.reference) == (PaymentState.REQUIRES_ACTION, "pi_1")
    assert answered(waiting, ACTION).state is PaymentState.REQUIRES_ACTION

    voided = answered(told(waiting, Operation.VOID, "100", 2), succeeded(), 2)
    assert voided.state is PaymentState.VOIDED
    rest = answered(voided, declined(DeclineCode.ALREADY_VOIDED))
    assert (rest.state, rest.orders) == (PaymentState.VOIDED, ())


def test_what_is_in_flight_is_resolved_before_anything_else_is_asked() -> None:
    with pytest.raises(InvalidTransition, match="resolve it first"):
        told(asked(), Operation.VOID, "100", 2)
    capturing = told(authorised(), Operation.CAPTURE, "100", 2)
    for operation in (Operation.VOID, Operation.CAPTURE):
        with pytest.raises(InvalidTransition, match="resolve it first"):
            told(capturing, operation, "100", 3)


@pytest.mark.parametrize("answer", [LOST, PROCESSING])
def test_an_open_outcome_leaves_the_order_under_way(answer: Answer) -> None:
    payment = answered(asked(), answer)

    assert payment.state is PaymentState.PENDING
    assert payment.orders == asked().orders
    assert payment.reference == ("pi_1" if answer is PROCESSING else "")


def test_refunds_done_and_under_way_never_exceed_what_was_captured() -> None:
    payment = told(captured(), Operation.REFUND, "60", 2)
    with pytest.raises(RefundAbovePaid) as refused:
        told(payment, Operation.REFUND, "40.01", 3)
    assert refused.value.details == {"wanted_minor": 4001, "left_minor": 4000, "currency": "USD"}
    with pytest.raises(RefundAbovePaid):
        attrs.evolve(payment, refunded=usd("41"))


def test_nothing_is_captured_beyond_the_authorisation() -> None:
    with pytest.raises(CaptureAboveAuthorised):
        told(authorised(), Operation.CAPTURE, "100.01", 2)


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_instructions_and_payments_are_about_something(amount: str) -> None:
    with pytest.raises(InvalidInput, match="amount"):
        told(captured(), Operation.REFUND, amount, 2)
    with pytest.raises(InvalidInput, match="amount"):
        asked(amount)


def test_a_payment_begins_with_its_first_step_and_keeps_to_its_currency() -> None:
    with pytest.raises(InvalidInput, match="operation"):
        Payment.ask(
            id=payment_id(1),
            reservation=RESERVATION,
            purpose=Purpose.DEPOSIT,
            amount=usd("1"),
            method="pm",
            operation=Operation.REFUND,
            intent=intent_id(1),
            at=AT,
        )
    with pytest.raises(CurrencyMismatch):
        attrs.evolve(captured(), captured=Money(100, "EUR"))
    with pytest.raises(InvalidInput, match="negative"):
        attrs.evolve(captured(), refunded=usd("-1"))


@pytest.mark.parametrize("state", PaymentState)
@pytest.mark.parametrize("operation", Operation)
def test_only_the_operations_of_a_state_are_instructed(state: PaymentState, operation: Operation) -> None:
    payment = attrs.evolve(captured(), state=state, authorised=usd("100"))
    if operation in OPERATIONS[state]:
        assert told(payment, operation, "1", 2).order_of(operation) is not None
    else:
        with pytest.raises(InvalidTransition):
            told(payment, operation, "1", 2)


def test_an_answer_is_recorded_once() -> None:
    with pytest.raises(InvalidTransition):
        captured().record(sending(), succeeded(), AT)


def test_the_word_of_the_provider_does_not_skip_states() -> None:
    contradiction = attrs.evolve(
        told(authorised(), Operation.VOID, "100", 2), state=PaymentState.REFUNDED, authorised=usd("0")
    )
    with pytest.raises(InvalidTransition):
        answered(contradiction, succeeded(), 2)


def test_a_superseded_first_step_voids_the_payment_and_any_other_leaves_it() -> None:
    assert asked().drop(intent_id(1), AT).state.state is PaymentState.VOIDED
    dropped = told(authorised(), Operation.CAPTURE, "100", 2).drop(intent_id(2), AT).state
    assert (dropped.state, dropped.orders) == (PaymentState.AUTHORISED, ())


def found(authorised: str = "0", captured: str = "0", refunded: str = "0", number: int = 1) -> Found:
    return Found(
        reference="pi_1",
        intent=intent_id(number),
        authorised=usd(authorised),
        captured=usd(captured),
        refunded=usd(refunded),
        created_at=AT,
    )


@pytest.mark.parametrize(
    ("entry", "payment", "finding"),
    [
        (found("100"), None, Finding.FOREIGN),
        (attrs.evolve(found("100"), intent=None), authorised(), Finding.FOREIGN),
        (found("100"), asked(), Finding.UNDER_WAY),
        (found("100"), authorised(), Finding.AGREES),
        (found(captured="100"), captured(), Finding.AGREES),
        (found(captured="100", refunded="100"), answered(asked(), declined()), Finding.AGREES),
        (found("100"), answered(asked(), declined()), Finding.STRAY),
        (found(captured="100"), authorised(), Finding.STRAY),
        (found("99"), authorised(), Finding.DIFFERS),
        (found(captured="100", refunded="1"), captured(), Finding.DIFFERS),
        (attrs.evolve(found("100"), reference="pi_2"), authorised(), Finding.DIFFERS),
        (attrs.evolve(found(captured="100"), reference="pi_2"), captured(), Finding.DIFFERS),
        (attrs.evolve(found(captured="100", refunded="100"), reference="pi_2"), captured(), Finding.AGREES),
        (attrs.evolve(found("100"), reference="pi_2"), answered(asked(), declined()), Finding.STRAY),
    ],
)
def test_a_sweep_compares_what_the_provider_lists(
    entry: Found, payment: Payment | None, finding: Finding
) -> None:
    assert compare(entry, payment) is finding


def test_stray_money_is_recorded_and_can_be_given_back() -> None:
    failed = answered(asked(), declined())

    stray = failed.discover(found("100"), AT).state
    assert (stray.state, stray.authorised, stray.reference) == (PaymentState.AUTHORISED, usd("100"), "pi_1")
    taken = failed.discover(found(captured="100", refunded="20"), AT).state
    assert (taken.state, taken.refundable) == (PaymentState.CAPTURED, usd("80"))
    by_hand = authorised().discover(found(captured="100"), AT).state
    assert (by_hand.state, by_hand.authorised, by_hand.refundable) == (
        PaymentState.CAPTURED,
        usd("0"),
        usd("100"),
    )
    for known in (asked(), authorised(), captured()):
        with pytest.raises(InvalidTransition):
            known.discover(found("100"), AT)


def test_every_state_has_its_place_in_both_tables() -> None:
    assert set(TRANSITIONS) == set(OPERATIONS) == set(PaymentState)


def test_a_history_that_jumps_is_no_path() -> None:
    first, last = (PaymentStep(state, AT, "") for state in (PaymentState.PENDING, PaymentState.REFUNDED))
    assert not history_is_path(())
    assert not history_is_path((last,))
    assert not history_is_path((first, last))
    assert history_is_path((first, first))


def test_refusals_are_typed() -> None:
    assert issubclass(RefundAbovePaid, BookingError)
    assert {RefundAbovePaid.code, CaptureAboveAuthorised.code} == {
        "REFUND_ABOVE_PAID",
        "CAPTURE_ABOVE_AUTHORISED",
    }
