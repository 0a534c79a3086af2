"""A bell within this process, and a unit of work that rings one."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.bell import Bell
from booking_core.ports.storage import Transaction, UnitOfWork


class LocalBell:
    """The Bell port among the threads of a process."""

    def __init__(self) -> None:
        self._stirred = threading.Condition()
        self._rung: set[TenantId] = set()

    def ring(self, tenant: TenantId) -> None:
        """Remember for whom, and wake who waits."""
        with self._stirred:
            self._rung.add(tenant)
            self._stirred.notify_all()

    def heard(self, seconds: float) -> frozenset[TenantId]:
        """For whom it was rung; each is heard once."""
        with self._stirred:
            self._stirred.wait_for(lambda: self._rung, seconds)
            rung = frozenset(self._rung)
            self._rung.clear()
        return rung


class Ringing:
    """The UnitOfWork port over another one: after each commit it rings."""

    def __init__(self, begin: UnitOfWork, bell: Bell) -> None:
        self._begin, self._bell = begin, bell

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        """A transaction that may write."""
        with self._begin(tenant, actor) as tx:
            yield tx
        self._bell.ring(tenant)

    def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """A transaction that only reads, and so rings nothing."""
        return self._begin.reading(tenant)
