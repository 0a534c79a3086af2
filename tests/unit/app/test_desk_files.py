"""The terms of a front desk in descriptions of businesses."""

import pytest

from booking_adapters._codec.catalog import catalog_data, catalog_of
from booking_core.domain.catalog.desk import Article, DeskTerms, LateFee, LoyaltyTerms
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.pricing import Base, Levy, Percent
from tests.unit.app.test_business_files import problems, read

HOUSE = """\
[business]
key = "inn"
name = "Inn"

[[venues]]
key = "inn"
code = "INN"
name = "Inn"
zone = "Europe/Berlin"
currency = "EUR"
{desk}

[[resources]]
key = "room"
name = "Room"
hours = "always"

[[policies]]
key = "stay"
trade = "stay"
{policy}

[[services]]
key = "room"
name = "Room"
policy = "stay"
needs = {{ room = ["room"] }}
"""
DESK = """\
[venues.desk]
inspected_only = true
loyalty = { points_per_unit = 2, point_value = "0.01" }

[[venues.desk.late_fees]]
until = "14:00"
amount = "30.00"

[[venues.desk.late_fees]]
until = "18:00"
percent = "50"
levies = [{ code = "vat", kind = "tax", percent = "19", of = "after_discount", included = true }]

[[venues.desk.articles]]
code = "WATER"
text = "Still water"
price = "4.50"
levies = [{ code = "vat", kind = "tax", percent = "19", of = "after_discount", included = true }]
"""
VAT = Levy.tax("vat", Percent(Percentage.of(19), Base.AFTER_DISCOUNT), included=True)
WATER = Article(code="WATER", text="Still water", price=Money(450, "EUR"), levies=(VAT,))
TERMS = DeskTerms(
    inspected_only=True,
    late_fees=(LateFee(14 * 60, Money(3_000, "EUR")), LateFee(18 * 60, Percentage.of(50), (VAT,))),
    articles=(WATER,),
    loyalty=LoyaltyTerms(points_per_unit=2, point_value=Money(1, "EUR")),
)


def house(desk: str = "", policy: str = "") -> str:
    return HOUSE.format(desk=desk, policy=policy)


def test_a_desk_is_read_and_kept_as_it_is_described() -> None:
    catalog = read(house(DESK))
    assert catalog.venue("inn").desk == TERMS
    assert catalog_of(catalog_data(catalog)).venue("inn").desk == TERMS


def test_a_house_without_terms_sells_nothing_over_the_counter() -> None:
    assert read(house()).venue("inn").desk == DeskTerms()


def test_catalogs_stored_before_there_were_desks_are_read() -> None:
    data = catalog_data(read(house()))
    del data["venues"][0]["desk"]
    del data["services"][0]["policy"]["no_show_fee"]
    assert catalog_of(data).venue("inn").desk == DeskTerms()


def test_an_article_is_found_by_its_code() -> None:
    assert TERMS.article("WATER") == WATER
    with pytest.raises(NotFound):
        TERMS.article("WINE")


@pytest.mark.parametrize(
    ("desk", "field"),
    [
        ("[venues.desk]\nopen = true", "venues[0].desk.open"),
        (
            '[venues.desk]\nlate_fees = [{ until = "25:00", amount = "1.00" }]',
            "venues[0].desk.late_fees[0].until",
        ),
        ('[venues.desk]\nlate_fees = [{ until = "14:00" }]', "venues[0].desk.late_fees[0]"),
        ("[venues.desk]\nloyalty = { points_per_unit = 1 }", "venues[0].desk.loyalty.point_value"),
        (
            '[venues.desk]\nloyalty = { points_per_unit = -1, point_value = "0.01" }',
            "venues[0].desk.loyalty.points_per_unit",
        ),
        ('[[venues.desk.articles]]\ncode = "A"\ntext = "A"', "venues[0].desk.articles[0].price"),
        (
            '[[venues.desk.articles]]\ncode = "A"\ntext = "A"\nprice = "0.00"',
            "venues[0].desk.articles[0].price",
        ),
    ],
)
def test_what_is_wrong_with_a_desk_is_named(desk: str, field: str) -> None:
    assert any(f" {field}: " in found for found in problems(house(desk)))


@pytest.mark.parametrize(
    ("fee", "data"),
    [
        ("{ percent = 50 }", {"percent": 50}),
        ("{ first_night = true }", {"first_night": True}),
        ('{ amount = "50.00" }', {"amount_minor": 5_000, "currency": "EUR"}),
    ],
)
def test_a_fee_for_not_coming_is_kept_as_a_penalty(fee: str, data: dict[str, object]) -> None:
    catalog = read(house(policy=f"no_show_fee = {fee}"))
    assert dict(catalog.service("room").policy.no_show_fee) == data
    assert dict(catalog_of(catalog_data(catalog)).service("room").policy.no_show_fee) == data


@pytest.mark.parametrize("fee", ["{}", "{ percent = 50, first_night = true }", "{ nights = 2 }"])
def test_a_fee_that_is_none_is_refused(fee: str) -> None:
    assert any("no_show_fee" in found for found in problems(house(policy=f"no_show_fee = {fee}")))
