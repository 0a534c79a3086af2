"""What staff are shown of the upkeep."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import attrs

from booking_core.ports.alerts import Alert
from booking_core.ports.queues import DeadLetter


@attrs.frozen(kw_only=True)
class DeadLetterView:
    """Something that is not tried again by itself. `id` names it within its queue."""

    queue: str
    id: str
    what: str
    subject: str
    attempts: int
    died_at: datetime
    reason: str


@attrs.frozen(kw_only=True)
class DeadLettersView:
    """At most 100 of each queue, the latest of all first."""

    dead_letters: Sequence[DeadLetterView]


@attrs.frozen(kw_only=True)
class AlertView:
    """One thing that people must look at; `subject` is the id of what it is about."""

    id: UUID
    kind: str
    subject: UUID
    message: str
    at: datetime
    resolved_at: datetime | None = None
    resolved_by: str = ""


@attrs.frozen(kw_only=True)
class AlertsView:
    """At most 100 that are open, the oldest first."""

    alerts: Sequence[AlertView]


def dead_letter_view(letter: DeadLetter) -> DeadLetterView:
    """A dead letter as staff see it."""
    return DeadLetterView(
        queue=letter.queue,
        id=letter.id,
        what=letter.what,
        subject=letter.subject,
        attempts=letter.attempts,
        died_at=letter.died_at,
        reason=letter.reason,
    )


def alert_view(alert: Alert) -> AlertView:
    """An alert as staff see it."""
    return AlertView(
        id=alert.id,
        kind=alert.kind,
        subject=alert.subject,
        message=alert.message,
        at=alert.at,
        resolved_at=alert.resolved_at,
        resolved_by=alert.resolved_by,
    )
