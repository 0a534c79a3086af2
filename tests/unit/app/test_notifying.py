"""What a deployment sends with, as its settings say."""

from pathlib import Path

import attrs
import pytest
import structlog

from booking_adapters.email.files import MailFiles, TextFiles
from booking_adapters.email.smtp import SmtpNotifier
from booking_adapters.sms.twilio import TwilioNotifier
from booking_app.notifying import LoggedOnly, post_of, smtp_server
from booking_app.settings import Settings
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.ports.notifying import Message, NotifierUnavailable

MESSAGE = Message(
    key="0190", to="ann@example.org", subject="Hello", text="See you, Ann", html="<p>See you</p>"
)
TWILIO = Settings(twilio_sid="AC1", twilio_token="secret", twilio_from="+15005550006")


def test_each_channel_has_the_sender_that_the_settings_name(tmp_path: Path) -> None:
    settings = attrs.evolve(
        TWILIO, smtp_url="smtps://host", mail_from="a@b.example", outbox_directory=tmp_path
    )
    kinds = {channel: type(each) for channel, each in post_of(settings).notifiers.items()}
    assert kinds == {
        NoticeChannel.EMAIL: SmtpNotifier,
        NoticeChannel.SMS: TwilioNotifier,
        NoticeChannel.PUSH: TextFiles,
    }
    assert isinstance(post_of(Settings(outbox_directory=tmp_path)).notifiers[NoticeChannel.EMAIL], MailFiles)
    assert post_of(Settings()).notifiers == {}


@pytest.mark.parametrize(
    "settings",
    [
        Settings(smtp_url="smtp://host"),
        Settings(smtp_url="smtp+plain://mail.example", mail_from="a@b.example"),
        Settings(smtp_url="http://host", mail_from="a@b.example"),
        Settings(smtp_url="smtp://host:port", mail_from="a@b.example"),
        Settings(twilio_sid="AC1"),
        Settings(public_url="book.example"),
    ],
)
def test_settings_that_cannot_send_are_refused_at_the_start(settings: Settings) -> None:
    with pytest.raises(InvalidInput):
        post_of(settings)


def test_the_address_of_a_mail_server_says_how_it_is_encrypted() -> None:
    server = smtp_server("smtp://ann%40salon:s%2Fcret@mail.example")
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example",
        587,
        "ann@salon",
        "s/cret",
    )
    assert server.starttls
    assert smtp_server("smtps://mail.example").is_implicit_tls
    plain = smtp_server("smtp+plain://127.0.0.1:2525")
    assert (plain.port, plain.starttls, plain.is_implicit_tls) == (2525, False, False)


def test_messages_become_files_that_only_their_owner_reads(tmp_path: Path) -> None:
    notifiers = post_of(Settings(outbox_directory=tmp_path / "outbox")).notifiers
    for channel in NoticeChannel:
        notifiers[channel].send(MESSAGE)
        notifiers[channel].send(MESSAGE)
    files = sorted((tmp_path / "outbox").iterdir())
    assert [each.name for each in files] == ["0190.eml", "0190.txt"]
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
    assert b"Message-ID: <0190@localhost.invalid>" in files[0].read_bytes()
    (tmp_path / "file").touch()
    blocked = post_of(Settings(outbox_directory=tmp_path / "file")).notifiers[NoticeChannel.SMS]
    with pytest.raises(NotifierUnavailable):
        blocked.send(MESSAGE)


def test_what_nothing_sends_is_logged_without_naming_anybody() -> None:
    with structlog.testing.capture_logs() as logs:
        assert LoggedOnly(channel=NoticeChannel.EMAIL).send(MESSAGE) == "only logged"
    (entry,) = logs
    assert (entry["channel"], entry["key"]) == ("email", "0190")
    assert not {MESSAGE.to, MESSAGE.text, MESSAGE.subject} & {*entry.values()}
