from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.kernel.errors import BookingError, InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change
from booking_core.domain.payments.answers import Answer, DeclineCode, Outcome, PaymentFailed
from booking_core.domain.payments.intent import (
    ENDS,
    KEY_HOLDS_FOR,
    LONGEST_PAUSE,
    TRANSITIONS,
    Approach,
    Instruction,
    Intent,
    IntentNotReady,
    IntentSettled,
    IntentState,
    IntentStep,
    Operation,
    history_is_path,
    pause,
)
from tests.unit.payments.builders import (
    ACTION,
    ANSWERS,
    AT,
    LEASE,
    LOST,
    PROCESSING,
    RESERVATION,
    after,
    declined,
    intent_id,
    payment_id,
    sending,
    succeeded,
    usd,
    written,
)


def test_an_intent_is_written_before_anything_is_sent() -> None:
    intent = written()

    assert intent.state is IntentState.DUE
    assert intent.is_ready(AT)
    assert intent.is_unsent
    assert intent.sent_at is None
    assert intent.approach(AT) is Approach.SEND
    assert intent.version == 1


@pytest.mark.parametrize(
    ("operation", "amount", "method", "reference", "field"),
    [
        (Operation.AUTHORISE, "0", "pm", "", "amount"),
        (Operation.REFUND, "-1", "", "pi_1", "amount"),
        (Operation.AUTHORISE, "1", "", "", "method"),
        (Operation.CHARGE, "1", "p" * 256, "", "method"),
        (Operation.CAPTURE, "1", "", "", "reference"),
        (Operation.VOID, "1", "", "r" * 256, "reference"),
    ],
)
def test_what_no_provider_could_do_is_not_written(
    operation: Operation, amount: str, method: str, reference: str, field: str
) -> None:
    instruction = Instruction(payment=payment_id(1), operation=operation, amount=usd(amount))
    with pytest.raises(InvalidInput) as refused:
        Intent.write(
            instruction,
            id=intent_id(1),
            reservation=RESERVATION,
            at=AT,
            method=method,
            reference=reference,
        )
    assert refused.value.field == field


def test_one_worker_at_a_time_sends_it() -> None:
    intent = sending()

    with pytest.raises(IntentNotReady):
        intent.lease(after(seconds=59), LEASE)
    again = intent.lease(after(minutes=1), LEASE).state
    assert (again.attempts, again.sent_at, again.key) == (2, AT, intent.key)


@pytest.mark.parametrize("lease", [timedelta(0), timedelta(hours=1)])
def test_a_lease_is_neither_empty_nor_endless(lease: timedelta) -> None:
    with pytest.raises(InvalidInput, match="lease"):
        written().lease(AT, lease)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (succeeded(), IntentState.SUCCEEDED),
        (declined(), IntentState.FAILED),
        (declined(DeclineCode.ALREADY_VOIDED), IntentState.CANCELLED),
        (ACTION, IntentState.REQUIRES_ACTION),
        (LOST, IntentState.UNKNOWN),
        (PROCESSING, IntentState.UNKNOWN),
    ],
)
def test_an_answer_is_recorded(answer: Answer, state: IntentState) -> None:
    change = sending().record(answer, after(seconds=2))

    assert change.state.state is state
    assert change.state.result == answer
    assert change.events[0].data["state"] == state


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_first_record_of_an_outcome_stands(answer: Answer) -> None:
    settled = sending().record(succeeded(), AT).state

    with pytest.raises(IntentSettled):
        settled.record(answer, AT)
    with pytest.raises(IntentSettled):
        settled.lease(after(hours=1), LEASE)


def test_a_lost_answer_is_sent_again_with_the_same_key_until_it_is_23_hours_old_and_then_looked_up() -> None:
    lost = sending().record(LOST, after(seconds=10)).state

    assert lost.approach(after(hours=22, minutes=59, seconds=59)) is Approach.SEND
    assert lost.approach(after(hours=23)) is Approach.LOOK_UP
    assert lost.lease(after(hours=22), LEASE).state.key == lost.key


@pytest.mark.parametrize("answer", [ACTION, PROCESSING])
def test_what_the_provider_has_in_hand_is_looked_up(answer: Answer) -> None:
    assert sending().record(answer, AT).state.approach(AT) is Approach.LOOK_UP


def test_the_age_of_the_key_counts_from_the_first_attempt_that_may_have_counted() -> None:
    away = sending().put_off(after(seconds=1)).state
    assert (away.state, away.sent_at, away.is_unsent) == (IntentState.DUE, None, True)

    lost = away.lease(after(hours=2), LEASE).state.record(LOST, after(hours=2)).state
    assert lost.sent_at == after(hours=2)
    unreachable = lost.lease(after(hours=3), LEASE).state.put_off(after(hours=3)).state
    assert (unreachable.state, unreachable.sent_at) == (IntentState.UNKNOWN, after(hours=2))


def test_a_worker_that_died_leaves_an_intent_that_may_have_been_sent() -> None:
    taken_over = sending().lease(after(minutes=2), LEASE).state
    away = taken_over.put_off(after(minutes=2)).state

    assert away.state is IntentState.UNKNOWN
    with pytest.raises(InvalidTransition):
        away.supersede(after(minutes=3), "cancelled")


