"""Mails handed to a real SMTP server."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

import attrs
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from booking_adapters.email.smtp import LONGEST_SECONDS, TIMEOUT_SECONDS, SmtpNotifier, SmtpServer
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.processes import free_port
from booking_core.ports.notifying import (
    Attachment,
    Message,
    NotifierUnavailable,
    OutcomeUnknown,
    Refused,
    Undeliverable,
)
from booking_core.usecases.send_notices import LEASE

# The server of these tests listens on the loopback interface alone, so a password may go in clear.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

MAIL = Message(
    key="0190-key",
    to="ann@example.org",
    subject="Your booking: Grüße",
    text="See you on Monday.\n",
    html="<p>See you on Monday.</p>",
    attachments=(
        Attachment(
            name="booking.ics",
            media_type="text/calendar; method=REQUEST; charset=utf-8",
            content=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        ),
    ),
    sender_name="The Salon",
)


@attrs.define
class Mailbox:
    """What aiosmtpd calls: it keeps mails, or answers as it is told."""

    mails: list[EmailMessage] = attrs.field(factory=list)
    to_recipient: str = "250 OK"
    to_data: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        if self.to_data.startswith("250"):
            self.mails.append(
                message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
            )
        return self.to_data


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    is_right = data == LoginPassword(b"salon", b"secret")
    return AuthResult(success=is_right, handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        auth_required=True,
        auth_require_tls=False,
        authenticator=_authenticate,
    )
    controller.start()
    yield controller.port
    controller.stop()


def notifier(port: int, password: str = "secret") -> SmtpNotifier:  # noqa: S107 - the test server's
    server = SmtpServer(host="127.0.0.1", port=port, user="salon", password=password, starttls=False)
    return SmtpNotifier(server=server, sender="desk@salon.example", clock=FixedClock(), timeout_seconds=5)


def test_a_mail_arrives_with_both_texts_and_its_invitation(mailbox: Mailbox, port: int) -> None:
    assert notifier(port).send(MAIL) == "<0190-key@salon.example>"
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (
        "ann@example.org",
        "Your booking: Grüße",
        "<0190-key@salon.example>",
    )
    assert mail["From"] == "The Salon <desk@salon.example>"
    assert mail["X-May-Be-Repeat"] is None
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    (file,) = mail.iter_attachments()
    assert (file.get_param("method"), file.get_filename()) == ("REQUEST", "booking.ics")


def test_a_repeat_says_so_under_the_same_message_id(mailbox: Mailbox, port: int) -> None:
    notifier(port).send(MAIL)
    notifier(port).send(attrs.evolve(MAIL, may_be_repeat=True))
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert [mail["X-May-Be-Repeat"] for mail in mailbox.mails] == [None, "yes"]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ann",
        "ann@localhost",
        "ann@example.org, eve@example.org",
        "Ann <ann@example.org>",
        "ann@example.org\r\nBcc: eve@example.org",
        "ann@example.org\nRCPT TO:<eve@example.org>",
        "a" * 300 + "@example.org",
    ],
)
def test_what_is_not_one_address_is_refused_before_anything_is_said(
    mailbox: Mailbox, port: int, to: str
) -> None:
    with pytest.raises(Undeliverable):
        notifier(port).send(attrs.evolve(MAIL, to=to))
    assert mailbox.mails == []


def test_names_and_subjects_cannot_add_headers(mailbox: Mailbox, port: int) -> None:
    evil = "Ann\r\nBcc: eve@example.org\r\n\r\nhello"
    notifier(port).send(attrs.evolve(MAIL, subject=evil, sender_name=evil))
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Ann")


@pytest.mark.parametrize(
    ("answer", "raised"),
    [("550 5.1.1 no such mailbox ann@example.org", Refused), ("451 4.7.1 later", NotifierUnavailable)],
)
@pytest.mark.parametrize("stage", ["to_recipient", "to_data"])
def test_a_final_refusal_is_a_bounce_and_any_other_is_tried_again(
    mailbox: Mailbox, port: int, stage: str, answer: str, raised: type[Exception]
) -> None:
    setattr(mailbox, stage, answer)
    with pytest.raises(raised) as failed:
        notifier(port).send(MAIL)
    assert answer.split(" ", 2)[1] in str(failed.value)
    assert "ann@example.org" not in str(failed.value)


def test_a_wrong_password_and_a_server_that_is_not_there_are_tried_again(port: int) -> None:
    with pytest.raises(NotifierUnavailable):
        notifier(port, password="wrong").send(MAIL)
    with pytest.raises(NotifierUnavailable):
        notifier(free_port()).send(MAIL)


ANSWERS = (b"220 slow", b"250 slow", b"250 OK", b"250 OK", b"354 go on", b"250 OK")


@contextmanager
def slow_server(pause_seconds: float) -> Iterator[int]:
    """The port of a server that takes its time before each of its answers."""
    is_over = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            for number, answer in enumerate(ANSWERS):
                if number:
                    said = connection.recv(65_536)
                    while answer == ANSWERS[-1] and number > 4 and not said.endswith(b"\r\n.\r\n"):
                        said += connection.recv(65_536) or b"\r\n.\r\n"
                if is_over.wait(pause_seconds):
                    return
                connection.sendall(answer + b"\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve, args=(listener,), daemon=True)
        serving.start()
        yield listener.getsockname()[1]
        is_over.set()
        serving.join(10)


def hurried(port: int, longest_seconds: float) -> SmtpNotifier:
    """One that waits longer for an answer than such a server takes for any."""
    server = SmtpServer(host="127.0.0.1", port=port, starttls=False)
    return SmtpNotifier(
        server=server,
        sender="desk@salon.example",
        clock=FixedClock(),
        timeout_seconds=5,
        longest_seconds=longest_seconds,
    )


def test_an_address_in_letters_that_the_server_does_not_take_is_given_up(mailbox: Mailbox) -> None:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=False)
    controller.start()
    try:
        with pytest.raises(Undeliverable, match="ASCII"):
            hurried(controller.port, longest_seconds=5).send(attrs.evolve(MAIL, to="ann@münchen.example"))
    finally:
        controller.stop()
    assert mailbox.mails == []


def test_a_server_that_is_slow_with_every_answer_is_hung_up_on_in_time() -> None:
    with slow_server(0.2) as port:
        assert hurried(port, longest_seconds=30).send(MAIL) == "<0190-key@salon.example>"
    with slow_server(1.0) as port:
        begun = time.monotonic()
        with pytest.raises(OutcomeUnknown):
            hurried(port, longest_seconds=1.5).send(MAIL)
        assert time.monotonic() - begun < len(ANSWERS)


def test_nobody_sends_a_mail_that_is_still_being_handed_in() -> None:
    assert LEASE.total_seconds() > LONGEST_SECONDS + TIMEOUT_SECONDS
