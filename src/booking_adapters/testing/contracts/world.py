"""The contracts of what the world provides: Clock, IdGenerator, Holidays."""

from datetime import date, timedelta

import pytest

from booking_adapters.testing.contracts.crowd import all_at_once
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.ambient import Clock, Holidays, IdGenerator

A_YEAR = (date(2030, 1, 1), date(2030, 12, 31))


class ClockContract:
    """Needs a fixture `clock`."""

    def test_the_time_is_aware_and_in_utc(self, clock: Clock) -> None:
        assert clock.now().utcoffset() == timedelta(0)

    def test_time_does_not_run_backwards(self, clock: Clock) -> None:
        readings = [clock.now() for _ in range(100)]
        assert readings == sorted(readings)


class IdGeneratorContract:
    """Needs a fixture `ids`."""

    def test_ids_are_uuids_of_version_7(self, ids: IdGenerator) -> None:
        for _ in range(100):
            new = ids.new()
            assert (new.int >> 76 & 0xF, new.int >> 62 & 0b11) == (7, 0b10)

    def test_later_ids_sort_later(self, ids: IdGenerator) -> None:
        made = [ids.new() for _ in range(10_000)]
        assert made == sorted(made)
        assert [str(each) for each in made] == sorted(str(each) for each in made)
        assert len(set(made)) == len(made)

    def test_no_two_threads_get_the_same_id(self, ids: IdGenerator) -> None:
        batches = all_at_once(*[lambda: [ids.new() for _ in range(1_000)] for _ in range(8)])
        made = {each for batch in batches if isinstance(batch, list) for each in batch}
        assert len(made) == 8 * 1_000


class HolidaysContract:
    """Needs fixtures `holidays`, `calendar` (the name of one it knows) and `holiday` (a day of 2030 in it)."""

    def test_both_ends_of_the_range_count(self, holidays: Holidays, calendar: str, holiday: date) -> None:
        assert holidays.between(calendar, holiday, holiday) == {holiday}

    def test_nothing_outside_the_range_is_named(
        self, holidays: Holidays, calendar: str, holiday: date
    ) -> None:
        a_day = timedelta(days=1)
        assert holiday in holidays.between(calendar, *A_YEAR)
        assert all(A_YEAR[0] <= day <= A_YEAR[1] for day in holidays.between(calendar, *A_YEAR))
        assert holiday not in holidays.between(calendar, A_YEAR[0], holiday - a_day)
        assert holiday not in holidays.between(calendar, holiday + a_day, A_YEAR[1])

    def test_a_range_may_cross_years(self, holidays: Holidays, calendar: str, holiday: date) -> None:
        found = holidays.between(calendar, date(2029, 6, 1), date(2031, 6, 1))
        assert holiday in found
        assert {day for day in found if day.year == holiday.year} == holidays.between(calendar, *A_YEAR)

    @pytest.mark.parametrize("unknown", ["XX", "DE-XX", "", "Atlantis"])
    def test_a_calendar_that_does_not_exist_is_refused(self, holidays: Holidays, unknown: str) -> None:
        with pytest.raises(InvalidInput):
            holidays.between(unknown, *A_YEAR)
