"""What a template of a business may do: fill in and choose, and nothing that a stranger could misuse."""

import pytest

from booking_adapters._wording.templates import LONGEST_FILLED, check_template, filled
from booking_core.domain.kernel.errors import InvalidInput

FACTS: dict[str, str | bool] = {"customer": "<b>Ann</b>", "code": "A-1", "is_pending": False}


def test_gaps_are_filled_and_branches_are_chosen() -> None:
    text = "{% if is_pending %}soon{% elif code == 'A-1' %}{{ code | lower }}{% else %}no{% endif %}\n"
    assert filled(text, FACTS) == "a-1\n"


def test_facts_are_escaped_in_html_and_left_alone_in_text() -> None:
    assert filled("<p>{{ customer }}</p>", FACTS, is_html=True) == "<p>&lt;b&gt;Ann&lt;/b&gt;</p>"
    assert filled("{{ customer }}", FACTS) == "<b>Ann</b>"


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in 'abc' %}{{ x }}{% endfor %}",
        "{{ code.__class__ }}",
        "{{ code['__class__'] }}",
        "{{ code.upper() }}",
        "{{ code * 99999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ code ~ code }}",
        "{% set x = code %}",
        "{% include 'secrets' %}",
        "{% macro m() %}{% endmacro %}",
        "{{ '%0999999d' | format(1) }}",
        "{{ code | center(99999999) }}",
        "{{ customer | safe }}",
        "{{ password }}",
        "{{ range }}",
        "{% if %}",
        "{{ code",
        "{% if code %}" * 300 + "{% endif %}" * 300,
        "{{" + "not " * 4_000 + "code }}",
    ],
)
def test_whatever_else_a_template_tries_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        check_template(text, FACTS.keys())
    with pytest.raises(InvalidInput):
        filled(text, FACTS)


def test_what_gets_too_long_is_refused() -> None:
    with pytest.raises(InvalidInput, match="makes more than"):
        filled("{{ customer }}" * 1_000, {"customer": "x" * (LONGEST_FILLED // 1_000 + 1)})
