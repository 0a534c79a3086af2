"""Booking directly and from a hold, and what a command must look like."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.builders import a_clinic, a_hall, a_tour, cabins, named_id
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.availability.request import NotBookable, SlotTaken, SoldOut
from booking_core.domain.kernel.errors import (
    BookingError,
    InvalidDates,
    InvalidInput,
    InvalidTransition,
    KeyReused,
    NotFound,
)
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.period import LATEST, Period, Stay
from booking_core.domain.reservations.hold import HoldExpired, HoldOfAnotherSession
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Status
from booking_core.usecases.book import LONGEST_IDEMPOTENCY_KEY, BookCommand
from booking_core.usecases.next_slot import NextSlotQuery
from booking_core.usecases.place_hold import LONGEST_SESSION, MOST_HOLDS, TooManyHolds
from booking_core.usecases.search_slots import SlotQuery
from booking_core.usecases.wanted import Wanted

TEN = "2026-03-03 10:00"


@pytest.fixture
def clinic() -> OpenBusiness:
    return TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna"))


def refused_field(business: OpenBusiness, wanted: Wanted) -> str:
    command = BookCommand(tenant=business.tenant, wanted=wanted, customer=Customer(name="Bob"))
    with pytest.raises(InvalidInput) as refused:
        business.engine.book(command)
    return refused.value.field


def test_what_is_wanted_must_be_a_time_that_fits_the_service(clinic: OpenBusiness) -> None:
    start = clinic.moment(TEN)
    naive = datetime(2026, 3, 3, 10)  # noqa: DTZ001 - the very thing that is refused
    found = {
        "no start": refused_field(clinic, Wanted(service="visit")),
        "naive start": refused_field(clinic, Wanted(service="visit", start=naive)),
        "naive end": refused_field(clinic, Wanted(service="visit", start=start, end=naive)),
        "reversed": refused_field(
            clinic, Wanted(service="visit", start=start, end=start - timedelta(hours=1))
        ),
        "another length": refused_field(
            clinic, Wanted(service="visit", start=start, end=start + timedelta(hours=1))
        ),
        "a fraction": refused_field(clinic, Wanted(service="visit", start=start.replace(microsecond=1))),
        "too late": refused_field(clinic, Wanted(service="visit", start=LATEST - timedelta(seconds=1))),
        "no place": refused_field(clinic, Wanted(service="visit", start=start, quantity=0)),
        "a stay": refused_field(clinic, Wanted(service="visit", stay=Stay.of_nights(date(2026, 3, 3), 1))),
    }
    assert found == {
        "no start": "start",
        "naive start": "start",
        "naive end": "end",
        "reversed": "end",
        "another length": "end",
        "a fraction": "start",
        "too late": "end",
        "no place": "quantity",
        "a stay": "stay",
    }


def test_a_rental_needs_both_ends_and_a_stay_its_dates() -> None:
    engine = TheEngine(MemoryStore())
    hall, camp = engine.opens(a_hall()), engine.opens(cabins(1))
    start = hall.moment(TEN)
    assert refused_field(hall, Wanted(service="hall", start=start)) == "end"
    huge = Wanted(service="hall", start=start, end=start + timedelta(days=1_101))
    assert refused_field(hall, huge) == "end"
    assert refused_field(camp, Wanted(service="cabin", start=start, end=start + timedelta(hours=1))) == "stay"


def test_unknown_services_resources_reservations_and_tenants_are_not_found(clinic: OpenBusiness) -> None:
    nobody = ClaimId(named_id("claim", "nobody"))
    booked = clinic.book("visit", TEN)
    stranger = attrs.evolve(booked, id=nobody)
    for ask in (
        lambda: clinic.book("massage", TEN),
        lambda: clinic.book("visit", TEN, by=["nobody"]),
        lambda: clinic.slots("massage", "2026-03-03"),
        lambda: clinic.close("nobody", "2026-03-03"),
        lambda: clinic.show(nobody),
        lambda: clinic.show("CLINIC-00000000"),
        lambda: clinic.cancel(stranger),
        lambda: clinic.move(stranger, TEN),
        lambda: OpenBusiness(clinic.engine, a_clinic().called("elsewhere")).show(booked.id),
        lambda: OpenBusiness(clinic.engine, a_clinic().called("elsewhere")).slots("visit", "2026-03-03"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_reservation_is_shown_by_number_and_by_id(clinic: OpenBusiness) -> None:
    booked = clinic.book("visit", TEN)
    assert clinic.show(booked.code) == clinic.show(booked.id) == clinic.show(str(booked.id).upper()) == booked
    with pytest.raises(NotFound):
        clinic.show("gggggggg-gggg-gggg-gggg-gggggggggggg")


def test_one_key_is_one_reservation_and_a_key_with_other_content_is_refused(clinic: OpenBusiness) -> None:
    booked = clinic.book("visit", TEN, key="key")
    assert clinic.book("visit", TEN, key="key") == booked
    with pytest.raises(KeyReused):
        clinic.book("visit", "2026-03-03 11:00", key="key")
    with pytest.raises(SlotTaken):
        clinic.book("visit", TEN, key="another")
    assert clinic.book("visit", "2026-03-03 11:00", key="another").status is Status.CONFIRMED


def test_a_key_has_a_length(clinic: OpenBusiness) -> None:
    with pytest.raises(InvalidInput) as refused:
        clinic.book("visit", TEN, key="x" * (LONGEST_IDEMPOTENCY_KEY + 1))
    assert refused.value.field == "idempotency_key"


FINGERPRINT = """
from uuid import UUID
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import BookCommand
from booking_core.usecases.wanted import Wanted
wanted = Wanted(service="visit", waived=frozenset({"minimum_notice", "opening_hours", "nights", "places"}))
print(BookCommand(tenant=UUID(int=1), wanted=wanted, customer=Customer(name="Bob")).fingerprint())
"""


def test_the_same_command_has_the_same_fingerprint_in_every_process() -> None:
    def printed(seed: str) -> str:
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))}
        run = [sys.executable, "-c", FINGERPRINT]
        return subprocess.run(run, env=environment, capture_output=True, check=True, text=True).stdout

    assert len({printed(seed) for seed in ("1", "2", "3", "4")}) == 1


def test_a_hold_is_booked_by_its_session_for_what_it_holds(clinic: OpenBusiness) -> None:
    hold = clinic.hold("visit", TEN, "mine")
    with pytest.raises(HoldOfAnotherSession):
        clinic.book("visit", TEN, session="theirs", hold=hold)
    with pytest.raises(InvalidInput) as refused:
        clinic.book("visit", "2026-03-03 11:00", session="mine", hold=hold)
    assert refused.value.field == "hold"
    booked = clinic.book("visit", TEN, session="mine", hold=hold)
    assert (booked.id, booked.allocations) == (hold.id, hold.allocations)
    assert [step.status for step in booked.history] == [Status.HELD, Status.CONFIRMED]
    with pytest.raises(HoldExpired):
        clinic.book("visit", TEN, session="mine", hold=hold)


def test_a_hold_counts_for_notice_from_when_it_was_placed() -> None:
    strict = a_clinic().with_staff("anna").with_rule("minimum_notice", hours=2)
    clinic = TheEngine(MemoryStore()).opens(strict)
    clinic.it_is("2026-03-03 08:00")
    hold = clinic.hold("visit", TEN, "mine")
    clinic.it_is("2026-03-03 08:09")
    assert clinic.book("visit", TEN, session="mine", hold=hold).status is Status.CONFIRMED


def test_a_hold_inside_a_closure_made_since_cannot_be_booked(clinic: OpenBusiness) -> None:
    hold = clinic.hold("visit", TEN, "mine")
    clinic.close("anna", "2026-03-03")
    with pytest.raises(NotBookable):
        clinic.book("visit", TEN, session="mine", hold=hold)


def test_booking_directly_gives_up_the_sessions_own_holds_of_the_service(clinic: OpenBusiness) -> None:
    hold = clinic.hold("visit", TEN, "mine")
    assert clinic.times("visit", "2026-03-03", session="mine")[4] == "10:00"
    assert "10:00" not in clinic.times("visit", "2026-03-03", session="theirs")
    booked = clinic.book("visit", TEN, session="mine")
    assert booked.id != hold.id
    clinic.release(hold, "mine")


def test_holding_again_renews_and_another_time_of_the_same_service_changes_ones_mind(
    clinic: OpenBusiness,
) -> None:
    first = clinic.hold("visit", TEN, "mine")
    clinic.engine.clock.advance(timedelta(minutes=5))
    again = clinic.hold("visit", TEN, "mine")
    assert (again.id, again.expires_at) == (first.id, first.expires_at + timedelta(minutes=5))
    other = clinic.hold("visit", "2026-03-03 10:15", "mine")
    assert other.id != first.id
    assert clinic.hold("visit", "2026-03-03 11:00", "theirs").session == "theirs"
    with pytest.raises(NotFound):
        clinic.renew(first, "mine")


def test_a_lapsed_hold_is_in_nobodys_way_not_even_its_own(clinic: OpenBusiness) -> None:
    hold = clinic.hold("visit", TEN, "mine")
    clinic.engine.clock.advance(timedelta(minutes=10))
    with pytest.raises(HoldExpired):
        clinic.renew(hold, "mine")
    again = clinic.hold("visit", TEN, "mine")
    assert again.id != hold.id
    clinic.engine.clock.advance(timedelta(minutes=10))
    clinic.release(again, "anybody")
    clinic.release(again, "anybody")
    assert clinic.hold("visit", TEN, "theirs").session == "theirs"


def test_releasing_takes_the_session_that_holds(clinic: OpenBusiness) -> None:
    hold = clinic.hold("visit", TEN, "mine")
    with pytest.raises(HoldOfAnotherSession):
        clinic.release(hold, "theirs")
    clinic.release(hold, "mine")
    assert clinic.hold("visit", TEN, "theirs").session == "theirs"


@pytest.mark.parametrize("session", ["", "x" * (LONGEST_SESSION + 1)])
def test_a_session_has_a_name_of_bounded_length(clinic: OpenBusiness, session: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clinic.hold("visit", TEN, session)
    assert refused.value.field == "session"


def test_a_session_holds_so_many_things_at_once() -> None:
    described = a_clinic().with_staff("anna")
    for n in range(MOST_HOLDS):
        described = described.offering(f"extra-{n}", "staff", minutes=30, every=30)
    clinic = TheEngine(MemoryStore()).opens(described)
    for n in range(MOST_HOLDS):
        clinic.hold(f"extra-{n}", f"2026-03-03 {9 + n:02}:00", "mine")
    with pytest.raises(TooManyHolds) as refused:
        clinic.hold("visit", "2026-03-03 16:00", "mine")
    assert refused.value.details == {"most": MOST_HOLDS}


def test_moving_keeps_number_and_history_and_never_collides_with_itself(clinic: OpenBusiness) -> None:
    booked = clinic.book("visit", TEN)
    moved = clinic.move(booked, "2026-03-03 10:15")
    assert (moved.id, moved.code, moved.version) == (booked.id, booked.code, 2)
    clinic.book("visit", "2026-03-03 12:00")
    with pytest.raises(SlotTaken):
        clinic.move(moved, "2026-03-03 12:00")
    assert clinic.show(moved.id) == moved
    cancelled = clinic.cancel(moved)
    with pytest.raises(InvalidTransition):
        clinic.move(cancelled, "2026-03-03 14:00")


def test_a_moved_reservation_keeps_its_resource_unless_anybody_will_do() -> None:
    clinic = TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna", "bert"))
    booked = clinic.book("visit", TEN, by=["anna"])
    clinic.book("visit", "2026-03-03 12:00", by=["anna"])
    with pytest.raises(SlotTaken):
        clinic.move(booked, "2026-03-03 12:00")
    assert clinic.who(clinic.move(booked, "2026-03-03 12:00", anybody=True)) == ["bert"]


def test_a_reservation_of_a_service_that_is_sold_no_more_cannot_be_moved(clinic: OpenBusiness) -> None:
    booked = clinic.book("visit", TEN)
    catalog = attrs.evolve(clinic.business.catalog, version=2, services={})
    with clinic.engine.store(clinic.tenant) as tx:
        tx.catalogs.save(catalog, clinic.engine.clock.now())
    with pytest.raises(NotFound):
        clinic.move(booked, "2026-03-03 11:00")


def test_staff_confirm_or_decline_what_waits_for_approval() -> None:
    clinic = TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna", "bert").under(needs_approval=True))
    first, second = clinic.book("visit", TEN), clinic.book("visit", TEN)
    assert clinic.confirm(first).status is Status.CONFIRMED
    assert clinic.decline(second, "no time").history[-1].note == "no time"
    assert clinic.times("visit", "2026-03-03", by=["bert"])[4] == "10:00"


def test_an_unapproved_reservation_that_ran_out_makes_room_for_the_next(clinic: OpenBusiness) -> None:
    engine = TheEngine(MemoryStore())
    strict = engine.opens(
        a_clinic().with_staff("anna").under(needs_approval=True, pending_ttl=timedelta(hours=1))
    )
    waiting = strict.book("visit", TEN)
    engine.clock.advance(timedelta(hours=1))
    assert strict.book("visit", TEN).status is Status.PENDING
    assert strict.show(waiting.id).status is Status.EXPIRED


def test_places_of_a_pool_are_closed_as_far_as_they_are_free() -> None:
    tours = TheEngine(MemoryStore()).opens(a_tour(12))
    booked = tours.book("tour", TEN, seats=8)
    with pytest.raises(SoldOut):
        tours.close("tour", "2026-03-03", places=5)
    closed = tours.close("tour", "2026-03-03", places=4)
    assert [each.id for each in closed.affected] == [booked.id]
    with pytest.raises(SoldOut):
        tours.book("tour", TEN)
    tours.reopen(closed.closure)
    assert tours.book("tour", TEN, seats=4).is_live
    with pytest.raises(InvalidInput) as refused:
        tours.close("tour", "2026-03-04", places=0)
    assert refused.value.field == "quantity"


def test_a_search_has_a_longest_window(clinic: OpenBusiness) -> None:
    assert clinic.slots("visit", "2026-03-03/2026-06-03")
    with pytest.raises(InvalidDates) as refused:
        clinic.slots("visit", "2026-03-03/2026-06-04")
    assert refused.value.field == "window"


def test_a_moving_reservation_does_not_hide_slots_from_itself(clinic: OpenBusiness) -> None:
    booked = clinic.book("visit", TEN)
    assert "10:15" not in clinic.times("visit", "2026-03-03")
    assert "10:15" in clinic.times("visit", "2026-03-03", moving=booked)


def test_the_next_slot_is_found_a_fortnight_at_a_time_for_a_year() -> None:
    summer = (
        a_clinic().with_staff("anna", hours="MO-FR 09:00-17:00").with_rule("stop_sell", until="2026-08-01")
    )
    clinic = TheEngine(MemoryStore()).opens(summer)
    found = clinic.next_slot("visit", "2026-03-02")
    assert found is not None
    assert found.start == clinic.moment("2026-08-03 09:00")
    never = TheEngine(MemoryStore()).opens(a_clinic().with_staff("anna").with_rule("stop_sell"))
    assert never.next_slot("visit", "2026-03-02") is None


def test_the_next_slot_never_lies_before_the_asking(clinic: OpenBusiness) -> None:
    def after(moment: datetime) -> datetime | None:
        query = NextSlotQuery(tenant=clinic.tenant, service="visit", after=moment)
        found = clinic.engine.next_slot(query)
        return found.start if found else None

    ten = clinic.moment(TEN)
    assert after(ten) == ten
    assert after(ten + timedelta(microseconds=1)) == ten + timedelta(minutes=15)
    assert after(LATEST - timedelta(seconds=1)) is None
    assert after(LATEST - timedelta(days=3)) is not None
    with pytest.raises(InvalidDates) as refused:
        after(datetime(2026, 3, 3, 10))  # noqa: DTZ001 - the very thing that is refused
    assert refused.value.field == "after"


def test_searching_for_nobody_in_particular_reads_like_searching_for_one(clinic: OpenBusiness) -> None:
    window = Period.between(datetime(2026, 3, 3, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC))
    query = SlotQuery(tenant=clinic.tenant, service="visit", window=window, resources=("anna",))
    assert clinic.engine.search_slots(query).in_order() == clinic.slots("visit", "2026-03-03")


def test_every_refusal_of_the_engine_is_a_booking_error_with_a_code() -> None:
    kinds = (NotBookable, SlotTaken, SoldOut, HoldExpired, HoldOfAnotherSession, TooManyHolds, KeyReused)
    assert all(issubclass(each, BookingError) for each in kinds)
    assert len({each.code for each in kinds}) == len(kinds)
