"""Whatever a desk does to a folio, its parts sum to its wholes."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import IntentId, PaymentId
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing.lines import Line, LineKind
from booking_core.domain.reservations.bill import bill_of
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.extra import Extra
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.tender import hand_back_cash, return_points, take_cash, take_points
from tests.unit.folio.builders import CHECK_OUT, RESERVATION, reservation

OPERATIONS = ("agree", "charge", "reverse", "allow", "cash", "back", "points", "return", "receive", "refund")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def done(folio: Folio, operation: str, minor: int, number: int) -> Folio:
    """The folio after an operation that may be refused."""
    amount, payment, intent = usd(minor), PaymentId(UUID(int=1)), IntentId(UUID(int=number))
    acts: dict[str, Callable[[], Change[Folio, Folio] | None]] = {
        "agree": lambda: folio.agree(
            [Line(kind=LineKind.RATE, code="R", source="rate", amount=amount)], CHECK_OUT
        ),
        "charge": lambda: folio.charge(Extra(code="X", text="x", price=amount), reservation(), CHECK_OUT),
        "reverse": lambda: folio.reverse(minor % (len(folio.entries) + 1), "mistake", CHECK_OUT),
        "allow": lambda: folio.allow(amount, "sorry", CHECK_OUT),
        "cash": lambda: take_cash(folio, amount, taken_by="Ana", at=CHECK_OUT),
        "back": lambda: hand_back_cash(folio, amount, taken_by="Ana", at=CHECK_OUT),
        "points": lambda: take_points(folio, amount, taken_by="Ana", at=CHECK_OUT),
        "return": lambda: return_points(folio, amount, taken_by="Ana", at=CHECK_OUT),
        "receive": lambda: folio.receive(amount, payment=payment, intent=intent, at=CHECK_OUT),
        "refund": lambda: folio.give_back(amount, payment=payment, intent=intent, at=CHECK_OUT),
    }
    try:
        change = acts[operation]()
    except BookingError:
        return folio
    return folio if change is None else change.state


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 500)), max_size=25))
def test_parts_sum_to_wholes_whatever_the_desk_does(operations: list[tuple[str, int]]) -> None:
    folio = Folio.open(RESERVATION, [], "USD", CHECK_OUT).state
    for number, (operation, minor) in enumerate(operations, start=1):
        folio = done(folio, operation, minor, number)
        bill = bill_of(folio)
        assert folio.balance == folio.charges - folio.received + folio.refunded == bill.balance
        assert Money.total((each.amount for each in folio.ledger), "USD") + folio.balance == usd(0)
        paid = Money.total((item.amount for item in bill.items if not item.included), "USD")
        assert paid == folio.balance
        tendered = folio.paid_in(EntryKind.CASH) + folio.paid_in(EntryKind.POINTS)
        assert folio.owed == folio.charges - tendered
        assert folio.charges >= usd(0)
        assert folio.paid_in(EntryKind.CASH) >= usd(0)
        assert folio.paid_in(EntryKind.POINTS) >= usd(0)


def test_cash_that_nobody_took_is_none() -> None:
    folio = Folio.open(RESERVATION, [], "USD", CHECK_OUT).state
    with pytest.raises(InvalidInput) as refused:
        take_cash(folio, usd(1), taken_by=" ", at=CHECK_OUT)
    assert refused.value.field == "taken_by"
