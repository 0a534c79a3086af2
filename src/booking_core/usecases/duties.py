"""Duties: what a worker does again and again for each tenant, without being asked."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork

OFTEN = timedelta(seconds=5)
NOW_AND_THEN = timedelta(seconds=30)
RARELY = timedelta(hours=1)
NOT_OFTEN = timedelta(minutes=5)
BATCH = 500
KEPT = timedelta(days=30)
"""How long what was done with stays in a queue: for those who look for what became of it."""
DEAD_KEPT = timedelta(days=90)
"""How long a dead letter waits for somebody to look at it. Some hold personal data, so none is kept for ever."""


@attrs.frozen(kw_only=True)
class Duty:
    """One thing that is done for a tenant at least every so often, in bounded steps.

    `act` returns how much was done, and may raise what it likes: it is tried again when it is due. One that
    `heeds_bell` is due as well `after` something of the tenant was committed. Rung for, it begins no transaction that
    may write while there is nothing for it to do, for that would ring again: either it looks first by itself, or it is
    done only where `waits` says so.
    """

    act: Callable[[TenantId], int]
    every: timedelta = NOW_AND_THEN
    heeds_bell: bool = False
    waits: Callable[[TenantId], bool] = lambda _: True
    after: timedelta = timedelta(0)

    def __call__(self, tenant: TenantId) -> int:
        """Do it once; how much was done."""
        return self.act(tenant)


@attrs.frozen(kw_only=True)
class Waits:
    """Whether something waits for a duty, found out by reading alone."""

    begin: UnitOfWork
    clock: Clock
    look: Callable[[Transaction, datetime], bool]

    def __call__(self, tenant: TenantId) -> bool:
        """As of now."""
        with self.begin.reading(tenant) as tx:
            return self.look(tx, self.clock.now())


@attrs.frozen(kw_only=True)
class Retention:
    """How long queues keep what was done with, and what was given up."""

    done: timedelta = KEPT
    dead: timedelta = DEAD_KEPT


@attrs.frozen(kw_only=True)
class ForgetDone:
    """Removes from every queue what was done with long ago, and dead letters that nobody asked for even longer."""

    begin: UnitOfWork
    clock: Clock
    retention: Retention = Retention()

    def __call__(self, tenant: TenantId) -> int:
        """How many entries were removed; at most 1,000 of each queue a call."""
        with self.begin(tenant) as tx:
            now = self.clock.now()
            done, dead = now - self.retention.done, now - self.retention.dead
            return sum(queue.forget(done, BATCH) + queue.discard(dead, BATCH) for queue in tx.queues.values())


@attrs.frozen(kw_only=True)
class ForgetRequests:
    """Removes idempotency keys a month after the claims that they made: nobody asks again as late as that."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were removed; at most 500 a call."""
        with self.begin(tenant) as tx:
            return tx.requests.forget(self.clock.now() - KEPT, BATCH)
