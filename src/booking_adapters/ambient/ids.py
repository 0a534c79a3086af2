"""UUIDv7 as RFC 9562 section 5.7 lays it out, counted up within a millisecond (section 6.2, method 1)."""

import os
import threading
import time
from uuid import UUID

_COUNTER_BITS = 12
_RANDOM_BITS = 62


class UuidV7:
    """The IdGenerator port: unique across processes by 62 random bits, ordered within one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def new(self) -> UUID:
        """An id that sorts after all earlier ones of this generator."""
        moment = time.time_ns() // 1_000_000 << _COUNTER_BITS
        with self._lock:
            self._last = max(moment, self._last + 1)
            moment = self._last
        milliseconds, counter = moment >> _COUNTER_BITS, moment & (1 << _COUNTER_BITS) - 1
        random = int.from_bytes(os.urandom(8)) & (1 << _RANDOM_BITS) - 1
        return UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random)
