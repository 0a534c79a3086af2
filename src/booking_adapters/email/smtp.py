"""Mails by SMTP: one checked recipient each, headers that nobody can add to, and answers told apart by their codes."""

import smtplib
import ssl

import attrs

from booking_adapters.email.composing import mail_of
from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import Message, NotifierUnavailable, OutcomeUnknown, Refused

TIMEOUT_SECONDS = 20.0
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

    def send(self, message: Message) -> str:
        """Hand it in; its Message-ID. Raises what a Notifier raises."""
        mail = mail_of(message, self.sender, self.clock.now())
        try:
            connection = self._connected()
        except (smtplib.SMTPException, OSError) as failed:
            raise NotifierUnavailable(
                f"the mail server is not to be had: {type(failed).__name__}"
            ) from failed
        try:
            connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as failed:
            raise _refusal(*next(iter(failed.recipients.values()))) from failed
        except smtplib.SMTPResponseException as failed:
            raise _refusal(failed.smtp_code, failed.smtp_error) from failed
        except (smtplib.SMTPException, OSError) as failed:
            raise OutcomeUnknown("the connection broke before the mail server answered") from failed
        finally:
            connection.close()
        return str(mail["Message-ID"])

    def _connected(self) -> smtplib.SMTP:
        """Encrypted and logged in, as the server's description says."""
        server = self.server
        if server.is_implicit_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self.timeout_seconds, context=server.context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=self.timeout_seconds)
        try:
            if server.starttls and not server.is_implicit_tls:
                connection.starttls(context=server.context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _refusal(code: int, said: bytes | str) -> Refused | NotifierUnavailable:
    """A bounce where the code is final. What the server says is left out: it may repeat the address."""
    extended = (said.decode("ascii", "replace") if isinstance(said, bytes) else said).split(" ", 1)[0]
    shown = f"{code} {extended}" if extended.replace(".", "").isdigit() else str(code)
    if code >= PERMANENT:
        return Refused(f"the mail server refused it for good: {shown}")
    return NotifierUnavailable(f"the mail server refused it for now: {shown}")
