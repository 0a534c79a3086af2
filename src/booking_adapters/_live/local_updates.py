"""The bell of one process: whoever listens gets what was told, or is told that something was missed."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.updates import RESYNC, Update

MOST_WAITING = 256
"""What one listener may leave unheard. Beyond that it is told to read everything anew."""


class LocalSubscription:
    """The Subscription port."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[Update] = deque()
        self._guard = threading.Lock()

    def take(self) -> Sequence[Update]:
        with self._guard:
            taken = list(self._waiting)
            self._waiting.clear()
        return taken

    def put(self, update: Update) -> None:
        """Keep an update to be taken; with too many waiting, all become one RESYNC."""
        with self._guard:
            if update is RESYNC or len(self._waiting) >= MOST_WAITING:
                self._waiting.clear()
                update = RESYNC
            self._waiting.append(update)
        self._wake()


class LocalUpdates:
    """The LiveUpdates port within this process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._listeners: dict[TenantId, list[LocalSubscription]] = {}

    def publish(self, tenant: TenantId, update: Update) -> None:
        with self._guard:
            listeners = tuple(self._listeners.get(tenant, ()))
        for each in listeners:
            each.put(update)

    @contextmanager
    def subscribe(self, tenant: TenantId, wake: Callable[[], None]) -> Iterator[LocalSubscription]:
        subscription = LocalSubscription(wake)
        with self._guard:
            self._listeners.setdefault(tenant, []).append(subscription)
        try:
            yield subscription
        finally:
            with self._guard:
                self._listeners[tenant].remove(subscription)
                if not self._listeners[tenant]:
                    del self._listeners[tenant]

    def resync(self) -> None:
        """Something was missed, nobody knows what: everybody reads everything anew."""
        with self._guard:
            tenants = tuple(self._listeners)
        for tenant in tenants:
            self.publish(tenant, RESYNC)
