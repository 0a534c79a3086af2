"""What holds for every cancellation policy: no minor unit is lost, and waiting never makes it cheaper."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.reservations.cancellation import (
    Booked,
    CancellationPolicy,
    FirstNight,
    Penalty,
    Tier,
    assess,
)
from booking_core.domain.reservations.what_if import simulate

STARTS_AT = datetime(2024, 3, 15, 19, tzinfo=UTC)
PENALTIES: st.SearchStrategy[Penalty] = (
    st.integers(0, 1_000_000).map(Percentage)
    | st.integers(0, 50_000).map(lambda minor: Money(minor, "USD"))
    | st.just(FirstNight())
)
AMOUNT = st.integers(0, 100_000).map(lambda minor: Money(minor, "USD"))
BOOKED = st.builds(Booked, price=AMOUNT, paid=AMOUNT, first_night=AMOUNT, starts_at=st.just(STARTS_AT))
MOMENTS = st.integers(-86_400, 10 * 86_400).map(lambda seconds: STARTS_AT - timedelta(seconds=seconds))


@st.composite
def policies(draw: st.DrawFn) -> CancellationPolicy:
    edges = sorted(draw(st.sets(st.integers(0, 200), max_size=4)), reverse=True)
    penalties = draw(st.lists(PENALTIES, min_size=len(edges) + 1, max_size=len(edges) + 1))
    ordered = _rising(penalties)
    bounds: list[timedelta | None] = [None, *(timedelta(hours=edge) for edge in edges), None]
    tiers = tuple(
        Tier(penalty=penalty, less_than=bounds[index], at_least=bounds[index + 1])
        for index, penalty in enumerate(ordered)
    )
    return CancellationPolicy(code="ANY", tiers=tiers)


def _rising(penalties: list[Penalty]) -> list[Penalty]:
    percents = iter(sorted(each for each in penalties if isinstance(each, Percentage)))
    amounts = iter(sorted(each for each in penalties if isinstance(each, Money)))
    return [
        next(percents) if isinstance(each, Percentage) else next(amounts) if isinstance(each, Money) else each
        for each in penalties
    ]


@given(policies(), BOOKED, MOMENTS, MOMENTS)
def test_a_penalty_never_falls_and_a_refund_never_rises_with_time(
    policy: CancellationPolicy, booking: Booked, one: datetime, other: datetime
) -> None:
    sooner, later = simulate(policy, booking, sorted([one, other]))

    assert sooner.penalty <= later.penalty
    assert sooner.refund >= later.refund
    assert sooner.may_cancel >= later.may_cancel


@given(policies(), BOOKED, MOMENTS)
def test_no_minor_unit_is_lost_between_paid_refunded_and_owed(
    policy: CancellationPolicy, booking: Booked, at: datetime
) -> None:
    assessed = assess(policy, booking, at)
    zero = Money.zero("USD")

    assert booking.paid - assessed.refund + assessed.outstanding == assessed.penalty
    assert zero <= assessed.refund <= booking.paid
    assert zero <= assessed.penalty <= booking.price
    assert not (assessed.refund and assessed.outstanding)


@given(policies(), BOOKED, MOMENTS)
def test_the_deadline_told_is_the_last_free_instant(
    policy: CancellationPolicy, booking: Booked, at: datetime
) -> None:
    deadline = policy.free_until(STARTS_AT)

    if deadline is not None and at <= deadline:
        assert assess(policy, booking, at).penalty == Money.zero("USD")
    windows = policy.windows(STARTS_AT)
    found = [
        window
        for window in windows
        if (window.after is None or at > window.after) and (window.until is None or at <= window.until)
    ]
    assert [window.penalty for window in found] == [policy.tier_at(STARTS_AT - at).penalty]
