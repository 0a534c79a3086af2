"""Who is told what, when, and through which channel: a tenant's rules for notices, as data."""

import re
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from typing import Self

import attrs

from booking_core.domain.catalog.schedule import DAY_MINUTES, minute_of_day
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import checked_key
from booking_core.domain.kernel.text import plain_text

MOST_RULES = 100
MOST_CONTACTS = 500
MOST_TEMPLATES = 100
LONGEST_ADDRESS = 200
LONGEST_TEMPLATE = 20_000
LONGEST_LEAD = timedelta(days=90)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")


class Occasion(StrEnum):
    """What a notice is about."""

    PLACED = "placed"
    CONFIRMED = "confirmed"
    MOVED = "moved"
    UPCOMING = "upcoming"
    """The reservation begins soon: a reminder."""
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    NO_SHOW = "no_show"
    OFFERED = "offered"
    """Who waits in line is offered what became free."""
    OFFER_LAPSED = "offer_lapsed"
    """What was offered was not taken in time."""
    TAKEN_OFF = "taken_off"
    """The house took somebody out of the line, with whatever was offered."""
    WAITED_IN_VAIN = "waited_in_vain"
    """Nothing became free before what was waited for began."""


IN_LINE = frozenset({Occasion.OFFERED, Occasion.OFFER_LAPSED, Occasion.TAKEN_OFF, Occasion.WAITED_IN_VAIN})
"""What happens to those who wait, before there is a reservation."""


class Audience(StrEnum):
    """Who is told."""

    CLIENT = "client"
    ADMINISTRATOR = "administrator"
    STAFF = "staff"
    """Those who are booked: the contacts of the assigned resources."""


class NoticeChannel(StrEnum):
    """How it reaches them."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


def checked_language(text: str, field: str = "language") -> str:
    """A language as `de` or `de-CH`."""
    if isinstance(text, str) and _LANGUAGE.fullmatch(text):
        return text
    raise InvalidInput(field, "must be a language such as en, de or pt-BR", text)


@attrs.frozen
class QuietHours:
    """The part of each local day in which nobody is disturbed, in minutes since midnight; may span midnight."""

    start: int
    end: int

    def __attrs_post_init__(self) -> None:
        """Refuse hours that are not on the clock, and those that leave no time of day or none to be quiet in."""
        if not (0 <= self.start < DAY_MINUTES and 0 <= self.end < DAY_MINUTES) or self.start == self.end:
            raise InvalidInput(
                "quiet_hours", "must be two different times of day", f"{self.start}-{self.end}"
            )

    @classmethod
    def of(cls, start: str, end: str) -> Self:
        """From `HH:MM` texts; 24:00 is midnight."""
        first, last = minute_of_day(start, "quiet_hours"), minute_of_day(end, "quiet_hours")
        return cls(first % DAY_MINUTES, last % DAY_MINUTES)


@attrs.frozen(kw_only=True)
class NoticeRule:
    """One line of the table: on an occasion, somebody is told through a channel in the words of a template.

    `before` is how long before its start a reminder is due (elapsed time), and zero for everything else. A reminder
    whose time has passed when it is booked is not sent, unless `is_sent_late`. `language` and `quiet_hours` are the
    tenant's where the rule has none of its own.
    """

    key: str
    occasion: Occasion
    audience: Audience
    channel: NoticeChannel
    template: str
    before: timedelta = timedelta(0)
    is_sent_late: bool = False
    language: str = ""
    quiet_hours: QuietHours | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse rules that cannot be followed."""
        checked_key(self.key, "rules.key")
        checked_key(self.template, "rules.template")
        checked_language(self.language or "en", "rules.language")
        if (self.occasion is Occasion.UPCOMING) != bool(self.before):
            raise InvalidInput("rules.before", "is for reminders, which need it", self.key)
        if not timedelta(0) <= self.before <= LONGEST_LEAD:
            raise InvalidInput("rules.before", f"must be up to {LONGEST_LEAD.days} days", self.key)
        if self.channel is NoticeChannel.PUSH and self.audience is Audience.CLIENT:
            raise InvalidInput("rules.channel", "push reaches staff and administrators only", self.key)
        if self.occasion in IN_LINE and self.audience is Audience.STAFF:
            raise InvalidInput("rules.to", "is nobody: who waits in line has booked nobody", self.key)


