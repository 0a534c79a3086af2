from datetime import datetime, timedelta

import attrs
import pytest
from hypothesis import given

from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.money import CurrencyMismatch, Money
from booking_core.domain.pricing import (
    Fixed,
    Levy,
    Per,
    PriceChanged,
    PriceRequest,
    Quote,
    ServicePrice,
    Tariff,
    check_displayed,
    estimate,
    honour,
    price,
)
from booking_core.domain.pricing.fingerprint import fingerprint
from booking_core.domain.pricing.rates import RateCalendar
from booking_core.domain.reservations.cancellation import CancellationPolicy
from tests.unit.pricing.builders import (
    BOOKING_DAY,
    FRIDAY,
    day,
    deluxe_king,
    room,
    room_tariffs,
    service,
    session,
    stay_of,
    stays,
    usd,
)

EXPIRED = BOOKING_DAY + timedelta(minutes=30)


def quoted(nightly: str = "100") -> Quote:
    return price(stay_of(1), room(nightly), BOOKING_DAY)


@given(room_tariffs(), stays())
def test_equal_requests_make_equal_quotes(tariff: Tariff, request: PriceRequest) -> None:
    one, other = price(request, tariff, BOOKING_DAY), price(request, tariff, BOOKING_DAY)

    assert one == other
    assert one.fingerprint == other.fingerprint


def test_the_fingerprint_is_the_same_whenever_it_was_quoted() -> None:
    later = price(stay_of(1), room(), BOOKING_DAY + timedelta(hours=1))

    assert later.fingerprint == quoted().fingerprint
    assert len(later.fingerprint) == 64


def test_the_fingerprint_changes_with_price_request_and_terms() -> None:
    policy = CancellationPolicy.flexible("FLEX")
    quotes = [
        quoted(),
        quoted("100.01"),
        price(stay_of(2), room(), BOOKING_DAY),
        price(stay_of(1, adults=1), room(), BOOKING_DAY),
        price(stay_of(1), room(policy=policy), BOOKING_DAY),
        price(stay_of(1), room(policy=CancellationPolicy.flexible("FLEX", 48)), BOOKING_DAY),
    ]

    assert len({quote.fingerprint for quote in quotes}) == len(quotes)


def test_only_domain_values_have_a_fingerprint() -> None:
    with pytest.raises(AssertionError, match="frozen domain values"):
        fingerprint(object())


def test_a_quote_holds_until_just_before_it_expires() -> None:
    assert quoted().expires_at == EXPIRED
    assert not quoted().is_expired(EXPIRED - timedelta(seconds=1))
    assert quoted().is_expired(EXPIRED)


def test_a_quote_states_how_it_rounds() -> None:
    assert "half-up" in quoted().rounding


def test_naive_instants_are_refused() -> None:
    with pytest.raises(InvalidDates):
        price(stay_of(1), room(), datetime(2024, 3, 1))  # noqa: DTZ001


def test_nights_have_prices_and_the_booking_has_its_own_lines() -> None:
    tariff = room(levies=(Levy.fee("linen", Fixed(usd("9"), Per.BOOKING)),))
    quote = price(stay_of(2), tariff, BOOKING_DAY)

    assert quote.price_of(day(15), day(16)) == usd("200")
    assert quote.total == usd("209")


def test_the_first_night_of_something_without_nights_is_its_total() -> None:
    quote = price(session(60), service(ServicePrice(calendar=RateCalendar.flat(usd("80")))), BOOKING_DAY)

    assert quote.first_night == usd("80")


def test_a_live_quote_keeps_its_price() -> None:
    assert honour(quoted(), quoted("150"), BOOKING_DAY, threshold=usd("0")) == quoted()


def test_an_expired_quote_within_the_threshold_costs_the_cheaper_price() -> None:
    assert honour(quoted(), quoted("101"), EXPIRED, threshold=usd("1")) == quoted()
    assert honour(quoted(), quoted("99"), EXPIRED, threshold=usd("1")) == quoted("99")


def test_beyond_the_threshold_the_customer_has_to_confirm() -> None:
    with pytest.raises(PriceChanged) as refused:
        honour(quoted(), quoted("101.01"), EXPIRED, threshold=usd("1"))

    assert refused.value.details == {"currency": "USD", "shown_minor": 10000, "now_minor": 10101}
    assert (refused.value.code, refused.value.retryable, refused.value.retry_action) == (
        "PRICE_CHANGED",
        True,
        "CONFIRM_PRICE",
    )


def test_a_quote_for_something_else_is_never_taken() -> None:
    other = price(stay_of(1, adults=1), room("100"), BOOKING_DAY)
    now = quoted("100.50")

    assert honour(other, now, BOOKING_DAY, threshold=usd("1")) == now


def test_a_displayed_price_is_checked_either_way() -> None:
    check_displayed(usd("100"), usd("99"), threshold=usd("1"))
    with pytest.raises(PriceChanged):
        check_displayed(usd("100"), usd("98.99"), threshold=usd("1"))
    with pytest.raises(CurrencyMismatch):
        check_displayed(Money(1, "EUR"), usd("1"), threshold=usd("1"))


def test_an_estimate_tells_total_and_averages() -> None:
    estimated = estimate(deluxe_king(plans=()), guests=2, nights=3, arriving=FRIDAY, at=BOOKING_DAY)

    assert estimated.total == usd("724.84")
    assert estimated.per_night == usd("241.61")
    assert estimated.per_guest == usd("362.42")
    assert estimated.per_guest_night == usd("120.81")


def test_quotes_are_values_that_cannot_change() -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        quoted().currency = "EUR"  # type: ignore[misc]
