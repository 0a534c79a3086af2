"""Which tariff a service is sold under, and what does not fit."""

import attrs
import pytest

from booking_adapters.testing.builders import Business, a_clinic, cabins, nightly
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.tenant import LARGEST_TOLERANCE_MINOR
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.kernel.money import Money
from booking_core.domain.pricing import RateCalendar, ServicePrice, Tariff

EUROS = Money.of("80", "EUR")
VISIT = Tariff(code="VISIT", rate=ServicePrice(calendar=RateCalendar.flat(EUROS)))


def clinic() -> Business:
    return a_clinic().with_any("staff", "anna", "ben").offering("visit", "staff", minutes=30)


def test_a_provider_may_have_a_tariff_of_its_own() -> None:
    senior = attrs.evolve(VISIT, code="SENIOR")
    catalog = clinic().priced("visit", VISIT).priced("visit", senior, only="anna").catalog
    visit, anna, ben = catalog.service("visit"), catalog.resource("anna"), catalog.resource("ben")
    assert catalog.tariff_of(visit, anna.id) == senior
    assert catalog.tariff_of(visit, ben.id) == VISIT


def test_a_service_without_a_tariff_has_no_price() -> None:
    catalog = clinic().catalog
    assert catalog.tariff_of(catalog.service("visit"), catalog.resource("anna").id) is None


@pytest.mark.parametrize(
    ("business", "reason"),
    [
        (attrs.evolve(clinic().priced("visit", VISIT), tariffs=()), "no such tariff"),
        (clinic().priced("visit", nightly("ROOM", EUROS)), "prices nights where periods are sold"),
        (cabins(1).priced("cabin", nightly("CABIN", EUROS)), "currency of the venue"),
    ],
)
def test_a_tariff_must_exist_and_fit_what_is_sold(business: Business, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        _ = business.catalog
    assert refused.value.field == "services.tariff"


def test_only_those_who_lead_a_service_have_tariffs_of_their_own() -> None:
    visit = clinic().catalog.service("visit")
    with pytest.raises(InvalidInput) as refused:
        attrs.evolve(visit, own_tariffs=((ResourceId(visit.id), "VISIT"),))
    assert refused.value.field == "own_tariffs"


@pytest.mark.parametrize("minor", [-1, LARGEST_TOLERANCE_MINOR + 1])
def test_a_tolerance_is_neither_negative_nor_everything(minor: int) -> None:
    with pytest.raises(InvalidInput, match="price_tolerance_minor"):
        attrs.evolve(clinic().tenant, price_tolerance_minor=minor)


def test_nothing_is_described_twice() -> None:
    with pytest.raises(InvalidInput) as refused:
        Catalog.of(clinic().tenant, tariffs=[VISIT, VISIT])
    assert refused.value.field == "tariffs.code"
    venue = clinic().venue
    with pytest.raises(InvalidInput) as refused:
        Catalog.of(clinic().tenant, venues=[venue, attrs.evolve(venue, key="other")])
    assert refused.value.field == "venues.id"
