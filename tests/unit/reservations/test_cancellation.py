from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.money import CurrencyMismatch, Money, Percentage
from booking_core.domain.pricing import PolicySnapshot
from booking_core.domain.reservations.cancellation import (
    EVERYTHING,
    NOTHING,
    Assessment,
    Booked,
    CancellationClosed,
    CancellationPolicy,
    CancelledBy,
    FirstNight,
    InvalidTiers,
    RefundStatus,
    Tier,
    Waiver,
    assess,
    check_in_instant,
)
from booking_core.domain.reservations.cancellation_data import read_policy, write_policy
from booking_core.domain.reservations.what_if import PastCancellation, replay, simulate

STARTS_AT = datetime(2024, 3, 15, 19, tzinfo=UTC)
FLEXIBLE = CancellationPolicy.flexible("FLEX-24")
STEPPED_DATA = {
    "free_cancellation_hours": 24,
    "partial_refund_hours": 12,
    "partial_refund_percent": 50,
    "no_refund_hours": 2,
}
STEPPED = read_policy("STEPPED", STEPPED_DATA)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def booked(paid: str = "664.14", price: str = "664.14", first_night: str = "207.78") -> Booked:
    return Booked(price=usd(price), paid=usd(paid), first_night=usd(first_night), starts_at=STARTS_AT)


def before(text: str) -> datetime:
    """The instant so many hours:minutes:seconds before the start."""
    hour, minute, second = map(int, text.split(":"))
    return STARTS_AT - timedelta(hours=hour, minutes=minute, seconds=second)


def staff_assess(policy: CancellationPolicy, at: datetime, waiver: Waiver | None = None) -> Assessment:
    return assess(policy, booked(), at, by=CancelledBy.STAFF, waiver=waiver)


def test_check_in_counts_on_the_wall_of_the_venue() -> None:
    new_york = ZoneInfo("America/New_York")

    assert check_in_instant(date(2024, 3, 15), 15 * 60, new_york) == STARTS_AT
    assert FLEXIBLE.free_until(STARTS_AT) == datetime(2024, 3, 14, 19, tzinfo=UTC)
    over_the_gap = check_in_instant(date(2024, 3, 10), 15 * 60, new_york)
    assert FLEXIBLE.free_until(over_the_gap) == datetime(2024, 3, 9, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "penalty", "refund", "status"),
    [
        ("36:00:00", "0", "664.14", RefundStatus.DUE),
        ("24:00:00", "0", "664.14", RefundStatus.DUE),
        ("23:59:59", "664.14", "0", RefundStatus.NOT_APPLICABLE),
        ("12:00:00", "664.14", "0", RefundStatus.NOT_APPLICABLE),
    ],
)
def test_the_grand_hotel_is_free_until_24_hours_before(
    when: str, penalty: str, refund: str, status: RefundStatus
) -> None:
    assessed = assess(FLEXIBLE, booked(), before(when))

    assert (assessed.penalty, assessed.refund, assessed.refund_status) == (usd(penalty), usd(refund), status)


@pytest.mark.parametrize(
    ("when", "refund", "may_cancel"),
    [
        ("24:00:00", "100.00", True),
        ("23:59:59", "50.00", True),
        ("12:00:00", "50.00", True),
        ("11:59:59", "0.00", True),
        ("2:00:00", "0.00", True),
        ("1:59:59", "0.00", False),
    ],
)
def test_the_refund_table_of_scenario_3(when: str, refund: str, may_cancel: bool) -> None:
    hall = booked(paid="100.00", price="100.00", first_night="100.00")

    assessed = assess(STEPPED, hall, before(when))

    assert (assessed.refund, assessed.may_cancel) == (usd(refund), may_cancel)
    assert assess(STEPPED, hall, before(when), by=CancelledBy.STAFF).may_cancel


def test_too_late_for_guests_is_a_refusal_that_sends_them_to_staff() -> None:
    with pytest.raises(CancellationClosed) as refused:
        assess(STEPPED, booked(), before("1:59:59")).or_refuse()

    assert refused.value.retry_action == "CONTACT_STAFF"
    assert assess(STEPPED, booked(), before("2:00:00")).or_refuse().may_cancel


