"""Which nights and starts an occupied period takes, to the minute."""

from datetime import datetime, timedelta

import pytest

from booking_adapters.testing.builders import a_clinic, a_tour, grand_hotel
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.channels.affected import affected_dates
from booking_core.domain.kernel.period import Period


def dates(catalog: Catalog, start: str, end: str) -> list[str]:
    (service,) = catalog.services.values()
    place = catalog.venue_of(service).zone
    first, last = (datetime.fromisoformat(f"2026-{each}").replace(tzinfo=place) for each in (start, end))
    found = affected_dates(catalog, service, Period.between(first, last))
    return [f"{day:%m-%d}" for day in found]


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [
        ("03-15 15:00", "03-18 11:00", ["03-15", "03-16", "03-17"]),
        ("03-15 11:00", "03-15 15:00", ["03-15"]),
        ("03-15 10:59", "03-15 12:00", ["03-14"]),
        ("03-15 10:59", "03-15 15:01", ["03-14", "03-15"]),
        ("03-16 02:00", "03-16 04:00", ["03-15"]),
        ("03-15 20:00", "03-15 21:00", ["03-15"]),
        ("03-31 15:00", "04-01 11:00", ["03-31"]),
        ("03-28 00:00", "03-31 15:00", ["03-27", "03-28", "03-29", "03-30"]),
    ],
)
def test_a_night_lasts_from_check_in_to_the_check_out_of_the_next_date(
    start: str, end: str, nights: list[str]
) -> None:
    assert dates(grand_hotel().catalog, start, end) == nights


def test_between_check_out_and_check_in_lies_no_night_and_one_is_told_to_no_harm() -> None:
    assert dates(grand_hotel().catalog, "03-15 12:00", "03-15 13:00") == ["03-15"]


def test_starts_are_taken_as_far_back_as_they_last() -> None:
    tour, visits = a_tour().catalog, a_clinic().with_staff("anna").catalog
    assert dates(tour, "03-15 10:00", "03-15 13:00") == ["03-15"]
    assert dates(tour, "03-15 02:00", "03-15 03:00") == ["03-14", "03-15"]
    assert dates(visits, "03-15 23:30", "03-15 23:51") == ["03-15", "03-16"]
    (service,) = visits.services.values()
    assert service.buffer_before == timedelta(minutes=10)
