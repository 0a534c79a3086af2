"""Tariffs, terms of cancelling and tolerances in descriptions of businesses."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking_adapters._codec.catalog import catalog_data, catalog_of
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing import (
    NightlyRate,
    NoRate,
    PricedBy,
    PriceRequest,
    PromotionRefused,
    ServicePrice,
    Tariff,
    price,
)
from booking_core.domain.reservations.cancellation import CancellationPolicy, FirstNight, Tier
from booking_core.domain.reservations.cancellation_data import read_policy
from tests.unit.app.test_business_files import problems, read

BOOKING_DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)
CHECK_IN = datetime(2024, 3, 15, 19, tzinfo=UTC)

HOTEL = """\
[business]
key = "grand-hotel"
name = "Grand Hotel"
price_tolerance = "0.50"

[[venues]]
key = "nyc"
code = "GH-NYC"
name = "Grand Hotel New York"
zone = "America/New_York"
currency = "USD"

[[resources]]
key = "king"
name = "King"
hours = "always"

[[policies]]
key = "flexible"
trade = "stay"
cancellation = { free_cancellation_hours = 24 }

[[tariffs]]
code = "KING"
per = "night"
base = "179.00"
weekdays = { "FR,SA" = "209.00" }
dates = { "2024-03-15" = "189.00", "2024-03-16" = "219.00", "2024-03-17" = "199.00", "2024-03-18" = "189.00" }
extra_adult = "30.00"
children = [{ up_to_age = 5, price = "0.00" }, { up_to_age = 12, price = "15.00" }]
lengths = [{ from_nights = 7, percent = "10" }]
cancellation = { name = "Flexible 24-Hour", free_cancellation_hours = 24 }
quote_minutes = 20
seasons = [
  { name = "summer", from = "2024-06-01", until = "2024-08-31", price = "249.00", weekdays = ["FR-SU"] },
]
plans = [
  { code = "AAA", percent = "10" },
  { code = "ADVANCE", percent = 15, cancellation = { tiers = [{ percent = 100 }] } },
]
promotions = [
  { code = "SPRING", amount = "20.00", from = "2024-03-01", until = "2024-03-10", uses = 5, stackable = true },
]

[[tariffs.levies]]
code = "occupancy-tax"
kind = "tax"
percent = "12"
of = "before_discount"

[[tariffs.levies]]
code = "resort-fee"
kind = "fee"
amount = "15.00"
per = "night"

[[services]]
key = "king"
name = "King"
policy = "flexible"
tariff = "KING"
needs = { room = ["king"] }
"""

STUDIO = """\
[business]
key = "studio"
name = "Studio"

[[venues]]
key = "main"
code = "ST"
name = "Main"
zone = "Europe/Berlin"
currency = "EUR"

[[resources]]
key = "mia"
name = "Mia"
hours = "always"

[[resources]]
key = "leo"
name = "Leo"
hours = "always"

[[policies]]
key = "usual"
trade = "rental"

[[tariffs]]
code = "hourly"
per = "hour"
base = "40.00"
increment_minutes = 30

[[tariffs]]
code = "senior"
per = "hour"
base = "60.00"

