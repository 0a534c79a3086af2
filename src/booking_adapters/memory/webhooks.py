"""Endpoints and messages, in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import DeliveryId, EndpointId
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint


class MemoryWebhookEndpoints:
    """The WebhookEndpoints port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def get(self, endpoint: EndpointId) -> WebhookEndpoint:
        """By id; raises NotFound."""
        found = self._tables.endpoints.get(endpoint)
        if found is None:
            raise NotFound("webhook", endpoint)
        return found

    def every(self) -> Sequence[WebhookEndpoint]:
        """All of them, by id."""
        return sorted(self._tables.endpoints.values(), key=lambda each: each.id)

    @dooming
    def save(self, change: Change[WebhookEndpoint | None, WebhookEndpoint | None]) -> None:
        """Write an endpoint; with a state of None it goes, and what is owed to it."""
        table, before, after = self._tables.endpoints, change.before, change.state
        known = before or after
        assert known is not None, "a change has a state before or after"
        stored = table.get(known.id)
        if (stored and stored.version) != (before and before.version):
            raise StaleVersion("the webhook was changed in the meantime")
        if after is None:
            messages = self._tables.deliveries
            gone = {key: each for key, each in messages.items() if each.endpoint == known.id}
            for key in gone:
                del messages[key]
            self._undo.append(lambda: messages.update(gone))
            del table[known.id]
        else:
            table[known.id] = after
        self._undo.append(
            lambda: table.pop(known.id) if stored is None else table.__setitem__(known.id, stored)
        )
        self._tables.record(change.events, self._actor, self._undo)


class MemoryWebhookDeliveries:
    """The WebhookDeliveries port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def get(self, delivery: DeliveryId) -> Delivery:
        """By id; raises NotFound."""
        found = self._tables.deliveries.get(delivery)
        if found is None:
            raise NotFound("delivery", delivery)
        return found

    def of_endpoint(self, endpoint: EndpointId, limit: int) -> Sequence[Delivery]:
        """Messages to an endpoint, the newest first."""
        every = [each for each in self._tables.deliveries.values() if each.endpoint == endpoint]
        return sorted(every, key=lambda each: each.id, reverse=True)[:limit]

    def lease(self, at: datetime, limit: int, for_: timedelta) -> Sequence[Delivery]:
        """Take messages that are due."""
        dated = [(each.due_at, each.id, each) for each in self._tables.deliveries.values()]
        ready = sorted((due, key) for due, key, _ in dated if due is not None and due <= at)[:limit]
        taken = [self._tables.deliveries[key].lease(at, for_) for _, key in ready]
        for change in taken:
            self.save(change)
        return [change.state for change in taken]

    @dooming
    def save(self, change: Change[Delivery, Delivery | None]) -> None:
        """Write a message."""
        table, before, after = self._tables.deliveries, change.before, change.state
        stored = table.get(after.id)
        if (stored and stored.version) != (before and before.version):
            raise StaleVersion("the message was changed in the meantime")
        if after.endpoint not in self._tables.endpoints:
            raise Conflict("what this refers to is gone")
        table[after.id] = after
        self._undo.append(
            lambda: table.pop(after.id) if stored is None else table.__setitem__(after.id, stored)
        )


class MemoryWebhooks:
    """The Webhooks port."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self.endpoints = MemoryWebhookEndpoints(tables, actor, undo)
        self.deliveries = MemoryWebhookDeliveries(tables, undo)
