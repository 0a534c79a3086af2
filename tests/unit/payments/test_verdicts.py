from datetime import timedelta
from itertools import product

import attrs
import pytest

from booking_core.domain.payments.answers import Answer, DeclineCode, Outcome
from booking_core.domain.payments.intent import Intent, IntentState, Operation
from booking_core.domain.payments.late import (
    ARRIVALS,
    Act,
    Arrival,
    Fit,
    Funds,
    Verdict,
    judge_arrival,
)
from booking_core.domain.payments.settle import settle
from booking_core.domain.payments.standing import Standing, standing_of
from booking_core.domain.payments.verdicts import (
    Watch,
    after_addition,
    after_cancel_first,
    after_capture,
    after_check_out_charge,
    after_decision,
    after_first_step,
    after_refund,
    after_void,
    at_expiry,
    watch_authorisation,
)
from booking_core.domain.reservations.reservation import Status
from tests.unit.folio.builders import reservation
from tests.unit.payments.builders import (
    ACTION,
    ANSWERS,
    AT,
    LOST,
    after,
    asked,
    authorised,
    captured,
    declined,
    sending,
    succeeded,
    told,
    usd,
    written,
)

CONFIRM = (Act.CONFIRM, Funds.SETTLE)
KEEP = (Act.NOTHING, Funds.SETTLE)
RETURN = (Act.NOTHING, Funds.GIVE_BACK)
RELEASE = (Act.RELEASE, Funds.LEAVE)
LET_GO = (Act.RELEASE, Funds.SETTLE)
REFUSE = (Act.RELEASE, Funds.GIVE_BACK)
WAIT = (Act.NOTHING, Funds.LEAVE)
EITHER = (True, False)


def in_short(verdict: Verdict) -> tuple[Act, Funds]:
    return verdict.act, verdict.funds


def arrival(
    standing: Standing, fit: Fit = Fit.RIGHT, *, lanes_free: bool = True, is_repeat: bool = False
) -> Arrival:
    return Arrival(standing=standing, fit=fit, lanes_free=lanes_free, is_repeat=is_repeat)


@pytest.mark.parametrize(
    ("met", "expected", "alert"),
    [
        (arrival(Standing.AWAITED), CONFIRM, ""),
        (arrival(Standing.AWAITED, Fit.ABOVE), CONFIRM, ""),
        (arrival(Standing.AWAITED, Fit.SHORT), RETURN, "paid too little"),
        (arrival(Standing.UNAPPROVED), WAIT, ""),
        (arrival(Standing.UNAPPROVED, Fit.SHORT), RETURN, "paid too little"),
        (arrival(Standing.FIRM), KEEP, ""),
        (arrival(Standing.FIRM, Fit.SHORT), (Act.PAYMENT_DUE, Funds.SETTLE), "paid too little"),
        (arrival(Standing.FIRM, is_repeat=True), RETURN, "paid twice"),
        (arrival(Standing.AWAITED, is_repeat=True), RETURN, "paid twice"),
        (arrival(Standing.LAPSED), CONFIRM, ""),
        (arrival(Standing.LAPSED, Fit.ABOVE), CONFIRM, ""),
        (arrival(Standing.LAPSED, Fit.SHORT), REFUSE, "paid too little, after expiry"),
        (arrival(Standing.LAPSED, lanes_free=False), REFUSE, "paid after expiry, and the place is gone"),
        (
            attrs.evolve(arrival(Standing.LAPSED), is_refused=True),
            REFUSE,
            "paid for a request that nobody approved in time",
        ),
        (arrival(Standing.ENDED), KEEP, ""),
        (arrival(Standing.ENDED, Fit.SHORT, lanes_free=False), KEEP, ""),
    ],
)
def test_money_that_arrived_is_judged_by_what_it_met(
    met: Arrival, expected: tuple[Act, Funds], alert: str
) -> None:
    verdict = judge_arrival(met)
    assert (in_short(verdict), verdict.alert) == (expected, alert)


def test_the_table_of_arrivals_covers_every_case_and_every_row_counts() -> None:
    every = [
        Arrival(standing=standing, fit=fit, lanes_free=free, is_repeat=repeat, is_refused=refused)
        for standing, fit, free, repeat, refused in product(Standing, Fit, EITHER, EITHER, EITHER)
    ]
    first = [next(row for row in ARRIVALS if row.fits(each)) for each in every]
    assert {id(row) for row in first} == {id(row) for row in ARRIVALS}


