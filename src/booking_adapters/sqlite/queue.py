"""Writers wait in line: SQLite has one at a time, and its own way of waiting is to knock again and again."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from booking_core.domain.kernel.errors import Busy

LONGEST_WAIT_SECONDS = 30.0


class Queue:
    """A lock that is given to those who wait in the order in which they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._holder: int | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One's turn; raises Busy after 30 seconds in line."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def __len__(self) -> int:
        """How many wait."""
        with self._guard:
            return len(self._waiting)

    def _enter(self) -> None:
        me = threading.get_ident()
        with self._guard:
            assert self._holder != me, "this thread has a writing transaction open already"
            if self._holder is None:
                self._holder = me
                return
            called = threading.Event()
            self._waiting.append(called)
        in_time = called.wait(LONGEST_WAIT_SECONDS)
        with self._guard:
            if not in_time and not called.is_set():
                self._waiting.remove(called)
                raise Busy("too many changes are waiting for the file")
            self._holder = me

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                # Handed over, not set free: a newcomer cannot step in before the one who is called.
                self._holder = -1
                self._waiting.popleft().set()
            else:
                self._holder = None


_queues: dict[tuple[int, Path], Queue] = {}
_creating = threading.Lock()


def queue_of(path: Path) -> Queue:
    """The line in front of a file, one for all stores of this process (a forked one has its own)."""
    with _creating:
        return _queues.setdefault((os.getpid(), path.resolve()), Queue())
