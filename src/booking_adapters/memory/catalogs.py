"""What is sold, in memory."""

from datetime import datetime

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.tenant import Tenant
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor


class MemoryCatalogs:
    """The Catalogs port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def load(self) -> Catalog:
        """The catalog as last saved; raises NotFound."""
        if self._tables.catalog is None:
            raise NotFound("tenant", "")
        return self._tables.catalog

    @dooming
    def save(self, catalog: Catalog, at: datetime) -> None:
        """Replace it; raises StaleVersion, and Conflict where a taken lane would be lost or the key is in use."""
        before = self._tables.catalog
        if catalog.version != (before.version if before else 0) + 1:
            raise StaleVersion("the catalog was changed in the meantime", version=catalog.version)
        for resource in catalog.resources.values():
            if self._tables.lanes.highest(resource.id, at) > resource.lanes:
                raise Conflict(f"{resource.key} would lose lanes that are taken", resource=resource.key)
        for gone in (before.resources.keys() if before else set()) - catalog.resources.keys():
            if self._tables.lanes.highest(gone, at):
                raise Conflict("a resource would go that has lanes taken", resource=str(gone))
        self._claim_key(catalog.tenant, before.tenant.key if before else None)
        self._undo.append(lambda: setattr(self._tables, "catalog", before))
        self._tables.catalog = catalog
        self._tables.record([catalog.changed(at)], self._actor, self._undo)

    def _claim_key(self, tenant: Tenant, former: str | None) -> None:
        keys = self._tables.tenant_keys
        if tenant.key == former:
            return
        if keys.setdefault(tenant.key, tenant.id) != tenant.id:
            raise Conflict("the tenant's key is in use", key=tenant.key)
        self._undo.append(lambda: keys.pop(tenant.key))
        if former is not None:
            del keys[former]
            self._undo.append(lambda: keys.__setitem__(former, tenant.id))
