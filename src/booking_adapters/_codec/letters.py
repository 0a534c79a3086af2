"""Ids of dead letters that are ids of what they are about, and queues that have none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import parse_uuid
from booking_core.ports.queues import DeadLetter

INTENTS = "payment intents"
"""The name of their queue."""


def id_of(letter: str) -> UUID:
    """The id that a letter's is; raises NotFound for what is none."""
    try:
        return parse_uuid(letter, "letter")
    except InvalidInput:
        raise NotFound("dead letter", letter) from None


class WithoutLetters:
    """The part of a Queue whose entries are never given up, and stay when they are done with."""

    def dead(self, limit: int) -> Sequence[DeadLetter]:  # noqa: ARG002 - there are none
        return ()

    def requeue(self, letter: str, at: datetime) -> DeadLetter:  # noqa: ARG002
        raise NotFound("dead letter", letter)

    def forget(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0

    def discard(self, before: datetime, limit: int) -> int:  # noqa: ARG002
        return 0
