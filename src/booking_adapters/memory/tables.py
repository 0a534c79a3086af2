"""The tables of one tenant."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar
from uuid import UUID

import attrs

from booking_adapters.memory.lanes import Lanes
from booking_core.domain.audit.seal import Seal
from booking_core.domain.calendars.feed import Feed
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.channels import link as channels
from booking_core.domain.channels.booking import Content
from booking_core.domain.channels.listing import Listing
from booking_core.domain.frontdesk.guests import Guest
from booking_core.domain.frontdesk.housekeeping import Task
from booking_core.domain.frontdesk.loyalty import LoyaltyAccount
from booking_core.domain.frontdesk.room_assignment import RoomAssignment
from booking_core.domain.frontdesk.rooms import Room
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Actor, Event
from booking_core.domain.kernel.ids import (
    AlertId,
    AmendmentId,
    BrowserId,
    ClaimId,
    ClosureId,
    DeliveryId,
    EndpointId,
    IntentId,
    NoticeId,
    PaymentId,
    QuoteId,
    SeriesId,
    TaskId,
    TenantId,
    UnitId,
    WaitlistEntryId,
)
from booking_core.domain.live.editing import Lock, Scope
from booking_core.domain.notices.link import Link
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.subscription import PushSubscription
from booking_core.domain.payments.intent import Intent
from booking_core.domain.payments.payment import Payment
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.amendment import Amendment
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.folio import Folio
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.series import Series
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.domain.webhooks.delivery import Delivery
from booking_core.domain.webhooks.endpoint import WebhookEndpoint
from booking_core.ports.alerts import Alert
from booking_core.ports.channels import Outcome
from booking_core.ports.ledger import ProviderEvent

P = ParamSpec("P")
R = TypeVar("R")
W = TypeVar("W", bound="Writer")


class Undo:
    """The steps that take back what a transaction did, in order; and the first write that failed in it, or None."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self._steps: list[Callable[[], object]] = []

    def __len__(self) -> int:
        """How many steps."""
        return len(self._steps)

    def append(self, step: Callable[[], object]) -> None:
        """Remember how to take back what was just done."""
        self._steps.append(step)

    def refuse_failed(self) -> None:
        """Raise Conflict where a write failed: what it left half done may not be committed."""
        if self.failure is not None:
            raise Conflict("a change failed, so nothing was changed") from self.failure

    def take_back(self) -> None:
        """Take everything back, the last thing first."""
        for step in reversed(self._steps):
            step()


class Writer(Protocol):
    """A repository that leaves undo steps."""

    _undo: Undo


def dooming(write: Callable[Concatenate[W, P], R]) -> Callable[Concatenate[W, P], R]:
    """After such a write has failed nothing can be committed, as in the databases."""

    @wraps(write)
    def written(self: W, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return write(self, *args, **kwargs)
        except Exception as error:
            self._undo.failure = error
            raise

    return written


@attrs.frozen(kw_only=True)
class Handling:
    """What a handler owes: ready at `due_at`, or dead since `died_at`."""

    attempts: int = 0
    due_at: datetime | None
    died_at: datetime | None = None
    reason: str = ""


@attrs.frozen(kw_only=True)
class Arrived:
    """A message of a channel; `outcome` is None while it waits."""

    message: channels.Message
    fingerprint: str
    content: Content | None
    at: datetime
    outcome: Outcome | None = None
    settled_at: datetime | None = None
    reason: str = ""
    acknowledged_at: datetime | None = None


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
    amendments: dict[AmendmentId, Amendment] = attrs.field(factory=dict)
    told: dict[str, ProviderEvent] = attrs.field(factory=dict)
    handled: dict[str, datetime] = attrs.field(factory=dict)
    """When events of these ids were handled."""
    rooms: dict[UnitId, Room] = attrs.field(factory=dict)
    tasks: dict[TaskId, Task] = attrs.field(factory=dict)
    guests: dict[str, Guest] = attrs.field(factory=dict)
    """By key."""
    loyalty: dict[str, LoyaltyAccount] = attrs.field(factory=dict)
    """By the guest's key."""
    assignments: dict[ClaimId, RoomAssignment] = attrs.field(factory=dict)
    waitlist: dict[WaitlistEntryId, WaitlistEntry] = attrs.field(factory=dict)
    series: dict[SeriesId, Series] = attrs.field(factory=dict)
    alerts: dict[AlertId, Alert] = attrs.field(factory=dict)
    feeds: dict[UUID, Feed] = attrs.field(factory=dict)
    subscriptions: dict[UUID, Subscription] = attrs.field(factory=dict)
    push_targets: dict[UUID, PushTarget] = attrs.field(factory=dict)
    pushes: dict[UUID, Push] = attrs.field(factory=dict)
    arrived: dict[tuple[str, str, int], Arrived] = attrs.field(factory=dict)
    channel_links: dict[tuple[str, str], channels.Link] = attrs.field(factory=dict)
    channel_receipts: dict[tuple[str, str], tuple[str, datetime]] = attrs.field(factory=dict)
    """What was in a signed message, by channel and id, and when it was handled."""
    listings: dict[UUID, Listing] = attrs.field(factory=dict)
    endpoints: dict[EndpointId, WebhookEndpoint] = attrs.field(factory=dict)
    deliveries: dict[DeliveryId, Delivery] = attrs.field(factory=dict)
    notices: dict[NoticeId, Notice] = attrs.field(factory=dict)
    links: dict[str, Link] = attrs.field(factory=dict)
    push_subscriptions: dict[BrowserId, PushSubscription] = attrs.field(factory=dict)
    requests: dict[str, tuple[str, ClaimId]] = attrs.field(factory=dict)
    locks: dict[int, Lock] = attrs.field(factory=dict)
    fences: dict[Scope, tuple[int, datetime]] = attrs.field(factory=dict)
    """Under which token, and when, scopes were saved last."""
    outbox: dict[int, Event] = attrs.field(factory=dict)
    """What was told, by number."""
    told_last: int = 0
    spread: dict[int, datetime] = attrs.field(factory=dict)
    """When events of these numbers became owed to those who handle them."""
    handlings: dict[tuple[int, str], Handling] = attrs.field(factory=dict)
    audit: list[tuple[Actor, Event]] = attrs.field(factory=list)
    seals: dict[int, Seal] = attrs.field(factory=dict)

    def record(self, events: Sequence[Event], actor: Actor, undo: Undo) -> None:
        """Append events to the outbox and to the audit log."""
        entries, last = len(self.audit), self.told_last

        def take_back() -> None:
            for number in range(last + 1, self.told_last + 1):
                del self.outbox[number]
            self.told_last = last
            del self.audit[entries:]

        undo.append(take_back)
        self.outbox.update(enumerate(events, last + 1))
        self.told_last += len(events)
        self.audit.extend((actor, event) for event in events)
