"""Counting how long queues are, no further than anybody wants to know."""

from typing import Any

from sqlalchemy import ColumnElement, Table, cast, func, literal_column, select

from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.statement import Query
from booking_adapters._sql.types import Instant
from booking_core.ports.queues import MOST_COUNTED


def counted(table: Table, since: ColumnElement[Any], *where: ColumnElement[bool]) -> Query:
    """How many rows meet the conditions, and the earliest `since` among them; it does not count further than needed."""
    some = (
        select(since.label("since"))
        .select_from(table)
        .where(of_tenant(table), *where)
        .limit(literal_column(str(MOST_COUNTED)))
        .subquery("some")
    )
    return Query(select(func.count(), cast(func.min(some.c.since), Instant)).select_from(some))
