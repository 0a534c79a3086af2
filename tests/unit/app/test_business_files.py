"""Descriptions of businesses in TOML: what they mean, and how bad ones are refused."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from booking_adapters.ambient.holidays import PublicHolidays
from booking_adapters.businesses import BusinessReader
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.policy import Opening, Trade
from booking_core.domain.kernel.problems import MOST_PROBLEMS, BadFile

EXAMPLES = Path(__file__).parents[3] / "examples"

SALON = """\
[business]
key = "salon"
name = "Salon Mia"

[[venues]]
key = "main"
code = "SM"
name = "Main Street"
zone = "Europe/Berlin"
currency = "EUR"

[[resources]]
key = "mia"
name = "Mia"
hours = { "MO-FR" = ["09:00-12:00", "13:00-17:00"] }

[[policies]]
key = "usual"
trade = "appointment"
rules = [{ rule = "minimum_notice", hours = 2 }]

[[services]]
key = "cut"
name = "Haircut"
policy = "usual"
duration_minutes = 30
needs = { stylist = ["mia"] }
"""


def read(text: str | bytes, at: datetime = datetime(2026, 3, 2, 6, tzinfo=UTC)) -> Catalog:
    reader = BusinessReader(
        ids=SeededIds(), clock=FixedClock(at), rules=standard_rules(), holidays=PublicHolidays()
    )
    return reader(text if isinstance(text, bytes) else text.encode(), "salon.toml")


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(BadFile) as refused:
        read(text)
    assert refused.value.code == "BAD_FILE"
    return [str(problem) for problem in refused.value.problems]


def instead(old: str, new: str) -> str:
    assert SALON.count(old) == 1, "the test changes one place"
    return SALON.replace(old, new)


def test_a_salon_is_read_as_it_is_written() -> None:
    catalog = read(SALON)
    service, mia = catalog.service("cut"), catalog.resource("mia")
    assert (catalog.tenant.key, catalog.venue("main").zone.key) == ("salon", "Europe/Berlin")
    assert [str(window) for window in mia.schedule.windows_on(date(2026, 3, 2))] == [
        "09:00-12:00",
        "13:00-17:00",
    ]
    assert mia.schedule.windows_on(date(2026, 3, 7)) == ()
    assert (service.duration, service.policy.trade) == (timedelta(minutes=30), Trade.APPOINTMENT)
    assert [(need.role, need.any_of, need.per_quantity) for need in service.needs] == [
        ("stylist", (mia.id,), True)
    ]


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: str(file.name))
def test_the_examples_can_be_read_on_any_day(file: Path) -> None:
    for at in (datetime(2026, 2, 28, tzinfo=UTC), datetime(2028, 12, 31, 23, 59, tzinfo=UTC)):
        assert read(file.read_bytes(), at).services


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: str(file.name))
def test_everything_in_the_examples_has_a_price_on_every_date(file: Path) -> None:
    catalog = read(file.read_bytes())
    for service in catalog.services.values():
        for provider in service.needs[0].any_of:
            tariff = catalog.tariff_of(service, provider)
            assert tariff is not None, service.key
            for day in range(500):
                assert tariff.rate.calendar.rate_on(date(2026, 3, 2) + timedelta(days=day))


def test_the_grand_hotel_has_the_rooms_of_its_story() -> None:
    catalog = read((EXAMPLES / "grand-hotel.toml").read_bytes())
    venue, kings = catalog.venue("nyc"), catalog.resource("deluxe-king")
    assert (venue.code, venue.zone.key, venue.currency) == ("GH-NYC", "America/New_York", "USD")
    assert (venue.check_in, venue.check_out) == (15 * 60, 11 * 60)
    assert (kings.capacity, kings.largest_party) == (5, 3)
    assert [unit.key for unit in kings.units] == ["301", "302", "303", "304", "305"]


def test_cars_are_open_at_both_ends_only() -> None:
    catalog = read((EXAMPLES / "rentals.toml").read_bytes())
    assert catalog.service("car").policy.hours is Opening.ENDS
    assert catalog.service("hall").policy.hours is Opening.WHOLE


def test_dates_may_be_counted_from_today() -> None:
    text = instead(
        'name = "Mia"\n',
        'name = "Mia"\nclosed = ["today+1", 2026-03-10, "2026-03-12..2026-03-14"]\n'
        'overrides = { "today+7" = ["10:00-11:00"], "2026-12-24" = [] }\n',
    )
    schedule = read(text).resource("mia").schedule
    assert sorted(day.day for day in schedule.closed_dates) == [3, 10, 12, 13, 14]
    assert [str(window) for window in schedule.windows_on(date(2026, 3, 9))] == ["10:00-11:00"]
    assert schedule.windows_on(date(2026, 12, 24)) == ()


def test_a_guide_is_taken_once_whatever_the_number_of_guests() -> None:
    text = instead('["mia"]', '{ any_of = ["mia"], per_quantity = false }')
    assert not read(text).service("cut").needs[0].per_quantity


def test_units_make_the_capacity_and_may_have_names() -> None:
    text = instead('key = "mia"\n', 'key = "mia"\nunits = ["1", { key = "2", name = "By the door" }]\n')
    mia = read(text).resource("mia")
    assert (mia.capacity, [unit.name for unit in mia.units]) == (2, ["1", "By the door"])


def test_a_rule_may_be_given_once_for_each_season() -> None:
    rules = ", ".join(f'{{ rule = "stop_sell", dates = ["today+{n}"] }}' for n in (1, 2))
    policy = read(instead('{ rule = "minimum_notice", hours = 2 }', rules)).service("cut").policy
    assert [rule.values()["dates"] for rule in policy.rules] == [("2026-03-03",), ("2026-03-04",)]


BAD = {
    "an unknown zone": (
        '"Europe/Berlin"',
        '"Mars/Base"',
        "line 9: venues[0].zone: is not an IANA time zone (Mars/Base)",
    ),
    "a path as a zone": (
        '"Europe/Berlin"',
        '"../../etc/passwd"',
        "line 9: venues[0].zone: is not an IANA time zone (../../etc/passwd)",
    ),
    "an unknown currency": (
        '"EUR"',
        '"BTC"',
        "line 10: venues[0].currency: is not an active ISO 4217 code (three capitals) (BTC)",
    ),
    "check-out after check-in": (
        'currency = "EUR"',
        'currency = "EUR"\ncheck_in = "10:00"\ncheck_out = "11:00"',
        "line 12: venues[0].check_out: may not come after check_in (660)",
    ),
    "no such holidays": (
        'currency = "EUR"',
        'currency = "EUR"\nholidays = "XX"',
        "line 11: venues[0].holidays: no such calendar of public holidays (XX)",
    ),
    "overlapping windows": (
        '"13:00-17:00"',
        '"11:00-17:00"',
        "line 15: resources[0].hours.MO-FR: windows overlap (09:00-12:00 and 11:00-17:00)",
    ),
    "a weekday twice": (
        '"13:00-17:00"]',
        '"13:00-17:00"], "FR" = []',
        "line 15: resources[0].hours.FR: FR is given twice",
    ),
    "no time of day": (
        '"09:00-12:00"',
        '"9-12"',
        "line 15: resources[0].hours.MO-FR[0]: must be a time of day as HH:MM (9)",
    ),
    "no hours": (
        'hours = { "MO-FR" = ["09:00-12:00", "13:00-17:00"] }\n',
        "",
        'line 12: resources[0].hours: is required: "always", or a table such as "MO-FR" = ["09:00-17:00"]',
    ),
    "overlapping windows of one date": (
        'key = "mia"\n',
        'key = "mia"\noverrides = { "2026-12-24" = ["09:00-12:00", "11:00-13:00"] }\n',
        "line 14: resources[0].overrides.2026-12-24: windows overlap (09:00-12:00 and 11:00-13:00)",
    ),
    "zero capacity": (
        'name = "Mia"\n',
        'name = "Mia"\ncapacity = 0\n',
        "line 15: resources[0].capacity: must be 1…10000 (0)",
    ),
    "a capacity that is no number": (
        'name = "Mia"\n',
        'name = "Mia"\ncapacity = "5"\n',
        "line 15: resources[0].capacity: must be a whole number of at most nine digits, not a text",
    ),
    "a huge number": (
        'name = "Mia"\n',
        'name = "Mia"\ncapacity = 10_000_000_000\n',
        "line 15: resources[0].capacity: must be a whole number of at most nine digits, not a larger one",
    ),
    "a huge range of dates": (
        'name = "Mia"\n',
        'name = "Mia"\nclosed = ["2026-01-01..2199-12-31"]\n',
        "line 15: resources[0].closed[0]: a range must run forward and for at most 1100 days (2026-01-01..2199-12-31)",
    ),
    "a reversed range of dates": (
        'name = "Mia"\n',
        'name = "Mia"\nclosed = [\n  "2026-01-02..2026-01-01",\n]\n',
        "line 16: resources[0].closed[0]: a range must run forward and for at most 1100 days (2026-01-02..2026-01-01)",
    ),
    "more units than capacity": (
        'name = "Mia"\n',
        'name = "Mia"\ncapacity = 1\nunits = ["1", "2"]\n',
        "line 16: resources[0].units: are more than the capacity (2)",
    ),
    "a malformed key": (
        'key = "mia"',
        'key = "Mia M."',
        "line 13: resources[0].key: must be 1…64 lower-case letters, digits or inner hyphens (Mia M.)",
    ),
    "an unknown field": (
        'name = "Mia"\n',
        'name = "Mia"\ncolour = "red"\n',
        "line 15: resources[0].colour: is not a field here",
    ),
    "an unknown table": ("[business]", "[colours]\n[business]", "line 1: colours: is not a field here"),
    "an unknown trade": (
        '"appointment"',
        '"barter"',
        "line 19: policies[0].trade: must be one of appointment, stay, rental, activity (barter)",
    ),
    "an unknown rule": (
        '"minimum_notice"',
        '"maximum_fun"',
        "line 20: policies[0].rules[0].rule: no such rule; known are ",
    ),
    "a wrong parameter of a rule": (
        "hours = 2 }",
        'hours = "two" }',
        "line 20: policies[0].rules[0].hours: must be a whole number 0…1000000 (two)",
    ),
    "an unknown parameter of a rule": (
        "hours = 2 }",
        "hours = 2, colour = 3 }",
        "line 20: policies[0].rules[0].colour: is not a parameter of this rule (colour)",
    ),
    "a date with a time in a rule": (
        'rule = "minimum_notice", hours = 2',
        'rule = "stop_sell", dates = [2026-03-02T10:00:00]',
        "line 20: policies[0].rules[0].dates: must be a date as YYYY-MM-DD or today+14 (2026-03-02 10:00:00)",
    ),
    "cancellation tiers that overlap": (
        'trade = "appointment"',
        'trade = "appointment"\ncancellation = { free_cancellation_hours = 2, partial_refund_hours = 12 }',
        "line 20: policies[0].cancellation.hours: overlap: ",
    ),
    "a hold of no time": (
        'trade = "appointment"',
        'trade = "appointment"\nhold_minutes = 0',
        "line 20: policies[0].hold_minutes: must be between 1 second and 31 days (0:00:00)",
    ),
    "an unknown policy": (
        'policy = "usual"',
        'policy = "other"',
        "line 25: services[0].policy: no such policy (other)",
    ),
    "a service that no one performs": (
        '["mia"]',
        "[]",
        "line 27: services[0].needs.stylist: no resource performs this service (cut)",
    ),
    "a service without needs": (
        'needs = { stylist = ["mia"] }\n',
        "",
        'line 22: services[0].needs: is required: roles and who fills them, such as stylist = ["mia", "leo"]',
    ),
    "a provider that does not exist": (
        '["mia"]',
        '["mia", "zoe"]',
        "line 27: services[0].needs.stylist[1]: no such resource (zoe)",
    ),
    "no duration": (
        "duration_minutes = 30\n",
        "",
        "line 22: services[0].duration_minutes: is required for trade appointment",
    ),
    "no name": ('name = "Haircut"\n', "", "line 22: services[0].name: is required"),
    "no business": (
        "[business]\n",
        "[busyness]\n",
        "line 1: business: is required: a table with key and name",
    ),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_named_with_its_line_and_field(case: tuple[str, str, str]) -> None:
    old, new, expected = case
    assert any(each.startswith(expected) for each in problems(instead(old, new))), problems(instead(old, new))


def test_a_resource_of_another_venue_cannot_serve() -> None:
    second = '[[venues]]\nkey = "b"\ncode = "B"\nname = "B"\nzone = "UTC"\ncurrency = "EUR"\n'
    text = instead('name = "Haircut"', 'name = "Haircut"\nvenue = "b"') + second
    text = text.replace('name = "Mia"', 'name = "Mia"\nvenue = "main"')
    assert problems(text) == ["line 29: services[0].needs.stylist[0]: stands in another venue (mia)"]


def test_with_two_venues_everything_says_where_it_is() -> None:
    second = '[[venues]]\nkey = "b"\ncode = "B"\nname = "B"\nzone = "UTC"\ncurrency = "EUR"\n'
    assert problems(SALON + second) == [
        "line 12: resources[0].venue: is required",
        "line 22: services[0].venue: is required",
    ]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = SALON.replace('"Europe/Berlin"', '"Nowhere"').replace('"13:00-17:00"', '"25:00-26:00"')
    assert [each.split(":")[0] for each in problems(text.replace('"usual"\ntrade', '"usual"\ntrada'))] == [
        "line 9",
        "line 15",
        "line 17",
        "line 19",
    ]


def test_the_list_of_problems_is_bounded() -> None:
    text = SALON + "".join(f"extra{n} = 1\n" for n in range(200))
    with pytest.raises(BadFile) as refused:
        read(text)
    assert len(refused.value.problems) == MOST_PROBLEMS
    assert refused.value.details["count"] == 200


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "line 1: business: is required: a table with key and name"),
        (b"a = 1\nb = \n", "line 2: file: is not TOML: Invalid value (at line 2, column 5)"),
        (b"a = 1\nb = '\xff'\n", "line 2: file: is not UTF-8 text"),
        (b"a = " + b"9" * 5_000, "line 1: file: is not TOML: Exceeds the limit"),
        (b"a = " + b"[" * 100_000, "line 1: file: is nested too deeply"),
        (b"#" * 2_000_001, "line 1: file: is larger than 2000000 bytes"),
        (b"key = 1\nkey = 2\n", "line 2: file: is not TOML: Cannot overwrite a value"),
    ],
    ids=["empty", "half", "not text", "5,000 digits", "deep", "large", "twice"],
)
def test_a_file_that_is_no_description_is_refused(content: bytes, expected: str) -> None:
    assert problems(content)[0].startswith(expected)


def test_windows_line_ends_do_not_move_the_lines() -> None:
    text = instead('"Europe/Berlin"', '"Nowhere"')
    assert problems(text.replace("\n", "\r\n")) == problems(text)
