from datetime import timedelta

import pytest
from hypothesis import given

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Money
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing import (
    AmountOff,
    LineKind,
    NightlyRate,
    PriceRequest,
    Promotion,
    PromotionProblem,
    PromotionRefused,
    RateCalendar,
    RatePlan,
    Tariff,
    price,
)
from tests.unit.pricing.builders import BOOKING_DAY, day, percent, room, room_tariffs, stay_of, stays, usd

MARCH = Period.between(BOOKING_DAY - timedelta(days=1), BOOKING_DAY + timedelta(days=1))
AAA = RatePlan(code="AAA", discount=percent("10"))


def refusal(promotion: Promotion, code: str = "SPRING", uses: int = 0, **request: object) -> PromotionProblem:
    tariff = room(promotions=(promotion,), plans=(AAA,))
    with pytest.raises(PromotionRefused) as refused:
        price(stay_of(2, codes=(code,), **request), tariff, BOOKING_DAY, code_uses={"SPRING": uses})
    return refused.value.problem


def test_a_rate_plan_takes_an_amount_per_booking_or_per_unit_and_night() -> None:
    plans = (
        RatePlan(code="ONCE", discount=AmountOff(usd("30"))),
        RatePlan(code="NIGHTLY", discount=AmountOff(usd("30"), per_night=True)),
        RatePlan(code="PLAIN"),
    )
    totals = {
        plan.code: price(stay_of(3, rate_plan=plan.code, quantity=2), room(plans=plans), BOOKING_DAY).total
        for plan in plans
    }

    assert totals == {"ONCE": usd("570"), "NIGHTLY": usd("420"), "PLAIN": usd("600")}


def test_a_code_counts_whatever_its_capitals() -> None:
    tariff = room(promotions=(Promotion(code="Spring", discount=percent("25"), valid=MARCH, uses=2),))

    quote = price(stay_of(2, codes=("SPRING",)), tariff, BOOKING_DAY, code_uses={"Spring": 1})

    assert quote.totals.discounts == usd("-50")


def test_stackable_discounts_each_take_from_what_the_previous_left() -> None:
    promotions = (
        Promotion(code="TEN", discount=AmountOff(usd("10")), stackable=True),
        Promotion(code="HALF", discount=percent("50"), stackable=True),
    )
    tariff = room(promotions=promotions, plans=(AAA,))

    quote = price(stay_of(1, rate_plan="AAA", codes=("HALF", "TEN")), tariff, BOOKING_DAY)

    assert [(entry.code, entry.amount) for entry in quote.summary if entry.amount.is_negative] == [
        ("AAA", usd("-10")),
        ("HALF", usd("-45")),
        ("TEN", usd("-10")),
    ]
    assert [entry.source for entry in quote.summary if entry.kind is LineKind.PROMOTION] == [
        "50 % off what earlier discounts left",
        "10.00 USD per booking off what earlier discounts left",
    ]


@pytest.mark.parametrize(
    "off", [AmountOff(usd("500")), AmountOff(usd("500"), per_night=True), percent("100")]
)
def test_no_discount_takes_more_than_there_is(off: AmountOff) -> None:
    calendar = RateCalendar(currency="USD", base=usd("100"), by_date={day(16): usd("0")})
    tariff = room(rate=NightlyRate(calendar=calendar), promotions=(Promotion(code="ALL", discount=off),))

    assert price(stay_of(2, codes=("ALL",)), tariff, BOOKING_DAY).total == usd("0")


def test_misused_codes_are_refused_with_the_reason() -> None:
    def spring(**terms: object) -> Promotion:
        return Promotion(**{"code": "SPRING", "discount": percent("25"), **terms})  # type: ignore[arg-type]

    past = Period.between(BOOKING_DAY - timedelta(days=2), BOOKING_DAY)
    assert refusal(spring(), code="SUMMER") is PromotionProblem.UNKNOWN
    assert refusal(spring(valid=past)) is PromotionProblem.NOT_VALID_NOW
    assert refusal(spring(uses=3), uses=3) is PromotionProblem.USED_UP
    assert refusal(spring(minimum=usd("200.01"))) is PromotionProblem.BELOW_MINIMUM
    assert refusal(spring(minimum_nights=3)) is PromotionProblem.STAY_TOO_SHORT
    assert refusal(spring(), rate_plan="AAA") is PromotionProblem.NOT_COMBINABLE


def test_a_refused_code_can_be_removed() -> None:
    refused = PromotionRefused("SPRING", PromotionProblem.USED_UP)

    assert (refused.code, refused.retryable, refused.retry_action) == (
        "PROMOTION_REFUSED",
        False,
        "REMOVE_CODE",
    )
    assert refused.details == {"promotion": "SPRING", "problem": "used_up"}


def test_a_code_that_is_not_stackable_stands_alone() -> None:
    promotions = (
        Promotion(code="A", discount=percent("1"), stackable=True),
        Promotion(code="B", discount=percent("1")),
    )
    with pytest.raises(PromotionRefused, match="not_combinable"):
        price(stay_of(1, codes=("A", "B")), room(promotions=promotions), BOOKING_DAY)


def test_codes_agreed_before_are_honoured_after_their_window_and_uses() -> None:
    past = Period.between(BOOKING_DAY - timedelta(days=2), BOOKING_DAY)
    tariff = room(promotions=(Promotion(code="SPRING", discount=percent("25"), valid=past, uses=0),))

    quote = price(stay_of(1, codes=("spring",)), tariff, BOOKING_DAY, honoured=("SPRING",))

    assert quote.total == usd("75")


@pytest.mark.parametrize(
    "terms",
    [
        {"discount": percent("101")},
        {"discount": AmountOff(usd("-1"))},
        {"uses": -1},
        {"minimum": usd("-1")},
        {"minimum_nights": -1},
        {"code": "A\nB"},
    ],
)
def test_promotions_that_make_no_sense_are_refused(terms: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Promotion(**{"code": "SPRING", "discount": percent("25"), **terms})  # type: ignore[arg-type]


@given(room_tariffs(), stays())
def test_discounts_never_exceed_the_subtotal_of_any_night(tariff: Tariff, request: PriceRequest) -> None:
    quote = price(request, tariff, BOOKING_DAY)

    for night in request.nights:
        amounts = [
            line.amount
            for line in quote.lines
            if line.night == night and line.kind not in {LineKind.FEE, LineKind.TAX}
        ]
        assert Money.total(amounts, "USD") >= usd("0")
