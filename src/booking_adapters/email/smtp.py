"""Mails by SMTP: one checked recipient each, headers that nobody can add to, and answers told apart by their codes."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage

import attrs

from booking_adapters.email.composing import mail_of
from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import Message, NotifierUnavailable, OutcomeUnknown, Refused, Undeliverable

TIMEOUT_SECONDS = 20.0
"""For each answer of the server."""
LONGEST_SECONDS = 90.0
"""For all of its answers to one mail. A slow server takes its time for each of ten, and a lease ends meanwhile."""
HANG_UP_SECONDS = 1.0
PERMANENT = 500
"""Reply codes from here on are final (RFC 5321 section 4.2.1); those below may be tried again."""


@attrs.frozen(kw_only=True)
class SmtpServer:
    """Where mails are handed in. `is_implicit_tls`: encrypted from the first byte; else upgraded where `starttls`."""

    host: str
    port: int = 587
    user: str = ""
    password: str = attrs.field(default="", repr=False)
    starttls: bool = True
    is_implicit_tls: bool = False
    context: ssl.SSLContext = attrs.field(factory=ssl.create_default_context, repr=False)


@attrs.frozen(kw_only=True)
class SmtpNotifier:
    """The Notifier port. The key of a message is its Message-ID, by which a repeat is known to be one."""

    server: SmtpServer
    sender: str
    clock: Clock
    timeout_seconds: float = TIMEOUT_SECONDS
    longest_seconds: float = LONGEST_SECONDS

    def send(self, message: Message) -> str:
        """Hand it in; its Message-ID. Raises what a Notifier raises."""
        mail = mail_of(message, self.sender, self.clock.now())
        ends = time.monotonic() + self.longest_seconds
        try:
            connection = self._connection()
        except (smtplib.SMTPException, OSError) as failed:
            raise _unavailable(failed) from failed
        try:
            with _until(ends, connection):
                self._log_in(connection)
                _hand_in(connection, mail)
        finally:
            connection.close()
        return str(mail["Message-ID"])

    def _connection(self) -> smtplib.SMTP:
        server = self.server
        if server.is_implicit_tls:
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=self.timeout_seconds, context=server.context
            )
        return smtplib.SMTP(server.host, server.port, timeout=self.timeout_seconds)

    def _log_in(self, connection: smtplib.SMTP) -> None:
        """Encrypted, as the server's description says."""
        server = self.server
        try:
            if server.starttls and not server.is_implicit_tls:
                connection.starttls(context=server.context)
            if server.user:
                connection.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as failed:
            raise _unavailable(failed) from failed


def _hand_in(connection: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as failed:
        raise _refusal(*next(iter(failed.recipients.values()))) from failed
    except smtplib.SMTPResponseException as failed:
        raise _refusal(failed.smtp_code, failed.smtp_error) from failed
    except smtplib.SMTPNotSupportedError as failed:
        raise Undeliverable("the mail server takes addresses in ASCII alone") from failed
    except (smtplib.SMTPException, OSError) as failed:
        raise OutcomeUnknown("the connection broke before the mail server answered") from failed


@contextmanager
def _until(ends: float, connection: smtplib.SMTP) -> Iterator[None]:
    """Hang up when the time is over: whoever waits for an answer then gets none."""
    is_done = threading.Event()

    def watch() -> None:
        pause = max(0.0, ends - time.monotonic())
        while not is_done.wait(pause):
            sock, pause = connection.sock, HANG_UP_SECONDS  # another one after it was encrypted
            with suppress(OSError):
                if sock is not None:
                    sock.shutdown(socket.SHUT_RDWR)

    watching = threading.Thread(target=watch, name="booking mail: time", daemon=True)
    watching.start()
    try:
        yield
    finally:
        is_done.set()
        watching.join()


def _unavailable(failed: Exception) -> NotifierUnavailable:
    return NotifierUnavailable(f"the mail server is not to be had: {type(failed).__name__}")


def _refusal(code: int, said: bytes | str) -> Refused | NotifierUnavailable:
    """A bounce where the code is final. What the server says is left out: it may repeat the address."""
    extended = (said.decode("ascii", "replace") if isinstance(said, bytes) else said).split(" ", 1)[0]
    shown = f"{code} {extended}" if extended.replace(".", "").isdigit() else str(code)
    if code >= PERMANENT:
        return Refused(f"the mail server refused it for good: {shown}")
    return NotifierUnavailable(f"the mail server refused it for now: {shown}")
