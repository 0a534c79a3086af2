"""Text from outside: bounded, and made of characters that every storage keeps."""

from booking_core.domain.kernel.errors import InvalidInput

NUL = "\0"
"""Unicode's first character, which Postgres' text cannot hold."""


def plain_text(value: str, field: str, longest: int) -> str:
    """The text as it is; `longest` counts characters.

    Raises InvalidInput, naming the field, where it is longer, or contains a NUL or half of a surrogate pair (which is
    no character: UTF-8 has no form for it).
    """
    if len(value) > longest:
        raise InvalidInput(field, f"is longer than {longest} characters")
    if NUL in value or not _is_sound(value):
        raise InvalidInput(field, "contains a character that cannot be stored")
    return value


def _is_sound(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
