"""The repositories whose hot writes are one statement each, and the calendars."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from booking_adapters._sql.knowledge import Knowledge
from booking_adapters._sql.repositories import SqlHolds, SqlRequests, SqlReservations
from booking_adapters._sql.rows import hold_row, reservation_row
from booking_adapters._sql.types import json_text
from booking_adapters.postgres.session import PostgresSession, array_text, lane_values
from booking_adapters.postgres.statements import BOOK, BOOK_HOLD, BUSY, HOLD, LOADS
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.errors import LaneTaken, StaleVersion
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.calendar import Calendar
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import Reading


class PostgresCalendars:
    """The Calendars port."""

    def __init__(self, session: PostgresSession) -> None:
        self._session = session

    def read(
        self, resources: Collection[Resource], window: Period, at: datetime, without: Collection[ClaimId] = ()
    ) -> Reading:
        asked = {
            "tenant": self._session.tenant,
            "resources": array_text(each.id for each in resources),
            "start": window.start,
            "end": window.end,
            "at": at,
            "without": array_text(without),
        }
        lanes = {each.id: each.lanes for each in resources}
        calendars: dict[ResourceId, Calendar] = {}
        lapsed: set[UUID] = set()
        for resource, starts, ends, taken, over, shut, opened in self._session.rows(BUSY, asked):
            lapsed.update(over or ())
            calendars[resource] = Calendar(
                resource=resource,
                lanes=lanes[resource],
                busy=sorted(zip(starts, ends, taken, strict=True)) if starts else (),
                closed=sorted(zip(shut, opened, strict=True)) if shut else (),
            )
        return Reading(calendars, tuple(ClaimId(owner) for owner in sorted(lapsed)))

    def loads(
        self,
        resources: Collection[ResourceId],
        window: Period,
        since: datetime,
        at: datetime,
        without: Collection[ClaimId] = (),
    ) -> Mapping[ResourceId, int]:
        asked = {
            "tenant": self._session.tenant,
            "resources": array_text(resources),
            "start": window.start,
            "end": window.end,
            "since": since,
            "at": at,
            "without": array_text(without),
        }
        found: dict[UUID, int] = dict(self._session.rows(LOADS, asked))
        return {each: found.get(each, 0) for each in resources}


class PostgresHolds(SqlHolds):
    """The Holds port; placing one is one statement."""

    def __init__(self, session: PostgresSession) -> None:
        super().__init__(session)
        self._postgres = session

    def _add(self, hold: Hold, events: Sequence[Event]) -> None:
        session, row = self._postgres, hold_row(hold)
        row["assigned"] = json_text(row["assigned"])
        lanes = lane_values(hold.allocations, hold.id, hold.placed_at, hold.expires_at)
        told = session.event_values(events)
        ((taken,),) = session.rows(HOLD, {"tenant": session.tenant, **row, **lanes, **told})
        if taken < len(hold.allocations):
            raise LaneTaken("the lane was taken in the meantime")


class PostgresReservations(SqlReservations):
    """The Reservations port; a booking, with its idempotency key, is one statement, also from a hold."""

    def __init__(self, session: PostgresSession, knowledge: Knowledge) -> None:
        super().__init__(session, knowledge)
        self._postgres = session

    def _add(self, after: Reservation, fingerprint: str, events: Sequence[Event]) -> None:
        session = self._postgres
        lanes = lane_values(after.allocations, after.id, after.history[0].at, after.expires_at)
        ((taken,),) = session.rows(BOOK, {**self._values(after, fingerprint, events), **lanes})
        if taken < len(after.allocations):
            raise LaneTaken("the lane was taken in the meantime")

    def _take_over(self, hold: Hold, after: Reservation, fingerprint: str, events: Sequence[Event]) -> None:
        values = self._values(after, fingerprint, events) | {"held_version": hold.version}
        ((released,),) = self._postgres.rows(BOOK_HOLD, values)
        if not released:
            raise StaleVersion("the hold was changed in the meantime")

    def _values(self, after: Reservation, fingerprint: str, events: Sequence[Event]) -> dict[str, object]:
        session, row = self._postgres, reservation_row(after, fingerprint)
        row["body"] = json_text(row["body"])
        told, request = session.event_values(events), session.request_values(after.id)
        return {"tenant": session.tenant, **row, **told, **request}


class PostgresRequests(SqlRequests):
    """The Requests port. A key waits for the claim that it is bound to, and is written with it."""

    def __init__(self, session: PostgresSession) -> None:
        super().__init__(session)
        self._postgres = session

    def answer(self, key: str, fingerprint: str) -> ClaimId | None:
        self._postgres.write_request()
        return super().answer(key, fingerprint)

    def remember(self, key: str, fingerprint: str, claim: ClaimId) -> None:
        self._postgres.write_request()
        self._postgres.request = (key, fingerprint, claim)
