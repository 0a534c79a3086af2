"""The repositories of one transaction in memory. Every write leaves the step that would undo it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from booking_adapters.memory.alerts import MemoryAlerts
from booking_adapters.memory.amendments import MemoryAmendments
from booking_adapters.memory.audit import MemoryAuditLog
from booking_adapters.memory.calendar_links import MemoryCalendarLinks
from booking_adapters.memory.calendars import MemoryCalendars
from booking_adapters.memory.catalogs import MemoryCatalogs
from booking_adapters.memory.channels import MemoryChannels
from booking_adapters.memory.editing import MemoryEditing
from booking_adapters.memory.frontdesk import MemoryFrontDesk
from booking_adapters.memory.ledger import (
    MemoryFolios,
    MemoryIntents,
    MemoryPayments,
    MemoryProviderEvents,
)
from booking_adapters.memory.notices import MemoryLinks, MemoryNotices, MemoryPushSubscriptions
from booking_adapters.memory.outbox import MemoryOutbox
from booking_adapters.memory.queues import queues_of
from booking_adapters.memory.quotes import MemoryQuotes
from booking_adapters.memory.requests import MemoryRequests
from booking_adapters.memory.series import MemorySeriesBook
from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_adapters.memory.waitlist import MemoryWaitlist
from booking_adapters.memory.webhooks import MemoryWebhooks
from booking_core.domain.kernel.errors import Conflict, NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change, Event
from booking_core.domain.kernel.ids import ClaimId, ClosureId, ResourceId, ServiceId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import LIVE, Reservation, Status
from booking_core.ports.queues import Queues
from booking_core.ports.storage import Page


class MemoryTransaction:
    """The Transaction port over a tenant's tables."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    @property
    def catalogs(self) -> MemoryCatalogs:
        """What is sold."""
        return MemoryCatalogs(self._tables, self._actor, self._undo)

    @property
    def calendars(self) -> "MemoryCalendars":
        """Taken lanes."""
        return MemoryCalendars(self._tables)

    @property
    def holds(self) -> "MemoryHolds":
        """Temporary claims."""
        return MemoryHolds(self._tables, self._actor, self._undo)

    @property
    def reservations(self) -> "MemoryReservations":
        """Bookings."""
        return MemoryReservations(self._tables, self._actor, self._undo)

    @property
    def closures(self) -> "MemoryClosures":
        """Closed times."""
        return MemoryClosures(self._tables, self._actor, self._undo)

    @property
    def quotes(self) -> MemoryQuotes:
        """Prices given."""
        return MemoryQuotes(self._tables, self._undo)

    @property
    def folios(self) -> MemoryFolios:
        """What was charged and paid."""
        return MemoryFolios(self._tables, self._actor, self._undo)

    @property
    def payments(self) -> MemoryPayments:
        """Money in motion."""
        return MemoryPayments(self._tables, self._actor, self._undo)

    @property
    def intents(self) -> MemoryIntents:
        """Instructions to the provider."""
        return MemoryIntents(self._tables, self._actor, self._undo)

    @property
    def amendments(self) -> MemoryAmendments:
        """Modifications that wait for money."""
        return MemoryAmendments(self._tables, self._actor, self._undo)

    @property
    def provider_events(self) -> MemoryProviderEvents:
        """What the provider told."""
        return MemoryProviderEvents(self._tables, self._undo)

    @property
    def front_desk(self) -> MemoryFrontDesk:
        """Rooms, housekeeping, guests and points."""
        return MemoryFrontDesk(self._tables, self._actor, self._undo)

    @property
    def waitlist(self) -> MemoryWaitlist:
        """Who waits."""
        return MemoryWaitlist(self._tables, self._actor, self._undo)

    @property
    def series(self) -> MemorySeriesBook:
        """What was booked together."""
        return MemorySeriesBook(self._tables, self._actor, self._undo)

    @property
    def audit_log(self) -> MemoryAuditLog:
        """What happened, and its seals."""
        return MemoryAuditLog(self._tables, self._undo)

    @property
    def alerts(self) -> MemoryAlerts:
        """What people must look at."""
        return MemoryAlerts(self._tables, self._undo)

    @property
    def calendar_links(self) -> MemoryCalendarLinks:
        """Calendars outside."""
        return MemoryCalendarLinks(self._tables, self._actor, self._undo)

    @property
    def channels(self) -> MemoryChannels:
        """Outside sellers."""
        return MemoryChannels(self._tables, self._actor, self._undo)

    @property
    def webhooks(self) -> MemoryWebhooks:
        """Addresses of the tenant's own that are told."""
        return MemoryWebhooks(self._tables, self._actor, self._undo)

    @property
    def notices(self) -> MemoryNotices:
        """Messages owed."""
        return MemoryNotices(self._tables, self._actor, self._undo)

    @property
    def links(self) -> MemoryLinks:
        """Links given away."""
        return MemoryLinks(self._tables, self._undo)

    @property
    def push_subscriptions(self) -> MemoryPushSubscriptions:
        """Browsers that are told."""
        return MemoryPushSubscriptions(self._tables, self._undo)

    @property
    def outbox(self) -> MemoryOutbox:
        """What is owed to handlers."""
        return MemoryOutbox(self._tables, self._undo)

    @property
    def queues(self) -> Queues:
        """Everything that is worked on later, by name."""
        return queues_of(self._tables, self._actor, self._undo)

    @property
    def requests(self) -> MemoryRequests:
        """Idempotency keys."""
        return MemoryRequests(self._tables, self._undo)

    @property
    def editing(self) -> MemoryEditing:
        """Locks, and what was saved under which."""
        return MemoryEditing(self._tables, self._undo)

    def one_at_a_time(self, name: str) -> None:
        """Nothing to wait for: a tenant's transactions run one after the other anyway."""

    def alone(self) -> None:
        """Nothing to wait for either."""


