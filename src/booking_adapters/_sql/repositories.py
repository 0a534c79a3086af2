"""The repositories that both databases share. What their guards and their speed ask for differs in a `Session`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from booking_adapters._codec.catalog import catalog_data, catalog_of
from booking_adapters._codec.claims import quote_data, quote_of
from booking_adapters._sql import queries
from booking_adapters._sql.knowledge import Knowledge
from booking_adapters._sql.rows import (
    closure_row,
    closures_of,
    hold_row,
    holds_of,
    reservation_row,
    reservations_of,
)
from booking_adapters._sql.session import ReferenceGone, Session
from booking_adapters._sql.statement import Query, Row
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import Conflict, KeyReused, NotFound, StaleVersion
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, ClosureId, QuoteId, ResourceId, ServiceId, first_id_of
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import UNRECORDED, Reservation, Status
from booking_core.ports.storage import Page

NOBODY = UUID(int=0)
"""No claim has this id."""
_DUE = {
    Status.EXPIRED: queries.PENDING_DUE,
    Status.NO_SHOW: queries.NO_SHOWS_DUE,
    Status.COMPLETED: queries.COMPLETIONS_DUE,
}


class SqlCatalogs:
    """The Catalogs port. A version never changes, so each is read and checked once a process."""

    def __init__(self, session: Session, knowledge: Knowledge) -> None:
        self._session, self._knowledge = session, knowledge
        self._saved: Catalog | None = None

    def load(self) -> Catalog:
        if self._saved is not None:
            return self._saved
        version = self._session.catalog_version()
        if version is None:
            raise NotFound("tenant", "")
        known = self._knowledge.catalog(self._session.tenant, version)
        if known is not None:
            return known
        ((document,),) = self._session.select(queries.CATALOG, version=version)
        catalog = catalog_of(document)
        self._knowledge.learn_catalog(self._session.tenant, catalog)
        return catalog

    def save(self, catalog: Catalog, at: datetime) -> None:
        assert catalog.tenant.id == self._session.tenant, "a transaction writes its own tenant"
        with self._session.writing():
            self._session.alone_with_catalog()
            ((stored,),) = self._session.select(queries.CATALOG_VERSION)
            if catalog.version != (stored or 0) + 1:
                raise StaleVersion("the catalog was changed in the meantime", version=catalog.version)
            self._check_lanes(catalog, at)
            named = {"key": catalog.tenant.key, "name": catalog.tenant.name}
            self._session.change(queries.CHANGE_TENANT if stored else queries.ADD_TENANT, **named)
            self._session.change(queries.ADD_CATALOG, version=catalog.version, document=catalog_data(catalog))
            self._session.record([catalog.changed(at)])
        self._saved = catalog

    def _check_lanes(self, catalog: Catalog, at: datetime) -> None:
        for resource_id, highest in self._session.select(queries.HIGHEST_LANES, after=at, at=at):
            resource = catalog.resources.get(resource_id)
            if resource is None:
                raise Conflict("a resource would go that has lanes taken", resource=str(resource_id))
            if highest > resource.lanes:
                raise Conflict(f"{resource.key} would lose lanes that are taken", resource=resource.key)


class SqlHolds:
    """The Holds port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, hold: ClaimId) -> Hold | None:
        found = holds_of(self._session.select(queries.HOLD_BY_ID, id=hold))
        return found[0] if found else None

    def of_session(self, session: str) -> Sequence[Hold]:
        return holds_of(self._session.select(queries.HOLDS_OF_SESSION, session=session))

    def lapsed(self, at: datetime, limit: int) -> Sequence[Hold]:
        return holds_of(self._session.select(queries.HOLDS_LAPSED, at=at, limit=limit))

    def save(self, change: Change[Hold | None, Hold | None]) -> None:
        before, hold = change.before, change.state
        with self._session.writing():
            if before is None:
                assert hold is not None, "a change has a state before or after"
                self._add(hold, change.events)
            elif hold is None:
                self._remove(before, change.events)
            else:
                self._renew(before, hold, change.events)

    def _add(self, hold: Hold, events: Sequence[Event]) -> None:
        self._session.change(queries.ADD_HOLD, **hold_row(hold))
        self._session.take(hold.allocations, hold.id, hold.placed_at, hold.expires_at)
        self._session.record(events)

    def _remove(self, before: Hold, events: Sequence[Event]) -> None:
        if not self._session.change(queries.REMOVE_HOLD, owner=before.id, was=before.version):
            raise StaleVersion("the hold was changed in the meantime")
        self._session.change(queries.GIVE_BACK_ALL, owner=before.id)
        self._session.record(events)

    def _renew(self, before: Hold, hold: Hold, events: Sequence[Event]) -> None:
        row = hold_row(hold)
        del row["id"]
        if not self._session.change(queries.CHANGE_HOLD, owner=before.id, was=before.version, **row):
            raise StaleVersion("the hold was changed in the meantime")
        swap_lanes(self._session, before, hold, hold.placed_at)
        self._session.record(events)


