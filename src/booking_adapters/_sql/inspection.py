"""What both databases check in the same words. Times stay in the database: a broken one may be no date at all."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    not_,
    or_,
    select,
)

from booking_adapters._codec.claims import claims_of, history_of
from booking_adapters._sql.audit import SqlAuditLog
from booking_adapters._sql.channel_inspection import about_channels
from booking_adapters._sql.ledger_inspection import about_provider_events, money_facts
from booking_adapters._sql.notice_inspection import about_notices
from booking_adapters._sql.queries import HIGHEST_LANES, TENANT, with_lanes
from booking_adapters._sql.queues import SqlHandlerQueue
from booking_adapters._sql.rows import by_owner
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_adapters._sql.tables import allocations, closures, holds, reservations
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.reservations.reservation import Status
from booking_core.domain.reservations.soundness import history_faults, lane_faults
from booking_core.ports.audit import audit_finding
from booking_core.ports.inspection import (
    GRACE,
    MOST_VIOLATIONS,
    Finding,
    finding,
    money_findings,
    outbox_finding,
)

BATCH = 1_000
FIRST = UUID(int=0)
# A little wider than what the core accepts, for buffers: whatever lies outside is no time of ours, nor is infinity.
SANE = {"earliest": datetime(1969, 1, 1, tzinfo=UTC), "latest": datetime(2201, 1, 1, tzinfo=UTC)}
_PERIODS: dict[str, Table] = {
    "allocations": allocations,
    "holds": holds,
    "reservations": reservations,
    "closures": closures,
}


def _of(table: FromClause) -> ColumnElement[bool]:
    return table.c.tenant_id == TENANT


def _is_sound(table: FromClause) -> ColumnElement[bool]:
    return and_(
        table.c.starts_at < table.c.ends_at,
        table.c.starts_at > bindparam("earliest"),
        table.c.ends_at < bindparam("latest"),
    )


def _owner(table: Table) -> ColumnElement[Any]:
    return allocations.c.owner_id if table is allocations else table.c.id


def _count(table: Table) -> Query:
    return Query(select(func.count()).select_from(table).where(_of(table)))


_COUNTS = {name: _count(table) for name, table in _PERIODS.items()}
_UNSOUND = {
    name: Query(select(_owner(table)).where(_of(table), not_(_is_sound(table))).limit(MOST_VIOLATIONS))
    for name, table in _PERIODS.items()
}

_reached = (
    select(
        allocations.c.owner_id,
        allocations.c.resource_id,
        allocations.c.lane,
        allocations.c.starts_at,
        func.max(allocations.c.ends_at)
        .over(
            partition_by=(allocations.c.resource_id, allocations.c.lane),
            order_by=(allocations.c.starts_at, allocations.c.ends_at, allocations.c.owner_id),
            rows=(None, -1),
        )
        .label("reached"),
    )
    .where(_of(allocations))
    .subquery("reached")
)
_OVERLAPS = Query(
    select(_reached.c.owner_id, _reached.c.resource_id, _reached.c.lane)
    .where(_reached.c.reached > _reached.c.starts_at)
    .limit(MOST_VIOLATIONS)
)
_LOWEST_LANES = Query(
    select(allocations.c.resource_id, func.min(allocations.c.lane))
    .where(_of(allocations))
    .group_by(allocations.c.resource_id)
)
_pending = (_of(reservations), reservations.c.status == literal_column("'pending'"))
_OUTLIVED = Query(
    select(holds.c.id).where(_of(holds), holds.c.expires_at <= bindparam("before")).limit(MOST_VIOLATIONS)
)
_PENDING = Query(select(func.count()).select_from(reservations).where(*_pending))
_OVERDUE = Query(
    select(reservations.c.code)
    .where(
        *_pending,
        or_(reservations.c.expires_at.is_(None), reservations.c.expires_at <= bindparam("before")),
    )
    .limit(MOST_VIOLATIONS)
)


def _owned_by(table: Table) -> ColumnElement[bool]:
    return exists().where(table.c.tenant_id == TENANT, table.c.id == allocations.c.owner_id)


_ORPHANS = Query(
    select(allocations.c.owner_id, allocations.c.resource_id, allocations.c.lane)
    .where(
        _of(allocations),
        not_(_owned_by(holds)),
        not_(_owned_by(reservations)),
        not_(_owned_by(closures)),
    )
    .limit(MOST_VIOLATIONS)
)
_RESERVATIONS = Query(
    with_lanes(
        select(reservations)
        .where(_of(reservations), _is_sound(reservations), reservations.c.id > bindparam("after"))
        .order_by(reservations.c.id)
        .limit(bindparam("limit"))
        .subquery("chosen"),
        ("id", "code", "status", "version", "body"),
        ("id",),
        _is_sound(allocations),
    )
)


def inspected(session: Session, catalog: Catalog | None, at: datetime) -> Sequence[Finding]:
    """The findings about a tenant, on a transaction that sees one state."""
    counts = {name: session.select(query)[0][0] for name, query in _COUNTS.items()}
    uncovered, strayed = _about_reservations(session)
    outlived = session.select(_OUTLIVED, before=at - GRACE)
    overdue = session.select(_OVERDUE, before=at - GRACE)
    orphans = session.select(_ORPHANS)
    about_claims = (
        finding(1, counts["allocations"], list(_overlaps(session))),
        finding(2, sum(counts.values()), list(_unsound(session))),
        finding(3, counts["reservations"], uncovered),
        finding(4, counts["allocations"], list(_beyond(session, catalog, at))),
        finding(5, counts["holds"], [f"hold {hold} should be gone" for (hold,) in outlived]),
        finding(6, session.select(_PENDING)[0][0], [f"{code} is still pending" for (code,) in overdue]),
        finding(21, counts["reservations"], strayed),
        finding(22, counts["allocations"], [_orphan(*row) for row in orphans]),
    )
    about_money = money_findings(money_facts(session, at), at)
    about_others = (
        about_provider_events(session, at),
        about_channels(session),
        *about_notices(session, catalog, at),
        audit_finding(SqlAuditLog(session), at),
        outbox_finding(SqlHandlerQueue(session).standing(at), at),
    )
    every = (*about_claims, *about_money, *about_others)
    return sorted(every, key=lambda each: each.number)


def _overlaps(session: Session) -> Iterator[str]:
    for owner, resource, lane in session.select(_OVERLAPS):
        yield f"lane {lane} of resource {resource}: {owner} overlaps another claim"


def _unsound(session: Session) -> Iterator[str]:
    for name, query in _UNSOUND.items():
        for (owner,) in session.select(query, **SANE):
            yield f"{name} {owner}"


def _beyond(session: Session, catalog: Catalog | None, at: datetime) -> Iterator[str]:
    resources = catalog.resources if catalog else {}
    for resource, highest in session.select(HIGHEST_LANES, after=at, at=at):
        if resource not in resources:
            yield f"resource {resource}, which the catalog does not have"
        elif highest > resources[resource].lanes:
            yield f"lane {highest} of {resources[resource].key}"
    for resource, lowest in session.select(_LOWEST_LANES):
        if lowest < 1:
            yield f"lane {lowest} of resource {resource}"


def _orphan(owner: UUID, resource: UUID, lane: int) -> str:
    return f"lane {lane} of resource {resource} belongs to {owner}, which the tenant does not have"


def _about_reservations(session: Session) -> tuple[list[str], list[str]]:
    """What is wrong with lanes and with histories, read a thousand reservations at a time."""
    uncovered: list[str] = []
    strayed: list[str] = []
    after = FIRST
    while True:
        page = list(by_owner(session.select(_RESERVATIONS, after=after, limit=BATCH, **SANE)))
        for (claim, code, state, version, body, *_), lanes in page:
            status, after = Status(state), claim
            uncovered += [
                f"{code}: {fault}" for fault in lane_faults(status, claims_of(body["claims"]), lanes)
            ]
            history = history_of(body["history"])
            strayed += [f"{code}: {fault}" for fault in history_faults(status, version, history)]
        if len(page) < BATCH:
            return uncovered, strayed
