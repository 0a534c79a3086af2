"""Looking an SQLite file over."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from booking_adapters._sql.inspection import inspected
from booking_adapters.sqlite.store import SqliteStore
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.inspection import Finding, finding

TRIGGERS = frozenset(
    {
        "allocations_no_overlap_insert",
        "allocations_no_overlap_update",
        "audit_is_append_only_update",
        "audit_is_append_only_delete",
        "audit_seals_are_append_only_update",
        "audit_seals_are_append_only_delete",
    }
)
SETTINGS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
"""What every connection sets (see `connections`); 2 is FULL."""


class SqliteInspection:
    """The Inspection port."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def of_tenant(self, tenant: TenantId, at: datetime) -> Sequence[Finding]:
        with self._store.reading(tenant) as tx:
            try:
                catalog = tx.catalogs.load()
            except NotFound:
                catalog = None
            return inspected(tx.session, catalog, at)

    def of_guards(self) -> Finding:
        return finding(26, len(TRIGGERS) + len(SETTINGS), list(self._unarmed()))

    def _unarmed(self) -> Iterator[str]:
        with self._store.connections.lend() as connection:
            found = {
                name
                for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            }
            for trigger in sorted(TRIGGERS - found):
                yield f"the trigger {trigger} is missing"
            for setting, wanted in SETTINGS.items():
                ((value,),) = connection.execute(f"PRAGMA {setting}")
                if value != wanted:
                    yield f"{setting} is {value}"
