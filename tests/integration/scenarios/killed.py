"""A process that is killed while it makes an offer or accepts one: `python -m tests.integration.scenarios.killed`."""

import os
import signal
import sys
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import attrs

from booking_adapters.ambient.ids import UuidV7
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.kernel.ids import TenantId, WaitlistEntryId
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.usecases.book import BookCommand
from booking_core.usecases.waitlist import EntryReference
from booking_core.usecases.wanted import Wanted
from tests.integration.crashes.dying import Arrows, DyingUnitOfWork


@attrs.define
class DeadlyArrows(Arrows):
    """Kills the process (SIGKILL) at one of the places: no `finally` runs, and no connection is closed."""

    def step(self) -> None:
        """One more place."""
        if self.passed == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1


def store_of(url: str) -> AbstractContextManager[SqliteStore | PostgresStore]:
    return PostgresStore.open(url) if "://" in url else SqliteStore.open(Path(url))


def main(url: str, entry: str, tenant: str, at: str, act: str, dies_at: str) -> None:
    """Do one act for a place in the line, and be killed at an arrow of it."""
    clock, whose = FixedClock(datetime.fromisoformat(at)), TenantId(UUID(tenant))
    with store_of(url) as store:
        engine = TheEngine(DyingUnitOfWork(store, DeadlyArrows(int(dies_at))), clock, UuidV7())
        if act == "offer":
            engine.tend_waitlist(whose)
            return
        reference = EntryReference(tenant=whose, entry=WaitlistEntryId(UUID(entry)))
        if act == "accept":
            engine.accept_offer(reference)
            return
        with store.reading(whose) as tx:
            engine.book(_without_the_hold(whose, tx.waitlist.get(reference.entry)))


def _without_the_hold(tenant: TenantId, entry: WaitlistEntry) -> BookCommand:
    """What an acceptance would be that does not say which hold it is of."""
    wanted = Wanted(service="tour", start=entry.period.start, quantity=entry.quantity)
    return BookCommand(tenant=tenant, wanted=wanted, customer=entry.customer)


if __name__ == "__main__":
    main(*sys.argv[1:])
