"""The Grand Hotel's deluxe king room, and the small things that price tests are made of."""

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing import (
    AmountOff,
    Base,
    ChildPrice,
    Fixed,
    LengthOfStay,
    Levy,
    NightlyRate,
    Per,
    Percent,
    PriceRequest,
    RateCalendar,
    RatePlan,
    ServicePrice,
    Tariff,
)

FRIDAY = date(2024, 3, 15)
BOOKING_DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def percent(text: str) -> Percentage:
    return Percentage.of(text)


def day(number: int) -> date:
    return date(2024, 3, number)


def nights(first: int, last: int) -> Stay:
    return Stay.between(day(first), day(last))


def stay_of(nights_count: int, **changes: object) -> PriceRequest:
    stay = Stay.of_nights(FRIDAY, nights_count)
    return PriceRequest(**{"span": stay, "begins_on": FRIDAY, "adults": 2, **changes})  # type: ignore[arg-type]


def session(minutes: int, **changes: object) -> PriceRequest:
    start = datetime(2024, 3, 15, 14, tzinfo=UTC)
    period = Period.of_epoch(int(start.timestamp()), int(start.timestamp()) + 60 * minutes)
    return PriceRequest(**{"span": period, "begins_on": FRIDAY, **changes})  # type: ignore[arg-type]


def room(nightly: str = "100", /, **changes: object) -> Tariff:
    """A room at one price; changes go to the tariff."""
    return Tariff(
        **{"code": "ROOM", "rate": NightlyRate(calendar=RateCalendar.flat(usd(nightly))), **changes}  # type: ignore[arg-type]
    )


def service(price: ServicePrice, **changes: object) -> Tariff:
    return Tariff(**{"code": "SERVICE", "rate": price, **changes})  # type: ignore[arg-type]


def deluxe_king(**changes: object) -> Tariff:
    """SCENARIOS section 1: 189, 219, 199 and 189 a night; AAA -10 %; tax 12 % before discount; resort fee 15."""
    rates = {day(15): usd("189"), day(16): usd("219"), day(17): usd("199"), day(18): usd("189")}
    tariff = {
        "code": "DELUXE-KING",
        "rate": NightlyRate(calendar=RateCalendar(currency="USD", by_date=rates)),
        "plans": (RatePlan(code="AAA", discount=percent("10")),),
        "levies": (
            Levy.tax("occupancy-tax", Percent(percent("12"), Base.BEFORE_DISCOUNT)),
            Levy.fee("resort-fee", Fixed(usd("15"), Per.NIGHT)),
        ),
    }
    return Tariff(**{**tariff, **changes})  # type: ignore[arg-type]


MONEY = st.integers(0, 100_000).map(lambda minor: Money(minor, "USD"))
PERCENT = st.integers(0, 1_000_000).map(Percentage)
FIXED = st.builds(Fixed, MONEY, st.sampled_from(Per), st.integers(0, 18))


@st.composite
def levies(draw: st.DrawFn) -> tuple[Levy, ...]:
    """Fees and taxes, some on others, some included; every combination that a tariff accepts."""
    carved = draw(st.sampled_from([Base.BEFORE_DISCOUNT, Base.AFTER_DISCOUNT]))
    made: list[Levy] = []
    for number in range(draw(st.integers(0, 4))):
        included = draw(st.booleans())
        usable = [levy.code for levy in made if included or not levy.included]
        usable = [code for code in usable if not (code.startswith("fixed-in") and included)]
        code = f"{'percent' if draw(st.booleans()) else 'fixed'}-{'in' if included else 'on'}-{number}"
        if code.startswith("percent"):
            base = carved if included else draw(st.sampled_from(Base))
            also_on = tuple(draw(st.lists(st.sampled_from(usable), unique=True))) if usable else ()
            charge: Fixed | Percent = Percent(draw(PERCENT), base, also_on)
        else:
            charge = draw(FIXED)
        make = draw(st.sampled_from([Levy.fee, Levy.tax]))
        made.append(make(code, charge, included=included))
    return tuple(made)


@st.composite
def room_tariffs(draw: st.DrawFn) -> Tariff:
    rate = NightlyRate(
        calendar=RateCalendar(
            currency="USD",
            base=draw(MONEY),
            by_weekday=draw(st.dictionaries(st.integers(0, 6), MONEY, max_size=3)),
            by_date=draw(st.dictionaries(st.dates(day(10), day(31)), MONEY, max_size=5)),
        ),
        included_adults=draw(st.integers(0, 2)),
        extra_adult=draw(st.none() | MONEY),
        children=draw(st.sampled_from([(), (ChildPrice(5, usd("7.77")), ChildPrice(12, usd("13.33")))])),
        lengths=draw(
            st.sampled_from([(), (LengthOfStay(4, percent("7.5")),), (LengthOfStay(3, usd("3.33")),)])
        ),
    )
    off = PERCENT | st.builds(AmountOff, MONEY, st.booleans())
    plans = (RatePlan(code="PLAN", discount=draw(off)),)
    return Tariff(code="ROOM", rate=rate, plans=plans, levies=draw(levies()))


@st.composite
def stays(draw: st.DrawFn) -> PriceRequest:
    stay = Stay.of_nights(draw(st.dates(day(10), day(20))), draw(st.integers(1, 6)))
    return PriceRequest.for_stay(
        stay,
        adults=draw(st.integers(1, 4)),
        child_ages=tuple(draw(st.lists(st.integers(0, 17), max_size=3))),
        quantity=draw(st.integers(1, 3)),
        rate_plan=draw(st.sampled_from([None, "PLAN"])),
    )
