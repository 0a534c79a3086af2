"""Faults on demand: what goes wrong, with which request, and how often."""

import threading
from enum import StrEnum
from fnmatch import fnmatchcase

import attrs

from booking_core.domain.kernel.errors import InvalidInput

LONGEST_SECONDS = 120


class FaultKind(StrEnum):
    """What can go wrong. *Before* is without the effect, *after* is with it."""

    HANG_BEFORE = "hang_before"
    """The request never arrives and the client waits for its time-out."""
    HANG_AFTER = "hang_after"
    """The request is executed, and the client waits for its time-out: the answer is lost."""
    RESET_BEFORE = "reset_before"
    """The connection is reset, nothing happened."""
    RESET_AFTER = "reset_after"
    """The request is executed, and the connection is reset before the answer."""
    ERROR_BEFORE = "error_before"
    """500, nothing happened, and 500 is saved under the idempotency key."""
    ERROR_AFTER = "error_after"
    """500, though the request was executed, and 500 is saved under the idempotency key."""
    UNAVAILABLE = "unavailable"
    """503 before anything was executed or saved."""
    KEY_IN_USE = "key_in_use"
    """409 idempotency_key_in_use."""
    LOCK_TIMEOUT = "lock_timeout"
    """429 lock_timeout: something else works on the object."""
    RATE_LIMIT = "rate_limit"
    """429 rate_limit."""
    SLOW = "slow"
    """The request takes `seconds` longer and keeps its key and its object busy for so long."""


@attrs.frozen(kw_only=True)
class Fault:
    """Something goes wrong with the next `times` requests that fit, after `skip` of them went well.

    `method` and `path` are patterns: `POST` and `/v1/payment_intents/*/capture`. `seconds` is how much longer a slow
    request takes, and how long a hanging one hangs at most.
    """

    kind: FaultKind = attrs.field(converter=FaultKind)
    method: str = "POST"
    path: str = "*"
    times: int = 1
    skip: int = 0
    seconds: float = 0.0

    def __attrs_post_init__(self) -> None:
        """Refuse faults that never happen or never end."""
        if self.times < 1 or self.skip < 0:
            raise InvalidInput("times", "must be at least 1, and skip at least 0", self.times)
        if not 0 <= self.seconds <= LONGEST_SECONDS:
            raise InvalidInput("seconds", f"must be from 0 to {LONGEST_SECONDS}", str(self.seconds))

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is one of those meant."""
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


class Faults:
    """The faults that are still to come."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._planned: list[Fault] = []
        self._slow = 0

    def plan(self, *faults: Fault) -> None:
        """Have these happen, the ones planned first before the others."""
        with self._lock:
            self._planned += faults

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._planned.clear()

    @property
    def planned(self) -> tuple[Fault, ...]:
        """What has not happened yet."""
        with self._lock:
            return tuple(self._planned)

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of a request, which then has happened once; None where all is well."""
        with self._lock:
            for place, fault in enumerate(self._planned):
                if not fault.fits(method, path):
                    continue
                if fault.skip:
                    self._planned[place] = attrs.evolve(fault, skip=fault.skip - 1)
                    return None
                if fault.times > 1:
                    self._planned[place] = attrs.evolve(fault, times=fault.times - 1)
                else:
                    del self._planned[place]
                return fault
        return None

    def begin_slow(self) -> None:
        """A slow request is now being executed, and slow."""
        with self._lock:
            self._slow += 1
            self._lock.notify_all()

    def wait_until_slow(self, timeout_seconds: float = 10.0) -> bool:
        """Wait until some request has been slow; False where that did not come in time."""
        with self._lock:
            return self._lock.wait_for(lambda: self._slow > 0, timeout_seconds)
