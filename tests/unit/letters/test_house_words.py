"""The words of the house: complete in every language, and made of facts that there are."""

import pytest

from booking_adapters._wording.facts import FACTS
from booking_adapters._wording.templates import check_template
from booking_adapters.letters.house import HOUSE
from booking_core.domain.catalog.notice_rules import DEFAULT_RULES


@pytest.mark.parametrize("language", HOUSE)
def test_every_default_rule_has_words_and_they_can_be_filled(language: str) -> None:
    words = HOUSE[language]
    assert {rule.template for rule in DEFAULT_RULES} == words.keys()
    for each in words.values():
        for text in (each.subject, each.text, each.short):
            check_template(text, FACTS)
