"""What was told and is owed to handlers: spread over them, taken by one worker at a time, marked as handled.

An event is written to the outbox by the decision that caused it, and nothing else is written then. Later it is
*spread*: one handling becomes owed for each handler that wants it. Each handling is taken, tried and given up on its
own, so a handler that fails holds up no other.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import attrs

from booking_core.domain.kernel.events import Event

EVERY_EVENT = "*"
"""Among the names of events that a handler wants: all of them."""


@attrs.frozen(kw_only=True)
class Owed:
    """A handling that somebody took: this handler owes it for this event.

    `number` is the event's place in the outbox, `attempts` how often it was taken, this time included. Whoever took
    it later has a higher number of attempts, and only the last one's answer counts.
    """

    number: int
    handler: str
    event: Event
    attempts: int


class Outbox(Protocol):
    """The events of a tenant on their way to those who handle them."""

    def waits(self, handlers: Collection[str], at: datetime) -> bool:
        """Whether anything is to be spread, or ready to be taken for one of these handlers."""
        ...

    def spread(self, interests: Mapping[str, frozenset[str]], at: datetime, limit: int) -> int:
        """Make at most `limit` events, in the order they were told, owed to the handlers whose names they interest.

        Each event is spread once, also where nobody wants it; `EVERY_EVENT` among a handler's names stands for all.
        How many were spread. To keep the order, one transaction at a time may do so (`one_at_a_time`).
        """
        ...

    def lease(self, handlers: Collection[str], at: datetime, limit: int, for_: timedelta) -> Sequence[Owed]:
        """Take at most `limit` handlings that are ready, the longest due first, and return them as they are taken.

        Nobody else gets one of them before `at` + `for_`, once this transaction has committed; until then they are
        left out by others, who do not wait. While a handler owes an earlier event of a subject, later ones of that
        subject are not ready for it; one that was given up is owed no more.
        """
        ...

    def handled(self, owed: Owed) -> None:
        """Mark it as handled, in one transaction with what the handler wrote.

        Raises StaleVersion where it was handled, given up or taken by somebody else in the meantime.
        """
        ...

    def put_off(self, owed: Owed, until: datetime, reason: str = "") -> None:
        """Ready again at `until`, because of a failure; without a reason it was not tried and counts as no attempt.

        Raises StaleVersion as `handled` does.
        """
        ...

    def give_up(self, owed: Owed, at: datetime, reason: str) -> None:
        """A dead letter from now on, until somebody requeues it; raises StaleVersion as `handled` does."""
        ...
