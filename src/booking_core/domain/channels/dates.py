"""Ranges of local dates, and sets of dates as a few of them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Self

import attrs

A_DAY = timedelta(days=1)
MOST_RANGES = 32
"""A set of dates in more pieces than that is told as a larger one in so many pieces."""


@attrs.frozen(order=True)
class Dates:
    """Half-open [first, end) of local dates, never empty."""

    first: date
    end: date

    def __attrs_post_init__(self) -> None:
        """A range of no dates is no range."""
        assert self.first < self.end, "a range has dates"

    @classmethod
    def of_days(cls, first: date, days: int) -> Self:
        """So many dates from one on."""
        return cls(first, first + days * A_DAY)

    @property
    def days(self) -> int:
        """How many dates there are."""
        return (self.end - self.first).days

    def __iter__(self) -> Iterator[date]:
        """The dates, first to last."""
        return (self.first + n * A_DAY for n in range(self.days))

    def within(self, first: date, end: date) -> "Dates | None":
        """What of it lies in [first, end)."""
        low, high = max(self.first, first), min(self.end, end)
        return Dates(low, high) if low < high else None


def united(ranges: Iterable[Dates]) -> tuple[Dates, ...]:
    """The dates of all ranges, in order, in at most 32 pieces: beyond that the closest are joined."""
    pieces: list[Dates] = []
    for each in sorted(ranges):
        if pieces and each.first <= pieces[-1].end:
            pieces[-1] = Dates(pieces[-1].first, max(pieces[-1].end, each.end))
        else:
            pieces.append(each)
    while len(pieces) > MOST_RANGES:
        gaps = [(pieces[n + 1].first - pieces[n].end, n) for n in range(len(pieces) - 1)]
        _, n = min(gaps)
        pieces[n : n + 2] = [Dates(pieces[n].first, pieces[n + 1].end)]
    return tuple(pieces)


def without(ranges: Iterable[Dates], taken: Sequence[Dates]) -> tuple[Dates, ...]:
    """The dates of the ranges that are not in `taken`."""
    left = list(ranges)
    for hole in taken:
        left = [
            piece
            for each in left
            for piece in (each.within(date.min, hole.first), each.within(hole.end, date.max))
            if piece is not None
        ]
    return united(left)


def clipped(ranges: Iterable[Dates], first: date, end: date) -> tuple[Dates, ...]:
    """The dates of the ranges that lie in [first, end)."""
    return united(piece for each in ranges if (piece := each.within(first, end)) is not None)


def split(ranges: Iterable[Dates], most_days: int) -> tuple[tuple[Dates, ...], tuple[Dates, ...]]:
    """The first dates, at most so many, and the others."""
    head: list[Dates] = []
    tail: list[Dates] = []
    room = most_days
    for each in united(ranges):
        cut = each.first + min(room, each.days) * A_DAY
        head += [Dates(each.first, cut)] if each.first < cut else []
        tail += [Dates(cut, each.end)] if cut < each.end else []
        room -= (cut - each.first).days
    return tuple(head), tuple(tail)
