"""Bookings in people's own calendars, on a real CalDAV server and over every storage."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.sandbox.calendars import SandboxCalendars
from booking_adapters.testing.contracts import CalendarPushContract
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage, hours
from booking_core.domain.calendars.feed import Detail
from booking_core.domain.calendars.push import MOST_ATTEMPTS, Push
from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer
from booking_core.ports.calendar_push import CalendarPlace, CalendarPush
from booking_core.usecases import calendar_links, push_entries
from booking_core.usecases.calendar_links import (
    LinkReference,
    ListLinks,
    UnlinkCalendar,
)
from booking_core.usecases.push_entries import LEASE
from tests.integration.calendars.office import ROOM, Office, caldav, shown
from tests.integration.calendars.radicale import Radicale, radicale
from tests.integration.crashes.dying import Arrows, BluntPush, Died, DyingPush, DyingUnitOfWork, SleepyPush

HALL = "hall"
MOST_ARROWS = 20


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Radicale]:
    with radicale(tmp_path_factory.mktemp("radicale")) as server:
        yield server


@pytest.fixture
def server(running: Radicale) -> Radicale:
    """Up, with an empty calendar."""
    running.empty()
    return running


class TestSandbox(CalendarPushContract):
    @pytest.fixture
    def place(self) -> CalendarPlace:
        return CalendarPlace(tenant=Scene.fresh(MemoryStore()).tenant, resource=ROOM, account="caldav")

    @pytest.fixture
    def push(self, place: CalendarPlace) -> CalendarPush:
        return SandboxCalendars([place])


class TestRadicale(CalendarPushContract):
    @pytest.fixture
    def scene(self) -> Scene:
        return Scene.fresh(MemoryStore())

    @pytest.fixture
    def place(self, scene: Scene) -> CalendarPlace:
        return CalendarPlace(tenant=scene.tenant, resource=ROOM, account="caldav")

    @pytest.fixture
    def push(self, scene: Scene, server: Radicale) -> CalendarPush:
        return caldav(server, scene)


def test_a_booking_appears_moves_and_disappears_with_its_sequence(server: Radicale, store: Storage) -> None:
    office = Office.at(server, store)
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.work()
    assert shown(server.events) == [(str(booked.id), 1, 10)]
    moved = office.scene.update(office.scene.a_move(booked, hours(14, 15)))
    office.work()
    assert shown(server.events) == [(str(booked.id), 2, 14)]
    office.scene.update(moved.cancel(NOW))
    office.work()
    assert server.events == []
    assert (office.owed(booked).sent, office.owed(booked).is_owed) == (3, False)


def test_what_was_booked_before_the_link_is_written_as_well_and_linking_again_writes_nothing_twice(
    server: Radicale, store: Storage
) -> None:
    office = Office.at(server, store)
    booked = office.scene.reserve(ROOM, hours(10, 11))
    gone = office.scene.reserve(ROOM, hours(12, 13))
    office.scene.update(gone.cancel(NOW))
    target = office.link()
    assert office.work() == 1
    assert shown(server.events) == [(str(booked.id), 1, 10)]
    assert office.link() == target
    assert office.work() == 0
    with pytest.raises(Conflict):
        office.link(detail=Detail.CUSTOMERS)


def test_a_booking_that_moves_to_another_resource_leaves_the_calendar_and_comes_back(
    server: Radicale,
) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.work()
    away = office.scene.update(office.scene.a_move(booked, hours(10, 11), resource=HALL))
    office.work()
    assert server.events == []
    office.scene.update(office.scene.a_move(away, hours(15, 16)))
    office.work()
    assert shown(server.events) == [(str(booked.id), 3, 15)]


@pytest.mark.parametrize("detail", list(Detail))
def test_personal_data_is_in_no_calendar_but_one_that_is_to_have_it(server: Radicale, detail: Detail) -> None:
    office = Office.at(server, MemoryStore())
    office.link(detail=detail)
    office.scene.reserve(ROOM, hours(10, 11), customer=Customer(name="Ada Lovelace"))
    office.work()
    (event,) = server.events
    assert ("Lovelace" in event.to_ical().decode()) == (detail is Detail.CUSTOMERS)


def test_what_somebody_changed_or_removed_in_the_calendar_is_written_over(server: Radicale) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.work()
    server.spoil()
    moved = office.scene.update(office.scene.a_move(booked, hours(14, 15)))
    office.work()
    assert shown(server.events) == [(str(booked.id), 2, 14)]
    server.empty()
    office.scene.update(office.scene.a_move(moved, hours(16, 17)))
    office.work()
    assert shown(server.events) == [(str(booked.id), 3, 16)]


def test_a_server_that_is_down_is_asked_again_later_and_nothing_is_lost(server: Radicale) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    server.stop()
    try:
        office.work()
        assert office.owed(booked).problem.startswith("CALENDAR_UNAVAILABLE")
        assert office.work() == 0, "it is not asked again at once"
    finally:
        server.start()
    office.clock.advance(timedelta(minutes=1))
    office.work()
    assert shown(server.events) == [(str(booked.id), 1, 10)]
    assert office.alerts() == set()


def test_a_wrong_password_is_alerted_at_once_and_given_up_after_many_attempts(server: Radicale) -> None:
    office = Office.at(server, MemoryStore(), password="wrong")
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.work()
    assert office.alerts() == {"calendar_refused"}
    for _ in range(MOST_ATTEMPTS):
        office.clock.advance(timedelta(hours=3))
        office.work()
    assert office.owed(booked).is_given_up
    assert "401" in office.owed(booked).problem
    assert office.alerts() == {"calendar_refused", "calendar_entry_given_up"}
    assert server.events == []


def test_the_password_is_in_no_text(server: Radicale) -> None:
    assert server.password not in repr(caldav(server, Scene.fresh(MemoryStore())))


def test_whoever_dies_at_any_arrow_leaves_one_entry_once_another_has_worked(server: Radicale) -> None:
    for dies_at in range(MOST_ARROWS):
        server.empty()
        office = Office.at(server, MemoryStore())
        office.link()
        booked = office.scene.reserve(ROOM, hours(10, 11))
        office.tell()
        arrows = Arrows(dies_at)
        dying = attrs.evolve(
            office.worker(DyingPush(office.push, arrows)), begin=DyingUnitOfWork(office.scene.store, arrows)
        )
        try:
            dying(office.scene.tenant)
        except Died:
            office.clock.advance(LEASE)
            office.work()
        else:
            assert dies_at > len({"take", "write", "mark"}), "it died at none of them"
            return
        assert shown(server.events) == [(str(booked.id), 1, 10)]
        assert not office.owed(booked).is_owed
    pytest.fail("there are more arrows than expected")


def sleep_through_a_lease(server: Radicale, push: Callable[[CalendarPush], CalendarPush]) -> Office:
    """A worker takes an entry; before it writes, the booking moves and others write that; then it wakes up."""
    office = Office.at(server, MemoryStore())
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.tell()

    def others_work() -> None:
        office.scene.update(office.scene.a_move(booked, hours(14, 15)))
        office.clock.advance(LEASE)
        office.work()

    office.worker(SleepyPush(push(office.push), others_work))(office.scene.tenant)
    office.work()
    return office


def test_a_worker_that_slept_through_its_lease_does_not_write_over_a_later_version(server: Radicale) -> None:
    sleep_through_a_lease(server, lambda push: push)
    assert [sequence for _, sequence, _ in shown(server.events)] == [2]


def test_without_conditions_a_late_worker_would_write_over_a_later_version(server: Radicale) -> None:
    sleep_through_a_lease(server, BluntPush)
    assert [sequence for _, sequence, _ in shown(server.events)] == [1]


def test_two_workers_write_each_entry_once(server: Radicale, store: Storage) -> None:
    office = Office.at(server, store)
    office.link()
    booked = [office.scene.reserve(ROOM, hours(hour, hour + 1)) for hour in range(8, 20)]
    office.tell()
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: office.worker()(office.scene.tenant), range(2), timeout=60))
    assert sum(done) == len(booked)
    assert shown(server.events) == sorted((str(each.id), 1, each.period.start.hour) for each in booked)


def test_an_ended_link_owes_nothing_and_leaves_the_calendar_alone(server: Radicale) -> None:
    office = Office.at(server, MemoryStore())
    target = office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.work()
    reference = LinkReference(tenant=office.scene.tenant, target=target.id)
    UnlinkCalendar(begin=office.scene.store, clock=office.clock)(reference)
    assert ListLinks(begin=office.scene.store)(office.scene.tenant) == []
    office.scene.update(booked.cancel(NOW))
    assert office.work() == 0
    assert shown(server.events) == [(str(booked.id), 1, 10)]


def test_a_calendar_of_another_tenant_or_resource_is_refused(server: Radicale) -> None:
    store = MemoryStore()
    office = Office.at(server, store)
    with pytest.raises(InvalidInput):
        office.link(HALL)
    stranger = Office(Scene.fresh(store), office.push)
    with pytest.raises(InvalidInput):
        stranger.link()


def written_by_two(server: Radicale, store: Storage) -> tuple[list[int], list[int]]:
    """How much another worker did while one was writing, and how often each entry was written."""
    office = Office.at(server, store)
    office.link()
    office.scene.reserve(ROOM, hours(10, 11))
    office.tell()
    others: list[int] = []
    written: list[int] = []

    def others_work() -> None:
        counting = SleepyPush(office.push, lambda: written.append(1))
        others.append(office.worker(counting)(office.scene.tenant))

    sleepy = SleepyPush(SleepyPush(office.push, lambda: written.append(1)), others_work)
    office.worker(sleepy)(office.scene.tenant)
    return others, written


def test_what_one_worker_writes_no_other_writes(server: Radicale, store: Storage) -> None:
    assert written_by_two(server, store) == ([0], [1])
    assert len(server.events) == 1


def test_control_without_a_lease_both_write(
    server: Radicale, store: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_taken(it: Push, at: datetime, _: timedelta) -> Change[Push, Push]:
        return Change(attrs.evolve(it, due_at=at, version=it.version + 1), (), it)

    monkeypatch.setattr(Push, "lease", not_taken)
    others, written = written_by_two(server, store)
    assert (others, len(written) > 1) == ([1], True)


def test_an_entry_that_is_changed_again_and_again_is_given_up(server: Radicale) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.work()
    office.scene.update(office.scene.a_move(booked, hours(14, 15)))
    office.tell()
    worker = office.worker(SleepyPush(office.push, server.spoil))
    for _ in range(MOST_ATTEMPTS):
        worker(office.scene.tenant)
        office.clock.advance(timedelta(hours=3))
    assert office.owed(booked).is_given_up
    assert "changed again and again" in office.owed(booked).problem


def test_who_leaves_early_does_so_in_the_calendar_as_well(server: Radicale) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    gone = office.scene.reserve(ROOM, hours(10, 12))
    office.work()
    arrived = office.scene.update(gone.check_in(NOW))
    shorter = Period(gone.period.start, gone.period.end - timedelta(hours=1))
    office.scene.update(arrived.leave_early(shorter, None, None, NOW))
    office.work()
    (event,) = server.events
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=1)


def test_an_entry_that_breaks_its_writer_keeps_no_other_back(server: Radicale) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    for hour in (8, 9):
        office.scene.reserve(ROOM, hours(hour, hour + 1))
    office.tell()
    breaks = [RuntimeError("a defect of the writer")]

    def once() -> None:
        if breaks:
            raise breaks.pop()

    assert office.worker(SleepyPush(office.push, once))(office.scene.tenant) == 2
    assert len(server.events) == 1
    office.clock.advance(timedelta(hours=1))
    office.work()
    assert len(server.events) == 2


def test_many_entries_are_written_in_bounded_turns(server: Radicale, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    for hour in (8, 9, 10):
        office.scene.reserve(ROOM, hours(hour, hour + 1))
    office.tell()
    monkeypatch.setattr(push_entries, "BATCH", 2)
    assert [office.worker()(office.scene.tenant) for _ in range(2)] == [2, 1]


def test_what_was_booked_before_the_link_is_found_page_by_page(
    server: Radicale, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office.at(server, MemoryStore())
    for hour in (8, 9, 10, 11):
        office.scene.reserve(ROOM, hours(hour, hour + 1))
    monkeypatch.setattr(calendar_links, "MOST_OF_A_PAGE", 2)
    office.link()
    office.worker()(office.scene.tenant)
    assert len(server.events) == 4


def test_there_are_only_so_many_links_and_one_tells_what_it_told(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene.fresh(MemoryStore())
    places = [CalendarPlace(tenant=scene.tenant, resource=each, account="caldav") for each in (ROOM, HALL)]
    office = Office(scene, SandboxCalendars(places))
    office.link(ROOM)
    hall = office.link(HALL)
    assert office.link(HALL) == hall
    with pytest.raises(Conflict):
        office.link(HALL, Detail.BUSY)
    monkeypatch.setattr(calendar_links, "MOST_LINKS", 1)
    office = Office(Scene.fresh(scene.store), office.push)
    places += [
        CalendarPlace(tenant=office.scene.tenant, resource=each, account="caldav") for each in (ROOM, HALL)
    ]
    office = attrs.evolve(office, push=SandboxCalendars(places))
    office.link(ROOM)
    with pytest.raises(InvalidInput, match="already"):
        office.link(HALL)


def test_an_entry_whose_resource_is_gone_is_not_written_and_says_why(
    server: Radicale,
) -> None:
    office = Office.at(server, MemoryStore())
    office.link()
    booked = office.scene.reserve(ROOM, hours(10, 11))
    office.tell()
    with office.scene.begin() as tx:
        catalog = tx.catalogs.load()
        gone = {each: thing for each, thing in catalog.resources.items() if thing.key != ROOM}
        changed = attrs.evolve(catalog, resources=gone, services={}, version=catalog.version + 1)
        tx.catalogs.save(changed, booked.period.end)
    office.work()
    assert "NOT_FOUND" in office.owed(booked).problem
    assert server.events == []
