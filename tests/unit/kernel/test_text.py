"""Text that every storage keeps, and text that none is given."""

import pytest

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.text import plain_text


@pytest.mark.parametrize("text", ["", "Zoë 🪑", "two\nlines", "x" * 10])
def test_ordinary_text_passes_as_it_is(text: str) -> None:
    assert plain_text(text, "name", 10) == text


@pytest.mark.parametrize("text", ["x" * 11, "a\0b", "\ud800", "ok \udfff"])
def test_what_is_too_long_or_cannot_be_stored_names_the_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        plain_text(text, "name", 10)
    assert refused.value.field == "name"
