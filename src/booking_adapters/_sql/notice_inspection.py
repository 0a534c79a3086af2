"""Whether everybody was told, once and in time, as both databases are asked."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, cast, func, literal_column, select, union

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
_NOTICES = Query(
    select(*NOTICE)
    .where(
        of_tenant(notices),
        notices.c.reservation_id > bindparam("after"),
        notices.c.reservation_id <= bindparam("last"),
    )
    .order_by(notices.c.reservation_id, notices.c.id)
)
_UNHANDLED = Query(
    select(
        union(
            select(outbox.c.subject_id).where(of_tenant(outbox), outbox.c.spread_at.is_(None)),
            select(handlings.c.subject_id).where(
                of_tenant(handlings),
                handlings.c.handler == literal_column("'notices'"),
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
    """What is stored of every reservation, a thousand at a time."""
    unhandled = {subject for (subject,) in session.select(_UNHANDLED)}
    after = FIRST
    while page := list(session.select(_RESERVATIONS, after=after, limit=BATCH)):
        about: dict[UUID, list[Row]] = defaultdict(list)
        last = page[-1][0]
        for row in session.select(_NOTICES, after=after, last=last):
            about[row[1]].append(row)
        for claim, code, email, phone, body in page:
            found, unreadable = _read(about.get(claim, []))
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
