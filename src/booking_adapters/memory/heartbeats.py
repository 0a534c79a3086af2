"""Signs of life, in memory."""

import threading
from collections.abc import Mapping
from datetime import datetime

from booking_core.ports.heartbeats import MOST_WORKERS, REMEMBERED


class MemoryHeartbeats:
    """The Heartbeats port."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._last: dict[str, datetime] = {}

    def beat(self, worker: str, at: datetime) -> None:
        with self._guard:
            self._last[worker] = at
            self._last = {each: seen for each, seen in self._last.items() if seen > at - REMEMBERED}

    def end(self, worker: str) -> None:
        with self._guard:
            self._last.pop(worker, None)

    def last(self) -> Mapping[str, datetime]:
        with self._guard:
            latest = sorted(self._last.items(), key=lambda each: each[1], reverse=True)
        return dict(latest[:MOST_WORKERS])
