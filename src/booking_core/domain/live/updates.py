"""What those who watch a business are told: that something is different, and where to look. A bell, not a book."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import attrs

from booking_core.domain.kernel.events import Event
from booking_core.domain.live.editing import Lock, Scope

LOCK_TAKEN = "LockTaken"
LOCK_RENEWED = "LockRenewed"
LOCK_RELEASED = "LockReleased"
LOCK_LAPSED = "LockLapsed"


@attrs.frozen(kw_only=True)
class Update:
    """`name` says what happened in the past tense, `subject` to what; `data` is JSON-ready and small."""

    name: str
    subject: str
    at: datetime
    data: Mapping[str, Any] = attrs.field(factory=dict)

    @classmethod
    def of_event(cls, event: Event) -> "Update":
        """That an event was recorded. Only its name travels: whoever hears of it reads the state anew."""
        data = {"version": event.version}
        return cls(name=event.name, subject=str(event.subject), at=event.at, data=data)

    @classmethod
    def of_lock(cls, name: str, lock: Lock, at: datetime) -> "Update":
        """That a lock was taken, renewed, released or has lapsed. Its owner's secret name is not told."""
        data = {
            "holder": lock.holder,
            "since": lock.since.isoformat(),
            "expires_at": lock.expires_at.isoformat(),
            "scopes": [_plain(scope) for scope in lock.scopes],
        }
        return cls(name=name, subject=str(lock.token), at=at, data=data)


RESYNC = Update(name="Resync", subject="", at=datetime(1970, 1, 1, tzinfo=UTC))
"""Some updates were missed: read everything anew."""


def _plain(scope: Scope) -> dict[str, str]:
    return {
        "kind": scope.kind.value,
        "id": str(scope.id),
        "first": scope.first.isoformat(),
        "end": scope.end.isoformat(),
    }
