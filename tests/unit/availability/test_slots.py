"""The found slots as a sequence, and searches that have no answer."""

from datetime import datetime, timedelta

import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import Business, a_clinic, a_hall, a_practice, cabins
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import Request, Snapshot, Violation
from booking_core.domain.availability.rules import Parameters, Rule
from booking_core.domain.availability.slots import Slots
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import epoch
from booking_core.usecases.search_slots import SlotQuery


@pytest.fixture
def clinic() -> OpenBusiness:
    return TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna"))


def found(clinic: OpenBusiness, day: str) -> Slots:
    query = SlotQuery(tenant=clinic.tenant, service="visit", window=clinic.wall.period(day))
    return clinic.engine.search_slots(query).by_resource[clinic.resource("anna").id]


def test_slots_are_a_sequence_that_is_made_on_access(clinic: OpenBusiness) -> None:
    clinic.book("visit", "2026-03-03 12:00")
    slots = found(clinic, "2026-03-03")
    listed = list(slots)
    assert len(slots) == len(listed) == len(list(slots.starts()))
    assert [slots[n] for n in range(len(slots))] == listed
    assert slots[-1] == listed[-1]
    assert slots[3:20:4] == listed[3:20:4]
    assert [epoch(slot.start) for slot in listed] == list(slots.starts())
    assert {slot.end - slot.start for slot in listed} == {timedelta(minutes=30)}
    for outside in (len(slots), -len(slots) - 1):
        with pytest.raises(IndexError):
            slots[outside]


def test_nothing_found_is_an_empty_sequence(clinic: OpenBusiness) -> None:
    assert list(found(clinic, "2026-03-07")) == []


@pytest.mark.parametrize("business", [a_hall(), cabins(1)])
def test_services_without_a_duration_of_their_own_have_no_slots(business: Business) -> None:
    place = TheEngine(MemoryStore()).opens(business)
    with pytest.raises(InvalidInput) as refused:
        place.slots(business.offerings[0].key, "2026-03-03")
    assert refused.value.field == "service"


def test_the_slot_of_a_weekly_opening_is_at_the_same_time_of_day_all_year() -> None:
    noon = a_clinic().with_staff("anna", hours="SU 12:30-13:00")
    clinic = TheEngine(MemoryStore()).opens(noon)
    sundays = ("2026-03-22", "2026-03-29", "2026-04-05", "2026-10-18", "2026-10-25", "2026-11-01")
    assert [clinic.times("visit", day) for day in sundays] == [["12:30"]] * 6
    assert all(clinic.explain("visit", f"{day} 12:30") == () for day in sundays)


def test_a_day_that_is_not_for_sale_is_a_day_of_the_venue() -> None:
    early = a_clinic().with_staff("anna", hours="MO-SU 00:00-24:00").in_zone("Pacific/Auckland")
    clinic = TheEngine(MemoryStore()).opens(early.with_rule("stop_sell", dates=["2026-03-04"]))
    times = {day: clinic.times("visit", day) for day in ("2026-03-03", "2026-03-04", "2026-03-05")}
    assert (times["2026-03-03"][-1], times["2026-03-04"], times["2026-03-05"][0]) == ("23:45", [], "00:00")


def test_a_search_asks_for_several_resources_at_once() -> None:
    practice = TheEngine(MemoryStore()).opens(a_practice())
    assert practice.times("scan", "2026-03-03") == [
        "10:00",
        "10:30",
        "11:00",
        "11:30",
        "12:00",
        "12:30",
        "13:00",
    ]
    practice.close("scanner", "2026-03-03 11:00/2026-03-03 12:00")
    assert practice.times("scan", "2026-03-03") == ["10:00", "12:00", "12:30", "13:00"]
    practice.close("dr-adams", "2026-03-03")
    assert practice.times("scan", "2026-03-03") == ["10:00", "12:00", "12:30", "13:00"]
    practice.close("dr-brown", "2026-03-03")
    assert practice.times("scan", "2026-03-03") == []


def test_a_rule_of_the_application_is_asked_about_every_start() -> None:
    def on_the_hour(parameters: Parameters) -> Rule:
        minute = parameters.whole("minute", 0)

        def check(request: Request, _: Snapshot, __: datetime) -> Violation | None:
            return None if request.period.start.minute == minute else Violation("on_the_hour", "on the hour")

        return Rule(name="on_the_hour", check=check)

    rules = standard_rules().with_rule("on_the_hour", on_the_hour)
    clinic = TheEngine(MemoryStore(), rules=rules).opens(
        a_clinic().with_staff("anna").with_rule("on_the_hour")
    )
    assert clinic.times("visit", "2026-03-03") == [f"{hour:02}:00" for hour in range(9, 17)]
    assert [each.code for each in clinic.explain("visit", "2026-03-03 09:15")] == ["on_the_hour"]