class _Writer:
    """What all repositories of claims share: lanes and events, with their undo steps."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def _record(self, events: Sequence[Event]) -> None:
        self._tables.record(events, self._actor, self._undo)

    def _take(
        self,
        allocations: Collection[Allocation],
        owner: UUID,
        made_at: datetime | None,
        expires_at: datetime | None,
    ) -> None:
        for allocation in allocations:
            self._tables.lanes.take(allocation, owner, made_at, expires_at)
            self._undo.append(partial(self._tables.lanes.give_back, allocation, owner))

    def _give_back(self, allocations: Collection[Allocation], owner: UUID) -> None:
        for allocation in allocations:
            was = self._tables.lanes.give_back(allocation, owner)
            self._undo.append(
                partial(self._tables.lanes.take, allocation, owner, was.made_at, was.expires_at)
            )


class MemoryHolds(_Writer):
    """The Holds port."""

    def find(self, hold: ClaimId) -> Hold | None:
        """The hold, or None."""
        return self._tables.holds.get(hold)

    def of_session(self, session: str) -> Sequence[Hold]:
        """Every hold of a session, oldest first."""
        held = (self._tables.holds[each] for each in self._tables.sessions.get(session, ()))
        return sorted(held, key=lambda hold: (hold.placed_at, hold.id))

    def lapsed(self, at: datetime, limit: int) -> Sequence[Hold]:
        """Holds that have run out, oldest expiry first."""
        over = [hold for hold in self._tables.holds.values() if hold.has_lapsed(at)]
        return sorted(over, key=lambda hold: hold.expires_at)[:limit]

    @dooming
    def save(self, change: Change[Hold | None, Hold | None]) -> None:
        """Write, renew or remove a hold."""
        before, hold = change.before, change.state
        if before is not None:
            self.remove(before)
        if hold is not None:
            self._take(hold.allocations, hold.id, hold.placed_at, hold.expires_at)
            self._enter(hold)
            self._undo.append(partial(self._leave, hold))
        self._record(change.events)

    def remove(self, hold: Hold) -> None:
        """Take a hold and its lanes out; raises StaleVersion where another version is stored."""
        stored = self._tables.holds.get(hold.id)
        if stored != hold:
            raise StaleVersion("the hold was changed in the meantime")
        self._give_back(hold.allocations, hold.id)
        self._leave(hold)
        self._undo.append(partial(self._enter, hold))

    def _enter(self, hold: Hold) -> None:
        self._tables.holds[hold.id] = hold
        self._tables.sessions.setdefault(hold.session, []).append(hold.id)

    def _leave(self, hold: Hold) -> None:
        del self._tables.holds[hold.id]
        left = self._tables.sessions[hold.session]
        left.remove(hold.id)
        if not left:
            del self._tables.sessions[hold.session]


class MemoryReservations(_Writer):
    """The Reservations port."""

    def get(self, reservation: ClaimId) -> Reservation:
        """By id; raises NotFound."""
        found = self._tables.reservations.get(reservation)
        if found is None:
            raise NotFound("reservation", reservation)
        return found

    def find(self, code: str) -> Reservation:
        """By confirmation number; raises NotFound."""
        claim = self._tables.codes.get(code)
        if claim is None:
            raise NotFound("reservation", code)
        return self._tables.reservations[claim]

    def live_of(self, customer: str, service: ServiceId, after: datetime) -> int:
        """How many upcoming live reservations a customer has."""
        return sum(
            each.status in LIVE
            and each.service == service
            and each.period.end > after
            and (each.expires_at is None or each.expires_at > after)
            and each.customer.key == customer
            for each in self._tables.reservations.values()
        )

    def due(self, end: Status, at: datetime, limit: int) -> Sequence[Reservation]:
        """Reservations that time has brought to an end."""
        dated = ((_time_of(each, end), each) for each in self._tables.reservations.values())
        due = [each for time, each in dated if time is not None and time <= at]
        return sorted(due, key=lambda each: (each.period.start, each.id))[:limit]

    def overlapping(self, resource: ResourceId | None, window: Period, page: Page) -> Sequence[Reservation]:
        """Reservations inside a window, by start and id."""
        inside = [
            each
            for each in self._tables.reservations.values()
            if each.period.overlaps(window)
            and (resource is None or resource in {who for _, who in each.assigned})
        ]
        inside.sort(key=lambda each: (each.period.start, each.id))
        first = 0
        if page.after is not None:
            first = next((n + 1 for n, each in enumerate(inside) if each.id == page.after), len(inside))
        return inside[first : first + page.limit]

    @dooming
    def save(self, change: Change[Reservation, Reservation | Hold | None]) -> None:
        """Write a reservation with the difference of its lanes."""
        before, after = change.before, change.state
        stored = self._tables.reservations.get(after.id)
        if isinstance(before, Hold):
            MemoryHolds(self._tables, self._actor, self._undo).remove(before)
            self._take(before.allocations, after.id, before.placed_at, after.expires_at)
        elif stored is not before and (stored is None or before is None or stored.version != before.version):
            raise StaleVersion("the reservation was changed in the meantime", code=after.code)
        elif before is not None:
            self._give_back(before.allocations, after.id)
            self._take(after.allocations, after.id, after.history[0].at, after.expires_at)
        else:
            self._take(after.allocations, after.id, after.history[0].at, after.expires_at)
        if self._tables.codes.setdefault(after.code, after.id) != after.id:
            raise Conflict("the confirmation number is in use", code=after.code)
        self._put(stored, after)
        self._record(change.events)

    def _put(self, stored: Reservation | None, after: Reservation) -> None:
        table, codes = self._tables.reservations, self._tables.codes
        table[after.id] = after
        if stored is None:
            self._undo.append(lambda: (table.pop(after.id), codes.pop(after.code)))
        else:
            self._undo.append(lambda: table.__setitem__(after.id, stored))


class MemoryClosures(_Writer):
    """The Closures port."""

    def get(self, closure: ClosureId) -> Closure:
        """By id; raises NotFound."""
        found = self._tables.closures.get(closure)
        if found is None:
            raise NotFound("closure", closure)
        return found

    def overlapping(self, resource: ResourceId, window: Period) -> Sequence[Closure]:
        """The closures of a resource in a window, by start."""
        every = self._tables.closures.values()
        inside = [each for each in every if each.resource == resource and each.period.overlaps(window)]
        return sorted(inside, key=lambda each: (each.period.start, each.id))

    def of_source(self, source: str) -> Sequence[Closure]:
        """Everything of one source, by reference."""
        found = [each for each in self._tables.closures.values() if each.source == source]
        return sorted(found, key=lambda each: (each.reference, each.id))

    @dooming
    def save(self, change: Change[Closure | None, Closure | None]) -> None:
        """Write or remove a closure."""
        table, before, closure = self._tables.closures, change.before, change.state
        if before is not None:
            if table.get(before.id) != before:
                raise StaleVersion("the closure was changed in the meantime")
            self._give_back(before.allocations, before.id)
            del table[before.id]
            self._undo.append(lambda: table.__setitem__(before.id, before))
        if closure is not None:
            if closure.source and any(_is_twin(each, closure) for each in table.values()):
                raise Conflict("this busy time was closed in the meantime")
            self._take(closure.allocations, closure.id, None, None)
            table[closure.id] = closure
            self._undo.append(lambda: table.pop(closure.id))
        self._record(change.events)


def _is_twin(one: Closure, other: Closure) -> bool:
    """Whether two closures are the same busy time of one outside calendar."""
    names = ("source", "reference", "resource", "period")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _time_of(reservation: Reservation, end: Status) -> datetime | None:
    """When time brings a reservation to this end, None for never."""
    if end is Status.EXPIRED:
        return reservation.expires_at
    if end is Status.COMPLETED:
        return reservation.completes_at
    after = reservation.policy.no_show_after
    if after is None or reservation.status is not Status.CONFIRMED:
        return None
    return reservation.period.start + after