def test_after_the_start_guests_cannot_cancel_and_everything_is_owed() -> None:
    assessed = assess(FLEXIBLE, booked(), STARTS_AT + hours(1))

    assert (assessed.may_cancel, assessed.penalty) == (False, usd("664.14"))


def test_an_unpaid_booking_has_no_refund_and_never_a_negative_one() -> None:
    free = assess(FLEXIBLE, booked(paid="0"), before("36:00:00"))
    late = assess(FLEXIBLE, booked(paid="0"), before("1:00:00"))

    assert (free.refund, free.outstanding, free.refund_status) == (
        usd("0"),
        usd("0"),
        RefundStatus.NOT_APPLICABLE,
    )
    assert (late.refund, late.outstanding) == (usd("0"), usd("664.14"))


def test_a_deposit_is_kept_up_to_the_penalty_and_the_rest_stays_owed() -> None:
    late = assess(STEPPED, booked(paid="100"), before("13:00:00"))

    assert (late.penalty, late.refund, late.outstanding) == (usd("332.07"), usd("0"), usd("232.07"))


def test_first_night_and_fixed_penalties_never_exceed_the_price() -> None:
    first = CancellationPolicy(code="FIRST", tiers=(Tier(penalty=FirstNight()),))
    fixed = CancellationPolicy(code="FIXED", tiers=(Tier(penalty=usd("50")),))
    small = booked(price="20", paid="20", first_night="30")

    assert assess(first, booked(), before("1:00:00")).penalty == usd("207.78")
    assert assess(fixed, booked(), before("1:00:00")).penalty == usd("50")
    assert assess(first, small, before("1:00:00")).penalty == usd("20")
    assert assess(fixed, small, before("1:00:00")).penalty == usd("20")


def test_a_non_refundable_booking_refunds_nothing_a_year_ahead() -> None:
    policy = CancellationPolicy.non_refundable("SAVER")

    assert assess(policy, booked(), STARTS_AT - timedelta(days=365)).refund == usd("0")
    assert policy.free_until(STARTS_AT) is None


def test_staff_can_waive_a_penalty_with_a_reason() -> None:
    assessed = staff_assess(FLEXIBLE, before("1:00:00"), Waiver("flight was cancelled"))

    assert (assessed.penalty, assessed.waived, assessed.refund) == (usd("0"), usd("664.14"), usd("664.14"))
    assert assessed.waiver == Waiver("flight was cancelled")


def test_guests_cannot_waive_and_staff_must_say_why() -> None:
    with pytest.raises(InvalidInput, match="waiver"):
        assess(FLEXIBLE, booked(), before("1:00:00"), waiver=Waiver("please"))
    for reason in (" ", "x" * 501):
        with pytest.raises(InvalidInput, match="reason"):
            Waiver(reason)


def test_a_penalty_once_due_stays_due_where_tiers_cannot_be_compared() -> None:
    tiers = (
        Tier(penalty=usd("50"), at_least=hours(48)),
        Tier(penalty=Percentage.of(10), at_least=hours(24), less_than=hours(48)),
        Tier(penalty=FirstNight(), less_than=hours(24)),
    )
    policy = CancellationPolicy(code="MIXED", tiers=tiers)
    cheap = booked(price="100", paid="100", first_night="30")

    assert [assess(policy, cheap, before(f"{hour}:00:00")).penalty for hour in (72, 36, 1)] == [usd("50")] * 3


def test_tiers_tell_the_instants_that_a_text_needs() -> None:
    windows = STEPPED.windows(STARTS_AT)

    assert [(window.after, window.until, window.penalty) for window in windows] == [
        (None, before("24:0:0"), NOTHING),
        (before("24:0:0"), before("12:0:0"), Percentage.of(50)),
        (before("12:0:0"), None, EVERYTHING),
    ]


