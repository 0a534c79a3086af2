"""Which locks somebody who watches knows of, so that one that nobody renews is seen to end."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import attrs

from booking_core.domain.live.editing import Lock
from booking_core.domain.live.updates import (
    LOCK_LAPSED,
    LOCK_RELEASED,
    LOCK_RENEWED,
    LOCK_TAKEN,
    RESYNC,
    Update,
)


@attrs.define
class LockBoard:
    """The locks that are known by what was told. It guesses nothing: a lock lapses when its own time is over."""

    _ends: dict[str, Update] = attrs.field(factory=dict)

    def start(self, locks: Iterable[Lock], at: datetime) -> None:
        """Begin anew with these."""
        self._ends = {str(lock.token): Update.of_lock(LOCK_TAKEN, lock, at) for lock in locks}

    def hear(self, update: Update) -> None:
        """Keep up with what is told."""
        if update.name in {LOCK_TAKEN, LOCK_RENEWED}:
            self._ends[update.subject] = update
        elif update.name == LOCK_RELEASED:
            self._ends.pop(update.subject, None)
        elif update == RESYNC:
            self._ends.clear()

    def lapsed(self, at: datetime) -> list[Update]:
        """What has run out by now; each is told once."""
        over = [each for each in self._ends.values() if _end(each) <= at]
        for each in over:
            del self._ends[each.subject]
        return [attrs.evolve(each, name=LOCK_LAPSED, at=at) for each in over]

    def wait(self, at: datetime, longest: timedelta) -> timedelta:
        """How long until the next lock may lapse, at most so long."""
        next_end = min((_end(each) - at for each in self._ends.values()), default=longest)
        return max(timedelta(0), min(next_end, longest))


def _end(taken: Update) -> datetime:
    return datetime.fromisoformat(taken.data["expires_at"])
