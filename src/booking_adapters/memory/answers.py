"""Answers of the last minute, in memory."""

import threading
from collections import OrderedDict
from datetime import datetime

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.answers import ANSWERS_KEPT, GivenAnswer

MOST_ANSWERS = 10_000
"""Of one process; beyond that the oldest are forgotten."""


class NoAnswers:
    """The Answers port where nothing is kept: the storage is asked every time."""

    def recall(self, tenant: TenantId, key: str) -> GivenAnswer | None:
        """Nothing is known."""
        del tenant, key
        return None

    def keep(self, tenant: TenantId, key: str, answer: GivenAnswer) -> None:
        """Nothing is kept."""


class MemoryAnswers:
    """The Answers port, for one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._given: OrderedDict[tuple[TenantId, str], tuple[datetime, GivenAnswer]] = OrderedDict()

    def recall(self, tenant: TenantId, key: str) -> GivenAnswer | None:
        with self._guard:
            self._forget_old()
            found = self._given.get((tenant, key))
        return None if found is None else found[1]

    def keep(self, tenant: TenantId, key: str, answer: GivenAnswer) -> None:
        with self._guard:
            self._forget_old()
            if len(self._given) >= MOST_ANSWERS:
                self._given.popitem(last=False)
            self._given[tenant, key] = (self._clock.now() + ANSWERS_KEPT, answer)
            self._given.move_to_end((tenant, key))

    def _forget_old(self) -> None:
        """They stand in the order in which they were given."""
        at = self._clock.now()
        while self._given and next(iter(self._given.values()))[0] <= at:
            self._given.popitem(last=False)