def test_no_booking_is_confirmed_without_a_place_and_no_money_kept_without_a_booking() -> None:
    for standing, fit, free, repeat, refused in product(Standing, Fit, EITHER, EITHER, EITHER):
        met = Arrival(standing=standing, fit=fit, lanes_free=free, is_repeat=repeat, is_refused=refused)
        verdict = judge_arrival(met)
        if verdict.act is Act.CONFIRM:
            assert standing is Standing.AWAITED or not refused
            assert free or standing is Standing.AWAITED
            assert fit is not Fit.SHORT
            assert not repeat
        if verdict.act is Act.RELEASE:
            assert verdict.funds is Funds.GIVE_BACK


@pytest.mark.parametrize(("amount", "fit"), [("99.99", Fit.SHORT), ("100", Fit.RIGHT), ("100.01", Fit.ABOVE)])
def test_an_amount_fits_or_it_does_not(amount: str, fit: Fit) -> None:
    assert Fit.of(usd(amount), usd("100")) is fit


@pytest.mark.parametrize(
    ("authorised_now", "instruction"), [(True, Operation.VOID), (False, Operation.REFUND)]
)
def test_giving_back_voids_an_authorisation_and_refunds_a_charge(
    authorised_now: bool, instruction: Operation
) -> None:
    payment = authorised() if authorised_now else captured()
    assert [each.operation for each in settle(usd("0"), [payment], {}).instructions] == [instruction]


@pytest.mark.parametrize(
    ("answer", "standing", "expected"),
    [
        (declined(), Standing.AWAITED, LET_GO),
        (declined(), Standing.UNAPPROVED, LET_GO),
        (declined(), Standing.FIRM, (Act.PAYMENT_DUE, Funds.SETTLE)),
        (declined(), Standing.LAPSED, LET_GO),
        (declined(), Standing.ENDED, KEEP),
        (ACTION, Standing.AWAITED, WAIT),
        (ACTION, Standing.UNAPPROVED, WAIT),
        (ACTION, Standing.FIRM, WAIT),
        (ACTION, Standing.LAPSED, (Act.CANCEL_FIRST, Funds.GIVE_BACK)),
        (ACTION, Standing.ENDED, KEEP),
        *((LOST, standing, WAIT) for standing in Standing),
    ],
)
def test_a_first_step_that_brought_no_money(
    answer: Answer, standing: Standing, expected: tuple[Act, Funds]
) -> None:
    assert in_short(after_first_step(answer, standing)) == expected


def test_a_first_step_that_brought_money_is_judged_as_an_arrival() -> None:
    met = arrival(Standing.AWAITED)
    assert after_first_step(succeeded(), Standing.AWAITED, met) == judge_arrival(met)


def in_state(state: IntentState) -> Intent:
    return attrs.evolve(sending(), state=state)


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        (None, RELEASE),
        (written(), REFUSE),
        (in_state(IntentState.SENDING), (Act.RESOLVE_FIRST, Funds.LEAVE)),
        (in_state(IntentState.UNKNOWN), (Act.RESOLVE_FIRST, Funds.LEAVE)),
        (in_state(IntentState.REQUIRES_ACTION), (Act.CANCEL_FIRST, Funds.GIVE_BACK)),
        (in_state(IntentState.SUCCEEDED), CONFIRM),
        (in_state(IntentState.FAILED), RELEASE),
        (in_state(IntentState.SUPERSEDED), RELEASE),
        (in_state(IntentState.CANCELLED), RELEASE),
    ],
)
def test_lanes_are_freed_at_expiry_only_once_no_money_can_arrive(
    intent: Intent | None, expected: tuple[Act, Funds]
) -> None:
    assert in_short(at_expiry(intent)) == expected


def test_staff_who_did_not_decide_in_time_have_refused() -> None:
    assert in_short(at_expiry(in_state(IntentState.SUCCEEDED), awaits_approval=True)) == REFUSE
    assert in_short(at_expiry(None, awaits_approval=True)) == RELEASE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (succeeded(), LET_GO),
        (declined(DeclineCode.ALREADY_CAPTURED), (Act.RESOLVE_FIRST, Funds.LEAVE)),
        (ACTION, WAIT),
        (LOST, WAIT),
    ],
)
def test_after_the_payer_was_cut_off_the_lanes_are_freed_unless_the_money_arrived(
    answer: Answer, expected: tuple[Act, Funds]
) -> None:
    assert in_short(after_cancel_first(answer)) == expected


@pytest.mark.parametrize("standing", Standing)
def test_a_capture_is_settled_and_a_failed_one_makes_a_firm_booking_due(standing: Standing) -> None:
    expired = declined(DeclineCode.AUTHORISATION_EXPIRED)
    due = (Act.PAYMENT_DUE, Funds.SETTLE) if standing is Standing.FIRM else KEEP

    assert in_short(after_capture(succeeded(), standing)) == KEEP
    assert in_short(after_capture(expired, standing)) == due
    assert in_short(after_capture(LOST, standing)) == WAIT
    assert in_short(after_capture(ACTION, standing)) == WAIT


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("standing", Standing)
def test_a_firm_booking_is_never_released_by_its_payment(answer: Answer, standing: Standing) -> None:
    verdicts = [after_capture(answer, standing)]
    if Outcome.of(answer) is not Outcome.SUCCEEDED:
        verdicts.append(after_first_step(answer, standing))
    if standing is Standing.FIRM:
        assert Act.RELEASE not in {verdict.act for verdict in verdicts}


