"""Who serves: the least loaded, fairly for newcomers; several resources at once; the next free slot; why not."""

from collections import Counter
from datetime import timedelta

import pytest

from booking_adapters.testing.builders import Business, a_clinic, a_practice, a_salon
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken
from booking_core.domain.kernel.errors import InvalidInput

TUESDAY, WEDNESDAY, SATURDAY, SUNDAY = "2026-03-03", "2026-03-04", "2026-03-07", "2026-03-08"


def test_bookings_with_anybody_go_to_the_least_loaded(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben", "cleo"))
    clinic.book("visit", f"{TUESDAY} 09:00", by=["anna"])
    clinic.book("visit", f"{TUESDAY} 09:00", by=["cleo"])
    assert clinic.who(clinic.book("visit", f"{TUESDAY} 11:00")) == ["ben"]
    served = Counter(clinic.who(clinic.book("visit", f"{TUESDAY} {hour:02}:00"))[0] for hour in range(12, 15))
    assert served == {"anna": 1, "ben": 1, "cleo": 1}


def test_yesterdays_work_is_no_load_today(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben"))
    for hour in (9, 11, 13):
        clinic.book("visit", f"{TUESDAY} {hour:02}:00", by=["anna"])
    assert clinic.who(clinic.book("visit", f"{WEDNESDAY} 11:00")) == ["anna"]


@pytest.mark.parametrize(("told_since_when", "shares"), [(True, [2, 2]), (False, [0, 4])])
def test_somebody_new_is_not_swamped(engine: TheEngine, told_since_when: bool, shares: list[int]) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna"))
    for hour in (9, 10, 11, 12):
        clinic.book("visit", f"{TUESDAY} {hour:02}:00")
    engine.clock.advance(timedelta(hours=1))
    since = engine.clock.now() if told_since_when else None
    clinic.becomes(clinic.business.revised().with_staff("ben", since=since))
    served = Counter(
        clinic.who(clinic.book("visit", f"{TUESDAY} {hour:02}:00"))[0] for hour in (13, 14, 15, 16)
    )
    assert [served["anna"], served["ben"]] == shares


def test_a_haircut_takes_a_stylist_and_a_chair(engine: TheEngine) -> None:
    salon = engine.opens(a_salon())
    booked = salon.book("haircut", f"{TUESDAY} 10:00")
    assert salon.who(booked) == ["mia", "chair-1"]
    assert len(booked.allocations) == 2
    assert salon.who(salon.book("haircut", f"{TUESDAY} 10:00")) == ["noah", "chair-2"]
    with pytest.raises(SlotTaken):
        salon.book("haircut", f"{TUESDAY} 10:00")


def test_two_stylists_at_one_chair_serve_one_after_the_other(engine: TheEngine) -> None:
    salon = engine.opens(a_salon().without("chair-2").open_at("TU-SA 10:00-19:00"))
    salon.book("haircut", f"{TUESDAY} 10:00", by=["mia"])
    assert "11:00" in salon.times("haircut", TUESDAY, by=["noah"])
    assert not {"10:00", "10:15", "10:30", "10:45"} & set(salon.times("haircut", TUESDAY, by=["noah"]))
    with pytest.raises(SlotTaken):
        salon.book("haircut", f"{TUESDAY} 10:30", by=["noah"])
    salon.book("haircut", f"{TUESDAY} 11:00", by=["noah"])


def test_a_scan_needs_doctor_room_and_device_together(engine: TheEngine) -> None:
    practice = engine.opens(a_practice())
    assert practice.times("scan", TUESDAY) == ["10:00", "10:30", "11:00", "11:30", "12:00", "12:30", "13:00"]
    booked = practice.book("scan", f"{TUESDAY} 11:00", by=["dr-brown", "room-2"])
    assert practice.who(booked) == ["dr-brown", "room-2", "scanner"]
    # One device: the other doctor and the other room are of no use beside it.
    assert practice.times("scan", TUESDAY) == ["10:00", "12:00", "12:30", "13:00"]
    with pytest.raises(NotBookable):
        practice.book("scan", f"{TUESDAY} 10:30")


def test_all_resources_or_none(engine: TheEngine) -> None:
    practice = engine.opens(a_practice())
    practice.close("scanner", f"{TUESDAY} 10:00/12:00")
    with pytest.raises(NotBookable):
        practice.book("scan", f"{TUESDAY} 11:00")
    free = practice.times("scan", TUESDAY)
    assert free == ["12:00", "12:30", "13:00"]
    booked = practice.book("scan", f"{TUESDAY} 12:00")
    practice.cancel(booked)
    assert practice.times("scan", TUESDAY) == free


def test_somebody_who_fills_two_roles_cannot_fill_both_at_once(engine: TheEngine) -> None:
    clinic = with_an_assistant(a_clinic().with_staff("anna", "ben"))
    opened = engine.opens(clinic)
    assert sorted(opened.who(opened.book("surgery", f"{TUESDAY} 10:00"))) == ["anna", "ben"]
    with pytest.raises(NotBookable):
        opened.book("surgery", f"{TUESDAY} 10:00")
    alone = TheEngine(engine.store).opens(with_an_assistant(a_clinic().with_staff("anna")).called("alone"))
    assert alone.times("surgery", TUESDAY) == []


def with_an_assistant(clinic: Business) -> Business:
    """A surgery needs a member of staff and another one, of the same people, who assists."""
    clinic = clinic.also_as("assistant", *(who.key for _, who in clinic.cast))
    return clinic.offering("surgery", "staff", "assistant", minutes=60, every=30)


def test_somebody_who_does_not_perform_the_service_cannot_be_chosen(engine: TheEngine) -> None:
    salon = engine.opens(a_salon().with_any("receptionist", "rose"))
    with pytest.raises(InvalidInput) as refused:
        salon.book("haircut", f"{TUESDAY} 10:00", by=["rose"])
    assert refused.value.field == "resources"


def test_the_next_free_slot_is_the_first_that_can_be_booked(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben", hours="MO-FR 09:00-10:00"))
    for _ in range(2):
        clinic.book("visit", f"{TUESDAY} 09:15")
    slot = clinic.next_slot("visit", "2026-03-02 09:31")
    assert slot is not None
    assert slot.start == clinic.moment(f"{WEDNESDAY} 09:00")
    clinic.book("visit", f"{WEDNESDAY} 09:00", by=["anna"])
    with_anna = clinic.next_slot("visit", "2026-03-02 09:31", by=["anna"])
    assert with_anna is not None
    assert with_anna.start == clinic.moment("2026-03-05 09:00")


def test_the_next_slot_may_be_months_away_and_there_may_be_none(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna").with_staff("ben", hours="never"))
    clinic.close("anna", "2026-03-02/2026-07-01")
    slot = clinic.next_slot("visit", "2026-03-02 09:00")
    assert slot is not None
    assert slot.start == clinic.moment("2026-07-01 09:00")
    assert clinic.next_slot("visit", "2026-03-02 09:00", by=["ben"]) is None


def test_every_reason_is_named(engine: TheEngine) -> None:
    clinic = a_clinic().with_staff("anna", "ben").with_rule("minimum_notice", hours=2)
    clinic = clinic.with_rule("booking_horizon", days=30).with_rule("party_size", maximum=2)
    opened = engine.opens(clinic)

    def reasons(when: str, people: int = 1) -> list[str]:
        return [each.code for each in opened.explain("visit", when, people=people)]

    assert reasons(f"{TUESDAY} 10:00") == []
    assert reasons("2026-03-02 06:30") == ["not_in_the_past", "minimum_notice", "closed", "closed"]
    assert reasons("2026-03-02 08:00") == ["minimum_notice", "closed", "closed"]
    assert reasons(f"{TUESDAY} 10:07") == ["off_grid", "off_grid"]
    assert reasons(f"{SUNDAY} 10:00", people=3) == ["party_size", "closed", "closed"]
    assert reasons("2026-04-06 10:00") == ["booking_horizon"]
    opened.book("visit", f"{TUESDAY} 10:00")
    opened.book("visit", f"{TUESDAY} 10:00")
    assert reasons(f"{TUESDAY} 10:00") == ["lane_taken", "lane_taken"]
    (first, second) = opened.explain("visit", f"{TUESDAY} 10:00")
    assert [first.details["resource"], second.details["resource"]] == ["anna", "ben"]


def test_a_visit_that_is_moved_does_not_count_against_who_has_it(engine: TheEngine) -> None:
    clinic = engine.opens(a_clinic().with_staff("anna", "ben"))
    visit = clinic.book("visit", f"{TUESDAY} 10:00", by=["anna"])
    moved = clinic.move(visit, f"{TUESDAY} 11:00", anybody=True)
    assert moved.assigned == visit.assigned
