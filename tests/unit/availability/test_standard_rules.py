"""Every rule at its border, and every parameter that makes no sense."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import cabins
from booking_core.domain.availability.evaluate import period_of_stay
from booking_core.domain.availability.request import Request, Snapshot, Violation
from booking_core.domain.availability.rules import Parameters, Reach, Rule, RuleBook, starting
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.policy import Policy, RuleSetting, Trade
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.party import Party

CATALOG = cabins(1).catalog
CABIN = CATALOG.service("cabin")
SNAPSHOT = Snapshot(service=CABIN, venue=CATALOG.venue("main"), diaries={})
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MONDAY = date(2026, 3, 2)


def at(start: datetime, minutes: int = 60, **facts: Any) -> Request:
    return Request(period=Period(start, start + timedelta(minutes=minutes)), **facts)


def nights(check_in: int, count: int) -> Request:
    """A stay from a day of March 2026 on."""
    stay = Stay.of_nights(date(2026, 3, check_in), count)
    return Request(period=period_of_stay(stay, SNAPSHOT.venue), stay=stay)


def broken(request: Request, name: str, **parameters: Any) -> Violation | None:
    return standard_rules().compile(RuleSetting.of(name, **parameters)).check(request, SNAPSHOT, NOW)


def code(violation: Violation | None) -> str | None:
    return violation.code if violation else None


@pytest.mark.parametrize(("minutes", "expected"), [(119, "minimum_notice"), (120, None), (600, None)])
def test_notice_counts_elapsed_time_to_the_start(minutes: int, expected: str | None) -> None:
    request = at(NOW + timedelta(minutes=minutes))
    assert code(broken(request, "minimum_notice", hours=1, minutes=60)) == expected


def test_short_notice_says_from_when_on_it_goes() -> None:
    violation = broken(at(NOW), "minimum_notice", days=1)
    assert violation is not None
    assert violation.details == {"earliest": NOW + timedelta(days=1)}


@pytest.mark.parametrize(
    ("days", "expected"), [(2, None), (2.01, "booking_horizon"), (90, "booking_horizon")]
)
def test_the_horizon_bounds_a_direct_request_too(days: float, expected: str | None) -> None:
    violation = broken(at(NOW + timedelta(days=days)), "booking_horizon", days=2)
    assert code(violation) == expected
    if violation:
        assert violation.details == {"latest": NOW + timedelta(days=2)}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(59, "length"), (60, None), (75, "length"), (90, None), (120, None), (150, "length")],
)
def test_a_length_has_a_least_a_most_and_steps_from_the_least(minutes: int, expected: str | None) -> None:
    parameters = {"minimum_minutes": 60, "maximum_minutes": 120, "step_minutes": 30}
    assert code(broken(at(NOW, minutes), "length", **parameters)) == expected


def test_a_length_without_a_step_is_any_in_between() -> None:
    assert broken(at(NOW, 61), "length", minimum_minutes=60) is None
    violation = broken(at(NOW, 59), "length", minimum_minutes=60)
    assert violation is not None
    assert violation.details["step_minutes"] is None


@pytest.mark.parametrize(("count", "expected"), [(1, "nights"), (2, None), (4, None), (5, "nights")])
def test_a_stay_has_a_least_and_a_most_number_of_nights(count: int, expected: str | None) -> None:
    assert code(broken(nights(2, count), "nights", minimum=2, maximum=4)) == expected


def test_minimum_stay_on_arrival_looks_at_the_day_of_arrival_alone() -> None:
    friday = {"nights": 2, "weekdays": ["FR"]}
    violation = broken(nights(6, 1), "minimum_stay_on_arrival", **friday)
    assert violation is not None
    assert violation.details == {"nights": 2, "arrival": date(2026, 3, 6)}
    assert broken(nights(6, 2), "minimum_stay_on_arrival", **friday) is None
    assert broken(nights(5, 1), "minimum_stay_on_arrival", **friday) is None


def test_minimum_stay_through_looks_at_every_night() -> None:
    friday = {"nights": 3, "weekdays": ["FR"]}
    violation = broken(nights(5, 2), "minimum_stay_through", **friday)
    assert violation is not None
    assert violation.details == {"nights": 3, "night": date(2026, 3, 6)}
    assert broken(nights(5, 3), "minimum_stay_through", **friday) is None
    assert broken(nights(3, 2), "minimum_stay_through", **friday) is None
    assert broken(nights(5, 1), "minimum_stay_through", **friday) is None


def test_closed_to_arrival_and_to_departure_are_about_the_two_ends() -> None:
    the_6th = {"dates": ["2026-03-06"]}
    found = {
        (name, first): code(broken(nights(first, 2), name, **the_6th))
        for name in ("closed_to_arrival", "closed_to_departure")
        for first in (4, 5, 6)
    }
    assert found == {
        ("closed_to_arrival", 4): None,
        ("closed_to_arrival", 5): None,
        ("closed_to_arrival", 6): "closed_to_arrival",
        ("closed_to_departure", 4): "closed_to_departure",
        ("closed_to_departure", 5): None,
        ("closed_to_departure", 6): None,
    }


@pytest.mark.parametrize(
    "name", ["nights", "minimum_stay_on_arrival", "closed_to_arrival", "closed_to_departure"]
)
def test_rules_of_stays_have_nothing_to_say_about_anything_else(name: str) -> None:
    parameters = {"nights": 5} if name == "minimum_stay_on_arrival" else {}
    assert broken(at(NOW), name, **parameters) is None


def test_stop_sell_stops_every_night_of_a_stay_and_the_start_of_anything_else() -> None:
    the_6th = {"from": "2026-03-06", "until": "2026-03-06"}
    assert code(broken(nights(5, 2), "stop_sell", **the_6th)) == "stop_sell"
    assert broken(nights(5, 1), "stop_sell", **the_6th) is None
    almost_midnight_there = datetime(2026, 3, 5, 23, tzinfo=UTC)
    assert code(broken(at(almost_midnight_there), "stop_sell", **the_6th)) == "stop_sell"
    assert broken(at(almost_midnight_there - timedelta(seconds=1)), "stop_sell", **the_6th) is None


@pytest.mark.parametrize(
    ("days", "stopped"),
    [
        ({}, [4, 5, 6, 7, 8]),
        ({"weekdays": ["FR", "SU"]}, [6, 8]),
        ({"dates": ["2026-03-05"], "weekdays": ["FR"]}, [5, 6]),
        ({"from": "2026-03-06"}, [6, 7, 8]),
        ({"until": "2026-03-05"}, [4, 5]),
        ({"from": "2026-03-05", "until": "2026-03-07", "weekdays": ["FR", "SU"]}, [6]),
        ({"dates": [date(2026, 3, 5)]}, [5]),
    ],
)
def test_days_are_named_by_weekday_by_date_and_by_season(days: dict[str, Any], stopped: list[int]) -> None:
    assert [first for first in range(4, 9) if broken(nights(first, 1), "stop_sell", **days)] == stopped


@pytest.mark.parametrize(("people", "wrong"), [(1, "small"), (2, None), (4, None), (5, "large")])
def test_a_party_can_be_too_small_and_too_large(people: int, wrong: str | None) -> None:
    violation = broken(at(NOW, party=Party(people)), "party_size", minimum=2, maximum=4)
    assert (violation and violation.message) == (wrong and f"the party is too {wrong}")


@pytest.mark.parametrize(("quantity", "expected"), [(1, "places"), (2, None), (3, None), (4, "places")])
def test_one_booking_takes_so_many_places(quantity: int, expected: str | None) -> None:
    assert code(broken(at(NOW, quantity=quantity), "places", minimum=2, maximum=3)) == expected


@pytest.mark.parametrize(("live", "expected"), [(0, None), (1, None), (2, "customer_limit")])
def test_a_customer_has_so_many_upcoming_bookings(live: int, expected: str | None) -> None:
    rule = standard_rules().compile(RuleSetting.of("customer_limit", live=2))
    assert code(rule.check(at(NOW), attrs.evolve(SNAPSHOT, customer_live=live), NOW)) == expected


@pytest.mark.parametrize(
    ("name", "parameters", "field"),
    [
        ("minimum_notice", {}, "rules.minimum_notice"),
        ("minimum_notice", {"hours": -1}, "rules.minimum_notice.hours"),
        ("minimum_notice", {"hours": 1.5}, "rules.minimum_notice.hours"),
        ("minimum_notice", {"hours": True}, "rules.minimum_notice.hours"),
        ("minimum_notice", {"days": 1_000_001}, "rules.minimum_notice.days"),
        ("minimum_notice", {"hours": 1, "weeks": 1}, "rules.minimum_notice.weeks"),
        ("length", {"minimum_minutes": 0}, "rules.length.minimum_minutes"),
        ("length", {"minimum_minutes": 60, "maximum_minutes": 59}, "rules.length.maximum_minutes"),
        ("length", {"step_minutes": -1}, "rules.length.step_minutes"),
        ("nights", {"minimum": 0}, "rules.nights.minimum"),
        ("nights", {"minimum": 3, "maximum": 2}, "rules.nights.maximum"),
        ("nights", {"maximum": 1_001}, "rules.nights.maximum"),
        ("minimum_stay_on_arrival", {}, "rules.minimum_stay_on_arrival.nights"),
        ("minimum_stay_through", {"nights": "2"}, "rules.minimum_stay_through.nights"),
        ("closed_to_arrival", {"weekdays": ["Friday"]}, "rules.closed_to_arrival.weekdays"),
        ("closed_to_arrival", {"weekdays": "FR"}, "rules.closed_to_arrival.weekdays"),
        ("closed_to_departure", {"dates": 7}, "rules.closed_to_departure.dates"),
        ("closed_to_departure", {"dates": ["2026-02-30"]}, "rules.closed_to_departure.dates"),
        ("stop_sell", {"dates": ["2026-03-02"] * 1_001}, "rules.stop_sell.dates"),
        ("stop_sell", {"from": "soon"}, "rules.stop_sell.from"),
        ("stop_sell", {"from": "2026-03-02", "until": "2026-03-01"}, "rules.stop_sell.until"),
        ("party_size", {"minimum": 3, "maximum": 2}, "rules.party_size.maximum"),
        ("places", {"minimum": 3, "maximum": 2}, "rules.places.maximum"),
        ("customer_limit", {}, "rules.customer_limit.live"),
        ("customer_limit", {"live": 0}, "rules.customer_limit.live"),
        ("no_such_rule", {}, "rules"),
    ],
)
def test_rules_and_parameters_that_make_no_sense_are_refused_with_the_field_named(
    name: str, parameters: dict[str, Any], field: str
) -> None:
    policy = Policy(key="p", trade=Trade.STAY, rules=(RuleSetting.of(name, **parameters),))
    with pytest.raises(InvalidInput) as refused:
        standard_rules().rules_of(policy)
    assert refused.value.field == field


def test_an_application_adds_rules_of_its_own_and_replaces_ours() -> None:
    def never_on_time(parameters: Parameters) -> Rule:
        earliest = timedelta(minutes=parameters.whole("late_minutes", 5))
        return starting("never_on_time", "come later", earliest=lambda now: now + earliest)

    def anything_goes(parameters: Parameters) -> Rule:
        parameters.take("minimum_minutes")
        return Rule(name="length", check=lambda *_: None, reach=Reach.SEARCH)

    book = standard_rules().with_rule("never_on_time", never_on_time).with_rule("length", anything_goes)
    assert isinstance(book, RuleBook)
    assert code(book.compile(RuleSetting("never_on_time")).check(at(NOW), SNAPSHOT, NOW)) == "never_on_time"
    assert book.compile(RuleSetting("length")).check(at(NOW, 1), SNAPSHOT, NOW) is None
    with pytest.raises(InvalidInput):
        standard_rules().compile(RuleSetting("never_on_time"))
