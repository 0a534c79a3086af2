"""What people must look at: money that found no place, a message that cannot be delivered, an overbooking."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import attrs

from booking_core.domain.kernel.ids import AlertId
from booking_core.domain.kernel.text import plain_text

LONGEST_KIND = 64
LONGEST_MESSAGE = 500


def kind_of(message: str) -> str:
    """The kind of alerts that say this."""
    return "".join(each if each.isalnum() else "_" for each in message)


@attrs.frozen(kw_only=True)
class Alert:
    """One thing that staff must look at, until somebody says that it is settled.

    `kind` is a stable name (`paid_twice`), `subject` the id of what it is about; `message` says it in a sentence,
    without personal data.
    """

    id: AlertId
    kind: str
    subject: UUID
    message: str
    at: datetime
    resolved_at: datetime | None = None
    resolved_by: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what no storage keeps."""
        plain_text(self.kind, "kind", LONGEST_KIND)
        plain_text(self.message, "message", LONGEST_MESSAGE)


class Alerts(Protocol):
    """Alerts, open and settled."""

    def raise_(self, alert: Alert) -> bool:
        """Remember an alert; False where one of the same kind about the same subject is open already."""
        ...

    def open(self, limit: int) -> Sequence[Alert]:
        """At most `limit` open alerts, the oldest first."""
        ...

    def resolve(self, alert: AlertId, at: datetime, by: str) -> Alert:
        """Settle one; settled again it stays as it was. Raises NotFound."""
        ...
