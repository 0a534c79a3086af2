from collections.abc import Callable
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_core.domain.catalog.desk import MOST_POINTS, LoyaltyTerms
from booking_core.domain.frontdesk.guests import (
    MOST_VISITS,
    AlreadyRecorded,
    Guest,
    Visit,
    VisitKind,
)
from booking_core.domain.frontdesk.loyalty import AlreadyMoved, LoyaltyAccount, NotEnoughPoints, Why
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from tests.unit.folio.builders import usd
from tests.unit.frontdesk.builders import NOON, days, guest

ADA = Guest(id=UUID(int=1), key="ada@example.com")
POINTS = LoyaltyAccount(id=UUID(int=2), guest="ada@example.com")
TERMS = LoyaltyTerms(points_per_unit=10, point_value=usd("0.01"))


def visit(number: int, kind: VisitKind = VisitKind.STAYED, spent: str = "100", nights: int = 2) -> Visit:
    return Visit(
        reservation=guest(number),
        code=f"GH-{number}",
        kind=kind,
        period=days(number, number + nights),
        spent=usd(spent),
        nights=nights if kind is VisitKind.STAYED else 0,
        rooms=("301",),
    )


def test_a_guest_has_a_history_of_stays() -> None:
    ada = ADA
    visits = (visit(5), visit(1), visit(9, VisitKind.NO_SHOW, "50"), visit(7, VisitKind.CANCELLED, "0"))
    for each in visits:
        change = ada.record(each, NOON)
        ada = change.state
    ada = ada.record(attrs.evolve(visit(20, VisitKind.CANCELLED), spent=Money(7, "EUR")), NOON).state

    assert (ada.nights, ada.count(VisitKind.STAYED), ada.count(VisitKind.NO_SHOW)) == (4, 2, 1)
    assert ada.last_stay == visits[0]
    assert ada.spent == {"USD": usd("250"), "EUR": Money(7, "EUR")}
    assert (ada.version, ADA.last_stay) == (6, None)


def test_a_visit_is_recorded_once() -> None:
    ada = ADA.record(visit(1), NOON).state
    with pytest.raises(AlreadyRecorded):
        ada.record(visit(1), NOON)
    assert ada.visit_of(guest(1)) == visit(1)


def test_a_history_has_a_name_and_an_end() -> None:
    with pytest.raises(InvalidInput, match="key"):
        attrs.evolve(ADA, key="")
    with pytest.raises(InvalidInput, match="visits"):
        attrs.evolve(ADA, visits=(visit(1),) * (MOST_VISITS + 1))


def test_points_are_earned_for_whole_units_spent_and_redeemed_for_money() -> None:
    assert TERMS.points_for(usd("189.90")) == 1_890
    assert TERMS.points_for(usd("-5")) == 0
    assert (
        LoyaltyTerms(points_per_unit=1, point_value=Money(1, "JPY")).points_for(Money(1500, "JPY")) == 1_500
    )
    assert TERMS.value_of(1_890) == usd("18.90")
    assert TERMS.points_to_pay(usd("12.34")) == 1_234
    assert LoyaltyTerms(points_per_unit=1, point_value=usd("0.05")).points_to_pay(usd("0.14")) == 2
    for calculate in (TERMS.points_for, TERMS.points_to_pay):
        with pytest.raises(CurrencyMismatch):
            calculate(Money(1, "EUR"))


@pytest.mark.parametrize(("per_unit", "value"), [(-1, "1"), (MOST_POINTS + 1, "1"), (1, "0"), (1, "-1")])
def test_terms_that_make_no_sense_are_refused(per_unit: int, value: str) -> None:
    with pytest.raises(InvalidInput, match="point"):
        LoyaltyTerms(points_per_unit=per_unit, point_value=usd(value))


def test_redeeming_never_takes_more_than_there_is() -> None:
    account = POINTS.earn(100, guest(1), NOON).state
    with pytest.raises(NotEnoughPoints) as refused:
        account.redeem(101, guest(2), NOON)
    assert refused.value.details == {"balance": 100, "wanted": 101}
    assert account.redeem(100, guest(2), NOON).state.balance == 0


