from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

import pytest

from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.period import (
    EARLIEST,
    LATEST,
    LONGEST_PERIOD,
    LONGEST_STAY_NIGHTS,
    Period,
    Stay,
    epoch,
    from_epoch,
    instant,
)

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
ELEVEN = TEN + timedelta(hours=1)
DAY = date(2026, 3, 2)


class NoOffset(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


def refused_field(start: datetime, end: datetime) -> str:
    with pytest.raises(InvalidDates) as refused:
        Period.between(start, end)
    return refused.value.field


def test_a_period_is_kept_in_utc() -> None:
    two_hours_east = timezone(timedelta(hours=2))
    period = Period.between(datetime(2026, 3, 2, 12, tzinfo=two_hours_east), ELEVEN)
    assert period == Period(TEN, ELEVEN)
    assert period.start.tzinfo is UTC


def test_naive_times_are_refused_at_either_end() -> None:
    naive = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - the very thing that is refused
    assert refused_field(naive, ELEVEN) == "start"
    assert refused_field(TEN, naive + timedelta(hours=1)) == "end"


def test_a_zone_without_an_offset_is_as_good_as_none() -> None:
    assert refused_field(TEN.replace(tzinfo=NoOffset()), ELEVEN) == "start"


def test_what_is_no_time_is_refused() -> None:
    assert refused_field("2026-03-02", ELEVEN) == "start"  # type: ignore[arg-type]
    assert refused_field(TEN, DAY) == "end"  # type: ignore[arg-type]


def test_reversed_and_empty_periods_are_refused() -> None:
    assert refused_field(ELEVEN, TEN) == "end"
    assert refused_field(TEN, TEN) == "end"


def test_fractions_of_a_second_are_refused() -> None:
    assert refused_field(TEN.replace(microsecond=1), ELEVEN) == "start"
    assert refused_field(TEN, ELEVEN.replace(microsecond=1)) == "end"


def test_huge_periods_are_refused_and_the_longest_is_not() -> None:
    assert Period.between(TEN, TEN + LONGEST_PERIOD).duration == LONGEST_PERIOD
    assert refused_field(TEN, TEN + LONGEST_PERIOD + timedelta(seconds=1)) == "end"


def test_times_outside_the_calendar_are_refused() -> None:
    assert instant(EARLIEST) == EARLIEST
    far_east = timezone(timedelta(hours=14))
    for moment in (
        EARLIEST - timedelta(seconds=1),
        LATEST,
        datetime.min.replace(tzinfo=far_east),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))),
    ):
        with pytest.raises(InvalidDates) as refused:
            instant(moment, "after")
        assert refused.value.field == "after"
        assert refused.value.code == "INVALID_DATES"


def test_epoch_seconds_go_there_and_back() -> None:
    assert from_epoch(epoch(TEN)) == TEN
    assert epoch(TEN.replace(microsecond=999_999)) == epoch(TEN)
    assert Period.of_epoch(epoch(TEN), epoch(ELEVEN)) == Period(TEN, ELEVEN)


def test_periods_are_half_open() -> None:
    period = Period(TEN, ELEVEN)
    assert period.contains(TEN)
    assert not period.contains(ELEVEN)
    assert not period.overlaps(Period(ELEVEN, ELEVEN + timedelta(hours=1)))
    assert period.overlaps(Period(ELEVEN - timedelta(seconds=1), ELEVEN))


def test_buffers_widen_a_period() -> None:
    assert Period(TEN, ELEVEN).widened(timedelta(minutes=10), timedelta(minutes=5)) == Period(
        TEN - timedelta(minutes=10), ELEVEN + timedelta(minutes=5)
    )


def test_a_stay_counts_its_nights_and_leaves_the_last_date_free() -> None:
    stay = Stay.between(DAY, date(2026, 3, 5))
    assert stay.nights == 3
    assert list(stay.dates()) == [date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)]
    assert Stay.of_nights(DAY, 3) == stay


@pytest.mark.parametrize(
    ("check_in", "check_out", "field"),
    [
        (DAY, DAY, "check_out"),
        (DAY, DAY - timedelta(days=1), "check_out"),
        (TEN, DAY, "check_in"),
        (DAY, TEN, "check_out"),
        ("2026-03-02", DAY, "check_in"),
        (DAY, None, "check_out"),
        (date(1969, 12, 31), DAY, "check_in"),
        (DAY, date(2200, 1, 1), "check_out"),
        (DAY, DAY + timedelta(days=LONGEST_STAY_NIGHTS + 1), "check_out"),
    ],
)
def test_a_stay_that_is_none_is_refused_with_the_end_named(
    check_in: date, check_out: date, field: str
) -> None:
    with pytest.raises(InvalidDates) as refused:
        Stay.between(check_in, check_out)
    assert refused.value.field == field


@pytest.mark.parametrize("nights", [0, -1, LONGEST_STAY_NIGHTS + 1])
def test_a_number_of_nights_has_bounds(nights: int) -> None:
    with pytest.raises(InvalidDates) as refused:
        Stay.of_nights(DAY, nights)
    assert refused.value.field == "nights"
