"""How many sockets may watch at once: each holds a connection open, and one business does not take them all."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from booking_core.domain.kernel.ids import TenantId

MOST = 500
MOST_OF_A_TENANT = 100


class Seats:
    """The seats of one process."""

    def __init__(self, most: int = MOST, most_of_a_tenant: int = MOST_OF_A_TENANT) -> None:
        self._most, self._most_of_a_tenant = most, most_of_a_tenant
        self._guard = threading.Lock()
        self._taken: Counter[TenantId] = Counter()

    @contextmanager
    def taken(self, tenant: TenantId) -> Iterator[bool]:
        """Whether there is one; it is free again at the end."""
        with self._guard:
            is_free = self._taken.total() < self._most and self._taken[tenant] < self._most_of_a_tenant
            self._taken[tenant] += is_free
        try:
            yield is_free
        finally:
            with self._guard:
                self._taken[tenant] -= is_free
                if not self._taken[tenant]:
                    del self._taken[tenant]
