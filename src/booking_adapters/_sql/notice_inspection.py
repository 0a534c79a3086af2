"""Whether everybody was told, once and in time, as both databases are asked."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, bindparam, cast, func, literal_column, select, union

from booking_adapters._codec.claims import assigned_of, history_of
from booking_adapters._sql.notice_queries import NOTICE
from booking_adapters._sql.notice_tables import notices
from booking_adapters._sql.notices import notice_of_row
from booking_adapters._sql.outbox import handlings
from booking_adapters._sql.queries import of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import outbox, reservations
from booking_adapters._sql.types import Instant
from booking_adapters._sql.waitlist import ENTRY, entry_of, waitlist
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import NoticeSettings
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.soundness import Terms, Told
from booking_core.ports.inspection import Finding, notice_findings

BATCH = 1_000
FIRST = UUID(int=0)
_RESERVATIONS = Query(
    select(
        reservations.c.id,
        reservations.c.code,
        reservations.c.customer_email,
        reservations.c.customer_phone,
        reservations.c.body,
    )
    .where(of_tenant(reservations), reservations.c.id > bindparam("after"))
    .order_by(reservations.c.id)
    .limit(bindparam("limit"))
)
_ENTRIES = Query(
    select(*ENTRY)
    .where(of_tenant(waitlist), waitlist.c.id > bindparam("after"))
    .order_by(waitlist.c.id)
    .limit(bindparam("limit"))
)


def _notices_between(about: Column[UUID]) -> Query:
    between = (about > bindparam("after"), about <= bindparam("last"))
    return Query(select(*NOTICE).where(of_tenant(notices), *between).order_by(about, notices.c.id))


_ABOUT_RESERVATIONS = _notices_between(notices.c.reservation_id)
_ABOUT_ENTRIES = _notices_between(notices.c.entry_id)
_UNHANDLED = Query(
    select(
        union(
            select(outbox.c.subject_id).where(of_tenant(outbox), outbox.c.spread_at.is_(None)),
            select(handlings.c.subject_id).where(
                of_tenant(handlings),
                handlings.c.handler.in_(
                    (literal_column("'notices'"), literal_column("'notices of the waitlist'"))
                ),
                handlings.c.due_at.is_not(None),
            ),
        )
        .subquery("unhandled")
        .c.subject_id
    )
)
_RULES_CHANGED = Query(
    select(cast(func.max(outbox.c.at), Instant)).where(
        of_tenant(outbox), outbox.c.name == literal_column("'CatalogChanged'")
    )
)


def about_notices(session: Session, catalog: Catalog | None, at: datetime) -> Sequence[Finding]:
    """Invariants 16 to 19."""
    if catalog is None:
        return notice_findings((), Terms.of(NoticeSettings(), None, at))
    ((changed,),) = session.select(_RULES_CHANGED)
    return notice_findings(_told(session, catalog), Terms.of(catalog.notices, changed, at))


def _told(session: Session, catalog: Catalog) -> Iterator[Told]:
    """What is stored of every reservation, and of everybody who waits or waited."""
    unhandled = {subject for (subject,) in session.select(_UNHANDLED)}
    for (claim, code, email, phone, body), rows in _paged(session, _RESERVATIONS, _ABOUT_RESERVATIONS):
        found, unreadable = _read(rows)
        assigned = (catalog.resources.get(each) for _, each in assigned_of(body["assigned"]))
        yield Told(
            code=code,
            email=email,
            phone=phone,
            assigned=frozenset(each.key for each in assigned if each),
            history=history_of(body["history"]),
            notices=found,
            unreadable=unreadable,
            is_handled=claim not in unhandled,
        )
    for row, rows in _paged(session, _ENTRIES, _ABOUT_ENTRIES):
        found, unreadable = _read(rows)
        entry = entry_of(row)
        yield Told.in_line(entry, found, unreadable, is_handled=entry.id not in unhandled)


def _paged(session: Session, things: Query, about: Query) -> Iterator[tuple[Row, Sequence[Row]]]:
    """Each thing and the notices about it, a thousand things at a time."""
    after = FIRST
    while page := list(session.select(things, after=after, limit=BATCH)):
        found: dict[UUID, list[Row]] = defaultdict(list)
        last = page[-1][0]
        for row in session.select(about, after=after, last=last):
            found[row[1] or row[2]].append(row)
        for row in page:
            yield row, found.get(row[0], [])
        after = last


def _read(rows: Sequence[Row]) -> tuple[tuple[Notice, ...], tuple[str, ...]]:
    """The notices of rows, and what is wrong with those that are none."""
    found: list[Notice] = []
    unreadable: list[str] = []
    for row in rows:
        try:
            found.append(notice_of_row(row))
        except (BookingError, ValueError) as error:
            unreadable.append(f"notice {row[0]} cannot be read: {error}")
    return tuple(found), tuple(unreadable)
