"""What policies of a file ask to be paid ahead."""

import pytest

from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.payments.terms import PaymentTerms, terms_of
from booking_core.domain.reservations.cancellation import FirstNight
from booking_core.domain.reservations.deposit import Deposit
from tests.unit.app.test_business_files import problems, read
from tests.unit.app.test_priced_files import HOTEL

CANCELLATION = "cancellation = { free_cancellation_hours = 24 }\n"


def asking(payment: str) -> str:
    """The hotel, whose policy asks for that ahead."""
    assert HOTEL.count(CANCELLATION) == 1
    return HOTEL.replace(CANCELLATION, f"{CANCELLATION}payment = {payment}\n")


def terms(text: str) -> PaymentTerms | None:
    return terms_of(read(text).service("king").policy)


def test_who_says_nothing_asks_for_nothing_ahead() -> None:
    assert terms(HOTEL) is None


@pytest.mark.parametrize(
    ("ask", "deposit"),
    [
        ('"all"', None),
        ('{ percent = "12.5" }', Percentage.of("12.5")),
        ("{ percent = 30 }", Percentage.of(30)),
        ("{ first_night = true }", FirstNight()),
        ('{ amount = "50.00" }', Money(5_000, "USD")),
        ('{ amount = "50.00", currency = "USD" }', Money(5_000, "USD")),
    ],
)
def test_all_or_a_deposit_is_asked_for_within_a_time(ask: str, deposit: Deposit | None) -> None:
    asked = terms(asking(f"{{ ask = {ask}, within_minutes = 45 }}"))
    assert asked is not None
    assert (asked.deposit, asked.pay_within.total_seconds()) == (deposit, 45 * 60)


def test_a_fee_for_not_coming_is_in_the_currency_of_the_house() -> None:
    fee = 'no_show_fee = { amount = "50.00", currency = "EUR" }\n'
    found = problems(HOTEL.replace(CANCELLATION, CANCELLATION + fee))
    assert any("another currency than the venue's" in problem for problem in found), found


@pytest.mark.parametrize(
    ("payment", "where"),
    [
        ('"all"', "policies[0].payment: must be a table"),
        ("{}", "payment.ask"),
        ('{ ask = "half" }', "payment.ask"),
        ("{ ask = { percent = 101 } }", "payment.ask"),
        ("{ ask = { percent = 0.5 } }", "payment.ask"),
        ('{ ask = { amount = "-5.00" } }', "payment.ask.amount"),
        ("{ ask = { amount = 5.5 } }", "payment.ask.amount"),
        ('{ ask = { percent = 10, amount = "5.00" } }', "payment.ask"),
        ("{ ask = { first_night = false } }", "payment.ask"),
        ('{ ask = "all", within_minutes = 0 }', "payment.within_minutes"),
        ('{ ask = "all", within_minutes = 99999999 }', "payment.within_minutes"),
        ('{ ask = "all", later = true }', "payment.later"),
        ("{ ask = { coupon = 5 } }", "payment.ask.coupon"),
        ('{ ask = { amount = "50.00", currency = "EUR" } }', "another currency than the venue's"),
    ],
)
def test_terms_that_make_no_sense_are_refused_with_their_line(payment: str, where: str) -> None:
    found = problems(asking(payment))
    assert any(where in problem for problem in found), found
