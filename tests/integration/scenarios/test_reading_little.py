"""SCENARIOS.md section 6, item 13: what is read grows with what is asked about, not with all there is."""

import attrs
import pytest

from booking_adapters.testing.builders import Business, a_clinic, cabins
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from tests.integration.scenarios.watched import Counts, Watched

TUESDAY = "2026-03-03"
MARCH = "2026-03-02/2026-04-01"


@pytest.fixture
def watched(store: Storage) -> Watched:
    return Watched(store)


@pytest.fixture
def engine(watched: Watched) -> TheEngine:
    return TheEngine(watched)


def staffed(count: int) -> Business:
    return a_clinic().with_staff(*(f"staff-{number}" for number in range(count)))


def asked(watched: Watched, clinic: OpenBusiness, window: str) -> Counts:
    watched.reset()
    assert clinic.slots("visit", window)
    return watched.counts


def test_a_search_asks_as_often_for_fifty_hosts_and_a_month_as_for_one_and_a_day(
    engine: TheEngine, watched: Watched
) -> None:
    alone = engine.opens(staffed(1))
    many = engine.opens(staffed(50).called("hospital"))
    few = asked(watched, alone, TUESDAY)
    assert asked(watched, many, TUESDAY) == asked(watched, many, MARCH) == few
    assert (few.transactions, few.questions) == (1, 2)  # the catalog and the calendars


def test_a_search_reads_no_appointment_outside_its_window(engine: TheEngine, watched: Watched) -> None:
    clinic = engine.opens(staffed(2))
    for day in (2, 3, 4, 5, 6, 9, 10, 11, 12, 13):
        for hour in (9, 11, 13, 15):
            clinic.book("visit", f"2026-03-{day:02} {hour:02}:00")
    assert asked(watched, clinic, TUESDAY).lanes == 4
    assert asked(watched, clinic, f"{TUESDAY} 12:00/14:00").lanes == 1
    assert asked(watched, clinic, MARCH).lanes == 40


def test_a_booking_reads_what_its_own_times_touch(engine: TheEngine, watched: Watched) -> None:
    clinic = engine.opens(staffed(3))
    for hour in (9, 10, 11, 12, 13, 14, 15, 16):
        clinic.book("visit", f"{TUESDAY} {hour:02}:00")
    watched.reset()
    clinic.book("visit", f"{TUESDAY} 12:00")
    assert watched.counts.transactions == 1
    assert watched.counts.lanes <= 3
    assert watched.counts.questions == 4  # catalog, calendars, loads, save


def test_a_search_for_stays_asks_once_for_all_cabins(engine: TheEngine, watched: Watched) -> None:
    counts = []
    for size in (1, 40):
        camp = engine.opens(cabins(size).called(f"camp-{size}"))
        watched.reset()
        assert len(camp.stays("2026-03-15/2026-03-18")) == size
        counts.append(attrs.evolve(watched.counts))
    assert counts[0] == counts[1]
    assert (counts[0].transactions, counts[0].questions) == (1, 2)