def test_a_payer_is_still_asked_when_the_provider_cannot_be_reached() -> None:
    asked = sending().record(ACTION, AT).state
    away = asked.lease(after(minutes=1), LEASE).state.put_off(after(minutes=1)).state

    assert away.state is IntentState.REQUIRES_ACTION
    assert away.result == ACTION


def test_only_an_unsent_intent_is_superseded() -> None:
    change = written().supersede(AT, "cancelled")

    assert change.state.state is IntentState.SUPERSEDED
    assert change.state.history[-1].note == "cancelled"
    with pytest.raises(InvalidTransition):
        sending().supersede(AT, "cancelled")


def test_what_the_provider_never_heard_of_starts_anew_under_another_key() -> None:
    lost = sending().record(LOST, AT).state
    looking = lost.lease(after(hours=23), LEASE).state
    anew = looking.start_anew(after(hours=23)).state

    assert (anew.state, anew.sent_at, anew.is_doubtful) == (IntentState.DUE, None, False)
    assert anew.key != lost.key
    assert anew.approach(after(hours=50)) is Approach.SEND


def test_a_good_key_is_not_given_up() -> None:
    looking = sending()
    with pytest.raises(InvalidTransition):
        looking.start_anew(after(hours=22))
    with pytest.raises(InvalidTransition):
        written().start_anew(after(hours=50))


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause(n).total_seconds() for n in (0, 1, 2, 3, 10)] == [5, 5, 10, 20, 2560]
    assert pause(10_000) == LONGEST_PAUSE


def test_an_open_intent_is_stuck_after_a_while() -> None:
    lost = sending().record(LOST, AT).state

    assert not lost.is_stuck(after(hours=23), timedelta(days=1))
    assert lost.is_stuck(after(days=1), timedelta(days=1))
    assert not lost.record(declined(), AT).state.is_stuck(after(days=9), timedelta(days=1))


def test_a_declined_payment_tells_the_payer_to_use_another_card() -> None:
    refusal = PaymentFailed(declined())

    assert (refusal.code, refusal.retryable, refusal.retry_action) == (
        "PAYMENT_FAILED",
        True,
        "UPDATE_PAYMENT",
    )
    assert refusal.details == {"decline_code": "card_declined"}


def test_secrets_of_the_payer_are_not_printed() -> None:
    secret = type(ACTION)(reference="pi_1", client_secret="pi_1_secret")
    assert "pi_1_secret" not in repr(secret)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(1, 100_000)), max_size=30))
def test_whatever_happens_a_history_is_a_path_and_a_key_is_one_key(
    moves: list[tuple[int, int, int]],
) -> None:
    intent, at = written(), AT
    keys: dict[str, datetime] = {}
    for move, which, seconds in moves:
        at += timedelta(seconds=seconds)
        before = intent
        try:
            change = moved(intent, move, ANSWERS[which], at)
        except BookingError:
            continue
        intent = change.state
        assert change.before is before
        assert intent.version == before.version + 1
        assert before.state not in ENDS
        if intent.sent_at is not None:
            assert keys.setdefault(intent.key, intent.sent_at) <= intent.sent_at
            if intent.state is IntentState.DUE:
                assert intent.is_unsent
    assert history_is_path(intent.history)


def moved(intent: Intent, move: int, answer: Answer, at: datetime) -> Change[Intent, Intent]:
    match move:
        case 0:
            return intent.record(answer, at)
        case 1:
            return intent.put_off(at)
        case 2:
            return intent.start_anew(at)
        case 3:
            return intent.supersede(at, "unwanted")
        case _:
            return intent.lease(at, LEASE)


def test_a_history_that_jumps_is_no_path() -> None:
    due, done = IntentStep(IntentState.DUE, AT), IntentStep(IntentState.SUCCEEDED, AT)
    assert not history_is_path(())
    assert not history_is_path((done,))
    assert not history_is_path((due, done))


def test_every_state_has_its_place_in_the_graph() -> None:
    assert set(TRANSITIONS) == set(IntentState)
    assert {Outcome.of(answer) for answer in ANSWERS} == set(Outcome)
    assert timedelta(hours=24) > KEY_HOLDS_FOR


@pytest.mark.parametrize(
    ("operation", "answer", "made"),
    [
        (Operation.AUTHORISE, succeeded(), "pi_1"),
        (Operation.CHARGE, ACTION, "pi_1"),
        (Operation.REFUND, PROCESSING, "pi_1"),
        (Operation.REFUND, LOST, None),
        (Operation.CHARGE, declined(), None),
        (Operation.CAPTURE, succeeded(), None),
        (Operation.VOID, succeeded(), None),
    ],
)
def test_payments_and_refunds_are_made_and_the_rest_acts_on_them(
    operation: Operation, answer: Answer, made: str | None
) -> None:
    assert sending(operation).made is None
    assert sending(operation).record(answer, AT).state.made == made
