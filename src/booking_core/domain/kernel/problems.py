"""What is wrong with a file, line by line."""

from collections.abc import Iterable
from typing import ClassVar

import attrs

from booking_core.domain.kernel.errors import BookingError

MOST_PROBLEMS = 50


@attrs.frozen(order=True)
class Problem:
    """One thing wrong: the line (from 1), the path of the field (`resources[2].capacity`), and why."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        """`line 12: resources[2].capacity: must be 1…10000`."""
        return f"line {self.line}: {self.field}: {self.reason}"


class BadFile(BookingError):
    """A file that is refused whole; `problems` are in order of their lines, at most 50 of them."""

    code: ClassVar[str] = "BAD_FILE"

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        found = sorted(problems)
        shown = tuple(found[:MOST_PROBLEMS])
        listed = [{"line": each.line, "field": each.field, "reason": each.reason} for each in shown]
        first = f"{shown[0]}" if shown else "cannot be read"
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        super().__init__(f"{file}: {first}{more}", file=file, problems=listed, count=len(found))
        self.problems = shown
