"""A unit of work that is none: it reads at one time and writes at another, as naive applications do."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, ResourceId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import Reading, Transaction, UnitOfWork

T = TypeVar("T")

STUCK_SECONDS = 120


class TornUnitOfWork:
    """Every reading is a transaction of its own, and so is the write, which waits until `parties` have read.

    Nothing is left to luck: when the first of them writes, all have seen the place free. Each thread waits once, so
    that a use case that is run again goes through. Good for booking directly, which reads and then saves one thing.
    """

    def __init__(self, store: UnitOfWork, parties: int) -> None:
        self._store = store
        self._all_have_read = threading.Barrier(parties)
        self._met = threading.local()

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Any]:
        """A torn transaction: what was saved stays, whatever happens afterwards."""
        del actor
        yield _TornTransaction(self._store, tenant, self._meet)

    def reading(self, tenant: TenantId) -> Any:
        """An honest reading."""
        return self._store.reading(tenant)

    def _meet(self) -> None:
        if not getattr(self._met, "before", False):
            self._met.before = True
            self._all_have_read.wait(STUCK_SECONDS)


class _TornTransaction:
    def __init__(self, store: UnitOfWork, tenant: TenantId, meet: Callable[[], None]) -> None:
        self._store, self._tenant, self._meet = store, tenant, meet

    @property
    def catalogs(self) -> "_TornTransaction":
        return self

    calendars = reservations = catalogs

    def load(self) -> Catalog:
        return self._read(lambda tx: tx.catalogs.load())

    def read(
        self, resources: Collection[Resource], window: Period, at: datetime, without: Collection[ClaimId] = ()
    ) -> Reading:
        return self._read(lambda tx: tx.calendars.read(resources, window, at, without))

    def loads(
        self,
        resources: Collection[ResourceId],
        window: Period,
        since: datetime,
        at: datetime,
        without: Collection[ClaimId] = (),
    ) -> Mapping[ResourceId, int]:
        return self._read(lambda tx: tx.calendars.loads(resources, window, since, at, without))

    def save(self, change: Change[Reservation, None]) -> None:
        self._meet()
        with self._store(self._tenant) as tx:
            tx.reservations.save(change)

    def _read(self, question: Callable[[Transaction], T]) -> T:
        with self._store.reading(self._tenant) as tx:
            return question(tx)