def test_always_free_has_no_deadline_and_nothing_fixed_is_free() -> None:
    always = CancellationPolicy(code="FREE", tiers=(Tier(penalty=NOTHING),))
    fixed = CancellationPolicy(
        code="ZERO",
        tiers=(Tier(penalty=usd("0"), at_least=hours(6)), Tier(penalty=EVERYTHING, less_than=hours(6))),
    )

    assert always.free_until(STARTS_AT) is None
    assert fixed.free_until(STARTS_AT) == before("6:0:0")


def test_tiers_may_be_given_in_any_order_and_split_at_the_start() -> None:
    tiers = (
        Tier(penalty=EVERYTHING, less_than=hours(0)),
        Tier(penalty=NOTHING, at_least=hours(24)),
        Tier(penalty=Percentage.of(50), at_least=hours(0), less_than=hours(24)),
    )
    policy = CancellationPolicy(code="SPLIT", tiers=tiers)

    assert assess(policy, booked(), STARTS_AT).penalty == usd("332.07")
    assert assess(policy, booked(), STARTS_AT + timedelta(seconds=1)).penalty == usd("664.14")


def policy_of(*tiers: Tier) -> CancellationPolicy:
    return CancellationPolicy(code="BAD", tiers=tiers)


@pytest.mark.parametrize(
    ("reason", "make"),
    [
        ("tiers", policy_of),
        ("gap", lambda: policy_of(Tier(penalty=NOTHING, less_than=hours(24)))),
        ("gap", lambda: policy_of(Tier(penalty=NOTHING, at_least=hours(24)))),
        (
            "gap",
            lambda: policy_of(
                Tier(penalty=NOTHING, at_least=hours(24)), Tier(penalty=EVERYTHING, less_than=hours(23))
            ),
        ),
        (
            "overlap",
            lambda: policy_of(
                Tier(penalty=NOTHING, at_least=hours(24)), Tier(penalty=EVERYTHING, less_than=hours(25))
            ),
        ),
        ("overlap", lambda: policy_of(Tier(penalty=NOTHING), Tier(penalty=EVERYTHING))),
        ("overlap", lambda: policy_of(Tier(penalty=NOTHING, at_least=hours(24)), Tier(penalty=EVERYTHING))),
        (
            "cheaper",
            lambda: policy_of(
                Tier(penalty=EVERYTHING, at_least=hours(24)), Tier(penalty=NOTHING, less_than=hours(24))
            ),
        ),
        (
            "cheaper",
            lambda: policy_of(
                Tier(penalty=usd("2"), at_least=hours(24)), Tier(penalty=usd("1"), less_than=hours(24))
            ),
        ),
        ("at_least", lambda: Tier(penalty=NOTHING, at_least=hours(-1))),
        ("less_than", lambda: Tier(penalty=NOTHING, less_than=timedelta(days=1101))),
        ("at_least", lambda: Tier(penalty=NOTHING, at_least=hours(2), less_than=hours(2))),
        ("penalty", lambda: Tier(penalty=Percentage.of(101))),
        ("penalty", lambda: Tier(penalty=usd("-1"))),
        (
            "guest_until",
            lambda: CancellationPolicy(code="X", tiers=(Tier(penalty=NOTHING),), guest_until=hours(-1)),
        ),
        ("overlap", lambda: read_policy("X", {**STEPPED_DATA, "partial_refund_hours": 25})),
        ("overlap", lambda: read_policy("X", {**STEPPED_DATA, "no_refund_hours": 13})),
        ("partial_refund_percent", lambda: read_policy("X", {**STEPPED_DATA, "partial_refund_percent": 101})),
        ("partial_refund_percent", lambda: read_policy("X", {**STEPPED_DATA, "partial_refund_percent": 0.5})),
        ("no_refund_hours", lambda: read_policy("X", {**STEPPED_DATA, "no_refund_hours": 2.0})),
        ("no_refund_hours", lambda: read_policy("X", {**STEPPED_DATA, "no_refund_hours": -1})),
        ("free_cancellation_hours", lambda: read_policy("X", {})),
        ("surprise", lambda: read_policy("X", {**STEPPED_DATA, "surprise": 1})),
        ("free_cancellation_hours", lambda: read_policy("X", {**STEPPED_DATA, "tiers": []})),
        ("tiers", lambda: read_policy("X", {"tiers": "all"})),
        ("tiers", lambda: read_policy("X", {"tiers": 3})),
        ("tiers", lambda: read_policy("X", {"tiers": [{"percent": 0}] * 51})),
        ("tiers", lambda: read_policy("X", {"tiers": [7]})),
        ("penalty", lambda: read_policy("X", {"tiers": [{}]})),
        ("penalty", lambda: read_policy("X", {"tiers": [{"percent": 5, "first_night": True}]})),
        ("penalty", lambda: read_policy("X", {"tiers": [{"first_night": False}]})),
        ("penalty", lambda: read_policy("X", {"tiers": [{"amount_minor": 5.0, "currency": "USD"}]})),
        (
            "guest_until_hours",
            lambda: read_policy("X", {"tiers": [{"percent": 0}], "guest_until_hours": "2"}),
        ),
        (
            "whole hours",
            lambda: write_policy(
                CancellationPolicy(
                    code="X", tiers=(Tier(penalty=NOTHING),), guest_until=timedelta(minutes=90)
                )
            ),
        ),
    ],
)
def test_a_policy_that_cannot_be_read_one_way_is_refused(reason: str, make: Callable[[], object]) -> None:
    with pytest.raises(InvalidTiers, match=reason):
        make()


