"""Every kind of price, written in a tenant's file, kept by every storage, and quoted over HTTP to the minor unit."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import TestClient

from booking_adapters.http import create_app
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from tests.integration.http.asking import Client, refusal
from tests.integration.http.wiring import http_engine
from tests.unit.app.test_business_files import read

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)

HOUSE = """\
[business]
key = "house"
name = "House of every price"

[[venues]]
key = "main"
code = "EUR"
name = "Main house"
zone = "Europe/Berlin"
currency = "EUR"

[[venues]]
key = "tokyo"
code = "JPY"
name = "House in Tokyo"
zone = "Asia/Tokyo"
currency = "JPY"

[[venues]]
key = "kuwait"
code = "KWD"
name = "House in Kuwait"
zone = "Asia/Kuwait"
currency = "KWD"

[[resources]]
key = "cabin"
name = "Cabin"
venue = "main"
capacity = 3
hours = "always"

[[resources]]
key = "boat"
name = "Boat"
venue = "main"
capacity = 12
hours = { "MO-SU" = ["10:00-11:00"] }

[[resources]]
key = "studio"
name = "Studio"
venue = "main"
capacity = 3
hours = "always"

[[resources]]
key = "ryokan"
name = "Ryokan"
venue = "tokyo"
hours = "always"

[[resources]]
key = "suite"
name = "Suite"
venue = "kuwait"
hours = "always"

[[policies]]
key = "nights"
trade = "stay"

[[policies]]
key = "seats"
trade = "activity"

[[policies]]
key = "hours"
trade = "rental"

[[tariffs]]
code = "CABIN"
venue = "main"
per = "night"
base = "100.00"
weekdays = { "FR,SA" = "120.00" }
seasons = [{ name = "fair", from = "2026-04-10", until = "2026-04-12", price = "150.00" }]
dates = { "2026-04-11" = "200.00" }
included_adults = 2
extra_adult = "30.00"
children = [{ up_to_age = 5, price = "0.00" }, { up_to_age = 12, price = "15.00" }]
lengths = [{ from_nights = 5, percent = "10" }]
plans = [{ code = "AAA", percent = "10" }, { code = "MEMBER", amount = "5.00", per_night = true }]
promotions = [
  { code = "ONCE", percent = "50", uses = 1 },
  { code = "SPRING", amount = "20.00", stackable = true },
  { code = "RICH", percent = "10", minimum = "1000.00" },
  { code = "LONG", percent = "10", minimum_nights = 4 },
  { code = "PAST", percent = "10", from = "2026-01-01", until = "2026-01-31" },
]
levies = [
  { code = "clean", kind = "fee", amount = "40.00", per = "booking" },
  { code = "linen", kind = "fee", amount = "7.00", per = "person" },
  { code = "resort", kind = "fee", amount = "3.00", per = "night" },
  { code = "city", kind = "tax", amount = "2.50", per = "person_night", from_age = 6 },
  { code = "stay", kind = "tax", percent = "5", of = "after_discount", also_on = ["clean"] },
  { code = "surtax", kind = "tax", percent = "10", of = "levies_only", also_on = ["stay"] },
]

[[tariffs]]
code = "GROSS"
venue = "main"
per = "person"
base = "21.40"
children = [{ up_to_age = 12, price = "10.70" }]
levies = [{ code = "vat", kind = "tax", percent = "7", of = "after_discount", included = true }]

[[tariffs]]
code = "SEAT"
venue = "main"
per = "unit"
base = "48.00"
levies = [{ code = "vat", kind = "tax", percent = "19", of = "after_discount" }]

[[tariffs]]
code = "HOURLY"
venue = "main"
per = "hour"
base = "25.00"
increment_minutes = 15

[[tariffs]]
code = "FLAT"
venue = "main"
per = "booking"
base = "90.00"

[[tariffs]]
code = "YEN"
venue = "tokyo"
per = "night"
base = "9999"
levies = [{ code = "tax", kind = "tax", percent = "8", of = "before_discount" }]

[[tariffs]]
code = "DINAR"
venue = "kuwait"
per = "night"
base = "12.345"
levies = [{ code = "tax", kind = "tax", percent = "8", of = "before_discount" }]

[[services]]
key = "cabin"
name = "Cabin"
venue = "main"
policy = "nights"
tariff = "CABIN"
needs = { cabin = ["cabin"] }

