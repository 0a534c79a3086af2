"""The notices of a file: rules, contacts, and templates in the words of the business."""

from datetime import timedelta
from typing import Any

from booking_adapters._wording.facts import FACTS
from booking_adapters._wording.templates import check_template
from booking_adapters.businesses.sections import Section
from booking_core.domain.catalog.notice_rules import (
    DEFAULT_RULES,
    Audience,
    Contact,
    NoticeChannel,
    NoticeRule,
    NoticeSettings,
    NoticeTemplate,
    Occasion,
    QuietHours,
)

NONE = timedelta(0)
_TEXTS = ("subject", "text", "html")


def read_notices(file: Section) -> NoticeSettings | None:
    """What the table `notices` says, the house's rules where it is missing; None where anything is wrong."""
    section = file.table("notices")
    if section is None:
        return NoticeSettings()
    has_rules = section.has("rules")
    rules = [_rule(each, section) for each in section.tables("rules")]
    contacts = [_contact(each, section) for each in section.tables("contacts")]
    templates = [_template(each, section) for each in section.tables("templates")]
    language, quiet = section.text("language", "en"), _quiet_hours(section)
    section.finish()
    file.absorb(section)
    if not section.is_good:
        return None
    settings = section.made(
        lambda: NoticeSettings(
            rules=tuple(each for each in rules if each) if has_rules else DEFAULT_RULES,
            language=language,
            quiet_hours=quiet,
            contacts=tuple(each for each in contacts if each),
            templates=tuple(each for each in templates if each),
        ),
        "language",
    )
    file.absorb(section)
    return settings


def _rule(section: Section, whole: Section) -> NoticeRule | None:
    key, occasion = section.text("key"), section.choice("on", Occasion)
    audience, channel = section.choice("to", Audience), section.choice("by", NoticeChannel)
    template, language = section.text("template"), section.text("language", "")
    before, is_late = section.minutes("minutes_before"), section.flag("even_late")
    quiet = _quiet_hours(section)
    section.finish()
    made = None
    if section.is_good and occasion and audience and channel:
        made = section.made(
            lambda: NoticeRule(
                key=key,
                occasion=occasion,
                audience=audience,
                channel=channel,
                template=template,
                before=before or NONE,
                is_sent_late=is_late,
                language=language,
                quiet_hours=quiet,
            ),
            "key",
        )
    whole.absorb(section)
    return made


def _contact(section: Section, whole: Section) -> Contact | None:
    facts = {name: section.text(name, "") for name in ("resource", "email", "phone")}
    section.finish()
    made = section.made(lambda: Contact(**facts), "email") if section.is_good else None
    whole.absorb(section)
    return made


def _template(section: Section, whole: Section) -> NoticeTemplate | None:
    name, language = section.text("name"), section.text("language", "en")
    words = {each: _words(section, each) for each in _TEXTS}
    section.finish()
    made = None
    if section.is_good:
        made = section.made(lambda: NoticeTemplate(name=name, language=language, **words), "text")
    whole.absorb(section)
    return made


def _words(section: Section, name: str) -> str:
    """A template of any length and several lines, checked for what it fills in."""
    words: Any = section.take(name) if section.has(name) else ""
    if not isinstance(words, str):
        section.wrong("must be a text", name)
        return ""
    section.made(lambda: check_template(words, FACTS), name)
    return words


def _quiet_hours(section: Section) -> QuietHours | None:
    """`22:00-07:00`, or None where nobody is left in peace."""
    text = section.text("quiet_hours", "")
    if not text:
        return None
    start, _, end = text.partition("-")
    return section.made(lambda: QuietHours.of(start, end), "quiet_hours")
