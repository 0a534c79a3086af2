"""What is asked of both databases about the front desk."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.sql import ClauseElement, FromClause

from booking_adapters._sql.frontdesk_tables import (
    guest_visits,
    guests,
    housekeeping_tasks,
    loyalty_accounts,
    loyalty_movements,
    room_assignments,
    rooms,
)
from booking_adapters._sql.queries import TENANT, adding, changing, of_tenant
from booking_adapters._sql.statement import Query
from booking_adapters._sql.types import Document

_NAMED = {
    "sqlite": "{table}.id IN (SELECT value FROM json_each(:ids))",
    "postgresql": "{table}.id IN (SELECT CAST(value AS uuid) FROM jsonb_array_elements_text(:ids))",
}


def _columns(table: Table, *but: str) -> tuple[Column[Any], ...]:
    return tuple(each for each in table.c if each.name not in {"tenant_id", *but})


def _named(table: Table) -> Callable[[str], Select[Any]]:
    """The rows with these ids: a JSON list, so that the statement is one text however many there are."""

    def described(dialect: str) -> Select[Any]:
        named = text(_NAMED[dialect].format(table=table.name)).bindparams(bindparam("ids", type_=Document()))
        return select(*_columns(table)).where(of_tenant(table), named).order_by(table.c.id)

    return described


def _with_additions(owner: Table, additions: Table, key: str, *, by: str) -> Select[Any]:
    """One owner by a key of theirs, a row for each addition, one of nothing for none: all of one version."""
    theirs = and_(additions.c.tenant_id == TENANT, additions.c[by] == owner.c.id)
    added: FromClause = owner.outerjoin(additions, theirs)
    return (
        select(*_columns(owner), *_columns(additions, by))
        .select_from(added)
        .where(of_tenant(owner), owner.c[key] == bindparam("key"))
        .order_by(additions.c.number)
    )


def _counting_up(table: Table) -> ClauseElement:
    """The new version of a row that still has the one that it `was`."""
    same = (table.c.id == bindparam("owner"), table.c.version == bindparam("was"))
    return update(table).where(of_tenant(table), *same).values(version=bindparam("version"))


ROOMS = Query(_named(rooms))
ROOMS_OCCUPIED_BY = Query(
    select(*_columns(rooms))
    .where(of_tenant(rooms), rooms.c.occupant_id == bindparam("reservation"))
    .order_by(rooms.c.id)
)
ADD_ROOM, CHANGE_ROOM = adding(rooms), changing(rooms)

TASK_BY_ID = Query(
    select(*_columns(housekeeping_tasks)).where(
        of_tenant(housekeeping_tasks), housekeeping_tasks.c.id == bindparam("id")
    )
)


def _under_way(*where: ColumnElement[bool]) -> Query:
    # The states are part of the text: the partial index is used for constants alone.
    states: list[ColumnElement[str]] = [literal_column("'open'"), literal_column("'started'")]
    return Query(
        select(*_columns(housekeeping_tasks))
        .where(of_tenant(housekeeping_tasks), housekeeping_tasks.c.state.in_(states), *where)
        .order_by(housekeeping_tasks.c.due_at.is_(None), housekeeping_tasks.c.due_at, housekeeping_tasks.c.id)
        .limit(bindparam("limit"))
    )


TASKS_UNDER_WAY = _under_way()
TASKS_OF_UNIT = _under_way(housekeeping_tasks.c.unit_id == bindparam("unit"))
ADD_TASK, CHANGE_TASK = adding(housekeeping_tasks), changing(housekeeping_tasks)

GUEST = Query(_with_additions(guests, guest_visits, "key", by="guest_id"))
ADD_GUEST, CHANGE_GUEST, ADD_VISIT = adding(guests), Query(_counting_up(guests)), adding(guest_visits)

ACCOUNT = Query(_with_additions(loyalty_accounts, loyalty_movements, "guest", by="account_id"))
ADD_ACCOUNT, CHANGE_ACCOUNT = adding(loyalty_accounts), Query(_counting_up(loyalty_accounts))
ADD_MOVEMENT = adding(loyalty_movements)

ASSIGNMENTS = Query(_named(room_assignments))
ADD_ASSIGNMENT, CHANGE_ASSIGNMENT = adding(room_assignments), changing(room_assignments)
