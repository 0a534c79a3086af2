"""Endpoints and messages: their tables, what is asked of them, and the repositories that both databases share."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    delete,
    select,
    text,
)

from booking_adapters._sql.queries import adding, changing, of_tenant
from booking_adapters._sql.rows import Cells
from booking_adapters._sql.session import Session
from booking_adapters._sql.statement import Query, Row
from booking_adapters._sql.tables import metadata
from booking_adapters._sql.types import Document, Identifier, Instant, Whole
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Change
from booking_core.domain.kernel.ids import DeliveryId, EndpointId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint

_DUE = text("due_at IS NOT NULL")
_DEAD = text("died_at IS NOT NULL")
_THERE = text("delivered_at IS NOT NULL")

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", Document, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("generation", Whole, nullable=False),
    Column("rotated_at", Instant),
    Column("disabled_at", Instant),
    Column("version", Whole, nullable=False),
    Column("failing_since", Instant),
    PrimaryKeyConstraint("tenant_id", "id"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("tenant_id", Identifier, nullable=False),
    Column("id", Identifier, nullable=False),
    Column("endpoint_id", Identifier, nullable=False),
    Column("event", Text, nullable=False),
    # Text, because what was signed is sent again to the letter.
    Column("body", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("attempts", Whole, nullable=False),
    Column("status", Whole),
    Column("reason", Text, nullable=False),
    Column("delivered_at", Instant),
    Column("died_at", Instant),
    Column("version", Whole, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    ForeignKeyConstraint(
        ["tenant_id", "endpoint_id"], ["webhook_endpoints.tenant_id", "webhook_endpoints.id"]
    ),
    Index("webhook_deliveries_endpoint_idx", "tenant_id", "endpoint_id", "id"),
    Index("webhook_deliveries_due_idx", "tenant_id", "due_at", postgresql_where=_DUE, sqlite_where=_DUE),
    Index("webhook_deliveries_died_idx", "tenant_id", "died_at", postgresql_where=_DEAD, sqlite_where=_DEAD),
    Index(
        "webhook_deliveries_delivered_idx",
        "tenant_id",
        "delivered_at",
        postgresql_where=_THERE,
        sqlite_where=_THERE,
    ),
)

_ENDPOINT = tuple(each for each in webhook_endpoints.c if each.name != "tenant_id")
_DELIVERY = tuple(each for each in webhook_deliveries.c if each.name != "tenant_id")
ENDPOINTS = Query(select(*_ENDPOINT).where(of_tenant(webhook_endpoints)).order_by(webhook_endpoints.c.id))
ENDPOINT = Query(
    select(*_ENDPOINT).where(of_tenant(webhook_endpoints), webhook_endpoints.c.id == bindparam("id"))
)
ADD_ENDPOINT = adding(webhook_endpoints)
CHANGE_ENDPOINT = changing(webhook_endpoints)
FORGET_DELIVERIES = Query(
    delete(webhook_deliveries).where(
        of_tenant(webhook_deliveries), webhook_deliveries.c.endpoint_id == bindparam("owner")
    )
)
REMOVE_ENDPOINT = Query(
    delete(webhook_endpoints).where(
        of_tenant(webhook_endpoints),
        webhook_endpoints.c.id == bindparam("owner"),
        webhook_endpoints.c.version == bindparam("was"),
    )
)
DELIVERY = Query(
    select(*_DELIVERY).where(of_tenant(webhook_deliveries), webhook_deliveries.c.id == bindparam("id"))
)
OF_ENDPOINT = Query(
    select(*_DELIVERY)
    .where(of_tenant(webhook_deliveries), webhook_deliveries.c.endpoint_id == bindparam("endpoint"))
    .order_by(webhook_deliveries.c.id.desc())
    .limit(bindparam("limit"))
)
GIVEN_UP = Query(
    select(*_DELIVERY)
    .where(of_tenant(webhook_deliveries), webhook_deliveries.c.died_at.is_not(None))
    .order_by(webhook_deliveries.c.died_at.desc(), webhook_deliveries.c.id)
    .limit(bindparam("limit"))
)
# Those that another worker is taking at this moment are passed over. SQLite has one writer and needs no lock.
READY = Query(
    select(*_DELIVERY)
    .where(of_tenant(webhook_deliveries), webhook_deliveries.c.due_at <= bindparam("at"))
    .order_by(webhook_deliveries.c.due_at, webhook_deliveries.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
ADD_DELIVERY = adding(webhook_deliveries)
CHANGE_DELIVERY = changing(webhook_deliveries)


class SqlWebhookEndpoints:
    """The WebhookEndpoints port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, endpoint: EndpointId) -> WebhookEndpoint:
        found = self._session.select(ENDPOINT, id=endpoint)
        if not found:
            raise NotFound("webhook", endpoint)
        return _endpoint(found[0])

    def every(self) -> Sequence[WebhookEndpoint]:
        return [_endpoint(row) for row in self._session.select(ENDPOINTS)]

    def save(self, change: Change[WebhookEndpoint | None, WebhookEndpoint | None]) -> None:
        before, after = change.before, change.state
        with self._session.writing():
            if before is None:
                assert after is not None, "a change has a state before or after"
                self._session.change(ADD_ENDPOINT, id=after.id, **_endpoint_cells(after))
            else:
                self._replace(before, after)
            self._session.record(change.events)

    def _replace(self, before: WebhookEndpoint, after: WebhookEndpoint | None) -> None:
        same = {"owner": before.id, "was": before.version}
        if after is None:
            self._session.change(FORGET_DELIVERIES, owner=before.id)
            changed = self._session.change(REMOVE_ENDPOINT, **same)
        else:
            changed = self._session.change(CHANGE_ENDPOINT, **same, **_endpoint_cells(after))
        if not changed:
            raise StaleVersion("the webhook was changed in the meantime")


