"""Alerts: their table, what is asked of it, and the repository that both databases share."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text, bindparam, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from booking_adapters._sql.queries import TENANT, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Identifier, Instant
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.ids import AlertId
from booking_core.ports.alerts import Alert

_OPEN = text("resolved_at IS NULL")

alerts = Table(
    "alerts",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_id", Identifier, nullable=False),
    Column("message", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", Text, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    # One open alert of a kind about a subject.
    Index(
        "alerts_open_idx",
        "tenant_id",
        "kind",
        "subject_id",
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
)

_COLUMNS = tuple(each for each in alerts.c if each.name != "tenant_id")


def _raise(dialect: str) -> ClauseElement:
    insert_new = sqlite.insert if dialect == "sqlite" else postgresql.insert
    given: dict[str, object] = {each.name: bindparam(each.name) for each in _COLUMNS}
    return insert_new(alerts).values(tenant_id=TENANT, **given).on_conflict_do_nothing()


RAISE = Query(_raise)
OPEN = Query(
    select(*_COLUMNS)
    .where(of_tenant(alerts), alerts.c.resolved_at.is_(None))
    .order_by(alerts.c.at, alerts.c.id)
    .limit(bindparam("limit"))
)
BY_ID = Query(select(*_COLUMNS).where(of_tenant(alerts), alerts.c.id == bindparam("id")))
RESOLVE = Query(
    update(alerts)
    .where(of_tenant(alerts), alerts.c.id == bindparam("alert"), alerts.c.resolved_at.is_(None))
    .values(resolved_at=bindparam("at"), resolved_by=bindparam("by"))
)


class SqlAlerts:
    """The Alerts port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def raise_(self, alert: Alert) -> bool:
        told = {"kind": alert.kind, "subject_id": alert.subject, "message": alert.message, "at": alert.at}
        settled = {"resolved_at": alert.resolved_at, "resolved_by": alert.resolved_by}
        with self._session.writing():
            return bool(self._session.change(RAISE, id=alert.id, **told, **settled))

    def open(self, limit: int) -> Sequence[Alert]:
        return [_alert_of(row) for row in self._session.select(OPEN, limit=limit)]

    def resolve(self, alert: AlertId, at: datetime, by: str) -> Alert:
        with self._session.writing():
            self._session.change(RESOLVE, alert=alert, at=at, by=by)
            found = self._session.select(BY_ID, id=alert)
            if not found:
                raise NotFound("alert", alert)
        return _alert_of(found[0])


def _alert_of(row: Row) -> Alert:
    alert, kind, subject, message, at, resolved_at, resolved_by = row
    return Alert(
        id=AlertId(alert),
        kind=kind,
        subject=subject,
        message=message,
        at=at,
        resolved_at=resolved_at,
        resolved_by=resolved_by,
    )
