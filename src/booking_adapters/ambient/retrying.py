"""Running a use case again when it lost a race, and waiting for somebody who was faster."""

import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from booking_core.domain.kernel.errors import Busy, Conflict

C = TypeVar("C")
R = TypeVar("R")

ATTEMPTS = 40
"""More than the lanes that a buyer can lose in a row to others while places are left, in all but the wildest rush."""

LONGEST_SECONDS = 10.0
"""After this no further attempt begins: whoever waits has given up, and others want to be served."""


LOOKS = 200
BETWEEN_LOOKS_SECONDS = 0.05


def pauses() -> Iterator[None]:
    """Look now, and then every 50 ms for ten seconds: for what somebody else is about to end."""
    yield
    for _ in range(LOOKS):
        time.sleep(BETWEEN_LOOKS_SECONDS)
        yield


class Persistent(Generic[C, R]):
    """A use case that is run again, whole, after every Conflict: at most 40 times in 10 seconds, with pauses."""

    def __init__(self, use_case: Callable[[C], R]) -> None:
        self._use_case = use_case

    def __call__(self, command: C) -> R:
        """The use case's answer; raises Busy when every attempt lost."""
        try:
            return self._use_case(command)
        except Conflict:
            return self._again(command)

    def _again(self, command: C) -> R:
        attempts = Retrying(
            retry=retry_if_exception_type(Conflict),
            stop=stop_after_attempt(ATTEMPTS - 1) | stop_before_delay(LONGEST_SECONDS),
            wait=wait_random_exponential(multiplier=0.001, max=0.05),
        )
        try:
            return attempts(self._use_case, command)
        except RetryError as gave_up:
            raise Busy("too many people are booking this at once; please try again") from gave_up
