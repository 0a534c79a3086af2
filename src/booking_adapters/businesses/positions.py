"""On which line of a TOML file each value begins. The standard library's reader does not tell.

Only texts that `tomllib` has accepted are read, so what is not looked at here is known to be well-formed.
"""

import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Names of tables and fields, and positions in lists: `("resources", 2, "capacity")`."""

_BLANK = " \t\r\n"
_BARE_END = " \t\r\n=.]"
_VALUE_END = " \t\r\n,]}#"
_LONG_QUOTES = ('"""', "'''")


def line_numbers(text: str) -> Mapping[Path, int]:
    """The line, from 1, of every table, field and list entry of a valid TOML text."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {(): 1}
        self._text = text
        self._at = 0
        self._line = 1
        self._counts: dict[Path, int] = {}

    def document(self) -> None:
        """Every table and field, top to bottom."""
        table: Path = ()
        while self._skip_blanks():
            if self._peek() == "[":
                table = self._header()
            else:
                self._field(table)

    def _header(self) -> Path:
        line = self._line
        is_list = self._text.startswith("[[", self._at)
        self._move(2 if is_list else 1)
        names = self._key()
        self._move(2 if is_list else 1)
        path = self._table(names[:-1])
        path = (*path, names[-1])
        self.lines.setdefault(path, line)
        if is_list:
            self._counts[path] = self._counts.get(path, 0) + 1
        path = self._inside(path)
        self.lines[path] = line
        return path

    def _table(self, names: tuple[str, ...]) -> Path:
        """The table that names lead to: of a list of tables, its last one."""
        path: Path = ()
        for name in names:
            path = self._inside((*path, name))
        return path

    def _inside(self, path: Path) -> Path:
        count = self._counts.get(path)
        return path if count is None else (*path, count - 1)

    def _field(self, table: Path) -> None:
        line = self._line
        names = self._key()
        for length in range(1, len(names) + 1):
            self.lines.setdefault((*table, *names[:length]), line)
        self._move(1)  # the equals sign
        self._skip_blanks()
        self._value((*table, *names))

    def _key(self) -> tuple[str, ...]:
        """A dotted key, and the place after it where `=` or `]` stands."""
        names = []
        while True:
            self._skip_blanks()
            names.append(self._name())
            self._skip_blanks()
            if self._peek() != ".":
                return tuple(names)
            self._move(1)

    def _name(self) -> str:
        start = self._at
        if self._peek() in "\"'":
            self._string()
            quoted: str = tomllib.loads(f"name = {self._text[start : self._at]}")["name"]
            return quoted
        while self._peek() not in _BARE_END:
            self._move(1)
        return self._text[start : self._at]

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._line)
        first = self._peek()
        if first in "\"'":
            self._string()
        elif first == "[":
            self._list(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._scalar()

    def _list(self, path: Path) -> None:
        self._move(1)
        position = 0
        while self._skip_blanks() and self._peek() != "]":
            if self._peek() == ",":
                self._move(1)
                continue
            self._value((*path, position))
            position += 1
        self._move(1)

    def _inline_table(self, path: Path) -> None:
        self._move(1)
        while self._skip_blanks() and self._peek() != "}":
            if self._peek() == ",":
                self._move(1)
                continue
            self._field(path)
        self._move(1)

    def _scalar(self) -> None:
        """A number, a truth value, or a date (in which a single blank may stand before the time)."""
        start = self._at
        while self._peek() not in _VALUE_END:
            self._move(1)
        following = self._text[self._at + 1 : self._at + 3]
        if self._peek() == " " and following.isdigit() and self._text[start : self._at].count("-") == 2:  # noqa: PLR2004 - as in 2026-01-31
            self._move(1)
            self._scalar()

    def _string(self) -> None:
        quote = self._text[self._at]
        long = self._text.startswith(_LONG_QUOTES, self._at)
        end = quote * 3 if long else quote
        self._move(len(end))
        while not self._text.startswith(end, self._at):
            self._move(2 if quote == '"' and self._peek() == "\\" else 1)
        self._move(len(end))
        while long and self._peek() == quote:  # one or two quotes may belong to the text itself
            self._move(1)

    def _skip_blanks(self) -> bool:
        """Go past blanks, line ends and comments; whether anything is left."""
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif character in _BLANK:
                self._move(1)
            else:
                return True
        return False

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1] or "\n"

    def _move(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count
