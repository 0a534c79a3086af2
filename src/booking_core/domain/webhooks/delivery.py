"""One message to one endpoint: sent until it arrives, at most so often, and kept as a log."""

from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import DeliveryId, EndpointId
from booking_core.domain.kernel.patience import pause

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=4)
MOST_ATTEMPTS = 12
"""The last one is about half a day after the first."""
LONGEST_REASON = 200


@attrs.frozen(kw_only=True)
class Delivery:
    """A message: `body` is what is signed and sent, byte for byte, every time.

    Its id is the message's, by which the receiver knows one that comes twice. `due_at` is when it is sent next: None
    once it arrived (`delivered_at`) or was given up (`died_at`). `status` is the last answer's.
    """

    id: DeliveryId
    endpoint: EndpointId
    event: str
    body: str
    made_at: datetime
    due_at: datetime | None
    attempts: int = 0
    status: int | None = None
    reason: str = ""
    delivered_at: datetime | None = None
    died_at: datetime | None = None
    version: int = 1

    @classmethod
    def owe(
        cls, *, id: DeliveryId, endpoint: EndpointId, event: str, body: str, at: datetime
    ) -> Change[Self, None]:
        """A message that is to be sent at once."""
        delivery = cls(id=id, endpoint=endpoint, event=event, body=body, made_at=at, due_at=at)
        return Change(delivery, (), None)

    def lease(self, at: datetime, for_: timedelta) -> Change["Delivery", "Delivery"]:
        """Taken by a worker; raises Conflict where it is not due."""
        if self.due_at is None or self.due_at > at:
            raise Conflict("this message is being sent")
        return self._to(due_at=at + for_, attempts=self.attempts + 1)

    def arrived(self, status: int, at: datetime) -> Change["Delivery", "Delivery"]:
        """They have it."""
        return self._to(due_at=None, delivered_at=at, status=status, reason="")

    def failed(
        self, reason: str, at: datetime, *, status: int | None = None, for_good: bool = False
    ) -> Change["Delivery", "Delivery"]:
        """They may not have it: later again, unless that cannot help or was tried too often."""
        facts = {"status": status, "reason": reason[:LONGEST_REASON]}
        if for_good or self.attempts >= MOST_ATTEMPTS:
            return self._to(due_at=None, died_at=at, **facts)
        wait = pause(self.attempts, first=FIRST_PAUSE, longest=LONGEST_PAUSE, who=self.id)
        return self._to(due_at=at + wait, **facts)

    def again(self, at: datetime) -> Change["Delivery", "Delivery"]:
        """Somebody wants it sent again, whatever became of it: the same message under the same id."""
        return self._to(due_at=at, attempts=0, died_at=None, delivered_at=None)

    def _to(self, **changes: Any) -> Change["Delivery", "Delivery"]:
        return Change(attrs.evolve(self, version=self.version + 1, **changes), (), self)
