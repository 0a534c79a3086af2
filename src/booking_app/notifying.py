"""Wiring of notices: what sends through each channel, and what goes along with a mail."""

from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import attrs
import structlog

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.calendars import Method, invitation
from booking_adapters.email.files import MailFiles, TextFiles
from booking_adapters.email.smtp import SmtpNotifier, SmtpServer
from booking_adapters.letters.wording import TemplateWording
from booking_app.settings import Settings
from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.ambient import Clock, IdGenerator, TokenSource
from booking_core.ports.notifying import Attachment, Letter, Message, Notifier
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.manage_link import CancelByLink, ForgetLinks, ShowByLink
from booking_core.usecases.send_notices import SendNotices

LOG = structlog.get_logger("booking.notices")
NOBODY = "bookings@localhost.invalid"
"""Who mails are from that are only written to files, where no sender is set (RFC 2606 section 2)."""
INVITED = {
    Occasion.PLACED: Method.REQUEST,
    Occasion.CONFIRMED: Method.REQUEST,
    Occasion.MOVED: Method.REQUEST,
    Occasion.CANCELLED: Method.CANCEL,
    Occasion.DECLINED: Method.CANCEL,
}
"""On which occasions a client's mail brings the calendar up to date."""
SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

NOTICE_USE_CASES = (ShowByLink, CancelByLink, ForgetLinks)


class Resolving(Protocol):
    """Whatever has an adapter for each port, and makes use cases with them."""

    def resolve(self, service_key: Any) -> Any:
        """One that is ready."""
        ...


@attrs.frozen(kw_only=True)
class LoggedOnly:
    """The Notifier port: nothing is sent, and the log says so without naming anybody."""

    channel: NoticeChannel

    def send(self, message: Message) -> str:
        """Log it."""
        LOG.info("nothing sends this", channel=self.channel.value, key=message.key)
        return "only logged"


@attrs.frozen(kw_only=True)
class Post:
    """What a deployment sends with. Channels that are left out are only logged."""

    notifiers: dict[NoticeChannel, Notifier] = attrs.field(factory=dict)
    sender: str = NOBODY
    public_url: str = ""


def post_of(settings: Settings) -> Post:
    """The senders that the settings describe; raises InvalidInput."""
    clock, sender = SystemClock(), settings.mail_from or NOBODY
    notifiers: dict[NoticeChannel, Notifier] = {}
    if settings.outbox_directory is not None:
        texts: Notifier = TextFiles(directory=settings.outbox_directory)
        mails = MailFiles(directory=settings.outbox_directory, sender=sender, clock=clock)
        notifiers = {NoticeChannel.EMAIL: mails, NoticeChannel.SMS: texts, NoticeChannel.PUSH: texts}
    if settings.smtp_url:
        if not settings.mail_from:
            raise InvalidInput("mail_from", "is missing: mails need a sender")
        server = smtp_server(settings.smtp_url)
        notifiers[NoticeChannel.EMAIL] = SmtpNotifier(server=server, sender=sender, clock=clock)
    if settings.twilio_sid:
        notifiers[NoticeChannel.SMS] = _twilio(settings)
    return Post(notifiers=notifiers, sender=sender, public_url=_checked_url(settings.public_url))


def smtp_server(url: str) -> SmtpServer:
    """`smtps://` is encrypted at once, `smtp://` by STARTTLS, `smtp+plain://` not at all and on this machine only."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput("smtp_url", "is not an address") from error
    if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise InvalidInput(
            "smtp_url", "must be smtp:// or smtps:// with a host, and a user where one is needed"
        )
    if parts.scheme == "smtp+plain" and parts.hostname not in LOOPBACK:
        raise InvalidInput("smtp_url", "must be encrypted, but on this machine")
    return SmtpServer(
        host=parts.hostname,
        port=port or SMTP_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp",
        is_implicit_tls=parts.scheme == "smtps",
    )


def send_notices(container: Resolving, post: Post) -> SendNotices:
    """The duty that sends what is due."""
    notifiers = {each: post.notifiers.get(each, LoggedOnly(channel=each)) for each in NoticeChannel}
    return SendNotices(
        begin=container.resolve(UnitOfWork),
        clock=container.resolve(Clock),
        ids=container.resolve(IdGenerator),
        tokens=container.resolve(TokenSource),
        wording=TemplateWording(attach=lambda letter: attachments(letter, post.sender)),
        notifiers=notifiers,
        public_url=post.public_url,
    )


def attachments(letter: Letter, organizer: str) -> tuple[Attachment, ...]:
    """The invitation of a client's mail, or what takes it away; raises InvalidInput for an address that is none."""
    owed, reservation, catalog = letter.notice.owed, letter.reservation, letter.catalog
    method = INVITED.get(owed.occasion)
    service = catalog.services.get(reservation.service)
    if method is None or service is None or owed.audience is not Audience.CLIENT:
        return ()
    content = invitation(
        reservation,
        service_name=service.name,
        venue=catalog.venue_of(service),
        sequence=reservation.version,
        method=method,
        organizer=organizer,
        attendee=owed.address,
    )
    return (
        Attachment(
            name="booking.ics",
            media_type=f"text/calendar; method={method.value}; charset=utf-8",
            content=content,
        ),
    )


def _twilio(settings: Settings) -> Notifier:
    try:
        from booking_adapters.sms.twilio import TwilioAccount, TwilioNotifier
    except ImportError as error:
        raise InvalidInput("twilio_sid", "SMS need the extra: pip install 'booking-core[sms]'") from error
    if not (settings.twilio_token and settings.twilio_from):
        raise InvalidInput("twilio_sid", "needs twilio_token and twilio_from beside it")
    account = TwilioAccount(
        sid=settings.twilio_sid,
        token=settings.twilio_token,
        sender=settings.twilio_from,
        base_url=settings.twilio_url,
    )
    return TwilioNotifier(account)


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname and not parts.query):
        raise InvalidInput("public_url", "must be the https address at which guests reach this")
    return url.rstrip("/")
