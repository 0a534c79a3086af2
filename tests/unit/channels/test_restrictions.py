from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking_adapters.testing.builders import cabins
from booking_core.domain.availability.request import Request, Snapshot
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.policy import RuleSetting
from booking_core.domain.channels.restrictions import (
    MOST_DATES,
    DepartureDating,
    Restriction,
    allows,
    dated_for,
    restrictions_of,
)
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.period import Period, Stay

MONDAY = date(2026, 3, 2)
A_DAY = timedelta(days=1)
LAST = MONDAY + 30 * A_DAY
BOTH = list(DepartureDating)


def table(*rules: RuleSetting, last: date = LAST) -> Mapping[date, Restriction]:
    return restrictions_of(rules, MONDAY, last)


def test_rules_become_rows() -> None:
    rows = table(
        RuleSetting.of("closed_to_arrival", weekdays=["SU"]),
        RuleSetting.of("stop_sell", dates=["2026-03-05"]),
        RuleSetting.of("minimum_stay_on_arrival", nights=2, weekdays=["FR"]),
        RuleSetting.of("minimum_stay_on_arrival", nights=3, dates=["2026-03-06"]),
        RuleSetting.of("minimum_stay_through", nights=4, **{"from": "2026-03-10", "until": "2026-03-11"}),
        RuleSetting.of("minimum_notice", hours=2),
    )
    assert rows[date(2026, 3, 8)] == Restriction(is_closed_to_arrival=True)
    assert rows[date(2026, 3, 5)] == Restriction(is_stopped=True)
    assert rows[date(2026, 3, 6)] == Restriction(arrival_nights=3)
    assert rows[date(2026, 3, 13)] == Restriction(arrival_nights=2)
    assert [day for day, row in rows.items() if row.through_nights == 4] == [
        date(2026, 3, 10),
        date(2026, 3, 11),
    ]
    assert rows[MONDAY] == Restriction()


def test_closed_to_departure_stands_on_the_check_out_date_or_on_the_night_before_it() -> None:
    rows = table(RuleSetting.of("closed_to_departure", weekdays=["SU"]))
    ours = [
        day
        for day, row in dated_for(rows, DepartureDating.CHECK_OUT_DATE).items()
        if row.is_closed_to_departure
    ]
    theirs = [
        day for day, row in dated_for(rows, DepartureDating.LAST_NIGHT).items() if row.is_closed_to_departure
    ]
    assert {day.strftime("%a") for day in ours} == {"Sun"}
    assert {day.strftime("%a") for day in theirs} == {"Sat"}
    assert len(ours) == len(theirs) == 4


def test_the_shortest_and_the_longest_stay_are_told_by_the_day_of_arrival() -> None:
    rows = table(RuleSetting.of("nights", minimum=2, maximum=7), RuleSetting.of("nights", maximum=5))
    assert rows[MONDAY] == Restriction(arrival_nights=2, most_nights=5)
    for nights, is_sold in ((1, False), (2, True), (5, True), (6, False)):
        stay = Stay(MONDAY, MONDAY + nights * A_DAY)
        assert allows(rows, stay, DepartureDating.CHECK_OUT_DATE) is is_sold


@pytest.mark.parametrize(
    ("check_out", "last_night"),
    [
        ("2026-03-31", "2026-03-30"),
        ("2026-04-01", "2026-03-31"),
        ("2028-03-01", "2028-02-29"),
        ("2027-01-01", "2026-12-31"),
    ],
)
def test_at_the_end_of_a_month_or_a_year_the_last_night_is_in_the_one_before(
    check_out: str, last_night: str
) -> None:
    departs, sleeps = date.fromisoformat(check_out), date.fromisoformat(last_night)
    rules = [RuleSetting.of("closed_to_departure", dates=[check_out])]
    rows = restrictions_of(rules, sleeps - 3 * A_DAY, departs + A_DAY)
    for dating, day in ((DepartureDating.CHECK_OUT_DATE, departs), (DepartureDating.LAST_NIGHT, sleeps)):
        dated = dated_for(rows, dating)
        assert [each for each, row in dated.items() if row.is_closed_to_departure] == [day]
        assert not allows(dated, Stay(sleeps - A_DAY, departs), dating)
        assert allows(dated, Stay(sleeps - A_DAY, sleeps), dating)


def test_the_last_date_has_no_row_of_a_last_night() -> None:
    rows = table()
    assert max(dated_for(rows, DepartureDating.LAST_NIGHT)) == LAST - A_DAY


def test_read_with_the_other_dating_a_channel_sells_what_we_refuse() -> None:
    rows = table(RuleSetting.of("closed_to_departure", weekdays=["SU"]))
    until_sunday = Stay(date(2026, 3, 6), date(2026, 3, 8))
    assert not allows(rows, until_sunday, DepartureDating.CHECK_OUT_DATE)
    assert allows(rows, until_sunday, DepartureDating.LAST_NIGHT)


RULES = st.lists(
    st.builds(
        lambda name, weekdays, nights: RuleSetting.of(
            name, weekdays=weekdays, **({"nights": nights} if name.startswith("minimum") else {})
        ),
        st.sampled_from(
            [
                "stop_sell",
                "closed_to_arrival",
                "closed_to_departure",
                "minimum_stay_on_arrival",
                "minimum_stay_through",
            ]
        ),
        st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, unique=True),
        st.integers(1, 5),
    ),
    max_size=4,
)


@settings(max_examples=80)
@given(rules=RULES, arrives=st.integers(0, 14), nights=st.integers(1, 7), dating=st.sampled_from(BOTH))
def test_a_channel_that_reads_the_rows_sells_exactly_what_the_rules_allow(
    rules: list[RuleSetting], arrives: int, nights: int, dating: DepartureDating
) -> None:
    stay = Stay(MONDAY + arrives * A_DAY, MONDAY + (arrives + nights) * A_DAY)
    compiled = [standard_rules().compile(each) for each in rules]
    request = _request(stay)
    refused = any(rule.check(request, _snapshot(), datetime(2026, 3, 1, tzinfo=UTC)) for rule in compiled)
    assert allows(dated_for(table(*rules), dating), stay, dating) is not refused


@pytest.mark.parametrize("last", [MONDAY - A_DAY, MONDAY + MOST_DATES * A_DAY])
def test_reversed_and_boundless_ranges_are_refused(last: date) -> None:
    with pytest.raises(InvalidDates):
        table(last=last)


def _request(stay: Stay) -> Request:
    start = datetime(stay.check_in.year, stay.check_in.month, stay.check_in.day, 15, tzinfo=UTC)
    return Request(period=Period.between(start, start + stay.nights * A_DAY), stay=stay)


def _snapshot() -> Snapshot:
    """A business with nothing in it: these rules look at the stay alone."""
    catalog = cabins(1).catalog
    service = next(iter(catalog.services.values()))
    return Snapshot(service=service, venue=catalog.venue_of(service), diaries={})
