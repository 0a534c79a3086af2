"""What differs between deployments: defaults, under a TOML file, under environment variables (`BOOKING_PORT`).

Secrets (the storage's address with its password, the staff token) come from the environment or from files of their
own, never from the command line.
"""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import attrs
import typed_settings
from typed_settings.exceptions import InvalidSettingsError, TsError
from typed_settings.loaders import Loader

from booking_core.domain.kernel.errors import InvalidInput

FILE_VARIABLE = "BOOKING_SETTINGS"
LONGEST_SECRET = 4_096
SHORTEST_TOKEN = 16
SECRETS = (
    "storage",
    "redis_url",
    "signing_key",
    "staff_token",
    "stripe_key",
    "stripe_webhook_secret",
    "smtp_url",
    "twilio_token",
    "vapid_key",
)
"""The settings that can be read from a file of their own, which `…_file` names."""
LEAST_KEPT = 7
"""In days: as far as `booking doctor` looks back for who should have been told."""
PORTS = 65_535
"""The highest port; 0 stands for any that is free."""


class LogLevel(StrEnum):
    """The least important messages that are still logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _between(least: float, most: float) -> Callable[[Any, "attrs.Attribute[Any]", Any], None]:
    def check(_: Any, attribute: "attrs.Attribute[Any]", value: float) -> None:
        if not least <= value <= most:
            raise InvalidInput(attribute.name, f"must be {least}…{most}", value)

    return check


def _hard_to_guess(_: Any, attribute: "attrs.Attribute[str]", token: str) -> None:
    if token and len(token) < SHORTEST_TOKEN:
        raise InvalidInput(attribute.name, f"must have at least {SHORTEST_TOKEN} characters")


@attrs.frozen(kw_only=True)
class CaldavSettings:
    """A calendar (`[[caldav]]`) into which the bookings of a resource may be written: its collection, and who may.

    `tenant` and `resource` are keys; `account` tells it from other calendars of the resource. The password stands in a
    file of its own.
    """

    tenant: str
    resource: str
    url: str
    user: str
    password_file: Path
    account: str = "caldav"


@attrs.frozen(kw_only=True)
class ChannelSettings:
    """An outside seller (`[[channels]]`) that is told how dates of a tenant (by key) stand, and asked for its bookings.

    `channel` is its name with us. `departure` says on which date it looks for a departure that is closed:
    `check_out_date`, or `last_night`.
    """

    tenant: str
    channel: str
    url: str
    departure: str = "check_out_date"


@attrs.frozen(kw_only=True)
class Settings:
    """One deployment.

    `storage` is `sqlite:///path/to/file`, `postgresql://user@host/database` or `memory://` (nothing survives the
    process). `storage_file` and every other `…_file` name files that hold the secret instead. `pool_size` is how
    many connections Postgres is asked for at most. `staff_token` lets staff in from other machines; without one, only
    from this machine.

    `public_url` is where guests reach this deployment. Mails go out by `smtp_url` (`smtps://user:password@host`, or
    `smtp://` with STARTTLS) from the address `mail_from`, SMS by the Twilio account `twilio_sid`, and push messages
    under the private key `vapid_key` with the mail address `vapid_contact`. What nothing sends is
    written into `outbox_directory`, and where that is not set, only logged.

    `handlers` are an application's own, as `module:function`, in the file of the settings.

    What queues are done with is kept for `done_kept_days`, and dead letters that nobody asked for `dead_kept_days`.

    From `signing_key` follow the secrets of webhooks and channels; without one there are none.

    `redis_url` names a server of Redis or Valkey that several processes share for locks, live updates and limits.
    `hold_hints` keeps hints about holds there, too. `recall_answers` keeps for a minute, there or else in memory, what
    bookings with an idempotency key were answered with.
    `proxies` are the addresses or networks of our own proxies: only they may say for whom they ask.

    `stripe_key` takes payments through Stripe (extra `stripe`); `stripe_webhook_secret` is what Stripe signs with
    (two of them, with a space between, while one is replaced), `stripe_publishable_key` is for pages, `stripe_url`
    names another server that speaks as Stripe does. `stripe_return_url` is where a bank's page sends payers back to;
    without one there are no such addresses, and pages answer the bank by the client secret. Without a key
    `sandbox_payments` pretends: cards to try out, and no money.
    """

    storage: str = attrs.field(default="sqlite:///booking.sqlite3", repr=False)
    storage_file: Path | None = None
    host: str = "127.0.0.1"
    port: int = attrs.field(default=8000, validator=_between(0, PORTS))
    staff_token: str = attrs.field(default="", repr=False, validator=_hard_to_guess)
    staff_token_file: Path | None = None
    redis_url: str = attrs.field(default="", repr=False)
    redis_url_file: Path | None = None
    redis_prefix: str = "booking"
    hold_hints: bool = False
    recall_answers: bool = False
    guest_requests_per_minute: int = attrs.field(default=600, validator=_between(1, 60_000))
    guest_changes_per_minute: int = attrs.field(default=60, validator=_between(1, 60_000))
    proxies: tuple[str, ...] = ()
    signing_key: str = attrs.field(default="", repr=False, validator=_hard_to_guess)
    signing_key_file: Path | None = None
    stripe_key: str = attrs.field(default="", repr=False)
    stripe_key_file: Path | None = None
    stripe_webhook_secret: str = attrs.field(default="", repr=False)
    stripe_webhook_secret_file: Path | None = None
    stripe_publishable_key: str = ""
    stripe_url: str = ""
    stripe_return_url: str = ""
    sandbox_payments: bool = False
    done_kept_days: int = attrs.field(default=30, validator=_between(LEAST_KEPT, 3_650))
    dead_kept_days: int = attrs.field(default=90, validator=_between(1, 3_650))
    pool_size: int = attrs.field(default=10, validator=_between(1, 500))
    log_level: LogLevel = LogLevel.INFO
    handlers: list[str] = attrs.field(factory=list)
    public_url: str = ""
    smtp_url: str = attrs.field(default="", repr=False)
    smtp_url_file: Path | None = None
    mail_from: str = ""
    twilio_sid: str = ""
    twilio_token: str = attrs.field(default="", repr=False)
    twilio_token_file: Path | None = None
    twilio_from: str = ""
    twilio_url: str = ""
    vapid_key: str = attrs.field(default="", repr=False)
    vapid_key_file: Path | None = None
    vapid_contact: str = ""
    outbox_directory: Path | None = None
    caldav: tuple[CaldavSettings, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()


def load_settings(file: Path | None = None) -> Settings:
    """The settings of this process; raises InvalidInput naming the file and the key that is wrong or unknown."""
    if file is not None and not file.is_file():
        raise InvalidInput("settings", "there is no such file", str(file))
    loaders: list[Loader] = [
        typed_settings.FileLoader(
            files=[file] if file else [],
            env_var=FILE_VARIABLE,
            formats={"*": typed_settings.TomlFormat(section=None)},
        ),
        typed_settings.EnvLoader(prefix="BOOKING_"),
    ]
    try:
        settings = typed_settings.load_settings(Settings, loaders)
    except InvalidSettingsError as error:
        reasons = "; ".join(str(each) for each in error.exceptions)
        raise InvalidInput("settings", reasons) from error
    except (TsError, OSError) as error:
        reason = str(error) if file is None or str(file) in str(error) else f"{file}: {error}"
        raise InvalidInput("settings", reason) from error
    return _with_secrets(settings)


def _with_secrets(settings: Settings) -> Settings:
    files = {name: getattr(settings, f"{name}_file") for name in SECRETS}
    secrets: dict[str, Any] = {
        name: secret_in(name, file) for name, file in files.items() if file is not None
    }
    return attrs.evolve(settings, **secrets)


def secret_in(field: str, file: Path) -> str:
    """The secret that a file holds; raises InvalidInput naming the `field` of the settings."""
    try:
        content = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{field}_file", "cannot be read", str(file)) from error
    secret = content.strip()
    if not 0 < len(secret) <= LONGEST_SECRET:
        raise InvalidInput(f"{field}_file", f"must hold 1…{LONGEST_SECRET} characters", str(file))
    return secret
