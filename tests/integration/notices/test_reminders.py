"""Reminders by the worker as a process of its own, through a mail server and Twilio's SDK, on the databases.

The visits are on the Sunday on which the clocks in Berlin go forward at two in the morning.
"""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.builders import a_clinic
from booking_adapters.testing.contracts.scene import Storage
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.usecases.book import BookCommand
from booking_core.usecases.cancel import Cancellation
from booking_core.usecases.reschedule import RescheduleCommand
from booking_core.usecases.send_notices import LEASE
from booking_core.usecases.wanted import Wanted
from tests.integration.notices.outside import PATIENCE_SECONDS, Mailbox, Twilio, a_mailbox, a_twilio
from tests.integration.notices.post_office import Office
from tests.integration.notices.test_doctor import broken

MONDAY = datetime(2026, 3, 23, 6, tzinfo=UTC)
SUNDAY_AT_TEN = datetime(2026, 3, 29, 8, tzinfo=UTC)
"""Ten o'clock by a clock that has been put forward in the night."""
TUESDAY_AT_TEN = datetime(2026, 3, 31, 8, tzinfo=UTC)
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
DATABASES = pytest.mark.parametrize("storage", ["sqlite", "postgres"], indirect=True)
Sent = tuple[list[str], list[str]]
"""The subjects of mails, and who got an SMS."""
NOTHING: Sent = ([], [])


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with a_mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    with a_twilio() as twilio:
        yield twilio


@attrs.frozen
class House:
    """The clinic, and its workers."""

    office: Office
    url: str
    mailbox: Mailbox
    twilio: Twilio

    def worker(self, at: datetime, how: str = "on") -> subprocess.Popen[bytes]:
        """A process."""
        words = [self.url, at.isoformat(), str(self.mailbox.port), self.twilio.url, how]
        program = [sys.executable, "-m", "tests.integration.notices.worker", *words]
        return subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    @contextmanager
    def working(self, at: datetime, count: int = 1) -> Iterator[None]:
        """So many workers beside what happens in the block; then they end in order."""
        with ExitStack() as stack:
            processes = [stack.enter_context(self.worker(at)) for _ in range(count)]
            for process in processes:
                await_line(process, b"working")
            try:
                yield
            finally:
                for process in processes:
                    process.terminate()
            assert [process.wait(PATIENCE_SECONDS) for process in processes] == [0] * count

    @contextmanager
    def stepping(self) -> Iterator[Callable[[datetime], Sent]]:
        """One worker; called with a time, it does what is due and says what was sent then."""
        with self.worker(MONDAY, "steps") as process:

            def it_is(at: datetime) -> Sent:
                mails, texts = len(self.mailbox.mails), len(self.twilio.texts)
                tell(process, at.isoformat())
                await_line(process, b"done")
                self.office.clock.set(at)
                assert broken(self.office) == {}
                subjects = [str(mail["Subject"]).partition(":")[0] for mail in self.mailbox.mails[mails:]]
                return sorted(subjects), sorted(number for number, _ in self.twilio.texts[texts:])

            yield it_is
            tell(process, "")
            assert process.wait(PATIENCE_SECONDS) == 0

    def book(self, customer: Customer, start: datetime) -> Reservation:
        """A visit of half an hour."""
        wanted = Wanted(service="visit", start=start)
        command = BookCommand(tenant=self.office.tenant, wanted=wanted, customer=customer)
        return self.office.deployment.engine.book(command).reservation

    def notices(self) -> list[Notice]:
        """Every one."""
        with self.office.store.reading(self.office.tenant) as tx:
            return list(tx.notices.listed(99))

    def reminders(self) -> list[Notice]:
        """Those of a day before."""
        return [each for each in self.notices() if each.owed.rule.startswith("reminder-24h")]


@pytest.fixture
def house(store: Storage, tmp_path: Path, mailbox: Mailbox, twilio: Twilio) -> House:
    business = a_clinic().open_at("MO-SU 09:00-17:00").with_staff("anna")
    office = Office.opened(store, tmp_path / "outbox", business=business, at=MONDAY)
    assert isinstance(store, SqliteStore | PostgresStore)
    url = f"sqlite:///{store.path}" if isinstance(store, SqliteStore) else store.url
    return House(office, url, mailbox, twilio)


def tell(process: subprocess.Popen[bytes], line: str) -> None:
    """Write a line to a process; nothing more after an empty one."""
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode() if line else b"")
    process.stdin.flush()
    if not line:
        process.stdin.close()


def await_line(process: subprocess.Popen[bytes], words: bytes) -> None:
    """Read what a process says until it says that, or ends."""
    assert process.stdout is not None
    assert any(words in line for line in process.stdout)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Look again and again, for a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def guest(name: str, number: int = 0) -> Customer:
    """Somebody with a mail address, and a telephone where there is a number."""
    phone = f"+49151123456{number:02}" if number else ""
    return Customer(name=name, email=f"{name.lower()}@example.org", phone=phone)


