"""Outside calendars that are read again and again over HTTP: what changes here, and what does not."""

import resource as limits
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.memory import MemoryStore
from booking_adapters.testing.contracts.scene import NOW, Storage, hours
from booking_core.domain.calendars.subscription import MOST_FAILURES, Subscription
from booking_core.domain.kernel.errors import Conflict, InvalidInput, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.calendars import CalendarFeed, FeedContent
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases import calendar_subscriptions, refresh_calendars
from booking_core.usecases.calendar_subscriptions import (
    SubscribeCalendar,
    SubscribeCommand,
    SubscriptionReference,
    UnsubscribeCalendar,
)
from booking_core.usecases.refresh_calendars import LEASE
from tests.integration.calendars.reader import Reader, reading
from tests.integration.crashes.dying import Arrows, Died, DyingUnitOfWork

A_DAY = timedelta(days=1)
TEN_MEGABYTES = 10_000_000
MOST_ARROWS = 20
LUNCH = "UID:lunch\nDTSTART:20300107T120000Z\nDTEND:20300107T130000Z"
MOVED_LUNCH = "UID:lunch\nDTSTART:20300108T120000Z\nDTEND:20300108T130000Z"


@pytest.fixture
def reader() -> Iterator[Reader]:
    """In memory, for what no storage makes different."""
    with reading(MemoryStore()) as made:
        yield made


@pytest.fixture
def anywhere(store: Storage) -> Iterator[Reader]:
    """Over every storage."""
    with reading(store) as made:
        yield made