[[services]]
key = "room"
name = "Room"
policy = "usual"
tariff = "hourly"
own_tariffs = { mia = "senior" }
needs = { room = ["mia", "leo"] }
"""


def tariff_of(text: str = HOTEL, code: str = "KING") -> Tariff:
    return read(text).tariffs[code]


def asked(nights: int = 3, **facts: object) -> PriceRequest:
    stay = Stay.of_nights(date(2024, 3, 15), nights)
    return PriceRequest.for_stay(stay, **{"adults": 2, **facts})  # type: ignore[arg-type]


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def test_the_grand_hotel_costs_what_its_story_says() -> None:
    quote = price(asked(rate_plan="AAA"), tariff_of(), BOOKING_DAY)
    totals = quote.totals
    assert (totals.subtotal, totals.discounts) == (usd("607.00"), usd("-60.70"))
    assert (totals.taxes, totals.fees, totals.total) == (usd("72.84"), usd("45.00"), usd("664.14"))
    assert quote.expires_at - quote.made_at == timedelta(minutes=20)
    assert isinstance(quote.policy, CancellationPolicy)
    assert quote.policy.code == "Flexible 24-Hour"
    assert quote.policy.free_until(CHECK_IN) == CHECK_IN - timedelta(hours=24)


def test_every_date_has_the_price_of_the_nearest_description() -> None:
    rate = tariff_of().rate
    assert isinstance(rate, NightlyRate)
    days = {
        "2024-03-15": "189",
        "2024-03-22": "209",
        "2024-03-21": "179",
        "2024-08-31": "249",
        "2024-09-01": "179",
    }
    assert {day: rate.calendar.rate_on(date.fromisoformat(day))[0] for day in days} == {
        day: usd(amount) for day, amount in days.items()
    }


def test_a_plan_may_have_terms_of_its_own_and_a_code_its_days() -> None:
    plan = tariff_of().plan("ADVANCE")
    assert plan is not None
    assert plan.policy == CancellationPolicy.non_refundable("ADVANCE")
    with_code = asked(codes=("spring",))
    last = datetime(2024, 3, 11, 4, 59, 59, tzinfo=UTC)  # the 10th in New York, an hour before summer time
    assert price(with_code, tariff_of(), last - timedelta(hours=1)).totals.discounts == usd("-20")
    with pytest.raises(PromotionRefused):
        price(with_code, tariff_of(), last + timedelta(seconds=1))


def test_extra_guests_and_long_stays_are_read() -> None:
    rate = tariff_of().rate
    assert isinstance(rate, NightlyRate)
    assert (rate.extra_adult, [child.up_to_age for child in rate.children]) == (usd("30"), [5, 12])
    assert [(each.from_nights, each.off) for each in rate.lengths] == [(7, Percentage.of(10))]


def test_the_tolerance_is_kept_in_minor_units() -> None:
    assert read(HOTEL).tenant.price_tolerance_minor == 50


def test_providers_may_have_tariffs_of_their_own() -> None:
    catalog = read(STUDIO)
    room, mia, leo = catalog.service("room"), catalog.resource("mia"), catalog.resource("leo")
    assert (room.tariff_of(mia.id), room.tariff_of(leo.id)) == ("senior", "hourly")
    rate = catalog.tariffs["hourly"].rate
    assert isinstance(rate, ServicePrice)
    assert (rate.per, rate.increment_minutes) == (PricedBy.HOUR, 30)
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    request = PriceRequest(span=Period(start, start + timedelta(minutes=80)), begins_on=start.date())
    assert price(request, catalog.tariffs["hourly"], start).total == Money.of("60", "EUR")


def test_a_price_may_hold_on_some_dates_only() -> None:
    text = HOTEL.replace('base = "179.00"\n', "").replace('weekdays = { "FR,SA" = "209.00" }\n', "")
    with pytest.raises(NoRate):
        price(asked(5), tariff_of(text), BOOKING_DAY)


def test_policies_take_tiers_with_amounts_in_the_currency_of_the_file() -> None:
    tiers = (
        "cancellation = { guest_until_hours = 1, tiers = [{ at_least_hours = 48, percent = 0 }, "
        '{ less_than_hours = 48, at_least_hours = 24, amount = "50.00" }, '
        "{ less_than_hours = 24, first_night = true }] }"
    )
    policy = (
        read(HOTEL.replace("cancellation = { free_cancellation_hours = 24 }", tiers, 1))
        .service("king")
        .policy
    )
    assert hash(policy)
    read_back = read_policy("flexible", dict(policy.cancellation))
    assert read_back.guest_until == timedelta(hours=1)
    a_day, two = timedelta(hours=24), timedelta(hours=48)
    assert read_back.tiers[1:] == (
        Tier(penalty=usd("50"), at_least=a_day, less_than=two),
        Tier(penalty=FirstNight(), less_than=a_day),
    )


@pytest.mark.parametrize("text", [HOTEL, STUDIO])
def test_what_was_read_is_the_same_after_storing_it(text: str) -> None:
    catalog = read(text)
    again = catalog_of(catalog_data(catalog))
    assert things(again) == things(catalog)


def things(catalog: Catalog) -> tuple[object, ...]:
    return (catalog.tenant, catalog.services, catalog.tariffs)


BAD = {
    "a fraction": (
        'base = "179.00"',
        "base = 179.00",
        'line 26: tariffs[0].base: must be a decimal text such as "12.50"',
    ),
    "too many decimals": (
        '"179.00"',
        '"179.001"',
        "line 26: tariffs[0].base: has more than 2 decimals (179.001)",
    ),
    "a negative price": ('"179.00"', '"-1.00"', "line 26: tariffs[0].base: must not be negative (-1.00 USD)"),
    "no such weekday": (
        '"FR,SA"',
        '"FRI"',
        "line 27: tariffs[0].weekdays.FRI: weekdays read like MO, MO-FR or SA,SU",
    ),
    "no such date": (
        '"2024-03-17"',
        '"2024-02-30"',
        "line 28: tariffs[0].dates.2024-02-30: must be a date as YYYY-MM-DD",
    ),
    "a date twice": (
        '"2024-03-17"',
        '"2024-03-16..2024-03-17"',
        'line 28: tariffs[0].dates."2024-03-16..2024-03-17": 2024-03-16 is given twice',
    ),
    "a date beyond the calendar": (
        '"2024-06-01"',
        '"9999-12-31"',
        "line 35: tariffs[0].seasons[0].from: must lie in 1970…2199 (9999-12-31)",
    ),
    "a season that ends before it begins": (
        '"2024-08-31"',
        '"2024-05-01"',
        "line 35: tariffs[0].seasons[0].until: must lie after the start of the season",
    ),
    "a season without a price": (
        ', price = "249.00"',
        "",
        "line 35: tariffs[0].seasons[0].price: is required",
    ),
    "a percentage that is a fraction": (
        'percent = "12"',
        "percent = 12.5",
        "line 48: tariffs[0].levies[0].percent: must be a whole number or a decimal text",
    ),
    "a levy of nothing": (
        'percent = "12"\n',
        "",
        "line 45: tariffs[0].levies[0]: needs percent or amount, and not both",
    ),
    "a tax without a base": ('of = "before_discount"\n', "", "line 45: tariffs[0].levies[0].of: is required"),
    "a levy twice": (
        '"resort-fee"',
        '"occupancy-tax"',
        "line 45: tariffs[0].levies: must not be given twice (occupancy-tax)",
    ),
    "a plan twice": ('"ADVANCE"', '"AAA"', "line 37: tariffs[0].plans: must not be given twice (AAA)"),
    "a discount of more than all": (
        '"AAA", percent = "10"',
        '"AAA", percent = "101"',
        "line 38: tariffs[0].plans[0].discount: must not exceed 100 %",
    ),
    "a child without a price": (
        ', price = "15.00"',
        "",
        "line 30: tariffs[0].children[1].price: is required",
    ),
    "tiers that leave a gap": (
        "[{ percent = 100 }]",
        "[{ percent = 100, less_than_hours = 24 }]",
        "line 39: tariffs[0].plans[1].cancellation.tiers: leave a gap",
    ),
    "amounts in another currency": (
        "[{ percent = 100 }]",
        '[{ amount = "5.00", currency = "EUR" }]',
        "line 39: tariffs[0].plans[1].cancellation: asks for amounts in another currency",
    ),
    "an unknown field": (
        'per = "night"\nbase',
        'per = "night"\nbass',
        "line 26: tariffs[0].bass: is not a field here",
    ),
    "a price of nothing in particular": (
        'per = "night"\nbase',
        'per = "moon"\nbase',
        "line 25: tariffs[0].per: must be one of night, booking, person, unit, hour (moon)",
    ),
    "hours where periods are sold": (
        'per = "night"\nbase',
        'per = "person"\nbase',
        "line 29: tariffs[0].extra_adult: is not a field here",
    ),
    "an unknown tariff": (
        'tariff = "KING"',
        'tariff = "QUEEN"',
        "line 61: services[0].tariff: no such tariff (QUEEN)",
    ),
    "a tolerance of more than everything": (
        '"0.50"',
        '"100000.01"',
        "line 4: business.price_tolerance: must be 0…10000000 (10000001)",
    ),
    "a code without an end": (
        ', until = "2024-03-10"',
        "",
        "line 42: tariffs[0].promotions[0].until: is required",
    ),
    "a quote of no time": (
        "quote_minutes = 20",
        "quote_minutes = 0",
        "line 33: tariffs[0].quote_minutes: must be between 1 second and 366 days",
    ),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_what_is_wrong_with_prices_is_named_with_its_line_and_field(case: tuple[str, str, str]) -> None:
    old, new, expected = case
    assert HOTEL.count(old) == 1, "the test changes one place"
    found = problems(HOTEL.replace(old, new))
    assert any(each.startswith(expected) for each in found), found


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'per = "hour"\nbase = "60.00"',
            'per = "night"\nbase = "60.00"',
            "services[0].own_tariffs.mia: has prices per night (senior)",
        ),
        ("{ mia =", "{ zoe =", "services[0].own_tariffs.zoe: no such resource (zoe)"),
        (
            'per = "hour"\nbase = "40.00"',
            'per = "unit"\nbase = "40.00"',
            "tariffs[0].increment_minutes: is for prices per hour",
        ),
        (
            '["mia", "leo"]',
            '["leo"]',
            "services[0].own_tariffs: name a resource that does not fill the leading need (room)",
        ),
        ('trade = "rental"', 'trade = "stay"', "services[0].tariff: has no prices per night (hourly)"),
    ],
)
def test_tariffs_fit_what_they_price(old: str, new: str, expected: str) -> None:
    found = problems(STUDIO.replace(old, new))
    assert any(expected in each for each in found), found
