"""Whether a database has the tables of this version of the package, asked without any right to read them."""

from collections.abc import Collection, Iterable

import booking_adapters._sql.alerts
import booking_adapters._sql.amendments
import booking_adapters._sql.audit
import booking_adapters._sql.calendar_link_tables
import booking_adapters._sql.channel_listings
import booking_adapters._sql.channel_receipts
import booking_adapters._sql.channels
import booking_adapters._sql.editing
import booking_adapters._sql.frontdesk_tables
import booking_adapters._sql.heartbeats
import booking_adapters._sql.ledger_tables
import booking_adapters._sql.notice_tables
import booking_adapters._sql.outbox
import booking_adapters._sql.series
import booking_adapters._sql.waitlist
import booking_adapters._sql.webhooks  # noqa: F401 - their tables join the metadata
from booking_adapters._sql.tables import metadata

COLUMNS_SQLITE = """\
SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'
"""
COLUMNS_POSTGRES = """\
SELECT c.relname, a.attname
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  AND a.attnum > 0 AND NOT a.attisdropped
"""


def has_tables(found: Iterable[tuple[str, str]]) -> bool:
    """Whether tables of ours are among the columns that were found (table, column)."""
    return any(table in metadata.tables for table, _ in found)


def is_current(found: Collection[tuple[str, str]]) -> bool:
    """Whether no column of this version is missing among those that were found (table, column)."""
    return {(table.name, column.name) for table in metadata.tables.values() for column in table.columns} <= {
        *found
    }
