"""What the use cases need of a storage: one unit of work at a time, and repositories inside it."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, ClosureId, QuoteId, ResourceId, ServiceId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.calendar import Calendar
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.alerts import Alerts
from booking_core.ports.audit import AuditLog
from booking_core.ports.calendar_links import CalendarLinks
from booking_core.ports.channels import Channels
from booking_core.ports.editing import Editing
from booking_core.ports.frontdesk import FrontDesk
from booking_core.ports.ledger import Amendments, Folios, Intents, Payments, ProviderEvents
from booking_core.ports.notices import Links, Notices, PushSubscriptions
from booking_core.ports.outbox import Outbox
from booking_core.ports.queues import Queues
from booking_core.ports.series import SeriesBook
from booking_core.ports.waitlist import Waitlist
from booking_core.ports.webhooks import Webhooks

MOST_OF_A_PAGE = 500


@attrs.frozen(eq=False)
class Reading:
    """The calendars of some resources inside a window, and the claims met there whose time has run out.

    Lapsed claims are not in the calendars; whoever means to write frees them in the same transaction.
    """

    calendars: Mapping[ResourceId, Calendar]
    lapsed: tuple[ClaimId, ...] = ()


@attrs.frozen(kw_only=True)
class Page:
    """A bounded stretch of a listing: at most `limit` entries (1…500) after the entry with id `after`."""

    limit: int = 100
    after: ClaimId | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse pages of nothing, and of everything."""
        if not 1 <= self.limit <= MOST_OF_A_PAGE:
            raise InvalidInput("limit", f"must be 1…{MOST_OF_A_PAGE}", self.limit)


class Catalogs(Protocol):
    """What the tenant sells."""

    def load(self) -> Catalog:
        """The catalog as last saved; raises NotFound where the tenant has none."""
        ...

    def save(self, catalog: Catalog, at: datetime) -> None:
        """Replace it and tell so; `catalog.version` must be the stored one + 1 (1 for a new tenant), else StaleVersion.

        Raises Conflict where a resource would lose lanes that are taken after `at` by what has not lapsed, or another
        tenant has the tenant's key.
        """
        ...


class Calendars(Protocol):
    """Who has which lane when."""

    def read(
        self, resources: Collection[Resource], window: Period, at: datetime, without: Collection[ClaimId] = ()
    ) -> Reading:
        """Calendars of all named resources with what overlaps the window: busy lanes and whole closures.

        Left out are the claims in `without` (your own hold, the reservation being moved) and those lapsed at `at`.
        """
        ...

    def loads(
        self,
        resources: Collection[ResourceId],
        window: Period,
        since: datetime,
        at: datetime,
        without: Collection[ClaimId] = (),
    ) -> Mapping[ResourceId, int]:
        """Seconds allocated per resource inside the window by reservations and holds made at or after `since`.

        Left out are the claims in `without` and those lapsed at `at`, as in `read`.
        """
        ...


class Holds(Protocol):
    """Live holds. Ended ones are gone."""

    def find(self, hold: ClaimId) -> Hold | None:
        """The hold, or None."""
        ...

    def of_session(self, session: str) -> Sequence[Hold]:
        """Every hold of a session, oldest first."""
        ...

    def lapsed(self, at: datetime, limit: int) -> Sequence[Hold]:
        """At most `limit` holds whose expiry is at or before `at`, oldest expiry first."""
        ...

    def save(self, change: Change[Hold | None, Hold | None]) -> None:
        """Write a hold, its lanes and its events; with a state of None it is removed.

        Raises LaneTaken where a lane is not free, StaleVersion where `change.before` is no longer stored.
        """
        ...


class Reservations(Protocol):
    """Reservations, live and ended."""

    def get(self, reservation: ClaimId) -> Reservation:
        """By id; raises NotFound."""
        ...

    def find(self, code: str) -> Reservation:
        """By confirmation number; raises NotFound."""
        ...

    def live_of(self, customer: str, service: ServiceId, after: datetime) -> int:
        """How many live reservations of a service a customer (by key) has that end after an instant."""
        ...

    def due(self, end: Status, at: datetime, limit: int) -> Sequence[Reservation]:
        """At most `limit` reservations that time has brought to an end by `at`, by start and id.

        EXPIRED: pending ones past their expiry. NO_SHOW: confirmed ones whose no-show time has come. COMPLETED: those
        past their `completes_at`.
        """
        ...

    def overlapping(self, resource: ResourceId | None, window: Period, page: Page) -> Sequence[Reservation]:
        """Reservations, live and ended, whose customer period overlaps the window, by start and id."""
        ...

    def save(self, change: Change[Reservation, Reservation | Hold | None]) -> None:
        """Write a reservation, the difference of its lanes, and its events.

        Made from a hold (`change.before`), it takes over the hold's row and lanes. Raises LaneTaken where a lane is
        not free, StaleVersion where `change.before` is no longer stored, Conflict where the code is in use.
        """
        ...