def test_a_cancellation_takes_back_what_was_earned_and_gives_back_what_was_redeemed() -> None:
    account = POINTS.earn(100, guest(1), NOON).state.redeem(60, guest(2), NOON).state

    change = account.reverse(guest(2), NOON)
    assert (change.state.balance, change.events[0].name) == (100, "PointsReversed")
    spent_and_reversed = account.reverse(guest(1), NOON).state
    assert spent_and_reversed.balance == -60
    with pytest.raises(NotEnoughPoints):
        spent_and_reversed.redeem(1, guest(3), NOON)


def test_points_move_once_for_a_reservation() -> None:
    account = POINTS.earn(100, guest(1), NOON).state
    moves: list[Callable[[], Change[LoyaltyAccount, LoyaltyAccount]]] = [
        lambda: account.earn(1, guest(1), NOON),
        lambda: account.reverse(guest(2), NOON),
        lambda: account.reverse(guest(1), NOON).state.reverse(guest(1), NOON),
    ]
    for again in moves:
        with pytest.raises(AlreadyMoved):
            again()


def test_who_comes_after_all_redeems_and_earns_again() -> None:
    account = POINTS.earn(100, guest(1), NOON).state.redeem(60, guest(2), NOON).state
    back = account.reverse(guest(2), NOON, spent=10).state
    assert (back.balance, back.points_of(guest(2))) == (90, -10)
    again = back.redeem(20, guest(2), NOON).state.earn(5, guest(2), NOON).state
    assert (again.balance, again.points_of(guest(2))) == (75, -25)
    with pytest.raises(AlreadyMoved):
        again.redeem(1, guest(2), NOON)
    with pytest.raises(AlreadyMoved):
        again.earn(1, guest(2), NOON)


def test_a_no_show_who_came_after_all_has_stayed() -> None:
    missed = ADA.record(visit(1, VisitKind.NO_SHOW, "50"), NOON).state
    ada = missed.record(visit(1), NOON).state
    assert ada.standing == (visit(1),)
    assert (ada.count(VisitKind.NO_SHOW), ada.count(VisitKind.STAYED), ada.nights) == (0, 1, 2)
    assert ada.spent == {"USD": usd("100")}
    for again in (visit(1), visit(1, VisitKind.NO_SHOW)):
        with pytest.raises(AlreadyRecorded):
            ada.record(again, NOON)


@pytest.mark.parametrize("points", [0, -1, True, 1.5, MOST_POINTS + 1])
def test_points_are_whole_and_some(points: int) -> None:
    with pytest.raises(InvalidInput, match="points"):
        POINTS.earn(points, guest(1), NOON)
    with pytest.raises(InvalidInput, match="points"):
        POINTS.redeem(points, guest(1), NOON)


def test_an_account_has_bounds() -> None:
    full = POINTS.earn(MOST_POINTS, guest(1), NOON).state
    with pytest.raises(InvalidInput, match="points"):
        full.earn(1, guest(2), NOON)


MOVES = st.lists(st.tuples(st.sampled_from(Why), st.integers(1, 500), st.integers(1, 6)), max_size=30)


@given(MOVES)
def test_a_reversed_reservation_has_moved_nothing_and_redeeming_never_overdraws(
    moves: list[tuple[Why, int, int]],
) -> None:
    account = POINTS
    for why, points, number in moves:
        before = account
        try:
            match why:
                case Why.EARNED:
                    account = account.earn(points, guest(number), NOON).state
                case Why.REDEEMED:
                    account = account.redeem(points, guest(number), NOON).state
                    assert account.balance >= 0
                case Why.REVERSED:
                    account = account.reverse(guest(number), NOON).state
                    assert account.points_of(guest(number)) == 0
        except BookingError:
            assert account is before
            continue
        assert account.version == before.version + 1
    assert account.balance == sum(account.points_of(guest(number)) for number in range(1, 7))
    assert account.points_of(guest(1), Why.EARNED) >= 0
