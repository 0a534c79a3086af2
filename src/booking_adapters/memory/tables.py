"""The tables of one tenant."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from booking_adapters.memory.lanes import Lanes
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.events import Actor, Event
from booking_core.domain.kernel.ids import ClaimId, ClosureId, IntentId, PaymentId, QuoteId, TenantId
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import Payment
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ledger import ProviderEvent

Undo = list[Callable[[], object]]
"""The steps that take back what a transaction did, in order."""


@attrs.define(eq=False)
class Tables:
    """Everything of one tenant."""

    lanes: Lanes
    tenant_keys: dict[str, TenantId] = attrs.field(factory=dict)
    """Which tenant has which key: the one thing that all tenants of a store share."""
    lock: threading.RLock = attrs.field(factory=threading.RLock)
    catalog: Catalog | None = None
    holds: dict[ClaimId, Hold] = attrs.field(factory=dict)
    sessions: dict[str, list[ClaimId]] = attrs.field(factory=dict)
    reservations: dict[ClaimId, Reservation] = attrs.field(factory=dict)
    codes: dict[str, ClaimId] = attrs.field(factory=dict)
    closures: dict[ClosureId, Closure] = attrs.field(factory=dict)
    quotes: dict[QuoteId, Quote] = attrs.field(factory=dict)
    folios: dict[ClaimId, Folio] = attrs.field(factory=dict)
    payments: dict[PaymentId, Payment] = attrs.field(factory=dict)
    intents: dict[IntentId, Intent] = attrs.field(factory=dict)
    made: dict[str, IntentId] = attrs.field(factory=dict)
    """For which intent the provider made the thing of a reference."""
    told: dict[str, ProviderEvent] = attrs.field(factory=dict)
    handled: dict[str, datetime] = attrs.field(factory=dict)
    """When events of these ids were handled."""
    requests: dict[str, tuple[str, ClaimId]] = attrs.field(factory=dict)
    outbox: list[Event] = attrs.field(factory=list)
    audit: list[tuple[Actor, Event]] = attrs.field(factory=list)

    def record(self, events: Sequence[Event], actor: Actor, undo: Undo) -> None:
        """Append events to the outbox and to the audit log."""
        length, entries = len(self.outbox), len(self.audit)

        def take_back() -> None:
            del self.outbox[length:]
            del self.audit[entries:]

        undo.append(take_back)
        self.outbox.extend(events)
        self.audit.extend((actor, event) for event in events)
