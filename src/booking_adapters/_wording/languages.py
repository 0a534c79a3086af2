"""The languages that guests can be spoken to in, and which one somebody prefers."""

from booking_core.domain.kernel.errors import InvalidInput

LANGUAGES = ("en", "de", "es", "fr", "it", "nl")
"""By their codes (ISO 639-1), the one that is spoken where nobody says otherwise first."""
ENGLISH = LANGUAGES[0]
MOST_PREFERENCES = 10
LONGEST_HEADER = 200
_WHOLE = 1_000


def language_of(code: str) -> str:
    """The language of a code; raises InvalidInput for one that is not spoken here."""
    if code not in LANGUAGES:
        raise InvalidInput("language", f"must be one of {', '.join(LANGUAGES)}", code)
    return code


def preferred_language(header: str) -> str:
    """The language that an Accept-Language header (RFC 9110, 12.5.4) likes best of ours, English for none of them."""
    wishes = []
    for wish in header[:LONGEST_HEADER].split(",")[:MOST_PREFERENCES]:
        tag, _, parameter = wish.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        wishes.append((_thousandths(parameter), ENGLISH if language == "*" else language))
    spoken = [wish for wish in wishes if wish[0] and wish[1] in LANGUAGES]
    return max(spoken, key=lambda wish: wish[0], default=(0, ENGLISH))[1]


def _thousandths(parameter: str) -> int:
    """The weight of a wish, `q=0.8` as 800; 1000 where none is given, 0 (not wanted) for one that cannot be read."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return _WHOLE
    whole, _, fraction = value.strip().partition(".")
    digits = whole + fraction.ljust(3, "0")
    is_weight = name == "q" and len(digits) == len("1000") and digits.isascii() and digits.isdecimal()
    return int(digits) if is_weight and int(digits) <= _WHOLE else 0