def stamped(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def test_the_room_is_closed_when_the_calendar_is_busy_and_reopened_when_it_is_not(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    anywhere.read()
    assert anywhere.closed() == [hours(12, 13)]
    anywhere.place.says()
    anywhere.read(later=timedelta(hours=2))
    assert anywhere.closed() == []


def test_a_moved_event_is_one_closure_that_moves(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    anywhere.read()
    (before,) = anywhere.closures()
    anywhere.place.says(MOVED_LUNCH)
    anywhere.read(later=timedelta(hours=2))
    (after,) = anywhere.closures()
    assert (after.id, after.period) == (before.id, hours(12, 13, day=1))


def test_what_has_not_changed_is_not_sent_again_but_once_a_day(reader: Reader) -> None:
    reader.place.says(LUNCH, etag='"1"')
    reader.read()
    first = reader.kept().read_at
    reader.read(later=timedelta(hours=2))
    assert reader.place.asked[-1]["if-none-match"] == '"1"'
    assert reader.kept().read_at == first
    reader.read(later=A_DAY)
    assert "if-none-match" not in reader.place.asked[-1]
    assert reader.kept().read_at == reader.clock.now()


def test_a_block_that_begins_today_every_day_anew_writes_nothing(reader: Reader) -> None:
    """Section 6 item 11 of the scenarios: with a new UID each day, and the same end."""
    end = NOW + 30 * A_DAY
    written = []
    for day in range(10):
        start = stamped(reader.clock.now().replace(hour=0))
        reader.place.says(f"UID:blocked-{day}\nDTSTART:{start}\nDTEND:{stamped(end)}")
        reader.read(later=A_DAY)
        written.append([(each.id, each.period) for each in reader.closures()])
    assert len(written[0]) == 1
    assert written == written[:1] * 10


def test_a_block_that_slides_with_today_stays_one_closure(anywhere: Reader) -> None:
    known = set()
    for day in range(10):
        start = anywhere.clock.now().replace(hour=0)
        anywhere.place.says(f"UID:u{day}\nDTSTART:{stamped(start)}\nDTEND:{stamped(start + 30 * A_DAY)}")
        anywhere.read(later=A_DAY)
        (closure,) = anywhere.closures()
        assert closure.period.end == start + 30 * A_DAY
        known.add(closure.id)
    assert len(known) == 1


def test_a_booking_in_the_way_is_kept_and_alerted(anywhere: Reader) -> None:
    booked = anywhere.scene.reserve("room", hours(12, 12.5))
    anywhere.place.says(LUNCH)
    anywhere.read()
    assert anywhere.alerts() == ["busy_elsewhere"]
    assert anywhere.scene.found(booked.id) == booked
    assert anywhere.closed() == [hours(12, 13)]


def test_a_booking_that_comes_back_from_there_closes_nothing(reader: Reader) -> None:
    booked = reader.scene.reserve("room", hours(12, 13))
    reader.place.says(f"UID:{booked.id}\nDTSTART:20300107T120000Z\nDTEND:20300107T130000Z")
    reader.read()
    assert (reader.closed(), reader.alerts()) == ([], [])


BOMBS = {
    "html": b"<html>Please sign in</html>",
    "no calendar": b"BEGIN:VEVENT\nEND:VEVENT\n",
    "half": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n",
    "a line of a megabyte": b"BEGIN:VCALENDAR\nX-LONG:" + b"x" * 1_000_000 + b"\nEND:VCALENDAR\n",
    "ten megabytes": b"BEGIN:VCALENDAR\nX-LONG:" + b"x" * TEN_MEGABYTES,
    "nested": b"BEGIN:VCALENDAR\n" + b"BEGIN:VTODO\n" * 100_000,
    "every second": (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20300101T000000Z\nDURATION:PT1S\n"
        b"RRULE:FREQ=SECONDLY\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
    "every second of every day": (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20300101T000000Z\nDURATION:PT1S\nRRULE:FREQ=DAILY;BYHOUR="
        + b",".join(b"%d" % each for each in range(24))
        + b";BYMINUTE="
        + b",".join(b"%d" % each for each in range(60))
        + b"\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
    "a zone that changes every second": (
        b"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Bomb\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        b"TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=SECONDLY\nEND:STANDARD\nEND:VTIMEZONE\n"
        b"BEGIN:VEVENT\nUID:a\nDTSTART;TZID=Bomb:20300107T120000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_no_calendar_or_too_much_of_one_is_refused_quickly_and_changes_nothing(
    reader: Reader, bomb: str
) -> None:
    reader.place.says(LUNCH)
    reader.read()
    reader.place.body = BOMBS[bomb]
    memory = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    failed = reader.read(later=timedelta(hours=2))
    assert time.monotonic() - started < 1
    assert limits.getrusage(limits.RUSAGE_SELF).ru_maxrss - memory < 64 * 1024  # in KiB on Linux
    assert (failed.failures, failed.problem[:8]) == (1, "BAD_FILE")
    assert reader.closed() == [hours(12, 13)]


def test_what_is_down_is_asked_less_and_less_and_given_up_with_an_alert(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    anywhere.read()
    anywhere.place.status = 503
    pauses = []
    for _ in range(MOST_FAILURES):
        due = anywhere.kept().due_at
        assert due is not None
        anywhere.clock.set(due)
        failed = anywhere.read()
        if failed.due_at is not None:
            pauses.append(failed.due_at - due)
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[0]
    assert (anywhere.kept().is_given_up, anywhere.alerts()) == (True, ["calendar_given_up"])
    assert anywhere.closed() == [hours(12, 13)]
    with anywhere.scene.begin() as tx:
        tx.calendar_links.subscriptions.save(anywhere.kept().resume(anywhere.clock.now()))
    anywhere.place.says(MOVED_LUNCH)
    assert anywhere.read().failures == 0


def test_private_places_are_not_asked(reader: Reader) -> None:
    reader.place.says(LUNCH)
    strict = attrs.evolve(reader.refresh, feed=HttpCalendarFeed())
    strict(reader.scene.tenant)
    assert reader.place.asked == []
    assert reader.kept().problem.startswith("INVALID_INPUT")


def test_whoever_dies_at_any_arrow_leaves_what_another_reads_once(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    for dies_at in range(MOST_ARROWS):
        begin = DyingUnitOfWork(anywhere.scene.store, Arrows(dies_at))
        try:
            attrs.evolve(anywhere.refresh, begin=begin)(anywhere.scene.tenant)
        except Died:
            anywhere.read(later=LEASE)
        else:
            assert dies_at > len({"take", "record"}), "it died at none of them"
            break
        assert anywhere.closed() == [hours(12, 13)]
        assert (anywhere.kept().failures, anywhere.kept().is_given_up) == (0, False)
        anywhere.clock.advance(A_DAY / 12)
    else:
        pytest.fail("there are more arrows than expected")


def test_two_workers_read_a_calendar_once(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(anywhere.refresh, [anywhere.scene.tenant] * 2, timeout=60))
    assert (sorted(done), len(anywhere.place.asked)) == ([0, 1], 1)
    assert anywhere.closed() == [hours(12, 13)]


@attrs.frozen
class SleepyFeed:
    """Sleeps before it reads, and somebody else works meanwhile."""

    inner: CalendarFeed
    sleep: Callable[[], object]

    def accept(self, url: str) -> str:
        return self.inner.accept(url)

    def read(self, url: str, **known: Any) -> FeedContent | None:
        self.sleep()
        return self.inner.read(url, **known)


def read_by_two(reader: Reader) -> list[int]:
    """How much another worker did while one was reading."""
    others: list[int] = []
    sleepy = SleepyFeed(reader.refresh.feed, lambda: others.append(reader.refresh(reader.scene.tenant)))
    attrs.evolve(reader.refresh, feed=sleepy)(reader.scene.tenant)
    return others


def test_what_one_worker_reads_no_other_reads(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    assert read_by_two(anywhere) == [0]
    assert len(anywhere.place.asked) == 1


def test_control_without_a_lease_both_read(anywhere: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_taken(it: Subscription, at: datetime, _: timedelta) -> Change[Subscription, Subscription]:
        return it.resume(at)

    monkeypatch.setattr(Subscription, "lease", not_taken)
    anywhere.place.says(LUNCH)
    assert read_by_two(anywhere) == [1]
    assert len(anywhere.place.asked) == 2
    assert anywhere.closed() == [hours(12, 13)], "what the second one says is not written"


def test_a_rule_an_exception_and_a_moved_time_of_it_are_read_on_the_wall_of_the_venue(
    anywhere: Reader,
) -> None:
    """Weekly at ten in Berlin, over the change of the clocks at the end of March; one time is off, one was moved."""
    weekly = (
        "UID:weekly\nDTSTART;TZID=Europe/Berlin:20300318T100000\nDTEND;TZID=Europe/Berlin:20300318T110000\n"
        "RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20300325T100000"
    )
    moved = (
        "UID:weekly\nRECURRENCE-ID;TZID=Europe/Berlin:20300408T100000\n"
        "DTSTART;TZID=Europe/Berlin:20300409T150000\nDTEND;TZID=Europe/Berlin:20300409T160000"
    )
    anywhere.place.says(weekly, moved)
    anywhere.read()
    starts = [f"{each.start:%m-%d %H:%M}" for each in anywhere.closed()]
    assert starts == ["03-18 09:00", "04-01 08:00", "04-09 13:00"]
    anywhere.place.says(weekly, moved)
    before = anywhere.closures()
    anywhere.read(later=timedelta(hours=1))
    assert anywhere.closures() == before, "the same calendar writes nothing"


def test_a_calendar_that_is_ended_while_it_is_read_closes_nothing(anywhere: Reader) -> None:
    anywhere.place.says(LUNCH)
    unsubscribe = UnsubscribeCalendar(begin=anywhere.scene.store, clock=anywhere.clock)
    reference = SubscriptionReference(tenant=anywhere.scene.tenant, subscription=anywhere.subscription.id)
    sleepy = SleepyFeed(anywhere.refresh.feed, lambda: unsubscribe(reference))
    assert attrs.evolve(anywhere.refresh, feed=sleepy)(anywhere.scene.tenant) == 1
    assert anywhere.closures() == []


def test_a_reading_that_loses_a_race_is_written_all_the_same(reader: Reader) -> None:
    reader.place.says(LUNCH)
    begin = LosingUnitOfWork(reader.scene.store, loses={2, 3})
    attrs.evolve(reader.refresh, begin=begin)(reader.scene.tenant)
    assert reader.closed() == [hours(12, 13)]
    assert begin.begun == 5, "one takes it, three record it, one finds nothing more"


@attrs.define
class LosingUnitOfWork:
    """Loses its race in some of its transactions, counted from 1."""

    inner: UnitOfWork
    loses: set[int]
    begun: int = 0

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        self.begun += 1
        with self.inner(tenant, actor) as tx:
            yield tx
            if self.begun in self.loses:
                raise Conflict("somebody was faster")

    def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        return self.inner.reading(tenant)


def test_many_calendars_are_read_in_bounded_turns(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    reader.place.says(LUNCH)
    monkeypatch.setattr(refresh_calendars, "BATCH", 1)
    assert reader.refresh(reader.scene.tenant) == 1
    assert reader.refresh(reader.scene.tenant) == 0


def test_a_subscription_is_refused_where_there_are_enough_or_it_would_be_read_too_often(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe = SubscribeCalendar(
        begin=reader.scene.store, clock=reader.clock, ids=reader.scene.ids, feed=HttpCalendarFeed()
    )
    command = SubscribeCommand(
        tenant=reader.scene.tenant,
        resource="room",
        name="Elsewhere",
        url="https://calendar.example/a.ics",
        interval=timedelta(minutes=4, seconds=59),
    )
    with pytest.raises(InvalidInput, match="interval"):
        subscribe(command)
    monkeypatch.setattr(calendar_subscriptions, "MOST_SUBSCRIPTIONS", 1)
    with pytest.raises(InvalidInput, match="already"):
        subscribe(attrs.evolve(command, interval=timedelta(hours=1)))


def test_whoever_ends_a_subscription_opens_again_what_it_closes_from_now_on(anywhere: Reader) -> None:
    past = f"UID:past\nDTSTART:{stamped(NOW)}\nDTEND:{stamped(NOW + timedelta(hours=1))}"
    anywhere.place.says(LUNCH, past)
    anywhere.read()
    anywhere.clock.advance(timedelta(hours=2))
    unsubscribe = UnsubscribeCalendar(begin=anywhere.scene.store, clock=anywhere.clock)
    reference = SubscriptionReference(tenant=anywhere.scene.tenant, subscription=anywhere.subscription.id)
    assert unsubscribe(reference) == 1
    assert [each.start for each in anywhere.closed()] == [NOW]
    with pytest.raises(NotFound):
        unsubscribe(reference)
    anywhere.clock.advance(A_DAY)
    assert anywhere.refresh(anywhere.scene.tenant) == 0
    assert len(anywhere.place.asked) == 1, "nobody reads it any more"
