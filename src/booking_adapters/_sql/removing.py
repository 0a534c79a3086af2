"""Removing the oldest of some rows, so many at a time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, bindparam, delete, select, tuple_

from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.statement import Query


def removing_oldest(table: Table, since: ColumnElement[datetime], *which: ColumnElement[bool]) -> Query:
    """Removes at most `limit` rows that meet the conditions and are from before an instant (never, without one)."""
    key = [each for each in table.primary_key if each.name != "tenant_id"]
    oldest = (
        select(*key)
        .where(of_tenant(table), since < bindparam("before"), *which)
        .order_by(since)
        .limit(bindparam("limit"))
    )
    return Query(delete(table).where(of_tenant(table), tuple_(*key).in_(oldest)))