@attrs.frozen(kw_only=True)
class Contact:
    """Where somebody of the business is reached: an administrator, or where `resource` is a key, who is booked."""

    resource: str = ""
    email: str = ""
    phone: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse boundless texts and characters that could forge a header."""
        for field in ("email", "phone"):
            value = plain_text(getattr(self, field), f"contacts.{field}", LONGEST_ADDRESS)
            if any(ord(character) < ord(" ") for character in value):
                raise InvalidInput(f"contacts.{field}", "contains control characters", value)
        if not (self.email or self.phone):
            raise InvalidInput("contacts", "has neither a mail address nor a telephone", self.resource)


@attrs.frozen(kw_only=True)
class NoticeTemplate:
    """A tenant's own words under a name, in one language; `html` may be missing. An SMS or push uses `text` alone."""

    name: str
    language: str
    subject: str
    text: str
    html: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what is boundless or empty."""
        checked_key(self.name, "templates.name")
        checked_language(self.language, "templates.language")
        for field in ("subject", "text", "html"):
            plain_text(getattr(self, field), f"templates.{field}", LONGEST_TEMPLATE)
        if not self.text.strip():
            raise InvalidInput("templates.text", "is missing", self.name)


def _rule(
    who: str, occasion: Occasion, channel: NoticeChannel, template: str, *, hours_before: int = 0
) -> NoticeRule:
    """A rule of the house, whose key tells what it says: `client-placed-email`, `reminder-24h-sms`."""
    about = f"reminder-{hours_before}h" if hours_before else f"{who}-{occasion.replace('_', '-')}"
    return NoticeRule(
        key=f"{about}-{channel}",
        occasion=occasion,
        audience=Audience(who),
        channel=channel,
        template=template,
        before=timedelta(hours=hours_before),
    )


DEFAULT_RULES = (
    _rule("client", Occasion.PLACED, NoticeChannel.EMAIL, "placed"),
    _rule("client", Occasion.PLACED, NoticeChannel.SMS, "placed"),
    _rule("client", Occasion.CONFIRMED, NoticeChannel.EMAIL, "confirmed"),
    _rule("client", Occasion.MOVED, NoticeChannel.EMAIL, "moved"),
    _rule("client", Occasion.UPCOMING, NoticeChannel.EMAIL, "reminder", hours_before=24),
    _rule("client", Occasion.UPCOMING, NoticeChannel.SMS, "reminder", hours_before=24),
    _rule("client", Occasion.UPCOMING, NoticeChannel.SMS, "reminder", hours_before=1),
    _rule("client", Occasion.CANCELLED, NoticeChannel.EMAIL, "cancelled"),
    _rule("client", Occasion.DECLINED, NoticeChannel.EMAIL, "declined"),
    _rule("client", Occasion.OFFERED, NoticeChannel.EMAIL, "offer"),
    _rule("client", Occasion.OFFERED, NoticeChannel.SMS, "offer"),
    _rule("client", Occasion.OFFER_LAPSED, NoticeChannel.EMAIL, "offer-lapsed"),
    _rule("client", Occasion.TAKEN_OFF, NoticeChannel.EMAIL, "taken-off"),
    _rule("client", Occasion.WAITED_IN_VAIN, NoticeChannel.EMAIL, "waited-in-vain"),
    _rule("administrator", Occasion.PLACED, NoticeChannel.EMAIL, "new-booking"),
    _rule("administrator", Occasion.PLACED, NoticeChannel.PUSH, "new-booking"),
    _rule("administrator", Occasion.CANCELLED, NoticeChannel.EMAIL, "booking-cancelled"),
)
"""What a business that says nothing tells: created, confirmed, moved, soon, called off or refused; and who waits."""


@attrs.frozen(kw_only=True)
class NoticeSettings:
    """Everything a tenant says about notices."""

    rules: tuple[NoticeRule, ...] = DEFAULT_RULES
    language: str = "en"
    quiet_hours: QuietHours | None = None
    contacts: tuple[Contact, ...] = ()
    templates: tuple[NoticeTemplate, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse what is said twice, and what has no end."""
        checked_language(self.language, "notices.language")
        for field, most in (
            ("rules", MOST_RULES),
            ("contacts", MOST_CONTACTS),
            ("templates", MOST_TEMPLATES),
        ):
            if len(getattr(self, field)) > most:
                raise InvalidInput(f"notices.{field}", f"may be at most {most}")
        _refuse_twice((rule.key for rule in self.rules), "notices.rules.key")
        _refuse_twice((f"{each.name} ({each.language})" for each in self.templates), "notices.templates")

    def rules_for(self, occasion: Occasion) -> tuple[NoticeRule, ...]:
        """The rules of an occasion, in the tenant's order."""
        return tuple(rule for rule in self.rules if rule.occasion is occasion)

    def template(self, name: str, language: str) -> NoticeTemplate | None:
        """The tenant's own words: in the language, or in any; None where they are left to the house."""
        own = [each for each in self.templates if each.name == name]
        return next((each for each in own if each.language == language), own[0] if own else None)


def _refuse_twice(names: Iterable[str], field: str) -> None:
    known: set[str] = set()
    for name in names:
        if name in known:
            raise InvalidInput(field, "is used twice", name)
        known.add(name)