[[services]]
key = "walk"
name = "Walk"
venue = "main"
policy = "seats"
tariff = "GROSS"
duration_minutes = 60
needs = { seat = ["boat"] }

[[services]]
key = "trip"
name = "Trip"
venue = "main"
policy = "seats"
tariff = "SEAT"
duration_minutes = 60
needs = { seat = ["boat"] }

[[services]]
key = "studio"
name = "Studio"
venue = "main"
policy = "hours"
tariff = "HOURLY"
needs = { room = ["studio"] }

[[services]]
key = "party"
name = "Party room"
venue = "main"
policy = "hours"
tariff = "FLAT"
needs = { room = ["studio"] }

[[services]]
key = "ryokan"
name = "Ryokan"
venue = "tokyo"
policy = "nights"
tariff = "YEN"
needs = { room = ["ryokan"] }

[[services]]
key = "suite"
name = "Suite"
venue = "kuwait"
policy = "nights"
tariff = "DINAR"
needs = { room = ["suite"] }
"""


@pytest.fixture
def house(store: Storage) -> Iterator[Client]:
    engine = TheEngine(store, FixedClock(NOW))
    catalog = read(HOUSE, NOW)
    with store(catalog.tenant.id) as tx:
        tx.catalogs.save(catalog, NOW)
    with TestClient(create_app(http_engine(engine, store))) as client:
        yield client


def nights(first: str, last: str, **more: Any) -> dict[str, Any]:
    return {
        "service": "cabin",
        "stay": {"check_in": first, "check_out": last},
        "party": {"adults": 2},
        **more,
    }


def price_of(house: Client, **wish: Any) -> Mapping[str, Any]:
    answer = house.post("/v1/house/quotes", json=wish)
    assert answer.status_code == 201, answer.text
    price: Mapping[str, Any] = answer.json()["price"]
    return price


def sums(price: Mapping[str, Any]) -> dict[str, int]:
    """What the lines of each rule come to, by code."""
    found: dict[str, int] = {}
    for line in price["lines"]:
        assert line["source"], "every line says where it comes from"
        found[line["code"]] = found.get(line["code"], 0) + line["amount_minor"]
    return found


def added(price: Mapping[str, Any]) -> int:
    return sum(line["amount_minor"] for line in price["lines"] if not line["included"])


def test_a_night_costs_what_its_date_season_and_weekday_say(house: Client) -> None:
    """Thursday, Friday of the fair, Saturday with a price of its own, Sunday of the fair, Monday."""
    price = price_of(house, **nights("2026-04-09", "2026-04-13"))
    rates = [(line["amount_minor"], line["source"]) for line in price["lines"] if line["kind"] == "rate"]
    assert rates == [
        (10_000, "base rate"),
        (15_000, "season fair"),
        (20_000, "rate of the date"),
        (15_000, "season fair"),
    ]
    assert added(price) == price["totals"]["total_minor"]
    assert "half-up" in price["rounding"]


def test_guests_lengths_plans_fees_and_taxes_on_taxes_add_up(house: Client) -> None:
    """Three adults and children of four and ten, from Monday to Saturday, as members with a code."""
    party = {"adults": 3, "child_ages": [4, 10]}
    stay = nights("2026-03-09", "2026-03-14", party=party, rate_plan="AAA")
    price = price_of(house, **stay)
    assert sums(price) == {
        "rate": 52_000,
        "extra-adult": 15_000,
        "child-12": 7_500,
        "from-5-nights": -5_200,
        "AAA": -6_930,
        "clean": 4_000,
        "linen": 3_500,
        "resort": 1_500,
        "city": 5_000,
        "stay": 3_319,
        "surtax": 332,
    }
    totals = price["totals"]
    assert (totals["subtotal_minor"], totals["discounts_minor"]) == (69_300, -6_930)
    assert (totals["fees_minor"], totals["taxes_minor"]) == (9_000, 8_651)
    assert added(price) == totals["total_minor"] == 80_021
    members = price_of(house, **{**stay, "rate_plan": "MEMBER", "quantity": 2})
    assert sums(members)["MEMBER"] == -5_000


def test_gross_comes_first_where_the_tax_is_inside(house: Client) -> None:
    walk = {
        "service": "walk",
        "start": "2026-03-09T10:00:00+01:00",
        "party": {"adults": 2, "child_ages": [9]},
    }
    price = price_of(house, **walk)
    assert (price["totals"]["total_minor"], price["totals"]["included_minor"]) == (5_350, 350)
    (vat,) = [line for line in price["lines"] if line["included"]]
    assert (vat["code"], vat["amount_minor"]) == ("vat", 350)


def test_services_are_priced_per_unit_hour_and_booking(house: Client) -> None:
    trip = {"service": "trip", "start": "2026-03-09T10:00:00+01:00", "quantity": 3}
    assert price_of(house, **trip)["totals"]["total_minor"] == 3 * 4_800 + 2_736
    rented = {"start": "2026-03-09T10:00:00+01:00", "end": "2026-03-09T11:50:00+01:00"}
    assert price_of(house, service="studio", **rented)["totals"]["total_minor"] == 5_000
    assert price_of(house, service="party", **rented, quantity=2)["totals"]["total_minor"] == 9_000


@pytest.mark.parametrize(
    ("service", "total", "currency"), [("ryokan", 10_799, "JPY"), ("suite", 13_333, "KWD")]
)
def test_currencies_without_and_with_three_decimals(
    house: Client, service: str, total: int, currency: str
) -> None:
    totals = price_of(house, **nights("2026-03-09", "2026-03-10", service=service))["totals"]
    assert (totals["total_minor"], totals["currency"]) == (total, currency)


@pytest.mark.parametrize(
    ("codes", "plan", "problem"),
    [
        (["RICH"], None, "below_minimum"),
        (["LONG"], None, "stay_too_short"),
        (["PAST"], None, "not_valid_now"),
        (["NEVER"], None, "unknown"),
        (["ONCE", "SPRING"], None, "not_combinable"),
        (["ONCE"], "AAA", "not_combinable"),
    ],
)
def test_misused_codes_are_refused_with_their_problem_and_nothing_is_booked(
    house: Client, codes: list[str], plan: str | None, problem: str
) -> None:
    stay = nights("2026-03-09", "2026-03-11", codes=codes, rate_plan=plan, customer={"name": "Ada"})
    told = refusal(house.post("/v1/house/reservations", json=stay), 409, "PROMOTION_REFUSED")
    assert (told["details"]["problem"], told["retry_action"]) == (problem, "REMOVE_CODE")
    window = {"check_in": "2026-03-09", "check_out": "2026-03-11", "service": "cabin"}
    (offer,) = house.get("/v1/house/stays", params=window).json()["offers"]
    assert offer["left"] == 3
    once = nights("2026-03-09", "2026-03-11", codes=["ONCE"], customer={"name": "Ada"})
    assert house.post("/v1/house/reservations", json=once).status_code == 201
    used = refusal(house.post("/v1/house/reservations", json=once), 409, "PROMOTION_REFUSED")
    assert used["details"]["problem"] == "used_up"


def test_codes_that_stack_take_from_what_is_left(house: Client) -> None:
    price = price_of(house, **nights("2026-03-09", "2026-03-11", codes=["spring"], rate_plan="AAA"))
    assert (sums(price)["AAA"], sums(price)["SPRING"]) == (-2_000, -2_000)


def test_what_n_guests_pay_for_n_nights_is_estimated(house: Client) -> None:
    asked: dict[str, Any] = {"guests": 3, "nights": 2, "arriving": "2026-03-09"}
    (estimate,) = house.get("/v1/house/services/cabin/estimate", params=asked).json()["estimates"]
    quoted = price_of(house, **nights("2026-03-09", "2026-03-11", party={"adults": 3}))["totals"][
        "total_minor"
    ]
    assert (estimate["resource"], estimate["total"]["amount_minor"]) == ("cabin", quoted)
    averages = {
        name: estimate[name]["amount_minor"] for name in ("per_night", "per_guest", "per_guest_night")
    }
    assert averages == {
        "per_night": (quoted + 1) // 2,
        "per_guest": (2 * quoted + 3) // 6,
        "per_guest_night": (quoted + 3) // 6,
    }
    wrong = {**asked, "arriving": "the ninth"}
    answer = house.get("/v1/house/services/cabin/estimate", params=wrong)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "arriving")
