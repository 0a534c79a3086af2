"""Series: their tables, what is asked of them, and the repository that both databases share."""

import attrs
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    and_,
    bindparam,
    select,
    text,
)

from booking_adapters._codec.recurrence import recurrence_of, recurrence_text
from booking_adapters._sql.queries import TENANT, adding, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Day, Document, Flag, Identifier, Instant, Whole
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, SeriesId, ServiceId
from booking_core.domain.reservations.series import Missing, Occurrence, Series

_BOOKED = text("reservation_id IS NOT NULL")

series = Table(
    "series",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("service_id", Identifier, nullable=False),
    Column("recurrence", Text, nullable=False),
    Column("booked_at", Instant, nullable=False),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
)

occurrences = Table(
    "series_occurrences",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("series_id", Identifier, nullable=False),
    Column("number", Whole, nullable=False),
    Column("date", Day, nullable=False),
    Column("reservation_id", Identifier),
    Column("is_shifted", Flag, nullable=False),
    Column("missing", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "series_id", "number"),
    ForeignKeyConstraint(["tenant_id", "series_id"], ["series.tenant_id", "series.id"]),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["reservations.tenant_id", "reservations.id"]),
    # A reservation belongs to one series.
    Index(
        "series_occurrences_reservation_idx",
        "tenant_id",
        "reservation_id",
        unique=True,
        postgresql_where=_BOOKED,
        sqlite_where=_BOOKED,
    ),
)

_COLUMNS = tuple(series.c[name] for name in ("id", "service_id", "recurrence", "booked_at", "version"))
_MEMBER = tuple(occurrences.c[name] for name in ("number", "date", "reservation_id", "is_shifted", "missing"))


def _series(condition: ColumnElement[bool]) -> Query:
    """A series, a row for each of its occurrences."""
    theirs = and_(occurrences.c.tenant_id == TENANT, occurrences.c.series_id == series.c.id)
    return Query(
        select(*_COLUMNS, *_MEMBER)
        .select_from(series.join(occurrences, theirs))
        .where(of_tenant(series), condition)
        .order_by(occurrences.c.number)
    )


_sought = occurrences.alias("sought")
_OF_RESERVATION = select(_sought.c.series_id).where(
    of_tenant(_sought), _sought.c.reservation_id == bindparam("reservation")
)
BY_ID = _series(series.c.id == bindparam("id"))
OF_RESERVATION = _series(series.c.id.in_(_OF_RESERVATION))
ADD = adding(series)
ADD_OCCURRENCE = adding(occurrences)


class SqlSeriesBook:
    """The SeriesBook port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, series: SeriesId) -> Series:
        found = self._session.select(BY_ID, id=series)
        if not found:
            raise NotFound("series", series)
        return _series_of(found)

    def of_reservation(self, reservation: ClaimId) -> Series | None:
        found = self._session.select(OF_RESERVATION, reservation=reservation)
        return _series_of(found) if found else None

    def add(self, change: Change[Series, None]) -> None:
        made = change.state
        told = {"service_id": made.service, "booked_at": made.booked_at, "version": made.version}
        with self._session.writing():
            self._session.change(ADD, id=made.id, recurrence=recurrence_text(made.recurrence), **told)
            for each in made.occurrences:
                member = {"number": each.number, "date": each.date, "reservation_id": each.reservation}
                member |= {"is_shifted": each.is_shifted, "missing": [*map(attrs.astuple, each.missing)]}
                self._session.change(ADD_OCCURRENCE, series_id=made.id, **member)
            self._session.record(change.events)


def _series_of(rows: list[Row]) -> Series:
    series_id, service, rule, booked_at, version, *_ = rows[0]
    return Series(
        id=SeriesId(series_id),
        service=ServiceId(service),
        recurrence=recurrence_of(rule, booked_at),
        occurrences=tuple(
            Occurrence(
                number=number,
                date=day,
                reservation=None if reservation is None else ClaimId(reservation),
                is_shifted=is_shifted,
                missing=tuple(Missing(code, message) for code, message in missing),
            )
            for *_, number, day, reservation, is_shifted, missing in rows
        ),
        booked_at=booked_at,
        version=version,
    )