class SqlWebhookDeliveries:
    """The WebhookDeliveries port."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, delivery: DeliveryId) -> Delivery:
        found = self._session.select(DELIVERY, id=delivery)
        if not found:
            raise NotFound("delivery", delivery)
        return _delivery(found[0])

    def of_endpoint(self, endpoint: EndpointId, limit: int) -> Sequence[Delivery]:
        return [_delivery(row) for row in self._session.select(OF_ENDPOINT, endpoint=endpoint, limit=limit)]

    def given_up(self, limit: int) -> Sequence[Delivery]:
        """Messages that are not sent until somebody asks for it, the latest first; for the queue of them."""
        return [_delivery(row) for row in self._session.select(GIVEN_UP, limit=limit)]

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Delivery]:
        ready = self._session.select(READY, at=at, limit=limit)
        taken = [_delivery(row).lease(at, for_) for row in ready]
        for change in taken:
            self.save(change)
        return [change.state for change in taken]

    def save(self, change: Change[Delivery, Delivery | None]) -> None:
        before, cells = change.before, _delivery_cells(change.state)
        with self._session.writing():
            if before is None:
                self._session.change(ADD_DELIVERY, id=change.state.id, **cells)
            elif not self._session.change(CHANGE_DELIVERY, owner=before.id, was=before.version, **cells):
                raise StaleVersion("the message was changed in the meantime")


class SqlWebhooks:
    """The Webhooks port."""

    def __init__(self, session: Session) -> None:
        self.endpoints = SqlWebhookEndpoints(session)
        self.deliveries = SqlWebhookDeliveries(session)


def _endpoint_cells(endpoint: WebhookEndpoint) -> Cells:
    return {
        "url": endpoint.url,
        "events": sorted(endpoint.events),
        "opened_at": endpoint.opened_at,
        "generation": endpoint.generation,
        "rotated_at": endpoint.rotated_at,
        "failing_since": endpoint.failing_since,
        "disabled_at": endpoint.disabled_at,
        "version": endpoint.version,
    }


def _endpoint(row: Row) -> WebhookEndpoint:
    endpoint, url, events, opened_at, generation, rotated_at, disabled_at, version, failing_since = row
    return WebhookEndpoint(
        id=EndpointId(endpoint),
        url=url,
        events=frozenset(events),
        opened_at=opened_at,
        generation=generation,
        rotated_at=rotated_at,
        failing_since=failing_since,
        disabled_at=disabled_at,
        version=version,
    )


def _delivery_cells(delivery: Delivery) -> Cells:
    return {
        "endpoint_id": delivery.endpoint,
        "event": delivery.event,
        "body": delivery.body,
        "made_at": delivery.made_at,
        "due_at": delivery.due_at,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "reason": delivery.reason,
        "delivered_at": delivery.delivered_at,
        "died_at": delivery.died_at,
        "version": delivery.version,
    }


def _delivery(row: Row) -> Delivery:
    (
        delivery,
        endpoint,
        event,
        body,
        made_at,
        due_at,
        attempts,
        status,
        reason,
        delivered_at,
        died_at,
        version,
    ) = row
    return Delivery(
        id=DeliveryId(delivery),
        endpoint=EndpointId(endpoint),
        event=event,
        body=body,
        made_at=made_at,
        due_at=due_at,
        attempts=attempts,
        status=status,
        reason=reason,
        delivered_at=delivered_at,
        died_at=died_at,
        version=version,
    )
