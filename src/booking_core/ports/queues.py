"""Queues as those see them who keep them running: how long they are, what died in them, and what can go."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import attrs


@attrs.frozen(kw_only=True)
class DeadLetter:
    """Something that was tried as often as it may be and is not tried again by itself.

    `id` names it within its queue; `what` says what was to be done (`loyalty: ReservationCompleted`), `subject` for
    what; `reason` is the last failure, without personal data.
    """

    queue: str
    id: str
    what: str
    subject: str
    attempts: int
    died_at: datetime
    reason: str


@attrs.frozen(kw_only=True)
class Standing:
    """How a queue stands: what waits to be done now, what failed and waits for its next attempt, what is dead.

    `oldest` is since when the one that waits longest has been waiting (None where nothing waits). Counts end at
    `MOST_COUNTED`.
    """

    waiting: int = 0
    failing: int = 0
    dead: int = 0
    oldest: datetime | None = None


MOST_COUNTED = 10_000
"""Where counting a queue ends: whoever looks wants to know that it is long, and not to wait for the number."""


class Queue(Protocol):
    """One queue of a tenant."""

    def standing(self, at: datetime) -> Standing:
        """How it stands at an instant."""
        ...

    def dead(self, limit: int) -> Sequence[DeadLetter]:
        """At most `limit` dead letters, the latest first."""
        ...

    def requeue(self, letter: str, at: datetime) -> DeadLetter:
        """Make a dead letter ready anew, with all its attempts before it, and return what it was; raises NotFound."""
        ...

    def forget(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` entries that were done with before an instant; how many. Dead letters stay."""
        ...

    def discard(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` dead letters that died before an instant; how many.

        Nothing where a letter is more than its failure: a calendar that cannot be read is still subscribed to.
        """
        ...


Queues = Mapping[str, Queue]
"""The queues of a tenant by name: `handlers`, and one for each thing that leaves the house."""