@pytest.mark.parametrize(
    ("answer", "expected", "alert"),
    [
        (succeeded(), KEEP, ""),
        (declined(DeclineCode.ALREADY_CAPTURED), (Act.RESOLVE_FIRST, Funds.LEAVE), ""),
        (declined(), WAIT, "a void was refused"),
        (ACTION, WAIT, ""),
        (LOST, WAIT, ""),
    ],
)
def test_after_a_void(answer: Answer, expected: tuple[Act, Funds], alert: str) -> None:
    assert (in_short(after_void(answer)), after_void(answer).alert) == (expected, alert)


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_refund_that_failed_is_for_people(answer: Answer) -> None:
    verdict = after_refund(answer)
    assert in_short(verdict) == WAIT
    assert bool(verdict.alert) == (Outcome.of(answer) is Outcome.DECLINED)


@pytest.mark.parametrize(
    ("answer", "is_possible", "expected"),
    [
        (succeeded(), True, (Act.SWAP, Funds.SETTLE)),
        (succeeded(), False, (Act.DROP_ADDED, Funds.GIVE_BACK)),
        (declined(), True, (Act.DROP_ADDED, Funds.LEAVE)),
        (declined(), False, (Act.DROP_ADDED, Funds.LEAVE)),
        (ACTION, True, WAIT),
        (ACTION, False, (Act.CANCEL_FIRST, Funds.GIVE_BACK)),
        (LOST, True, WAIT),
        (LOST, False, WAIT),
    ],
)
def test_a_dearer_modification_happens_whole_or_not_at_all(
    answer: Answer, is_possible: bool, expected: tuple[Act, Funds]
) -> None:
    assert in_short(after_addition(answer, is_possible=is_possible)) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (succeeded(), (Act.COMPLETE, Funds.SETTLE)),
        (declined(), (Act.PAYMENT_DUE, Funds.LEAVE)),
        (ACTION, (Act.PAYMENT_DUE, Funds.GIVE_BACK)),
        (LOST, WAIT),
    ],
)
def test_check_out_completes_when_the_balance_is_paid(answer: Answer, expected: tuple[Act, Funds]) -> None:
    assert in_short(after_check_out_charge(answer)) == expected


def test_approval_captures_and_refusal_voids() -> None:
    assert in_short(after_decision(is_approved=True)) == CONFIRM
    assert in_short(after_decision(is_approved=False)) == REFUSE


@pytest.mark.parametrize(
    ("standing", "watch"),
    [
        (Standing.FIRM, Watch.CAPTURE),
        (Standing.AWAITED, Watch.ALERT),
        (Standing.UNAPPROVED, Watch.ALERT),
        (Standing.LAPSED, Watch.VOID),
        (Standing.ENDED, Watch.VOID),
    ],
)
def test_an_authorisation_near_its_end_is_captured_voided_or_told(standing: Standing, watch: Watch) -> None:
    margin = timedelta(days=1)

    assert watch_authorisation(authorised(), standing, after(days=6), margin) is watch
    assert watch_authorisation(authorised(), standing, after(days=5, hours=23), margin) is Watch.NOTHING


def test_what_is_no_authorisation_or_is_being_captured_is_left_alone() -> None:
    late, margin = after(days=6), timedelta(days=1)
    for payment in (
        captured(),
        asked(),
        told(authorised(), Operation.CAPTURE, "100", 2),
        attrs.evolve(authorised(), authorised_until=None),
    ):
        assert watch_authorisation(payment, Standing.FIRM, late, margin) is Watch.NOTHING


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_standing(status: Status) -> None:
    assert standing_of(reservation(status), AT) in Standing


def test_a_pending_reservation_stands_by_its_time_and_its_policy() -> None:
    pending = attrs.evolve(reservation(Status.PENDING), expires_at=after(hours=1))
    unapproved = attrs.evolve(pending, policy=attrs.evolve(pending.policy, needs_approval=True))

    assert standing_of(pending, after(minutes=59)) is Standing.AWAITED
    assert standing_of(unapproved, after(minutes=59)) is Standing.UNAPPROVED
    assert standing_of(pending, after(hours=1)) is Standing.LAPSED
    assert standing_of(reservation(Status.CONFIRMED), AT) is Standing.FIRM