@pytest.mark.parametrize("field", ["price", "paid", "first_night"])
def test_negative_amounts_and_other_currencies_are_refused(field: str) -> None:
    amounts: dict[str, Any] = {"price": usd("1"), "paid": usd("1"), "first_night": usd("1")}
    with pytest.raises(InvalidInput, match=field):
        Booked(**{**amounts, field: usd("-1")}, starts_at=STARTS_AT)
    with pytest.raises(CurrencyMismatch):
        Booked(**{**amounts, field: Money(1, "EUR")}, starts_at=STARTS_AT)


def test_naive_instants_are_refused() -> None:
    with pytest.raises(InvalidDates):
        assess(FLEXIBLE, booked(), datetime(2024, 3, 1))  # noqa: DTZ001


def test_elapsed_hours_count_whatever_zone_an_instant_is_written_in() -> None:
    local = before("24:00:00").astimezone(ZoneInfo("America/New_York"))

    assert assess(FLEXIBLE, booked(), local).penalty == usd("0")


def test_without_a_partial_refund_the_free_hours_are_all_there_is() -> None:
    policy = read_policy("SIMPLE", {"free_cancellation_hours": 24})

    assert policy == CancellationPolicy.flexible("SIMPLE")


def test_pricing_knows_the_policy_as_a_snapshot() -> None:
    snapshot: PolicySnapshot = FLEXIBLE

    assert snapshot.code == "FLEX-24"


@pytest.mark.parametrize(
    "policy",
    [
        FLEXIBLE,
        STEPPED,
        CancellationPolicy(
            code="MIXED",
            tiers=(
                Tier(penalty=usd("12.50"), at_least=hours(48)),
                Tier(penalty=FirstNight(), less_than=hours(48)),
            ),
        ),
    ],
)
def test_a_policy_written_as_data_reads_back(policy: CancellationPolicy) -> None:
    assert read_policy(policy.code, write_policy(policy)) == policy


def test_simulate_answers_what_any_instant_would_cost() -> None:
    moments = [before("24:00:00"), before("23:59:59")]

    assert [each.penalty for each in simulate(FLEXIBLE, booked(), moments)] == [usd("0"), usd("664.14")]


def test_replay_says_what_another_policy_would_have_kept() -> None:
    past = [
        PastCancellation(booked=booked(), cancelled_at=before("30:00:00"), penalty=usd("0")),
        PastCancellation(booked=booked(), cancelled_at=before("13:00:00"), penalty=usd("664.14")),
    ]

    replayed = replay(STEPPED, past, "USD")

    assert (replayed.penalties_then, replayed.penalties_now) == (usd("664.14"), usd("332.07"))
    assert replayed.difference == usd("-332.07")
    assert len(replayed.assessments) == 2
