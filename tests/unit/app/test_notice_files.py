"""What a business file says of notices, and how what cannot be followed is refused at its line."""

from datetime import timedelta

import pytest

from booking_core.domain.catalog.notice_rules import (
    DEFAULT_RULES,
    Audience,
    Contact,
    NoticeChannel,
    NoticeSettings,
    Occasion,
    QuietHours,
)
from booking_core.domain.kernel.problems import BadFile
from tests.unit.app.test_business_files import SALON, read

NOTICES = '''
[notices]
language = "de"
quiet_hours = "22:00-07:00"

[[notices.contacts]]
resource = "mia"
email = "mia@salon.example"

[[notices.rules]]
key = "soon"
on = "upcoming"
to = "client"
by = "sms"
template = "reminder"
minutes_before = 120
even_late = true

[[notices.templates]]
name = "reminder"
language = "de"
subject = "Bis gleich"
text = """
Hallo {{ customer }},
bis {{ time }}!
"""
'''


def test_a_file_without_notices_follows_the_rules_of_the_house() -> None:
    assert read(SALON).notices == NoticeSettings(rules=DEFAULT_RULES)


def test_rules_contacts_and_templates_are_read() -> None:
    notices = read(SALON + NOTICES).notices
    (rule,) = notices.rules
    assert (rule.occasion, rule.audience, rule.channel) == (
        Occasion.UPCOMING,
        Audience.CLIENT,
        NoticeChannel.SMS,
    )
    assert (rule.before, rule.is_sent_late) == (timedelta(hours=2), True)
    assert (notices.language, notices.quiet_hours) == ("de", QuietHours(22 * 60, 7 * 60))
    assert notices.contacts == (Contact(resource="mia", email="mia@salon.example"),)
    own = notices.template("reminder", "de")
    assert own is not None
    assert own.text == "Hallo {{ customer }},\nbis {{ time }}!\n"


@pytest.mark.parametrize(
    ("was", "becomes", "field"),
    [
        ('on = "upcoming"', 'on = "someday"', "notices.rules[0].on"),
        ("minutes_before = 120", "", "notices.rules[0].key"),
        ("{{ customer }}", "{{ customer.__class__ }}", "notices.templates[0].text"),
        ("{{ customer }}", "{{ password }}", "notices.templates[0].text"),
        ('resource = "mia"\nemail = "mia@salon.example"', 'resource = "mia"', "notices.contacts[0].email"),
        ('language = "de"\nquiet', 'language = "German"\nquiet', "notices.language"),
        ('"22:00-07:00"', '"late"', "notices.quiet_hours"),
        ('by = "sms"', 'by = "sms"\ncolour = "red"', "notices.rules[0].colour"),
    ],
)
def test_what_cannot_be_followed_is_refused_where_it_stands(was: str, becomes: str, field: str) -> None:
    assert was in NOTICES
    with pytest.raises(BadFile) as refused:
        read(SALON + NOTICES.replace(was, becomes, 1))
    assert [problem.field for problem in refused.value.problems] == [field]
