from uuid import UUID

import pytest

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import checked_key, parse_uuid

GOOD = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_a_uuid_is_read_in_either_case() -> None:
    assert parse_uuid(GOOD) == parse_uuid(GOOD.upper()) == UUID(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        GOOD[:-1],
        GOOD + "0",
        GOOD.replace("0", "g"),
        "{" + GOOD[:-2] + "}",
        GOOD.replace("-", "") + "----",
        "urn:uuid:" + GOOD[:27],
        "0_" + GOOD[2:],
        " " + GOOD[1:],
        "../../etc/passwd".ljust(36, "x"),
    ],
)
def test_a_malformed_id_is_refused_with_the_field_named(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_uuid(text, "reservation")
    assert refused.value.field == "reservation"
    assert refused.value.details["value"] == text


def test_an_id_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInput):
        parse_uuid(7)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", ["a", "7", "anna", "deluxe-king", "a" * 64])
def test_a_key_is_short_and_made_of_small_letters_digits_and_inner_hyphens(key: str) -> None:
    assert checked_key(key) == key


@pytest.mark.parametrize(
    "key", ["", "-a", "a-", "Anna", "a b", "a_b", "é", "a" * 65, "a/b", "a\n", "٣", None, 7, b"a"]
)
def test_a_malformed_key_is_refused_with_the_field_named(key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_key(key, "resources.key")
    assert refused.value.field == "resources.key"
