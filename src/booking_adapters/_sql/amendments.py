"""Modifications that wait for money: their table, what is asked of it, and the repository of both databases."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    bindparam,
    delete,
    select,
)

from booking_adapters._codec.converter import read, write
from booking_adapters._sql.ledger_tables import payments
from booking_adapters._sql.queries import adding, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Document, Identifier, Instant
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, PaymentId
from booking_core.domain.reservations.amendment import Amendment

amendments = Table(
    "amendments",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("reservation_id", Identifier, nullable=False),
    Column("payment_id", Identifier, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(["tenant_id", "reservation_id"], ["reservations.tenant_id", "reservations.id"]),
    ForeignKeyConstraint(["tenant_id", "payment_id"], [payments.c.tenant_id, payments.c.id]),
    # A reservation waits with one modification at a time.
    Index("amendments_reservation_idx", "tenant_id", "reservation_id", unique=True),
    Index("amendments_payment_idx", "tenant_id", "payment_id", unique=True),
    Index("amendments_expires_at_idx", "tenant_id", "expires_at"),
)


def _amendments(*where: ColumnElement[bool]) -> Query:
    return Query(select(amendments.c.body).where(of_tenant(amendments), *where))


OF_RESERVATION = _amendments(amendments.c.reservation_id == bindparam("reservation"))
OF_PAYMENT = _amendments(amendments.c.payment_id == bindparam("payment"))
LAPSED = Query(
    select(amendments.c.body)
    .where(of_tenant(amendments), amendments.c.expires_at <= bindparam("at"))
    .order_by(amendments.c.expires_at, amendments.c.id)
    .limit(bindparam("limit"))
)
ADD = adding(amendments)
REMOVE = Query(delete(amendments).where(of_tenant(amendments), amendments.c.id == bindparam("amendment")))


class SqlAmendments:
    """The Amendments port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_reservation(self, reservation: ClaimId) -> Amendment | None:
        return self._one(OF_RESERVATION, reservation=reservation)

    def of_payment(self, payment: PaymentId) -> Amendment | None:
        return self._one(OF_PAYMENT, payment=payment)

    def lapsed(self, at: datetime, limit: int) -> Sequence[Amendment]:
        return [read(body, Amendment) for (body,) in self._session.select(LAPSED, at=at, limit=limit)]

    def save(self, change: Change[Amendment | None, Amendment | None]) -> None:
        before, amendment = change.before, change.state
        with self._session.writing():
            if before is not None and not self._session.change(REMOVE, amendment=before.id):
                raise StaleVersion("the modification was ended in the meantime")
            if amendment is not None:
                self._session.change(
                    ADD,
                    id=amendment.id,
                    reservation_id=amendment.reservation,
                    payment_id=amendment.payment,
                    expires_at=amendment.expires_at,
                    body=write(amendment),
                )
            self._session.record(change.events)

    def _one(self, query: Query, **named: ClaimId | PaymentId) -> Amendment | None:
        found = self._session.select(query, **named)
        return read(found[0][0], Amendment) if found else None