class Closures(Protocol):
    """Closed times of resources."""

    def get(self, closure: ClosureId) -> Closure:
        """By id; raises NotFound."""
        ...

    def overlapping(self, resource: ResourceId, window: Period) -> Sequence[Closure]:
        """The closures of a resource that overlap the window, by start."""
        ...

    def of_source(self, source: str) -> Sequence[Closure]:
        """Everything that came from one source, by reference."""
        ...

    def save(self, change: Change[Closure | None, Closure | None]) -> None:
        """Write a closure, its lanes and its events; with a state of None it is removed.

        Raises LaneTaken, and Conflict where the same source closed the same time under the same reference already.
        """
        ...


class Quotes(Protocol):
    """Prices that customers were given, and how often promotion codes are used."""

    def find(self, quote: QuoteId) -> Quote | None:
        """The quote, or None."""
        ...

    def keep(self, id: QuoteId, quote: Quote) -> None:
        """Remember a quote, at least until it expires."""
        ...

    def uses_of(
        self, codes: Collection[str], at: datetime, without: ClaimId | None = None
    ) -> Mapping[str, int]:
        """How many reservations count as uses of each promotion code (in the letters given), one left out.

        Those that are pending count until they expire.
        """
        ...

    def forget_expired(self, at: datetime, limit: int) -> int:
        """Remove at most `limit` quotes that expired at or before `at`; how many were removed."""
        ...


class Requests(Protocol):
    """Which idempotency keys were used for what."""

    def answer(self, key: str, fingerprint: str) -> ClaimId | None:
        """The claim made under this key, or None; raises KeyReused where the fingerprint differs."""
        ...

    def remember(self, key: str, fingerprint: str, claim: ClaimId) -> None:
        """Bind the key to a claim when this unit of work commits; raises Conflict if another did so first."""
        ...

    def forget(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` keys of claims whose ids, UUIDv7, were made before an instant; how many."""
        ...


class Transaction(Protocol):
    """One unit of work for one tenant: everything inside happens, or nothing."""

    @property
    def catalogs(self) -> Catalogs:
        """What is sold."""
        ...

    @property
    def calendars(self) -> Calendars:
        """Taken lanes."""
        ...

    @property
    def holds(self) -> Holds:
        """Temporary claims."""
        ...

    @property
    def reservations(self) -> Reservations:
        """Bookings."""
        ...

    @property
    def closures(self) -> Closures:
        """Closed times."""
        ...

    @property
    def quotes(self) -> Quotes:
        """Prices given."""
        ...

    @property
    def folios(self) -> Folios:
        """What was charged and paid."""
        ...

    @property
    def payments(self) -> Payments:
        """Money in motion."""
        ...

    @property
    def intents(self) -> Intents:
        """Instructions to the provider."""
        ...

    @property
    def amendments(self) -> Amendments:
        """Modifications that wait for money."""
        ...

    @property
    def provider_events(self) -> ProviderEvents:
        """What the provider told."""
        ...

    @property
    def front_desk(self) -> FrontDesk:
        """Rooms, housekeeping, guests and points."""

    @property
    def waitlist(self) -> Waitlist:
        """Who waits."""
        ...

    @property
    def series(self) -> SeriesBook:
        """What was booked together."""
        ...

    @property
    def audit_log(self) -> AuditLog:
        """What happened, and its seals."""

    @property
    def alerts(self) -> Alerts:
        """What people must look at."""
        ...

    @property
    def calendar_links(self) -> CalendarLinks:
        """Calendars outside."""
        ...

    @property
    def channels(self) -> Channels:
        """Outside sellers."""
        ...

    @property
    def webhooks(self) -> Webhooks:
        """Addresses of the tenant's own that are told."""
        ...

    @property
    def notices(self) -> Notices:
        """Messages owed."""
        ...

    @property
    def links(self) -> Links:
        """Links given away."""
        ...

    @property
    def push_subscriptions(self) -> PushSubscriptions:
        """Browsers that are told."""
        ...

    @property
    def outbox(self) -> Outbox:
        """What is owed to handlers."""
        ...

    @property
    def queues(self) -> Queues:
        """Everything that is worked on later, by name."""
        ...

    @property
    def requests(self) -> Requests:
        """Idempotency keys."""
        ...

    @property
    def editing(self) -> Editing:
        """Locks, and under which of them something was saved."""
        ...

    def one_at_a_time(self, name: str) -> None:
        """Wait until no other transaction of this tenant that called this with the same name is open.

        For the rare rules that count (a customer's limit); lanes need no such thing.
        """
        ...

    def alone(self) -> None:
        """Wait until this tenant has no other writer, and keep new ones waiting until the end. To be called first.

        What is read from then on is what every earlier writer left, and every later one sees what is written here.
        For what a booking must not slip past although it takes no lane of it: closures. Readers never wait.
        """
        ...


class UnitOfWork(Protocol):
    """Begins transactions. A clean exit commits, an exception rolls back.

    Commit and any call inside may raise Conflict (lost races, deadlocks, serialization failures): the caller runs
    the whole use case again, a bounded number of times.
    """

    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
        """A transaction that may write; `actor` goes into the audit log with every event."""
        ...

    def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """A transaction that only reads, from one consistent state."""
        ...


class Tenants(Protocol):
    """The businesses of this deployment (the one table without a tenant's walls)."""

    def by_key(self, key: str) -> TenantId:
        """The id of a tenant's key; raises NotFound."""
        ...

    def keys(self) -> Sequence[str]:
        """Every tenant's key, in order."""
        ...
