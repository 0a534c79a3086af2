"""The crash points as tables: given the provider's answer and the reservation, what must be written next.

Each verdict is written in the same transaction as the answer. Whatever dies in between is found again by the
intent, whose outcome is pursued until it is known; so every table is asked exactly once per outcome.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from booking_core.domain.payments.answers import Answer, DeclineCode, Declined, Outcome
from booking_core.domain.payments.intent import Intent, IntentState
from booking_core.domain.payments.late import Act, Arrival, Funds, Verdict, judge_arrival
from booking_core.domain.payments.payment import Payment
from booking_core.domain.payments.standing import Standing

ABOUT_TO_LAPSE = "an authorisation is about to lapse"
"""What staff are told where the decision about an authorisation is still open."""
WAIT = Verdict(Act.NOTHING, Funds.LEAVE)
_SETTLED = Verdict(Act.NOTHING, Funds.SETTLE)

_WITHOUT_MONEY: Mapping[Outcome, Mapping[Standing, Verdict]] = {
    Outcome.DECLINED: {
        **dict.fromkeys(Standing, Verdict(Act.RELEASE, Funds.SETTLE)),
        Standing.FIRM: Verdict(Act.PAYMENT_DUE, Funds.SETTLE, "the payment failed"),
        Standing.ENDED: _SETTLED,
    },
    Outcome.REQUIRES_ACTION: {
        **dict.fromkeys(Standing, WAIT),
        Standing.LAPSED: Verdict(Act.CANCEL_FIRST, Funds.GIVE_BACK),
        Standing.ENDED: _SETTLED,
    },
    Outcome.UNKNOWN: dict.fromkeys(Standing, WAIT),
}


_CUT_OFF = Verdict(Act.CANCEL_FIRST, Funds.GIVE_BACK)


def after_first_step(
    answer: Answer, standing: Standing, arrival: Arrival | None = None, *, is_abandoned: bool = False
) -> Verdict:
    """After an authorisation or charge for a booking was answered.

    Money that arrived (Succeeded) is judged by its `arrival`, which the caller then gives. A refusal releases
    what waited for the money and never a firm reservation. A payer who is still asked when the time is over
    is cut off at the provider before the lanes are freed; so is one who pays for a firm reservation and left it
    (`is_abandoned`), because nobody else can pay meanwhile.
    """
    outcome = Outcome.of(answer)
    if outcome is Outcome.REQUIRES_ACTION and standing is Standing.FIRM and is_abandoned:
        return _CUT_OFF
    if outcome is not Outcome.SUCCEEDED:
        return _WITHOUT_MONEY[outcome][standing]
    assert arrival is not None, "money that arrived comes with what it met"
    return judge_arrival(arrival)


_AT_EXPIRY: Mapping[IntentState, Verdict] = {
    IntentState.DUE: Verdict(Act.RELEASE, Funds.GIVE_BACK),
    IntentState.SENDING: Verdict(Act.RESOLVE_FIRST, Funds.LEAVE),
    IntentState.UNKNOWN: Verdict(Act.RESOLVE_FIRST, Funds.LEAVE),
    IntentState.REQUIRES_ACTION: Verdict(Act.CANCEL_FIRST, Funds.GIVE_BACK),
    IntentState.SUCCEEDED: Verdict(Act.CONFIRM, Funds.SETTLE),
    IntentState.FAILED: Verdict(Act.RELEASE, Funds.LEAVE),
    IntentState.SUPERSEDED: Verdict(Act.RELEASE, Funds.LEAVE),
    IntentState.CANCELLED: Verdict(Act.RELEASE, Funds.LEAVE),
}


def at_expiry(first_step: Intent | None, *, awaits_approval: bool = False) -> Verdict:
    """When the time of a held or pending reservation is over: its authorisation or charge says what to do.

    Lanes are freed only once no money can arrive for them any more: an unsent intent is superseded, one whose
    outcome is unknown is resolved first, a payer who is being asked is cut off first. Staff who did not decide
    in time have refused.
    """
    if first_step is None:
        return Verdict(Act.RELEASE, Funds.LEAVE)
    verdict = _AT_EXPIRY[first_step.state]
    if awaits_approval and verdict.act is Act.CONFIRM:
        return Verdict(Act.RELEASE, Funds.GIVE_BACK)
    return verdict


_AFTER_CANCEL_FIRST: Mapping[Outcome, Verdict] = {
    Outcome.SUCCEEDED: Verdict(Act.RELEASE, Funds.SETTLE),
    Outcome.DECLINED: Verdict(Act.RESOLVE_FIRST, Funds.LEAVE),
    Outcome.REQUIRES_ACTION: WAIT,
    Outcome.UNKNOWN: WAIT,
}


def after_cancel_first(answer: Answer) -> Verdict:
    """After the provider was told to cancel what the payer was still asked for.

    Refused means that the money arrived first: look the payment up, and its arrival confirms.
    """
    return _AFTER_CANCEL_FIRST[Outcome.of(answer)]


_AFTER_CAPTURE: Mapping[Outcome, Mapping[Standing, Verdict]] = {
    Outcome.SUCCEEDED: dict.fromkeys(Standing, _SETTLED),
    Outcome.DECLINED: {
        **dict.fromkeys(Standing, _SETTLED),
        Standing.FIRM: Verdict(Act.PAYMENT_DUE, Funds.SETTLE, "the capture failed"),
    },
    Outcome.REQUIRES_ACTION: dict.fromkeys(Standing, WAIT),
    Outcome.UNKNOWN: dict.fromkeys(Standing, WAIT),
}


def after_capture(answer: Answer, standing: Standing) -> Verdict:
    """After a capture was answered.

    A failed one makes the payment due and never cancels silently. One that was in flight when the reservation
    ended is settled with what is still owed, so the rest is refunded.
    """
    return _AFTER_CAPTURE[Outcome.of(answer)][standing]


def after_void(answer: Answer) -> Verdict:
    """After a void was answered. What was captured meanwhile is looked up, and settling refunds it."""
    if not isinstance(answer, Declined):
        return _SETTLED if Outcome.of(answer) is Outcome.SUCCEEDED else WAIT
    if answer.code is DeclineCode.ALREADY_CAPTURED:
        return Verdict(Act.RESOLVE_FIRST, Funds.LEAVE)
    return Verdict(Act.NOTHING, Funds.LEAVE, "a void was refused")


def after_refund(answer: Answer) -> Verdict:
    """After a refund was answered. One that failed is for people: it is not tried again by itself."""
    if Outcome.of(answer) is Outcome.DECLINED:
        return Verdict(Act.NOTHING, Funds.LEAVE, "a refund failed")
    return WAIT


_AFTER_ADDITION: Mapping[tuple[Outcome, bool], Verdict] = {
    (Outcome.SUCCEEDED, True): Verdict(Act.SWAP, Funds.SETTLE),
    (Outcome.SUCCEEDED, False): Verdict(Act.DROP_ADDED, Funds.GIVE_BACK),
    (Outcome.DECLINED, True): Verdict(Act.DROP_ADDED, Funds.LEAVE),
    (Outcome.DECLINED, False): Verdict(Act.DROP_ADDED, Funds.LEAVE),
    (Outcome.REQUIRES_ACTION, True): WAIT,
    (Outcome.REQUIRES_ACTION, False): Verdict(Act.CANCEL_FIRST, Funds.GIVE_BACK),
    (Outcome.UNKNOWN, True): WAIT,
    (Outcome.UNKNOWN, False): WAIT,
}


def after_addition(answer: Answer, *, is_possible: bool) -> Verdict:
    """After the difference of a dearer modification was authorised, or not.

    `is_possible`: the reservation has the version it was asked at, and the added part is still held. Whatever
    fails drops the added part; the old booking is untouched.
    """
    return _AFTER_ADDITION[Outcome.of(answer), is_possible]


_AFTER_CHECK_OUT: Mapping[Outcome, Verdict] = {
    Outcome.SUCCEEDED: Verdict(Act.COMPLETE, Funds.SETTLE),
    Outcome.DECLINED: Verdict(Act.PAYMENT_DUE, Funds.LEAVE),
    Outcome.REQUIRES_ACTION: Verdict(Act.PAYMENT_DUE, Funds.GIVE_BACK),
    Outcome.UNKNOWN: WAIT,
}


def after_check_out_charge(answer: Answer) -> Verdict:
    """After the balance was charged to the card on file.

    Declined, or wanting a payer who is not at the screen: the front desk sees the balance and retries, takes
    another method, or checks out with the balance due.
    """
    return _AFTER_CHECK_OUT[Outcome.of(answer)]


def after_decision(*, is_approved: bool) -> Verdict:
    """After staff decided on a reservation that waited for them: capture on approval, void on refusal."""
    return Verdict(Act.CONFIRM, Funds.SETTLE) if is_approved else Verdict(Act.RELEASE, Funds.GIVE_BACK)


class Watch(StrEnum):
    """What to do about an authorisation that comes close to its end."""

    NOTHING = "nothing"
    CAPTURE = "capture"
    VOID = "void"
    ALERT = "alert"


_NEAR_EXPIRY: Mapping[Standing, Watch] = {
    Standing.AWAITED: Watch.ALERT,
    Standing.UNAPPROVED: Watch.ALERT,
    Standing.FIRM: Watch.CAPTURE,
    Standing.LAPSED: Watch.VOID,
    Standing.ENDED: Watch.VOID,
}


def watch_authorisation(payment: Payment, standing: Standing, at: datetime, margin: timedelta) -> Watch:
    """What to do about an authorisation at an instant, from `margin` before its end on.

    Capture for a firm reservation, void for an ended one, and tell staff where the decision is still open. One
    that is being captured or voided already is left alone.
    """
    until = payment.authorised_until
    if not payment.authorised or payment.orders or until is None or at < until - margin:
        return Watch.NOTHING
    return _NEAR_EXPIRY[standing]
