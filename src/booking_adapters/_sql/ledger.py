"""The repositories of money, which both databases share."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking_adapters._sql import ledger_queries as queries
from booking_adapters._sql.ledger_rows import (
    changing_cells,
    entry_of,
    entry_row,
    intent_of,
    intent_row,
    payment_of,
    payment_row,
)
from booking_adapters._sql.session import Session
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import Payment
from booking_core.domain.reservations.folio import Folio
from booking_core.ports.ledger import ProviderEvent

FOLIO_COLUMNS = 3
"""How many columns in front of an entry's belong to its folio."""


class SqlFolios:
    """The Folios port. Entries are only ever added."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, reservation: ClaimId) -> Folio:
        found = self.find(reservation)
        if found is None:
            raise NotFound("folio", reservation)
        return found

    def find(self, reservation: ClaimId) -> Folio | None:
        found = self._session.select(queries.FOLIO, reservation=reservation)
        if not found:
            return None
        currency, is_frozen, version, first, *_ = found[0]
        entries = () if first is None else tuple(entry_of(row[FOLIO_COLUMNS:]) for row in found)
        return Folio(
            reservation=reservation,
            currency=currency,
            entries=entries,
            is_frozen=is_frozen,
            version=version,
        )

    def save(self, change: Change[Folio, Folio | None]) -> None:
        before, folio = change.before, change.state
        state = {"is_frozen": folio.is_frozen, "version": folio.version}
        with self._session.writing():
            if before is None:
                opened = {"reservation_id": folio.reservation, "currency": folio.currency}
                self._session.change(queries.ADD_FOLIO, **opened, **state)
            elif not self._session.change(
                queries.CHANGE_FOLIO, reservation=folio.reservation, was=before.version, **state
            ):
                raise StaleVersion("the folio was changed in the meantime")
            for entry in folio.entries[len(before.entries) if before else 0 :]:
                self._session.change(queries.ADD_ENTRY, **entry_row(folio, entry))
            self._session.record(change.events)


class SqlIntents:
    """The Intents port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, intent: IntentId) -> Intent:
        found = self._session.select(queries.INTENT_BY_ID, id=intent)
        if not found:
            raise NotFound("intent", intent)
        return intent_of(found[0])

    def find(self, key: str) -> Intent:
        found = self._session.select(queries.INTENT_BY_KEY, key=key)
        if not found:
            raise NotFound("intent", key)
        return intent_of(found[0])

    def that_made(self, reference: str) -> Intent | None:
        found = self._session.select(queries.INTENT_THAT_MADE, made=reference)
        return intent_of(found[0]) if found else None

    def of_claim(self, reservation: ClaimId) -> Sequence[Intent]:
        rows = self._session.select(queries.INTENTS_OF_CLAIM, reservation=reservation)
        return [intent_of(row) for row in rows]

    def lease(
        self, at: datetime, limit: int, for_: timedelta, claim: ClaimId | None = None
    ) -> Sequence[Intent]:
        if claim is None:
            ready = self._session.select(queries.INTENTS_READY, at=at, limit=limit)
        else:
            ready = self._session.select(queries.INTENTS_READY_OF, at=at, limit=limit, reservation=claim)
        taken = [intent_of(row).lease(at, for_) for row in ready]
        for change in taken:
            self.save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Intent, Intent | None]) -> None:
        before, intent = change.before, change.state
        with self._session.writing():
            if before is None:
                self._session.change(queries.ADD_INTENT, **intent_row(intent))
            elif not self._session.change(
                queries.CHANGE_INTENT, owner=before.id, was=before.version, **changing_cells(intent)
            ):
                raise StaleVersion("the intent was changed in the meantime")
            self._session.record(change.events)


class SqlPayments:
    """The Payments port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, payment: PaymentId) -> Payment:
        found = self._session.select(queries.PAYMENT_BY_ID, id=payment)
        if not found:
            raise NotFound("payment", payment)
        return payment_of(found[0])

    def of_claim(self, reservation: ClaimId) -> Sequence[Payment]:
        rows = self._session.select(queries.PAYMENTS_OF_CLAIM, reservation=reservation)
        return [payment_of(row) for row in rows]

    def lapsing(self, until: datetime, limit: int) -> Sequence[Payment]:
        rows = self._session.select(queries.PAYMENTS_LAPSING, until=until, limit=limit)
        return [payment_of(row) for row in rows]

    def save(self, change: Change[Payment, Payment | None], *intents: Change[Intent, Intent | None]) -> None:
        before, payment = change.before, change.state
        row = payment_row(payment)
        with self._session.writing():
            if before is None:
                self._session.change(queries.ADD_PAYMENT, **row)
            else:
                del row["id"]
                if not self._session.change(
                    queries.CHANGE_PAYMENT, owner=before.id, was=before.version, **row
                ):
                    raise StaleVersion("the payment was changed in the meantime")
            self._session.record(change.events)
        written = SqlIntents(self._session)
        for intent in sorted(intents, key=lambda each: each.before is None):
            written.save(intent)


class SqlProviderEvents:
    """The ProviderEvents port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def receive(self, event: ProviderEvent) -> bool:
        told = {"kind": event.kind, "reference": event.reference, "told_at": event.told_at}
        with self._session.writing():
            return bool(self._session.change(queries.RECEIVE, id=event.id, **told))

    def unhandled(self, limit: int) -> Sequence[ProviderEvent]:
        rows = self._session.select(queries.UNHANDLED, limit=limit)
        return [
            ProviderEvent(id=event, kind=kind, reference=reference, told_at=told_at)
            for event, kind, reference, told_at in rows
        ]

    def handled(self, event: str, at: datetime) -> None:
        with self._session.writing():
            if not self._session.change(queries.HANDLED, event=event, at=at):
                raise StaleVersion("the event was handled in the meantime", event=event)

    def forget(self, before: datetime, limit: int) -> int:
        with self._session.writing():
            return self._session.change(queries.FORGET, before=before, limit=limit)