class SqlReservations:
    """The Reservations port."""

    def __init__(self, session: Session, knowledge: Knowledge) -> None:
        self._session, self._knowledge = session, knowledge

    def get(self, reservation: ClaimId) -> Reservation:
        return self._one(queries.RESERVATION_BY_ID, "id", reservation)

    def find(self, code: str) -> Reservation:
        return self._one(queries.RESERVATION_BY_CODE, "code", code)

    def live_of(self, customer: str, service: ServiceId, after: datetime) -> int:
        ((count,),) = self._session.select(
            queries.LIVE_OF_CUSTOMER, customer=customer, service=service, after=after, at=after
        )
        return int(count)

    def due(self, end: Status, at: datetime, limit: int) -> Sequence[Reservation]:
        query = _DUE[end]
        since = {"unrecorded": at - UNRECORDED} if end is Status.COMPLETED else {}
        return self._many(self._session.select(query, at=at, limit=limit, **since))

    def overlapping(self, resource: ResourceId | None, window: Period, page: Page) -> Sequence[Reservation]:
        values: dict[str, object] = {"start": window.start, "end": window.end, "limit": page.limit}
        if resource is not None:
            values["resource"] = str(resource)
        if page.after is not None:
            values["after"] = page.after
        query = queries.OVERLAPPING[resource is not None, page.after is not None]
        return self._many(self._session.select(query, **values))

    def save(self, change: Change[Reservation, Reservation | Hold | None]) -> None:
        try:
            with self._session.writing():
                self._write(change)
        except ReferenceGone:
            self._knowledge.forget_kept_policies()
            raise

    def _write(self, change: Change[Reservation, Reservation | Hold | None]) -> None:
        before, after = change.before, change.state
        fingerprint = self._knowledge.keep_policy(self._session, after.policy)
        if before is None:
            self._add(after, fingerprint, change.events)
        elif isinstance(before, Hold):
            self._take_over(before, after, fingerprint, change.events)
        else:
            self._replace(before, after, fingerprint, change.events)
        self._redeem(before.redeemed if isinstance(before, Reservation) else frozenset(), after)

    def _redeem(self, before: frozenset[str], after: Reservation) -> None:
        for code in sorted(after.redeemed - before):
            self._session.change(queries.ADD_REDEMPTION, code=code, owner_id=after.id)
        for code in sorted(before - after.redeemed):
            self._session.change(queries.REMOVE_REDEMPTION, code=code, owner_id=after.id)

    def _add(self, after: Reservation, fingerprint: str, events: Sequence[Event]) -> None:
        self._session.change(queries.ADD_RESERVATION, **reservation_row(after, fingerprint))
        self._session.take(after.allocations, after.id, after.history[0].at, after.expires_at)
        self._session.record(events)

    def _take_over(self, hold: Hold, after: Reservation, fingerprint: str, events: Sequence[Event]) -> None:
        if not self._session.change(queries.REMOVE_HOLD, owner=hold.id, was=hold.version):
            raise StaleVersion("the hold was changed in the meantime")
        self._session.change(queries.ADD_RESERVATION, **reservation_row(after, fingerprint))
        self._session.change(queries.KEEP_UNTIL, owner=after.id, expires_at=after.expires_at)
        self._session.record(events)

    def _replace(
        self, before: Reservation, after: Reservation, fingerprint: str, events: Sequence[Event]
    ) -> None:
        row = reservation_row(after, fingerprint)
        del row["id"]
        if not self._session.change(queries.CHANGE_RESERVATION, owner=before.id, was=before.version, **row):
            raise StaleVersion("the reservation was changed in the meantime", code=after.code)
        swap_lanes(self._session, before, after, after.history[0].at)
        self._session.record(events)

    def _one(self, query: Query, name: str, key: object) -> Reservation:
        found = self._many(self._session.select(query, **{name: key}))
        if not found:
            raise NotFound("reservation", key)
        return found[0]

    def _many(self, rows: Sequence[Row]) -> list[Reservation]:
        return reservations_of(rows, lambda fingerprint: self._knowledge.policy(self._session, fingerprint))


