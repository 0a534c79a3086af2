"""What both databases look over about money. Rows are read as facts, a thousand claims at a time."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from sqlalchemy import ColumnElement, Table, bindparam, func, select, union

from booking_adapters._codec.catalog import policy_of
from booking_adapters._codec.claims import history_of, quote_of
from booking_adapters._codec.money import intent_body_of, payment_body_of
from booking_adapters._sql.alerts import alerts
from booking_adapters._sql.ledger_tables import folio_entries, folios, intents, payments, provider_events
from booking_adapters._sql.queries import POLICY_BY_FINGERPRINT, TENANT, of_tenant
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import holds, reservations
from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import ClaimId, IntentId, PaymentId
from booking_core.domain.payments.intent import IntentState, Operation
from booking_core.domain.payments.payment import Order, PaymentState
from booking_core.domain.payments.soundness import (
    AheadFacts,
    EntryFacts,
    IntentFacts,
    MoneyFacts,
    PaymentFacts,
    ahead_of,
    forgoes,
)
from booking_core.domain.reservations.entries import EntryKind
from booking_core.domain.reservations.reservation import LIVE, Status
from booking_core.ports.inspection import GRACE, LAPSE_ALERT, MOST_VIOLATIONS, WAITS, Finding, finding

BATCH = 1_000
FIRST = UUID(int=0)

_AFTER = bindparam("after", type_=payments.c.id.type)
_LAST = bindparam("last", type_=payments.c.id.type)
_with_money = union(
    *(
        select(table.c.reservation_id).where(of_tenant(table), table.c.reservation_id > _AFTER)
        for table in (payments, folios, intents)
    )
).subquery("with_money")
_CLAIMS = Query(
    select(_with_money.c.reservation_id).order_by(_with_money.c.reservation_id).limit(bindparam("limit"))
)


def _between(table: Table, claim: ColumnElement[Any], *columns: ColumnElement[Any]) -> Query:
    return Query(select(claim, *columns).where(of_tenant(table), claim > _AFTER, claim <= _LAST))


_FOLIOS = _between(folios, folios.c.reservation_id, folios.c.currency)
_ENTRIES = _between(
    folio_entries,
    folio_entries.c.reservation_id,
    folio_entries.c.amount_minor,
    folio_entries.c.currency,
    folio_entries.c.included,
    folio_entries.c.payment_id,
    folio_entries.c.kind,
    folio_entries.c.code,
)
_PAYMENTS = _between(
    payments,
    payments.c.reservation_id,
    payments.c.id,
    payments.c.currency,
    payments.c.authorised_minor,
    payments.c.captured_minor,
    payments.c.refunded_minor,
    payments.c.authorised_until,
    payments.c.state,
    payments.c.body,
)
_INTENTS = _between(
    intents,
    intents.c.reservation_id,
    intents.c.id,
    intents.c.payment_id,
    intents.c.key,
    intents.c.operation,
    intents.c.amount_minor,
    intents.c.currency,
    intents.c.due_at,
    intents.c.state,
    intents.c.body,
)
_RESERVATIONS = _between(
    reservations,
    reservations.c.id,
    reservations.c.status,
    reservations.c.policy_fingerprint,
    reservations.c.body,
)
_ALERTED = Query(
    select(alerts.c.subject_id).where(
        of_tenant(alerts),
        alerts.c.resolved_at.is_(None),
        alerts.c.kind == LAPSE_ALERT,
        alerts.c.subject_id > _AFTER,
        alerts.c.subject_id <= _LAST,
    )
)
_HELD = _between(holds, holds.c.id, holds.c.expires_at)

_EVENTS = Query(select(func.count()).select_from(provider_events).where(of_tenant(provider_events)))
_TOLD_TWICE = Query(
    select(provider_events.c.id, func.count())
    .where(of_tenant(provider_events))
    .group_by(provider_events.c.id)
    .having(func.count() > 1)
    .limit(MOST_VIOLATIONS)
)
_WAITING = Query(
    select(provider_events.c.id, provider_events.c.told_at)
    .where(
        provider_events.c.tenant_id == TENANT,
        provider_events.c.handled_at.is_(None),
        provider_events.c.told_at <= bindparam("before"),
    )
    .order_by(provider_events.c.told_at)
    .limit(MOST_VIOLATIONS)
)


def money_facts(session: Session, at: datetime) -> Iterator[MoneyFacts]:
    """The facts of every hold and reservation that has to do with money."""
    after, policies = FIRST, _Policies(session)
    while True:
        claims = [claim for (claim,) in session.select(_CLAIMS, after=after, limit=BATCH)]
        if claims:
            page = _Page(session, after, claims[-1], at, policies)
            yield from map(page.facts, claims)
            after = claims[-1]
        if len(claims) < BATCH:
            return


def about_provider_events(session: Session, at: datetime) -> Finding:
    """Invariant 20."""
    faults = [f"event {event} is kept {times} times" for event, times in session.select(_TOLD_TWICE)]
    faults += [
        f"event {event} waits since {told.isoformat()}"
        for event, told in session.select(_WAITING, before=at - WAITS)
    ]
    return finding(20, session.select(_EVENTS)[0][0], faults)


@attrs.frozen
class _Policies:
    """The policies that reservations refer to, each read once."""

    session: Session
    known: dict[str, Policy] = attrs.field(factory=dict)

    def of(self, fingerprint: str) -> Policy:
        """The policy of a fingerprint; raises InvalidInput."""
        if fingerprint not in self.known:
            ((document,),) = self.session.select(POLICY_BY_FINGERPRINT, fingerprint=fingerprint)
            self.known[fingerprint] = policy_of(document)
        return self.known[fingerprint]


class _Page:
    """What is stored of a run of claims, by claim."""

    def __init__(self, session: Session, after: UUID, last: UUID, at: datetime, policies: _Policies) -> None:
        def by_claim(query: Query) -> dict[UUID, list[Row]]:
            grouped: dict[UUID, list[Row]] = defaultdict(list)
            for claim, *cells in session.select(query, after=after, last=last):
                grouped[claim].append(tuple(cells))
            return grouped

        self._folios, self._entries = by_claim(_FOLIOS), by_claim(_ENTRIES)
        self._payments, self._intents = by_claim(_PAYMENTS), by_claim(_INTENTS)
        self._reservations, self._held = by_claim(_RESERVATIONS), by_claim(_HELD)
        self._alerted = {claim for (claim,) in session.select(_ALERTED, after=after, last=last)}
        self._at, self._policies = at, policies

    def facts(self, claim: UUID) -> MoneyFacts:
        """What is stored about a claim."""
        unreadable: list[str] = []
        folio = self._folios.get(claim)
        return MoneyFacts(
            claim=ClaimId(claim),
            status=self._status(claim),
            folio=folio[0][0] if folio else None,
            entries=tuple(_entry(row) for row in self._entries.get(claim, ())),
            payments=tuple(_payment(row, unreadable) for row in self._payments.get(claim, ())),
            intents=tuple(_intent(row, unreadable) for row in self._intents.get(claim, ())),
            ahead=self._ahead(claim, unreadable),
            unreadable=tuple(unreadable),
            is_alerted=claim in self._alerted,
        )

    def _ahead(self, claim: UUID, unreadable: list[str]) -> AheadFacts | None:
        """What had to be paid before it was confirmed; its price is read only where that can be anything."""
        for status, fingerprint, body in self._reservations.get(claim, ()):
            try:
                policy = self._policies.of(fingerprint)
                if policy.payment and Status(status) in LIVE:
                    return ahead_of(policy, quote_of(body.get("quote")), history_of(body["history"]))
            except BookingError as error:
                unreadable.append(f"reservation {claim} cannot be read: {error}")
        return None

    def _status(self, claim: UUID) -> Status:
        for status, *_ in self._reservations.get(claim, ()):
            return Status(status)
        is_held = any(expires_at + GRACE > self._at for (expires_at,) in self._held.get(claim, ()))
        return Status.HELD if is_held else Status.EXPIRED


def _entry(row: Row) -> EntryFacts:
    minor, currency, included, payment, kind, code = row
    return EntryFacts(
        amount_minor=minor,
        currency=currency,
        included=included,
        payment=None if payment is None else PaymentId(payment),
        is_forgone=forgoes(EntryKind(kind), code),
    )


def _payment(row: Row, unreadable: list[str]) -> PaymentFacts:
    payment, currency, authorised, captured, refunded, until, state, data = row
    orders: tuple[Order, ...] = ()
    try:
        orders = payment_body_of(data).orders
    except BookingError as error:
        unreadable.append(f"payment {payment} cannot be read: {error}")
    return PaymentFacts(
        id=PaymentId(payment),
        currency=currency,
        authorised_minor=authorised,
        captured_minor=captured,
        refunded_minor=refunded,
        authorised_until=until,
        orders=orders,
        is_due=state == PaymentState.PAYMENT_DUE,
    )


def _intent(row: Row, unreadable: list[str]) -> IntentFacts:
    intent, payment, key, operation, minor, currency, due_at, state, data = row
    written_at = None
    try:
        written_at = intent_body_of(data).history[0].at
    except (BookingError, IndexError) as error:
        unreadable.append(f"intent {intent} cannot be read: {error}")
    return IntentFacts(
        id=IntentId(intent),
        payment=PaymentId(payment),
        key=key,
        operation=Operation(operation),
        amount_minor=minor,
        currency=currency,
        is_open=due_at is not None,
        written_at=written_at,
        awaits_payer=state == IntentState.REQUIRES_ACTION,
    )
