"""The tables of one tenant."""

import threading
from collections.abc import Callable

import attrs

from booking_adapters.memory.lanes import Lanes
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.events import Actor, Event
from booking_core.domain.kernel.ids import ClaimId, ClosureId, QuoteId, TenantId
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation

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
    requests: dict[str, tuple[str, ClaimId]] = attrs.field(factory=dict)
    outbox: list[Event] = attrs.field(factory=list)
    audit: list[tuple[Actor, Event]] = attrs.field(factory=list)
