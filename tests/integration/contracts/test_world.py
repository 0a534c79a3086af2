"""Clocks, ids and holidays, the real ones and those of tests, keep their contracts."""

from datetime import date

import pytest

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.ambient.holidays import NoHolidays, PublicHolidays
from booking_adapters.ambient.ids import UuidV7
from booking_adapters.testing.ambient import FixedClock, ListedHolidays, SeededIds
from booking_adapters.testing.contracts import ClockContract, HolidaysContract, IdGeneratorContract
from booking_core.ports.ambient import Clock, Holidays, IdGenerator

CHRISTMAS = date(2030, 12, 25)


class TestClocks(ClockContract):
    @pytest.fixture(params=[SystemClock, FixedClock])
    def clock(self, request: pytest.FixtureRequest) -> Clock:
        made: Clock = request.param()
        return made


class TestIdGenerators(IdGeneratorContract):
    @pytest.fixture(params=[UuidV7, SeededIds])
    def ids(self, request: pytest.FixtureRequest) -> IdGenerator:
        made: IdGenerator = request.param()
        return made

    def test_seeded_ids_repeat(self) -> None:
        first, second, other = SeededIds(7), SeededIds(7), SeededIds(8)
        assert [first.new() for _ in range(5)] == [second.new() for _ in range(5)]
        assert SeededIds(7).new() != other.new()


class TestHolidays(HolidaysContract):
    @pytest.fixture(params=["public", "listed"])
    def holidays(self, request: pytest.FixtureRequest) -> Holidays:
        listed = ListedHolidays({"DE-BY": [date(2029, 12, 25), CHRISTMAS, date(2031, 1, 1)]})
        return PublicHolidays() if request.param == "public" else listed

    @pytest.fixture
    def calendar(self) -> str:
        return "DE-BY"

    @pytest.fixture
    def holiday(self) -> date:
        return CHRISTMAS

    def test_where_no_calendar_is_kept_every_day_is_a_working_day(self) -> None:
        assert NoHolidays().between("DE-BY", CHRISTMAS, CHRISTMAS) == frozenset()