class SqlClosures:
    """The Closures port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, closure: ClosureId) -> Closure:
        found = closures_of(self._session.select(queries.CLOSURE_BY_ID, id=closure))
        if not found:
            raise NotFound("closure", closure)
        return found[0]

    def overlapping(self, resource: ResourceId, window: Period) -> Sequence[Closure]:
        inside = {"resource": resource, "start": window.start, "end": window.end}
        return closures_of(self._session.select(queries.CLOSURES_INSIDE, **inside))

    def of_source(self, source: str) -> Sequence[Closure]:
        return closures_of(self._session.select(queries.CLOSURES_OF_SOURCE, source=source))

    def save(self, change: Change[Closure | None, Closure | None]) -> None:
        before, closure = change.before, change.state
        with self._session.writing():
            if before is not None:
                if not self._session.change(queries.REMOVE_CLOSURE, owner=before.id):
                    raise StaleVersion("the closure was changed in the meantime")
                self._session.change(queries.GIVE_BACK_ALL, owner=before.id)
            if closure is not None:
                self._session.change(queries.ADD_CLOSURE, **closure_row(closure))
                self._session.take(closure.allocations, closure.id, None, None)
            self._session.record(change.events)


class SqlQuotes:
    """The Quotes port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, quote: QuoteId) -> Quote | None:
        found = self._session.select(queries.QUOTE_BY_ID, id=quote)
        return quote_of(found[0][0]) if found else None

    def keep(self, id: QuoteId, quote: Quote) -> None:
        with self._session.writing():
            document = quote_data(quote)
            self._session.change(queries.ADD_QUOTE, id=id, expires_at=quote.expires_at, document=document)

    def uses_of(
        self, codes: Collection[str], at: datetime, without: ClaimId | None = None
    ) -> Mapping[str, int]:
        return {code: self._uses(code.casefold(), at, without or NOBODY) for code in codes}

    def forget_expired(self, at: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(queries.REMOVE_EXPIRED_QUOTES, at=at, limit=limit)

    def _uses(self, code: str, at: datetime, without: UUID) -> int:
        ((count,),) = self._session.select(queries.USES_OF_CODE, code=code, at=at, without=without)
        return int(count)


class SqlRequests:
    """The Requests port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def answer(self, key: str, fingerprint: str) -> ClaimId | None:
        found = self._session.select(queries.REQUEST_BY_KEY, key=key)
        if not found:
            return None
        known, claim = found[0]
        if known != fingerprint:
            raise KeyReused("this idempotency key was used for a different request")
        return ClaimId(claim)

    def remember(self, key: str, fingerprint: str, claim: ClaimId) -> None:
        with self._session.writing():
            self._session.change(queries.ADD_REQUEST, key=key, fingerprint=fingerprint, claim_id=claim)

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(queries.FORGET_REQUESTS, before=first_id_of(before), limit=limit)


def swap_lanes(
    session: Session, before: Hold | Reservation, after: Hold | Reservation, made_at: datetime
) -> None:
    """Give back what is no longer needed, then take what is new: a move may overlap itself. Raises LaneTaken."""
    had, wanted = set(before.allocations), set(after.allocations)
    if had and not wanted:
        session.change(queries.GIVE_BACK_ALL, owner=before.id)
    else:
        for each in sorted(had - wanted):
            lane = {"resource": each.resource, "lane": each.lane, "starts_at": each.period.start}
            session.change(queries.GIVE_BACK, owner=before.id, **lane)
    if wanted and before.expires_at != after.expires_at:
        session.change(queries.KEEP_UNTIL, owner=after.id, expires_at=after.expires_at)
    session.take(sorted(wanted - had), after.id, made_at, after.expires_at)
