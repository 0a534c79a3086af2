"""When an outside calendar is busy, and what changed since it was last read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import attrs

from booking_core.domain.kernel.period import Period

T = TypeVar("T")


@attrs.frozen(order=True)
class BusyTime:
    """A period in which an outside calendar is busy; `reference` names the occurrence (the UID and its start)."""

    period: Period
    reference: str

    @property
    def uid(self) -> str:
        """What the calendar calls the event, all occurrences of it alike."""
        return self.reference.rpartition("@")[0] or self.reference


@attrs.frozen(kw_only=True)
class Differences:
    """What to do so that what is stored becomes what is wanted; `moved` are pairs of what was and what it becomes."""

    kept: tuple[BusyTime, ...]
    moved: tuple[tuple[BusyTime, BusyTime], ...]
    new: tuple[BusyTime, ...]
    gone: tuple[BusyTime, ...]


def differences(stored: Iterable[BusyTime], wanted: Iterable[BusyTime], at: datetime) -> Differences:
    """What changed, told so that as little as possible is written.

    Only what is left of a period after `at` counts, and not what a calendar calls it: some of them send a block that
    begins today every day anew, under a new UID, and that is no change. Of what is left over, blocks of one UID have
    moved, and so have blocks that overlap.
    """
    old, new = sorted(stored), sorted(wanted)
    kept = _paired(old, new, {each: _left(each, at) for each in (*old, *new)})
    old, new = _without(old, (was for was, _ in kept)), _without(new, (now for _, now in kept))
    renamed = _paired(old, new, {each: each.uid for each in (*old, *new)})
    old, new = _without(old, (was for was, _ in renamed)), _without(new, (now for _, now in renamed))
    slid: list[tuple[BusyTime, BusyTime]] = []
    for now in list(new):
        was = next((each for each in old if each.period.overlaps(now.period)), None)
        if was is not None:
            slid.append((was, now))
            old.remove(was)
            new.remove(now)
    return Differences(
        kept=tuple(was for was, _ in kept), moved=(*renamed, *slid), new=tuple(new), gone=tuple(old)
    )


def _left(busy: BusyTime, at: datetime) -> Period:
    return Period(max(busy.period.start, min(at, busy.period.end)), busy.period.end)


def _paired(
    old: list[BusyTime], new: list[BusyTime], names: Mapping[BusyTime, T]
) -> list[tuple[BusyTime, BusyTime]]:
    """Each old one with a new one of the same name, those that are equal first."""
    waiting: dict[T, list[BusyTime]] = {}
    for each in old:
        waiting.setdefault(names[each], []).append(each)
    pairs = []
    for now in new:
        same = waiting.get(names[now])
        if same:
            was = now if now in same else same[0]
            same.remove(was)
            pairs.append((was, now))
    return pairs


def _without(these: list[BusyTime], those: Iterable[BusyTime]) -> list[BusyTime]:
    left = dict.fromkeys(these)
    for each in those:
        left.pop(each, None)
    return list(left)
