"""The wall clock on the days on which it does something."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking_adapters.testing.strategies import ODD_DAYS, places_and_days
from booking_core.domain.kernel import zone as zone_module
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import from_epoch
from booking_core.domain.kernel.zone import local_date, midnight, wall_epoch, zone, zone_names


def reading(place: str, day: str, clock: str) -> str:
    """The instant, in UTC, of a wall-clock reading."""
    hours, _, minutes = clock.partition(":")
    return f"{from_epoch(wall_epoch(date.fromisoformat(day), int(hours) * 60 + int(minutes), zone(place))):%dT%H:%M}"


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/localtime",
        "localtime",
        "posixrules",
        "posix/Europe/Berlin",
        "right/Europe/Berlin",
        "Factory",
        "Europe/Nowhere",
        "europe/berlin",
        "Europe",
        "",
        "UTC+2",
        "\0",
        None,
        1,
        ["UTC"],
    ],
)
def test_what_is_no_iana_zone_is_refused_with_the_field_named(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        zone(name, "venues.zone")
    assert refused.value.field == "venues.zone"


def test_a_zone_that_the_database_lists_and_cannot_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(name: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zone_module, "ZoneInfo", unreadable)
    with pytest.raises(InvalidInput):
        zone("Europe/Berlin")


def test_every_allowed_name_is_a_zone() -> None:
    assert {"Europe/Berlin", "UTC", "Asia/Kathmandu"} <= zone_names()
    assert all(zone(name).key == name for name in zone_names())


@pytest.mark.parametrize(
    ("place", "day", "clock", "instant"),
    [
        ("Europe/Berlin", "2026-03-02", "09:00", "02T08:00"),
        ("Europe/Berlin", "2026-03-29", "01:59", "29T00:59"),
        ("Europe/Berlin", "2026-03-29", "02:00", "29T01:00"),
        ("Europe/Berlin", "2026-03-29", "02:59", "29T01:00"),
        ("Europe/Berlin", "2026-03-29", "03:00", "29T01:00"),
        ("Europe/Berlin", "2026-10-25", "02:00", "25T00:00"),
        ("Europe/Berlin", "2026-10-25", "02:59", "25T00:59"),
        ("Europe/Berlin", "2026-10-25", "03:00", "25T02:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "03T15:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "04T14:45"),
        ("Australia/Lord_Howe", "2026-04-05", "02:00", "04T15:30"),
        ("America/Sao_Paulo", "2018-11-04", "00:00", "04T03:00"),
        ("America/Sao_Paulo", "2018-11-04", "00:30", "04T03:00"),
        ("America/Sao_Paulo", "2018-11-04", "01:00", "04T03:00"),
        ("Pacific/Apia", "2011-12-30", "00:00", "30T10:00"),
        ("Pacific/Apia", "2011-12-30", "12:00", "30T10:00"),
        ("Pacific/Apia", "2011-12-31", "00:00", "30T10:00"),
        ("Pacific/Apia", "2011-12-29", "23:59", "30T09:59"),
        ("Asia/Pyongyang", "2018-05-04", "23:45", "04T15:00"),
        ("Etc/UTC", "2026-03-02", "48:00", "04T00:00"),
    ],
)
def test_a_reading_in_a_gap_is_the_change_and_one_in_a_fold_the_first(
    place: str, day: str, clock: str, instant: str
) -> None:
    assert reading(place, day, clock) == instant


def test_a_day_in_the_middle_of_an_even_stretch_says_so() -> None:
    berlin = zone("Europe/Berlin")
    assert midnight(date(2026, 6, 1), berlin)[1] is False
    assert [midnight(date(2026, 3, day), berlin)[1] for day in (27, 28, 29, 30)] == [False, True, True, False]


def test_the_local_date_is_that_of_the_wall() -> None:
    moment = int(datetime(2011, 12, 30, 10, tzinfo=UTC).timestamp())
    apia = zone("Pacific/Apia")
    assert [local_date(moment - 1, apia), local_date(moment, apia)] == [
        date(2011, 12, 29),
        date(2011, 12, 31),
    ]


@given(place_and_day=places_and_days(), minute=st.integers(0, 2_880))
def test_in_an_even_stretch_every_reading_is_midnight_plus_its_minutes(
    place_and_day: tuple[ZoneInfo, date], minute: int
) -> None:
    place, day = place_and_day
    start, changes = midnight(day, place)
    assert start == wall_epoch(day, 0, place)
    if not changes:
        assert start + minute * 60 == wall_epoch(day, minute, place)


def test_the_even_stretch_holds_for_every_zone_on_sampled_dates() -> None:
    edges = (0, 1, 90, 720, 1_439, 1_440, 1_500, 2_100, 2_880)
    for number, name in enumerate(sorted(zone_names())):
        place = zone(name)
        for n in range(24):
            day = date(1972, 1, 1) + timedelta(days=(n * 1_999 + number * 37) % 20_000)
            start, changes = midnight(day, place)
            if not changes:
                assert [wall_epoch(day, minute, place) for minute in edges] == [
                    start + minute * 60 for minute in edges
                ], (name, day)


@pytest.mark.parametrize(("name", "day"), ODD_DAYS[:-1])
def test_readings_never_run_backwards_on_odd_days(name: str, day: date) -> None:
    readings = [wall_epoch(day, minute, zone(name)) for minute in range(2_881)]
    assert readings == sorted(readings)
    assert any(midnight(day + timedelta(days=n), zone(name))[1] for n in (-1, 0))
