"""Dead letters of what is known by an id, and queues that have none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.ids import parse_uuid
from booking_core.ports.queues import DeadLetter

Trying = tuple[int, datetime | None, str]
"""How often something was tried, when it was given up, and what went wrong last."""
INTENTS = "payment intents"
"""The name of their queue."""


def id_of(letter: str) -> UUID:
    """The id that a letter's is; raises NotFound for what is none."""
    try:
        return parse_uuid(letter, "letter")
    except InvalidInput:
        raise NotFound("dead letter", letter) from None


def letter_of(queue: str, about: UUID, what: str, subject: UUID, trying: Trying) -> DeadLetter:
    """The letter of something that is known by an id, about a subject that is as well."""
    attempts, died_at, reason = trying
    assert died_at is not None, "only the dead are letters"
    return DeadLetter(
        queue=queue,
        id=str(about),
        what=what,
        subject=str(subject),
        attempts=attempts,
        died_at=died_at,
        reason=reason,
    )


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
