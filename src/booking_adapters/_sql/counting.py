"""Counting how long queues are, no further than anybody wants to know."""

from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Table, bindparam, cast, func, literal_column, select

from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_adapters._sql.types import Instant
from booking_core.ports.queues import MOST_COUNTED, Standing


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


@attrs.frozen
class Standings:
    """How a queue stands whose rows are what is done: what is due and untried, what failed and is due, what is dead."""

    waiting: Query
    failing: Query
    dead: Query

    @classmethod
    def of(cls, table: Table, problem: ColumnElement[str]) -> "Standings":
        """Of a table with `due_at` and `died_at`; `problem` is empty until something failed."""
        untried = problem == literal_column("''")
        return cls(
            counted(table, table.c.due_at, table.c.due_at <= bindparam("at"), untried),
            counted(table, table.c.due_at, table.c.due_at.is_not(None), ~untried),
            counted(table, table.c.died_at, table.c.died_at.is_not(None)),
        )

    def at(self, session: Session, at: datetime) -> Standing:
        """How it stands at an instant."""
        ((waiting, first),) = session.select(self.waiting, at=at)
        ((failing, second),) = session.select(self.failing)
        ((dead, _),) = session.select(self.dead)
        since = [each for each in (first, second) if each is not None]
        return Standing(waiting=waiting, failing=failing, dead=dead, oldest=min(since, default=None))
