"""SCENARIOS.md section 3's refund table with money: what goes back to whom, to the second, on every storage."""

from datetime import UTC, datetime, timedelta

import pytest

from booking_adapters.testing.builders import a_hall
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.catalog.policy import Trade
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing import RateCalendar, ServicePrice, Tariff
from booking_core.domain.reservations.cancellation import (
    Assessment,
    CancellationClosed,
    CancellationPolicy,
    RefundStatus,
)
from booking_core.domain.reservations.cancellation_data import read_policy
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.usecases.book import BookCommand
from booking_core.usecases.wanted import Wanted
from tests.integration.scenarios.paid_hotel import ALL_AHEAD, DESK, GUEST, VISA, PaidHotel

TERMS = read_policy(
    "hall",
    {
        "free_cancellation_hours": 24,
        "partial_refund_hours": 12,
        "partial_refund_percent": 50,
        "no_refund_hours": 2,
    },
)
START = datetime(2026, 3, 10, 9, tzinfo=UTC)


def eur(text: str) -> Money:
    return Money.of(text, "EUR")


PRICE, NOTHING = eur("100.01"), eur("0")
TABLE = [
    ("24:00:00", "100.01"),
    ("23:59:59", "50.00"),
    ("12:00:00", "50.00"),
    ("11:59:59", "0.00"),
    ("2:00:00", "0.00"),
]
"""How long before the start a guest calls off, and what goes back: half of 100.01 is kept as 50.01, rounded half-up."""


def the_hall(terms: CancellationPolicy) -> Tariff:
    return Tariff(code="HALL", rate=ServicePrice(calendar=RateCalendar.flat(PRICE)), policy=terms)


@pytest.fixture
def hall(engine: TheEngine) -> PaidHotel:
    hall = a_hall().offering("hall", "hall", trade=Trade.RENTAL, payment=ALL_AHEAD)
    return PaidHotel(engine.opens(hall.priced("hall", the_hall(TERMS))))


@pytest.fixture
def evening(hall: PaidHotel) -> Reservation:
    """Four hours in the hall, paid ahead; since then the hall has become stricter, for others."""
    wanted = Wanted(service="hall", start=START, end=START + timedelta(hours=4))
    command = BookCommand(
        tenant=hall.tenant, wanted=wanted, customer=Customer(name="Ada"), method=VISA, actor=GUEST
    )
    booked = hall.engine.till.book_and_pay(command).reservation
    hall.works()
    assert in_the_till(hall) == PRICE
    stricter = the_hall(CancellationPolicy.non_refundable("never"))
    hall.desk.becomes(hall.desk.business.priced("hall", stricter).revised())
    return booked


def in_the_till(hall: PaidHotel) -> Money:
    """What the business has at the provider."""
    found = hall.engine.till.send.gateway.list_since(START - timedelta(days=30))
    return Money.total((each.captured - each.refunded for each in found), "EUR")


def it_is(hall: PaidHotel, before: str) -> None:
    """So many hours, minutes and seconds before the start."""
    hours, minutes, seconds = map(int, before.split(":"))
    hall.engine.clock.set(START - timedelta(hours=hours, minutes=minutes, seconds=seconds))


def is_free(desk: OpenBusiness) -> bool:
    return not desk.explain("hall", "2026-03-10 10:00/2026-03-10 14:00")


def assert_settled(hall: PaidHotel, told: Assessment | None, refund: Money) -> None:
    """What was told is what happened: the folio is even, and the provider has what is kept."""
    assert told is not None
    assert (told.refund, told.penalty, told.outstanding) == (refund, PRICE - refund, NOTHING)
    assert told.refund_status is (RefundStatus.DUE if refund else RefundStatus.NOT_APPLICABLE)
    assert in_the_till(hall) == PRICE - refund


@pytest.mark.parametrize(("before", "refund"), TABLE)
def test_what_goes_back_to_a_guest(hall: PaidHotel, evening: Reservation, before: str, refund: str) -> None:
    it_is(hall, before)
    told = hall.cancel(evening, actor=GUEST).assessment
    assert_settled(hall, told, eur(refund))
    assert hall.status(evening) is Status.CANCELLED
    assert (hall.folio(evening).balance, hall.folio(evening).booking) == (NOTHING, PRICE - eur(refund))


@pytest.mark.parametrize("before", ["1:59:59", "0:00:01"])
def test_below_two_hours_a_guest_cannot_and_staff_can(
    hall: PaidHotel, evening: Reservation, before: str
) -> None:
    it_is(hall, before)
    with pytest.raises(CancellationClosed):
        hall.cancel(evening, actor=GUEST)
    assert hall.desk.show(evening.id) == evening
    assert (in_the_till(hall), is_free(hall.desk)) == (PRICE, False)
    told = hall.cancel(evening, actor=DESK).assessment
    assert_settled(hall, told, NOTHING)
    assert hall.status(evening) is Status.CANCELLED


@pytest.mark.parametrize("before", ["12:00:00", "11:59:59", "1:59:59"])
def test_staff_may_let_a_guest_off_at_any_time(hall: PaidHotel, evening: Reservation, before: str) -> None:
    it_is(hall, before)
    told = hall.cancel(evening, actor=DESK, reason="a burst pipe", waives=True).assessment
    assert_settled(hall, told, PRICE)
    assert hall.desk.show(evening.id).history[-1].note == "penalty waived: a burst pipe"
