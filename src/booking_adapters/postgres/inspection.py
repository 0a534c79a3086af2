"""Looking a Postgres database over."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from booking_adapters._sql.inspection import inspected
from booking_adapters._sql.tables import metadata
from booking_adapters.postgres.session import Connection
from booking_adapters.postgres.store import PostgresStore
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.inspection import Finding, finding

SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")

CONSTRAINT = """
SELECT count(*) FROM pg_constraint
WHERE conrelid = 'allocations'::regclass AND conname = 'allocations_no_overlap' AND contype = 'x' AND convalidated
"""
WALLS = """
SELECT relname, relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid),
    pg_has_role(current_user, relowner, 'USAGE')
FROM unnest(%(tables)s::text[]) AS wanted JOIN pg_class ON pg_class.oid = to_regclass(wanted)
"""
ROLE = "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
SETTING = "SELECT name, setting FROM pg_settings WHERE name = ANY (%(names)s::text[]) ORDER BY name"


class PostgresInspection:
    """The Inspection port. It looks as the role that applications work as."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store

    def of_tenant(self, tenant: TenantId, at: datetime) -> Sequence[Finding]:
        with self._store.reading(tenant) as tx:
            # A large business takes longer to look over than any booking may take.
            tx.session.connection.execute("SET LOCAL statement_timeout = 0")
            try:
                catalog = tx.catalogs.load()
            except NotFound:
                catalog = None
            return inspected(tx.session, catalog, at)

    def of_guards(self) -> Finding:
        with self._store.connection() as connection:
            checked = len(metadata.tables) + len(SETTINGS) + 2
            return finding(26, checked, list(_unarmed(connection)))


def _unarmed(connection: Connection) -> Iterator[str]:
    ((armed,),) = connection.execute(CONSTRAINT)
    if not armed:
        yield "the constraint allocations_no_overlap is missing or not valid"
    walls = {name: row for name, *row in connection.execute(WALLS, {"tables": sorted(metadata.tables)})}
    for table in sorted(metadata.tables):
        is_walled, is_owned = walls.get(table, (False, False))
        if not is_walled:
            yield f"row-level security is not forced on {table}"
        if is_owned:
            yield f"the role that applications work as owns {table}"
    ((role, passes),) = connection.execute(ROLE)
    if passes:
        yield f"the role {role} passes row-level security"
    for name, value in connection.execute(SETTING, {"names": list(SETTINGS)}):
        if value in {"off", "local"}:
            yield f"{name} is {value}"