@DATABASES
def test_a_day_and_an_hour_before_once_each_and_none_of_what_was_called_off_or_moved(house: House) -> None:
    engine = house.office.deployment.engine
    with house.working(MONDAY):
        house.book(guest("Ann", 1), SUNDAY_AT_TEN)
        ben = house.book(guest("Ben", 2), SUNDAY_AT_TEN + HOUR)
        cleo = house.book(guest("Cleo", 3), SUNDAY_AT_TEN + 2 * HOUR)
        wait_until(lambda: len(house.mailbox.mails) == 9)
        engine.cancel(Cancellation(tenant=house.office.tenant, reservation=ben.id))
        wanted = Wanted(service="visit", start=TUESDAY_AT_TEN)
        engine.reschedule(RescheduleCommand(tenant=house.office.tenant, reservation=cleo.id, wanted=wanted))
        wait_until(lambda: len(house.mailbox.mails) == 12)
    assert Counter(str(mail["To"]) for mail in house.mailbox.mails) == {
        "ann@example.org": 2,
        "ben@example.org": 3,
        "cleo@example.org": 3,
        "desk@clinic.example": 4,
    }
    assert sorted(number[-1] for number, _ in house.twilio.texts) == ["1", "2", "3"]
    with house.stepping() as it_is:
        assert it_is(SUNDAY_AT_TEN - DAY - SECOND) == NOTHING
        assert it_is(SUNDAY_AT_TEN - DAY) == (["Reminder"], ["+4915112345601"])
        mail = house.mailbox.mails[-1]
        assert (str(mail["To"]), str(mail["Subject"])) == (
            "ann@example.org",
            "Reminder: Visit, Sunday, March 29, 2026, 10:00 AM",
        )
        assert it_is(SUNDAY_AT_TEN - HOUR - SECOND) == NOTHING
        assert it_is(SUNDAY_AT_TEN - HOUR) == ([], ["+4915112345601"])
        assert it_is(SUNDAY_AT_TEN + HOUR) == NOTHING
        assert it_is(TUESDAY_AT_TEN - DAY) == (["Reminder"], ["+4915112345603"])
        assert it_is(TUESDAY_AT_TEN - HOUR) == ([], ["+4915112345603"])
        assert it_is(TUESDAY_AT_TEN + DAY) == NOTHING


def after_a_kill(house: House, when: str, how: str = "on") -> None:
    """Three visits; the worker is killed while it sends the first reminder, and two others take over."""
    for hour in range(3):
        house.book(guest(f"Guest{hour}", hour + 1), SUNDAY_AT_TEN + hour * HOUR)
    with house.stepping() as it_is:
        it_is(MONDAY)
    due = SUNDAY_AT_TEN + 2 * HOUR - DAY
    house.mailbox.mails.clear()
    house.twilio.texts.clear()
    silent = house.mailbox.silence if "mail" in when else house.twilio.silence
    silent.when = when.split(maxsplit=1)[0]
    with house.worker(due, how) as killed:
        silent.await_kill()
        killed.kill()
    silent.end()
    with house.working(due + LEASE, count=2):
        wait_until(lambda: not any(each.is_open for each in house.reminders()))
    house.office.clock.set(due + LEASE)


@DATABASES
@pytest.mark.parametrize(
    "when", ["before the mail server took it", "after the mail server took it", "after Twilio took it"]
)
def test_kill_9_between_sending_and_marking_loses_no_reminder_and_flags_the_repeat(
    house: House, when: str
) -> None:
    after_a_kill(house, when)
    reminders = house.reminders()
    assert [each.state for each in reminders] == [NoticeState.SENT] * 6
    (repeat,) = (each for each in reminders if each.may_be_repeat)
    keys = Counter(str(mail["Message-ID"]) for mail in house.mailbox.mails)
    numbers = Counter(number for number, _ in house.twilio.texts)
    assert (len(keys), len(numbers)) == (3, 3), "none was lost"
    was_taken = when.startswith("after")
    assert keys.total() + numbers.total() == 6 + was_taken
    if "mail" in when:
        flagged = [str(mail["Message-ID"]) for mail in house.mailbox.mails if mail["X-May-Be-Repeat"]]
        assert flagged == [f"<{repeat.key}@clinic.example>"]
        assert keys[flagged[0]] == 1 + was_taken
    else:
        assert numbers[repeat.owed.address] == 2
    assert broken(house.office) == {}


@pytest.mark.parametrize("storage", ["sqlite"], indirect=True)
def test_a_worker_that_marks_before_it_sends_loses_a_reminder(house: House) -> None:
    after_a_kill(house, "before the mail server took it", "marks-first")
    assert [each.state for each in house.reminders()] == [NoticeState.SENT] * 6
    assert len({str(mail["Message-ID"]) for mail in house.mailbox.mails}) == 2, "and nobody knows"
