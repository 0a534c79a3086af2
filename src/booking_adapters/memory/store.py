"""The store: a tenant's tables as dictionaries, one writer at a time, and an undo log instead of a journal."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from booking_adapters.memory.lanes import Lanes
from booking_adapters.memory.repositories import MemoryTransaction
from booking_adapters.memory.tables import Tables, Undo
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId


class MemoryStore:
    """The UnitOfWork and Tenants ports in memory. `guarded=False` switches the lanes' guard off (for controls)."""

    def __init__(self, *, guarded: bool = True) -> None:
        self.guarded = guarded
        self._tenants: dict[UUID, Tables] = {}
        self._keys: dict[str, TenantId] = {}
        self._creating = threading.Lock()

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[MemoryTransaction]:
        """A transaction that may write: it waits for the tenant's other transactions."""
        tables = self.tables(tenant)
        undo = Undo()
        with tables.lock:
            try:
                yield MemoryTransaction(tables, actor, undo)
                undo.refuse_failed()
            except BaseException:
                undo.take_back()
                raise

    @contextmanager
    def reading(self, tenant: TenantId) -> Iterator[MemoryTransaction]:
        """A transaction that only reads."""
        tables = self.tables(tenant)
        with tables.lock:
            undo = Undo()
            yield MemoryTransaction(tables, SYSTEM, undo)
            assert not undo, "a reading transaction wrote"

    def tables(self, tenant: TenantId) -> Tables:
        """The tenant's tables, made on first use."""
        found = self._tenants.get(tenant)
        if found is None:
            with self._creating:
                found = self._tenants.setdefault(tenant, Tables(Lanes(guarded=self.guarded), self._keys))
        return found

    def by_key(self, key: str) -> TenantId:
        """The id of a tenant's key; raises NotFound."""
        found = self._keys.get(key)
        if found is None:
            raise NotFound("tenant", key)
        return found

    def keys(self) -> Sequence[str]:
        """Every tenant's key, in order."""
        return sorted(self._keys)
