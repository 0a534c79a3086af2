"""The waitlist: its table, what is asked of it, and the repository that both databases share."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    text,
    update,
)

from booking_adapters._codec.claims import assigned_data, assigned_of, party_of
from booking_adapters._sql.queries import adding, of_tenant
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Bound, Day, Document, Flag, Identifier, Instant, Whole
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, ServiceId, WaitlistEntryId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.party import Customer
from booking_core.domain.waitlist.entry import EntryState, PlaceOffer, WaitlistEntry

_IN_LINE = text("state IN ('offered', 'waiting')")

waitlist = Table(
    "waitlist",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("service_id", Identifier, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Whole, nullable=False),
    Column("joined_at", Instant, nullable=False),
    Column("starts_at", Bound, nullable=False),
    Column("ends_at", Bound, nullable=False),
    Column("is_window", Flag, nullable=False),
    Column("check_in", Day),
    Column("check_out", Day),
    # Compared with the present instant, and so kept as one.
    Column("pointless_at", Instant, nullable=False),
    Column("offer_until", Instant),
    Column("stirs", Whole, nullable=False),
    Column("looked", Whole, nullable=False),
    Column("token_hash", Text, nullable=False),
    # Personal data, and nothing else personal: what an erasure has to empty.
    Column("customer_key", Text, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("customer_email", Text, nullable=False),
    Column("customer_phone", Text, nullable=False),
    Column("body", Document, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index(
        "waitlist_line_idx",
        "tenant_id",
        "joined_at",
        "id",
        postgresql_where=_IN_LINE,
        sqlite_where=_IN_LINE,
    ),
    Index(
        "waitlist_customer_idx",
        "tenant_id",
        "customer_key",
        postgresql_where=_IN_LINE,
        sqlite_where=_IN_LINE,
    ),
)

ENTRY = tuple(each for each in waitlist.c if each.name not in {"tenant_id", "pointless_at", "customer_key"})
_w = waitlist.c
_WAITING = _w.state == text("'waiting'")
_OVERLAPS = and_(_w.starts_at < bindparam("end"), _w.ends_at > bindparam("start"))
_DUE = or_(
    and_(_WAITING, or_(_w.stirs > _w.looked, _w.pointless_at <= bindparam("at"))),
    and_(_w.state == text("'offered'"), _w.offer_until <= bindparam("at")),
)


def _entries(*where: ColumnElement[bool] | Any, limited: bool = True) -> Query:
    chosen = select(*ENTRY).where(of_tenant(waitlist), *where).order_by(_w.joined_at, _w.id)
    return Query(chosen.limit(bindparam("limit")) if limited else chosen)


BY_ID = _entries(_w.id == bindparam("id"), limited=False)
IN_LINE_OF = _entries(_IN_LINE, _w.customer_key == bindparam("customer"), limited=False)
IN_LINE = _entries(_IN_LINE, _OVERLAPS)
IN_LINE_FOR = _entries(_IN_LINE, _OVERLAPS, _w.service_id == bindparam("service"))
DUE = _entries(_IN_LINE, _DUE)
ADD = adding(waitlist)
STIR = Query(
    update(waitlist)
    .where(of_tenant(waitlist), _WAITING, _OVERLAPS)
    .values(stirs=_w.stirs.op("+")(literal_column("1")))
)
_CHANGING = ("state", "version", "offer_until", "looked", "body")
CHANGE = Query(
    update(waitlist)
    .where(of_tenant(waitlist), _w.id == bindparam("entry"), _w.version == bindparam("was"))
    .values({name: bindparam(name) for name in _CHANGING})
)


class SqlWaitlist:
    """The Waitlist port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, entry: WaitlistEntryId) -> WaitlistEntry:
        found = self._session.select(BY_ID, id=entry)
        if not found:
            raise NotFound("waitlist entry", entry)
        return entry_of(found[0])

    def in_line_of(self, customer: str) -> Sequence[WaitlistEntry]:
        return [entry_of(row) for row in self._session.select(IN_LINE_OF, customer=customer)]

    def in_line(self, span: Period, limit: int, service: ServiceId | None = None) -> Sequence[WaitlistEntry]:
        inside = {"start": span.start, "end": span.end, "limit": limit}
        if service is None:
            return [entry_of(row) for row in self._session.select(IN_LINE, **inside)]
        return [entry_of(row) for row in self._session.select(IN_LINE_FOR, service=service, **inside)]

    def stir(self, span: Period) -> int:
        with self._session.writing():
            return self._session.change(STIR, start=span.start, end=span.end)

    def due(self, at: datetime, limit: int) -> Sequence[WaitlistEntry]:
        return [entry_of(row) for row in self._session.select(DUE, at=at, limit=limit)]

    def save(self, change: Change[WaitlistEntry, WaitlistEntry | None]) -> None:
        before, row = change.before, _entry_row(change.state)
        with self._session.writing():
            if before is None:
                self._session.change(ADD, **row)
            elif not self._session.change(
                CHANGE, entry=before.id, was=before.version, **{name: row[name] for name in _CHANGING}
            ):
                raise StaleVersion("the place in the waitlist was changed in the meantime")
            self._session.record(change.events)


def _entry_row(entry: WaitlistEntry) -> Cells:
    customer, stay, offer = entry.customer, entry.stay, entry.offer
    return {
        "id": entry.id,
        "service_id": entry.service,
        "state": entry.state.value,
        "version": entry.version,
        "joined_at": entry.joined_at,
        "starts_at": entry.period.start,
        "ends_at": entry.period.end,
        "is_window": entry.is_window,
        "check_in": stay and stay.check_in,
        "check_out": stay and stay.check_out,
        "pointless_at": entry.pointless_at,
        "offer_until": offer and offer.until,
        "stirs": entry.stirs,
        "looked": entry.looked,
        "token_hash": entry.token_hash,
        "customer_key": customer.key,
        "customer_name": customer.name,
        "customer_email": customer.email,
        "customer_phone": customer.phone,
        "body": {
            "quantity": entry.quantity,
            "party": [entry.party.adults, *entry.party.child_ages],
            "chosen": assigned_data(entry.chosen),
            "offer": None if offer is None else _offer_data(offer),
        },
    }


def entry_of(row: Row) -> WaitlistEntry:
    """The entry of the columns `ENTRY`."""
    entry, service, state, version, joined, start, end, is_window, check_in, check_out, *rest = row
    offer_until, stirs, looked, token_hash, name, email, phone, body = rest
    return WaitlistEntry(
        id=WaitlistEntryId(entry),
        service=ServiceId(service),
        period=Period(start, end),
        is_window=is_window,
        stay=None if check_in is None else Stay(check_in, check_out),
        quantity=body["quantity"],
        party=party_of(body["party"]),
        chosen=assigned_of(body["chosen"]),
        customer=Customer(name=name, email=email, phone=phone),
        token_hash=token_hash,
        joined_at=joined,
        state=EntryState(state),
        offer=None if offer_until is None else _offer_of(body["offer"], offer_until),
        stirs=stirs,
        looked=looked,
        version=version,
    )


def _offer_data(offer: PlaceOffer) -> list[Any]:
    times = (int(each.timestamp()) for each in (offer.period.start, offer.period.end))
    return [str(offer.hold), offer.session, *times]


def _offer_of(data: list[Any], until: datetime) -> PlaceOffer:
    hold, session, start, end = data
    return PlaceOffer(
        hold=ClaimId(UUID(hold)), session=session, period=Period.of_epoch(start, end), until=until
    )
