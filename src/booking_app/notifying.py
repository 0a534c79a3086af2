"""What sends notices through each channel, as the settings of a deployment say."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import attrs
import structlog

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.email.files import MailFiles, TextFiles
from booking_adapters.email.smtp import SmtpNotifier, SmtpServer
from booking_app.settings import Settings
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.ambient import Clock
from booking_core.ports.notifying import Delivery, DeliveryReports, Message, Notifier, PushService

if TYPE_CHECKING:
    from booking_adapters.push.webpush import WebPushNotifier

LOG = structlog.get_logger("booking.notices")
NOBODY = "bookings@localhost.invalid"
"""Who mails are from that are only written to files, where no sender is set (RFC 2606 section 2)."""
SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@attrs.frozen(kw_only=True)
class LoggedOnly:
    """The Notifier port: nothing is sent, and the log says so without naming anybody."""

    channel: NoticeChannel

    def send(self, message: Message) -> str:
        """Log it."""
        LOG.info("nothing sends this", channel=self.channel.value, key=message.key)
        return "only logged"


@attrs.frozen
class NoPush:
    """The PushService port of a deployment that pushes nothing."""

    public_key: str = ""

    def accept(self, endpoint: str) -> str:
        """Never."""
        del endpoint
        raise InvalidInput("endpoint", "is of no use: this deployment has no key to push with")


@attrs.frozen
class NoReports:
    """The DeliveryReports port of a deployment that nobody tells anything."""

    def read(self, path: str, fields: Mapping[str, str], signature: str) -> Delivery | None:
        """Nothing is believed."""
        del path, fields, signature
        return None


@attrs.frozen(kw_only=True)
class Post:
    """What a deployment sends with, and who tells what became of it. Channels that are left out are only logged."""

    notifiers: Mapping[NoticeChannel, Notifier] = attrs.field(factory=dict)
    sender: str = NOBODY
    public_url: str = ""
    push: PushService = NoPush()
    reports: DeliveryReports = NoReports()


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
    post = Post(sender=sender, public_url=_checked_url(settings.public_url))
    if settings.twilio_sid:
        notifiers[NoticeChannel.SMS], reports = _twilio(settings, post.public_url)
        post = attrs.evolve(post, reports=reports)
    if settings.vapid_key:
        push = _web_push(settings, clock)
        notifiers[NoticeChannel.PUSH] = push
        post = attrs.evolve(post, push=push)
    return attrs.evolve(post, notifiers=notifiers)


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


def _twilio(settings: Settings, public_url: str) -> tuple[Notifier, DeliveryReports]:
    try:
        from booking_adapters.sms.reports import TwilioReports
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
    return TwilioNotifier(account), TwilioReports(token=settings.twilio_token, public_url=public_url)


def _web_push(settings: Settings, clock: Clock) -> "WebPushNotifier":
    try:
        from booking_adapters.push.webpush import VapidKey, WebPushNotifier
    except ImportError as error:
        raise InvalidInput("vapid_key", "push needs the extra: pip install 'booking-core[push]'") from error
    contact = settings.vapid_contact or settings.mail_from
    return WebPushNotifier(key=VapidKey.of(settings.vapid_key, contact), clock=clock)


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if url and not (parts.scheme in {"http", "https"} and parts.hostname and not parts.query):
        raise InvalidInput("public_url", "must be the https address at which guests reach this")
    return url.rstrip("/")
