"""The words in which stories are told mean what they say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.builders import (
    Business,
    a_car_rental,
    a_clinic,
    a_hall,
    a_practice,
    a_salon,
    a_tour,
    cabins,
    grand_hotel,
    named_id,
    weekly_hours,
)
from booking_adapters.testing.engine import TheEngine
from booking_adapters.testing.when import Wall
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.schedule import Window
from booking_core.domain.kernel.errors import InvalidDates, InvalidInput
from booking_core.domain.kernel.period import Stay
from booking_core.domain.kernel.zone import zone

BUSINESSES = (
    a_clinic().with_staff("anna"),
    a_practice(),
    a_salon(),
    a_hall(),
    a_car_rental("fiat"),
    a_tour(),
    cabins(3),
    grand_hotel(),
)
BERLIN = Wall(zone("Europe/Berlin"), date(2026, 3, 2))


def test_hours_read_as_they_are_spoken() -> None:
    schedule = weekly_hours("MO-FR 09:00-12:00 13:00-17:00; SA 22:00-02:00")
    morning, afternoon, night = (
        Window.of("09:00", "12:00"),
        Window.of("13:00", "17:00"),
        Window.of("22:00", "02:00"),
    )
    assert schedule.weekly == (*([(morning, afternoon)] * 5), (night,), ())
    assert weekly_hours("SU-MO 13:00-17:00").weekly == ((afternoon,), (), (), (), (), (), (afternoon,))
    assert weekly_hours("never").weekly == ((),) * 7


@pytest.mark.parametrize("text", ["", "09:00-12:00", "XX 09:00-12:00", "MO-XX 09:00-12:00", "MO", "MO 9-12"])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        weekly_hours(text)


def test_times_read_as_they_are_told() -> None:
    ten = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert BERLIN.moment("10:00") == BERLIN.moment("2026-03-02 10:00") == ten
    assert BERLIN.moment("2026-03-02T10:00+01:00") == ten
    assert BERLIN.shown(ten) == "10:00"
    assert BERLIN.read("10:00/11:00") == (ten, ten + timedelta(hours=1), None)
    assert BERLIN.read("2026-03-02 10:00/11:00") == (ten, ten + timedelta(hours=1), None)
    assert BERLIN.read("2024-03-15/2024-03-18") == (None, None, Stay(date(2024, 3, 15), date(2024, 3, 18)))


def test_a_date_as_a_period_is_that_day_on_the_wall() -> None:
    assert BERLIN.period("2026-03-29").duration == timedelta(hours=23)
    assert BERLIN.period("2026-03-29/2026-03-31").duration == timedelta(hours=47)


@pytest.mark.parametrize("text", ["2024-03-15/soon", "25:00", "10:00/"])
def test_times_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        BERLIN.read(text)


@pytest.mark.parametrize("business", BUSINESSES, ids=lambda each: each.tenant.key)
def test_every_business_opens_under_the_standard_rules(business: Business) -> None:
    catalog = TheEngine(MemoryStore()).opens(business).business.catalog
    for service in catalog.services.values():
        standard_rules().rules_of(service.policy)


def test_a_described_business_is_never_changed_by_what_is_said_next() -> None:
    clinic = a_clinic().with_staff("anna")
    clinic.with_staff("ben").with_rule("minimum_notice", hours=2).revised().changing("anna", capacity=2)
    assert [resource.key for resource in clinic.catalog.resources.values()] == ["anna"]
    assert clinic.catalog.service("visit").policy.rules == ()
    assert (clinic.catalog.version, clinic.catalog.resource("anna").capacity) == (1, 1)


def test_the_same_name_has_the_same_id_and_another_kind_another() -> None:
    assert named_id("resource", "anna") == named_id("resource", "anna")
    assert named_id("resource", "anna") != named_id("service", "anna")
    assert named_id("resource", "anna").version == 7


def test_a_fixed_clock_moves_when_it_is_told_to() -> None:
    clock = FixedClock()
    start = clock.now()
    clock.advance(timedelta(minutes=5))
    assert clock.now() == start + timedelta(minutes=5)
    clock.set(start)
    assert clock.now() == start
    with pytest.raises(InvalidDates):
        clock.set(datetime(2026, 3, 2, 6))  # noqa: DTZ001 - naive on purpose


def test_seeds_tell_ids_apart() -> None:
    assert SeededIds(1).new() == SeededIds(1).new() != SeededIds(2).new()
