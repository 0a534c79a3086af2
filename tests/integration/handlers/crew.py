"""A worker as a process of its own: it hands events to a handler that writes a row for each, and can be killed.

Run as `python -m tests.integration.handlers.crew <storage> <tenant> <announce-file>`; `<storage>` is a file or a URL.
"""

import sys
import time
from pathlib import Path
from uuid import UUID

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.ports.alerts import Alert
from booking_core.ports.storage import Transaction
from booking_core.usecases.handling import HandleEvents, on

QUIET_ROUNDS = 20
NAP_SECONDS = 0.05
IDS = UuidV7()
CLOCK = SystemClock()


@on("ReservationConfirmed")
def note(tx: Transaction, event: Event) -> None:
    """A row each time, also where it was handled before: each has a kind of its own."""
    kind = f"noted {IDS.new()}"
    tx.alerts.raise_(
        Alert(id=AlertId(IDS.new()), kind=kind, subject=event.subject, message="", at=CLOCK.now())
    )


def main(storage: str, tenant: str, announce: str) -> None:
    """Work until nothing was there to do for a second."""
    store = PostgresStore.open(storage) if "://" in storage else SqliteStore.open(storage)
    handle = Persistent(HandleEvents(begin=store, handlers=[note], clock=CLOCK, ids=IDS))
    quiet = 0
    with store:
        while quiet < QUIET_ROUNDS:
            if handle(TenantId(UUID(tenant))):
                quiet = 0
                Path(announce).touch()
            else:
                quiet += 1
                time.sleep(NAP_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
