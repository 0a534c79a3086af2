from datetime import date, datetime

import attrs
import pytest

from booking_core.domain.catalog.desk import MOST_LATE_FEES, Article, DeskTerms, LateFee
from booking_core.domain.frontdesk.departure import LateCheckOutRefused, Leaving, departure_of, late_check_out
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing import Base, Fixed, Levy, Per, Percent, PriceRequest, price, reprice
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.domain.reservations.folio import Folio
from tests.unit.folio.builders import (
    BOOKED_AT,
    CHECK_IN,
    CHECK_OUT,
    RESERVATION,
    STAY,
    folio,
    reservation,
    usd,
)
from tests.unit.frontdesk.builders import at_new_york, grand_hotel
from tests.unit.pricing.builders import deluxe_king, percent

FEES = (
    LateFee(18 * 60, percent("50")),
    LateFee(12 * 60, usd("0")),
    LateFee(14 * 60, usd("25")),
)


def leaving(at: datetime) -> tuple[Leaving, int, tuple[date, ...]]:
    departure = departure_of(STAY, Period(CHECK_IN, CHECK_OUT), at, grand_hotel())
    assert departure.period == Period(CHECK_IN, at)
    return departure.leaving, departure.stay.nights, departure.given_up


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (at_new_york(date(2024, 3, 18), 10, 59), (Leaving.ON_TIME, 3, ())),
        (at_new_york(date(2024, 3, 18), 11), (Leaving.ON_TIME, 3, ())),
        (at_new_york(date(2024, 3, 18), 11, 1), (Leaving.LATE, 3, ())),
        (at_new_york(date(2024, 3, 20), 9), (Leaving.LATE, 3, ())),
        (at_new_york(date(2024, 3, 17), 9), (Leaving.EARLY, 2, (date(2024, 3, 17),))),
        (at_new_york(date(2024, 3, 17), 0, 30), (Leaving.EARLY, 2, (date(2024, 3, 17),))),
        (at_new_york(date(2024, 3, 16), 23), (Leaving.EARLY, 1, (date(2024, 3, 16), date(2024, 3, 17)))),
        (at_new_york(date(2024, 3, 15), 20), (Leaving.EARLY, 1, (date(2024, 3, 16), date(2024, 3, 17)))),
    ],
)
def test_a_departure_gives_up_the_nights_that_are_left(
    at: datetime, expected: tuple[Leaving, int, tuple[date, ...]]
) -> None:
    assert leaving(at) == expected


def test_nobody_leaves_before_they_came() -> None:
    with pytest.raises(InvalidInput, match="at"):
        leaving(CHECK_IN)


def test_an_early_departure_costs_what_the_policy_says_unless_staff_waive_it() -> None:
    at = at_new_york(date(2024, 3, 17), 9)
    left = departure_of(STAY, Period(CHECK_IN, CHECK_OUT), at, grand_hotel())
    tariff = deluxe_king(policy=CancellationPolicy.flexible("FLEX-24"))
    agreed = price(PriceRequest.for_stay(STAY, adults=2, rate_plan="AAA"), tariff, BOOKED_AT)
    shorter = PriceRequest.for_stay(left.stay, adults=2, rate_plan="AAA")
    account = Folio.open(RESERVATION, agreed.lines, "USD", BOOKED_AT).state

    kept = reprice(agreed, shorter, tariff, at, starts_at=CHECK_IN)
    assert account.agree(kept.quote.lines, at).state.balance == usd("664.14")
    waived = reprice(agreed, shorter, tariff, at, starts_at=CHECK_IN, waived=True)
    assert account.agree(waived.quote.lines, at).state.balance == usd("446.16")


def late(minute: int) -> Money | None:
    extra = late_check_out(
        FEES,
        check_out=date(2024, 3, 18),
        minute=minute,
        night=usd("199"),
        venue=grand_hotel(),
    ).extra
    return None if extra is None else extra.amount


@pytest.mark.parametrize(
    ("minute", "fee"),
    [
        (11 * 60, None),
        (11 * 60 + 1, None),
        (12 * 60, None),
        (12 * 60 + 1, "25"),
        (14 * 60, "25"),
        (14 * 60 + 1, "99.50"),
        (18 * 60, "99.50"),
    ],
)
def test_a_late_check_out_costs_by_the_hour_it_is_late(minute: int, fee: str | None) -> None:
    assert late(minute) == (None if fee is None else usd(fee))


def test_a_late_check_out_is_an_extra_with_its_taxes_until_an_instant_at_the_venue() -> None:
    vat = Levy.tax("vat", Percent(percent("10"), Base.AFTER_DISCOUNT))
    fees = [LateFee(14 * 60, usd("25"), (vat,))]
    agreed = late_check_out(
        fees, check_out=date(2024, 3, 18), minute=14 * 60, night=usd("199"), venue=grand_hotel()
    )

    assert agreed.until == at_new_york(date(2024, 3, 18), 14)
    assert agreed.extra is not None
    charged = folio().charge(agreed.extra, reservation(), BOOKED_AT).state
    assert charged.charges - folio().charges == usd("27.50")


def test_nobody_stays_longer_than_the_house_allows() -> None:
    with pytest.raises(LateCheckOutRefused, match="18:01"):
        late(18 * 60 + 1)


@pytest.mark.parametrize(
    ("until", "fee", "field"), [(-1, "1", "until"), (1441, "1", "until"), (60, "-1", "fee")]
)
def test_a_fee_that_makes_no_sense_is_refused(until: int, fee: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        LateFee(until, usd(fee))
    assert refused.value.field == field


def test_a_desk_has_bounds_and_one_article_of_a_code() -> None:
    water = Article(code="WATER", text="Still water", price=usd("4.50"))
    with pytest.raises(InvalidInput, match="articles"):
        DeskTerms(articles=(water, water))
    with pytest.raises(InvalidInput, match="late_fees"):
        DeskTerms(late_fees=(FEES[0],) * (MOST_LATE_FEES + 1))
    for wrong in ({"code": ""}, {"text": "a\nb"}, {"price": usd("0")}):
        with pytest.raises(InvalidInput):
            attrs.evolve(water, **wrong)


def test_the_currencies_of_a_desk_are_those_of_all_its_amounts() -> None:
    fixed = Levy.fee("glass", Fixed(Money(10, "EUR"), Per.BOOKING))
    terms = DeskTerms(late_fees=(LateFee(14 * 60, percent("50"), (fixed,)), FEES[1]))
    assert terms.currencies == {"EUR", "USD"}


def test_a_stay_of_one_night_left_on_the_first_day_is_still_one_night() -> None:
    stay = Stay.between(date(2024, 3, 15), date(2024, 3, 16))
    departure = departure_of(
        stay, Period(CHECK_IN, CHECK_OUT), at_new_york(date(2024, 3, 15), 22), grand_hotel()
    )
    assert (departure.leaving, departure.stay) == (Leaving.ON_TIME, stay)
