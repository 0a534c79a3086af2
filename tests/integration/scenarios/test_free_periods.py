"""When a hall or a car is free, where customers choose their own times."""

import attrs
import pytest

from booking_adapters.testing.builders import a_car_rental, a_clinic, a_hall
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.usecases.free_periods import FreePeriodsQuery


def free(business: OpenBusiness, service: str, when: str, **facts: object) -> dict[str, list[str]]:
    query = FreePeriodsQuery(tenant=business.tenant, service=service, window=business.wall.period(when))
    found = business.engine.find_free_periods(attrs.evolve(query, **facts))  # type: ignore[arg-type]
    shown = business.wall.shown
    return {
        found.catalog.resources[each].key: [
            f"{shown(period.start)}-{shown(period.end)}" for period in periods
        ]
        for each, periods in found.by_resource.items()
    }


def test_what_is_booked_is_not_free(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    (service,) = (each.key for each in hall.business.catalog.services.values())
    (key,) = (each.key for each in hall.business.catalog.resources.values())
    whole = free(hall, service, "2026-03-03")[key]
    assert len(whole) == 1
    hall.book(service, "2026-03-03 12:00/14:00")
    opens, closes = whole[0].split("-")
    assert free(hall, service, "2026-03-03")[key] == [f"{opens}-12:00", f"14:00-{closes}"]


def test_a_hold_of_ones_own_hides_nothing(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    (service,) = (each.key for each in hall.business.catalog.services.values())
    before = free(hall, service, "2026-03-03")
    hall.hold(service, "2026-03-03 12:00/14:00", "mine")
    assert free(hall, service, "2026-03-03", session="mine") == before
    assert free(hall, service, "2026-03-03", session="yours") != before


def test_what_has_passed_is_not_free(engine: TheEngine) -> None:
    hall = engine.opens(a_hall())
    (service,) = (each.key for each in hall.business.catalog.services.values())
    hall.it_is("2026-03-04 00:00")
    assert list(free(hall, service, "2026-03-03").values()) == [[]]


def test_a_car_is_free_at_night_although_the_office_is_shut(engine: TheEngine) -> None:
    rental = engine.opens(a_car_rental("fiat", "volvo"))
    (service,) = (each.key for each in rental.business.catalog.services.values())
    both = free(rental, service, "2026-03-03 00:00/2026-03-05 00:00")
    assert both == {"fiat": ["00:00-00:00"], "volvo": ["00:00-00:00"]}
    assert list(free(rental, service, "2026-03-03", resources=("volvo",))) == ["volvo"]


def test_services_with_times_of_their_own_and_boundless_windows_are_refused(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_any("staff", "anna").offering("visit", "staff", minutes=30))
    with pytest.raises(InvalidInput, match="slots"):
        free(clinic, "visit", "2026-03-03")
    with pytest.raises(InvalidDates, match="92 days"):
        free(clinic, "visit", "2026-03-03/2026-09-03")
