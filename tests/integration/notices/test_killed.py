"""A sender that is killed between sending and marking: what it sent comes again under its key, and none is lost."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import attrs
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import NOW, hour, hours
from booking_adapters.testing.processes import free_port
from booking_core.domain.notices.notice import NoticeState
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.send_notices import LEASE
from tests.integration.notices.house import House

PATIENCE_SECONDS = 60
GUESTS = 3
DUE = hour(10, day=1)


@attrs.define
class Mailbox:
    """Keeps mails; while it is slow, it keeps one and then does not answer any more."""

    mails: list[EmailMessage] = attrs.field(factory=list)
    is_slow: bool = False
    has_one: threading.Event = attrs.field(factory=threading.Event)
    gone: threading.Event = attrs.field(factory=threading.Event)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        if self.is_slow:
            self.has_one.set()
            self.gone.wait(PATIENCE_SECONDS)
        return "250 OK"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    mailbox.gone.set()
    controller.stop()


def sender(file: Path, house: House, port: int, at: datetime) -> subprocess.Popen[bytes]:
    words = [str(file), str(house.scene.tenant), str(port), at.isoformat()]
    return subprocess.Popen([sys.executable, "-m", "tests.integration.notices.sender", *words])


def reminded(house: House) -> list[tuple[NoticeState, bool]]:
    with house.scene.reading() as tx:
        return sorted(
            (each.state, each.may_be_repeat)
            for each in tx.notices.listed(99)
            if each.owed.rule == "reminder-24h-email"
        )


def test_kill_9_between_sending_and_marking_loses_nothing_and_flags_the_repeat(
    sqlite_template: Path, tmp_path: Path, mailbox: Mailbox, port: int
) -> None:
    file = tmp_path / "killed.db"
    file.write_bytes(sqlite_template.read_bytes())
    with SqliteStore.open(file) as store:
        house = House.fresh(store)
        for number in range(GUESTS):
            house.tell(
                house.scene.a_reservation(
                    "pool",
                    hours(10, 11, day=2),
                    lanes=(number + 1,),
                    customer=Customer(name=f"Guest {number}", email=f"guest{number}@example.org"),
                )
            )
        house.it_is(NOW)
        mailbox.is_slow = True
        killed = sender(file, house, port, DUE)
        assert mailbox.has_one.wait(PATIENCE_SECONDS)
        killed.kill()
        killed.wait(PATIENCE_SECONDS)
        mailbox.is_slow = False
        mailbox.gone.set()
        assert reminded(house).count((NoticeState.SENDING, False)) == 1, "nobody marked what was sent"
        for at in (DUE, DUE + LEASE):
            assert sender(file, house, port, at).wait(PATIENCE_SECONDS) == 0
        assert reminded(house) == sorted(
            [(NoticeState.SENT, False)] * (GUESTS - 1) + [(NoticeState.SENT, True)]
        )
    keys = [mail["Message-ID"] for mail in mailbox.mails]
    assert (len(keys), len({*keys})) == (GUESTS + 1, GUESTS)
    (repeat,) = [mail for mail in mailbox.mails if mail["X-May-Be-Repeat"]]
    assert keys.count(repeat["Message-ID"]) == 2
    assert {mail["To"] for mail in mailbox.mails} == {
        f"guest{number}@example.org" for number in range(GUESTS)
    }
