"""Mails by SMTP: one checked recipient each, headers that nobody can add to, and answers told apart by their codes."""

import smtplib
import ssl
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import attrs

from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import Message, NotifierUnavailable, OutcomeUnknown, Refused, Undeliverable

TIMEOUT_SECONDS = 20.0
PERMANENT = 500
"""Reply codes from here on are final (RFC 5321 section 4.2.1); those below may be tried again."""
LONGEST_ADDRESS = 254
LONGEST_SUBJECT = 200


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
        mail = self._mail(message)
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

    def _mail(self, message: Message) -> EmailMessage:
        recipient, sender = parsed_address(message.to), parsed_address(self.sender)
        mail = EmailMessage()
        try:
            name = _one_line(message.sender_name)
            mail["From"] = Address(display_name=name, addr_spec=sender.addr_spec)
            mail["To"] = recipient
            mail["Subject"] = _one_line(message.subject)[:LONGEST_SUBJECT]
            mail["Date"] = format_datetime(self.clock.now())
            mail["Message-ID"] = f"<{message.key}@{sender.domain}>"
            mail["Auto-Submitted"] = "auto-generated"
            if message.may_be_repeat:
                mail["X-May-Be-Repeat"] = "yes"
        except (MessageError, ValueError) as failed:
            raise Undeliverable("a header of this mail cannot be written") from failed
        mail.set_content(message.text)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        for file in message.attachments:
            kind, _, rest = file.media_type.partition(";")
            maintype, _, subtype = kind.strip().partition("/")
            parameters = dict(each.strip().split("=", 1) for each in rest.split(";") if "=" in each)
            mail.add_attachment(
                file.content, maintype=maintype, subtype=subtype, filename=file.name, params=parameters
            )
        return mail


def parsed_address(text: str) -> Address:
    """One plain mail address; raises Undeliverable for lists, names, line breaks and what is none."""
    try:
        found = Address(addr_spec=text) if text.isprintable() else None
    except (HeaderParseError, ValueError, IndexError):
        found = None
    if found is None or not (found.username and "." in found.domain) or len(text) > LONGEST_ADDRESS:
        raise Undeliverable("this is no mail address")
    return found


def _one_line(text: str) -> str:
    """The text without line breaks and other characters that could end a header."""
    return "".join(character if character.isprintable() else " " for character in text).strip()


def _refusal(code: int, said: bytes | str) -> Refused | NotifierUnavailable:
    """A bounce where the code is final. What the server says is left out: it may repeat the address."""
    extended = (said.decode("ascii", "replace") if isinstance(said, bytes) else said).split(" ", 1)[0]
    shown = f"{code} {extended}" if extended.replace(".", "").isdigit() else str(code)
    if code >= PERMANENT:
        return Refused(f"the mail server refused it for good: {shown}")
    return NotifierUnavailable(f"the mail server refused it for now: {shown}")
