"""One table of a file, read field by field; whatever is wrong is noted with its line, and reading goes on."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from booking_adapters.businesses.positions import Path
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import checked_key
from booking_core.domain.kernel.problems import Problem

LONGEST_TEXT = 200
LARGEST_NUMBER = 999_999_999
MOST_ENTRIES = 5_000
T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
_KINDS = (
    (bool, "a truth value"),
    (int, "a number"),
    (float, "a fraction"),
    (str, "a text"),
    (list, "a list"),
    (dict, "a table"),
)
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def shown(path: Path) -> str:
    """A path as people write it: `resources[2].hours.MO-FR`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            name = step if _PLAIN.fullmatch(step) else f'"{step[:LONGEST_TEXT]}"'
            text += f".{name}" if text else name
    return text or "file"


class Notes:
    """The problems of one file."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self._lines = lines
        self.problems: list[Problem] = []

    def add(self, path: Path, reason: str) -> None:
        """Note what is wrong at a path; a field that is missing has the line of its table."""
        known = path
        while known not in self._lines:
            known = known[:-1]
        self.problems.append(Problem(self._lines[known], shown(path), reason))


class Section:
    """A table at a path. Getters note what is wrong and answer with the default; `is_good` tells."""

    def __init__(self, values: Mapping[str, Any], path: Path, notes: Notes) -> None:
        self.path = path
        self.is_good = True
        self._left = dict(values)
        self._notes = notes

    def wrong(self, reason: str, *field: str | int) -> None:
        """Note that a field (or the table itself) is wrong."""
        self.is_good = False
        self._notes.add((*self.path, *field), reason)

    def refused(self, error: InvalidInput, *field: str | int) -> None:
        """Note what the domain refused."""
        value = error.details["value"]
        said = "" if value is None else f" ({value})"
        self.wrong(f"{error.reason}{said}", *field)

    def names(self) -> tuple[str, ...]:
        """The fields not yet read."""
        return tuple(self._left)

    def has(self, name: str) -> bool:
        """Whether a field is given and not yet read."""
        return name in self._left

    def take(self, name: str) -> Any:
        """The raw value of a field that is given."""
        return self._left.pop(name)

    def text(self, name: str, default: str | None = None) -> str:
        """A text of 1…200 printable characters; required where there is no default."""
        value = self._take(name, default)
        if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and value.isprintable():
            return value
        if value is not None and value != default:
            said = "" if isinstance(value, str) else f", not {_kind(value)}"
            self.wrong(f"must be a text of 1…{LONGEST_TEXT} printable characters{said}", name)
        return default or ""

    def whole(self, name: str) -> int | None:
        """A whole number of at most nine digits, or None where it is missing."""
        value = self._left.pop(name, None)
        if value is None or (type(value) is int and abs(value) <= LARGEST_NUMBER):
            return value
        self.wrong(f"must be a whole number of at most nine digits, not {_kind(value)}", name)
        return None

    def minutes(self, name: str) -> timedelta | None:
        """A whole number of minutes, or None where it is missing."""
        value = self.whole(name)
        return None if value is None else timedelta(minutes=value)

    def made(
        self, make: Callable[[], T], *field: str | int, names: Mapping[str, str] | None = None
    ) -> T | None:
        """What `make` returns, or None and a note where the domain refuses it.

        The note is for `field`, or for the field that the domain names, as `names` translates it for the file.
        """
        try:
            return make()
        except InvalidInput as error:
            first, *rest = error.field.split(".", 1)
            self.refused(error, *(field or ((names or {}).get(first, first), *rest)))
            return None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """`true` or `false`."""
        value = self._left.pop(name, default)
        if isinstance(value, bool):
            return value
        self.wrong(f"must be true or false, not {_kind(value)}", name)
        return default

    def key(self, known: Collection[str]) -> str:
        """The field `key`: required, in the form of keys, and none of those already known."""
        key = self.text("key")
        if key:
            self.made(lambda: checked_key(key), "key")
        if key in known:
            self.wrong(f"is used twice ({key})", "key")
        return key

    def choice(self, name: str, choices: type[E]) -> E | None:
        """One of a few words; required."""
        text = self.text(name)
        words = [str(each.value) for each in choices]
        if text in words:
            return choices(text)
        if text:
            self.wrong(f"must be one of {', '.join(words)} ({text})", name)
        return None

    def entries(self, name: str) -> list[Any]:
        """A list of anything; empty where the field is missing."""
        values = self._left.pop(name, [])
        if not isinstance(values, list):
            self.wrong(f"must be a list, not {_kind(values)}", name)
            return []
        if len(values) > MOST_ENTRIES:
            self.wrong(f"has more than {MOST_ENTRIES} entries", name)
            return []
        return values

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where the field is missing."""
        values = self.entries(name)
        for index, value in enumerate(values):
            if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
                self.wrong(f"must be a text, not {_kind(value)}", name, index)
        return tuple(value for value in values if isinstance(value, str))

    def table(self, name: str) -> "Section | None":
        """A table inside this one, or None where it is missing."""
        if name not in self._left:
            return None
        value = self._left.pop(name)
        if isinstance(value, dict):
            return self.inner(value, name)
        self.wrong(f"must be a table, not {_kind(value)}", name)
        return None

    def tables(self, name: str) -> Iterator["Section"]:
        """A list of tables; empty where the field is missing."""
        for index, value in enumerate(self.entries(name)):
            if isinstance(value, dict):
                yield self.inner(value, name, index)
            else:
                self.wrong(f"must be a table, not {_kind(value)}", name, index)

    def inner(self, values: Mapping[str, Any], *field: str | int) -> "Section":
        """A table inside this one that was read already."""
        return Section(values, (*self.path, *field), self._notes)

    def finish(self) -> None:
        """Refuse the fields that nobody asked for."""
        for name in self._left:
            self.wrong("is not a field here", name)

    def absorb(self, inner: "Section") -> None:
        """What is wrong in an inner table is wrong in this one."""
        self.is_good = self.is_good and inner.is_good

    def _take(self, name: str, default: str | None) -> Any:
        if name not in self._left and default is None:
            self.wrong("is required", name)
        return self._left.pop(name, default)


def _kind(value: object) -> str:
    """What a value is, in the words of the file."""
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return "a larger one"
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "a date or time")
