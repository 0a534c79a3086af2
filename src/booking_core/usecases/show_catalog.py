"""Show what a tenant sells."""

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import UnitOfWork


@attrs.frozen(kw_only=True)
class ShowCatalog:
    """Reads the catalog: venues, resources and services."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Catalog:
        """The catalog as last saved; raises NotFound where the tenant has none."""
        with self.begin.reading(tenant) as tx:
            return tx.catalogs.load()
