"""The Wording port: a notice in the words of its business, or of the house."""

from collections.abc import Callable, Mapping

import attrs
from jinja2 import Environment

from booking_adapters._wording.facts import facts_in_line, facts_of
from booking_adapters._wording.languages import ENGLISH
from booking_adapters._wording.templates import filled
from booking_adapters.letters.house import HOUSE
from booking_core.domain.catalog.notice_rules import NoticeChannel
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.ports.notifying import Attachment, Letter, Message, Undeliverable

Facts = Mapping[str, str | bool]
Attach = Callable[[Letter], tuple[Attachment, ...]]
"""What goes along with a mail; may raise InvalidInput."""

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body style="font-family: sans-serif; line-height: 1.5">
{% for paragraph in paragraphs %}
<p>{% for line in paragraph %}{% if line == link %}<a href="{{ line }}">{{ line }}</a>{% else %}{{ line }}{% endif %}
{% if not loop.last %}<br>{% endif %}{% endfor %}</p>
{% endfor %}
</body></html>
"""
)


def _nothing(_: Letter) -> tuple[Attachment, ...]:
    return ()


@attrs.frozen(kw_only=True)
class TemplateWording:
    """Fills templates. `attach` makes what goes along with a mail."""

    attach: Attach = _nothing

    def __call__(self, letter: Letter) -> Message:
        """The message; raises Undeliverable where the template is unknown or makes no sense."""
        try:
            return self._message(letter)
        except InvalidInput as error:
            raise Undeliverable(f"template {letter.notice.owed.template}: {error.message}") from error

    def _message(self, letter: Letter) -> Message:
        owed, is_mail = letter.notice.owed, letter.notice.owed.channel is NoticeChannel.EMAIL
        subject, text, html = _texts(letter, is_mail=is_mail)
        return Message(
            key=letter.notice.key,
            to=owed.address,
            subject=" ".join(subject.split()),
            text=text,
            html=html if is_mail else "",
            attachments=self._attached(letter) if is_mail else (),
            may_be_repeat=letter.notice.may_be_repeat,
            sender_name=letter.catalog.tenant.name,
        )

    def _attached(self, letter: Letter) -> tuple[Attachment, ...]:
        """What goes along; that it cannot be made is no fault of the template."""
        try:
            return self.attach(letter)
        except InvalidInput as error:
            raise Undeliverable(error.message) from error


def _texts(letter: Letter, *, is_mail: bool) -> tuple[str, str, str]:
    """Subject, text and HTML: the tenant's own words under that name, else those of the house."""
    owed = letter.notice.owed
    own = letter.catalog.notices.template(owed.template, owed.language)
    if own is not None:
        facts = _facts(letter, own.language)
        subject, text = filled(own.subject, facts), filled(own.text, facts)
        html = (
            filled(own.html, facts, is_html=True) if own.html else _page(subject, text, own.language, facts)
        )
        return subject, text, html
    language = owed.language if owed.language.partition("-")[0] in HOUSE else ENGLISH
    words = HOUSE[language.partition("-")[0]].get(owed.template)
    if words is None:
        raise InvalidInput("template", "is unknown", owed.template)
    facts = _facts(letter, language)
    subject, text = filled(words.subject, facts), filled(words.text if is_mail else words.short, facts)
    return subject, text, _page(subject, text, language, facts)


def _facts(letter: Letter, language: str) -> Facts:
    topic, given = letter.topic, {"language": language, "manage_url": letter.manage_url}
    if isinstance(topic, WaitlistEntry):
        return facts_in_line(topic, letter.catalog, **given)
    return facts_of(topic, letter.catalog, **given)


def _page(subject: str, text: str, language: str, facts: Facts) -> str:
    """The text as a page whose link can be followed."""
    paragraphs = [each.split("\n") for each in text.strip().split("\n\n")]
    return _PAGE.render(
        subject=subject, language=language, paragraphs=paragraphs, link=facts["manage_url"] or None
    )
