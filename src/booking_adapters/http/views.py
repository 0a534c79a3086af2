"""What clients see: one class per answer, listing what may leave the house and nothing else."""

from datetime import date, datetime
from uuid import UUID

import attrs

from booking_adapters.http.price_views import AgreedView, CancellationCost, PriceView, TermsView, TotalsView
from booking_adapters.http.problems import BrokenRule


@attrs.frozen(kw_only=True)
class BusinessName:
    """A business by name."""

    key: str
    name: str


@attrs.frozen(kw_only=True)
class Businesses:
    """The businesses of this deployment, by key."""

    businesses: tuple[BusinessName, ...]


@attrs.frozen(kw_only=True)
class VenueView:
    """A place; `zone` is its IANA time zone, `currency` its ISO 4217 code."""

    key: str
    name: str
    zone: str
    currency: str


@attrs.frozen(kw_only=True)
class BusinessView:
    """A business and its places."""

    key: str
    name: str
    venues: tuple[VenueView, ...]


@attrs.frozen(kw_only=True)
class ResourceName:
    """Somebody or something that can be booked."""

    key: str
    name: str


@attrs.frozen(kw_only=True)
class RoleView:
    """A role that a service fills (a stylist, a chair), and who can fill it."""

    role: str
    resources: tuple[ResourceName, ...]


@attrs.frozen(kw_only=True)
class ServiceView:
    """What can be booked. `duration_seconds` is null where the customer chooses the length.

    `trade` is `appointment`, `stay`, `rental` or `activity`.
    """

    key: str
    name: str
    trade: str
    venue: str
    zone: str
    duration_seconds: int | None
    step_seconds: int | None
    needs_approval: bool
    hold_seconds: int
    roles: tuple[RoleView, ...]


@attrs.frozen(kw_only=True)
class Services:
    """A page of services; `next_after` is the `after` of the next one, null on the last."""

    services: tuple[ServiceView, ...]
    next_after: str | None


@attrs.frozen(kw_only=True)
class StartsView:
    """When one resource can be booked: starts in UTC, ascending."""

    resource: str
    name: str
    starts: tuple[datetime, ...]


@attrs.frozen(kw_only=True)
class SlotsView:
    """Every slot, by resource. Each lasts `duration_seconds`.

    `next_start` is null, or the `start` to go on from where there are more slots than one answer holds.
    """

    service: str
    zone: str
    duration_seconds: int
    resources: tuple[StartsView, ...]
    next_start: datetime | None


@attrs.frozen(kw_only=True)
class SlotView:
    """One slot in UTC."""

    start: datetime
    end: datetime
    resource: str


@attrs.frozen(kw_only=True)
class NextSlotView:
    """The earliest slot, or null where there is none within a year."""

    slot: SlotView | None


@attrs.frozen(kw_only=True)
class StayOfferView:
    """A room type or cabin that is free: how many are left, and the price of the stay where one is kept.

    `price` is the total, fees and taxes included; `totals` says what it is made of.
    """

    service: str
    resource: str
    name: str
    left: int
    price: PriceView | None
    totals: TotalsView | None
    cancellation: TermsView | None


@attrs.frozen(kw_only=True)
class Stays:
    """What is free for a stay, cheapest first; `has_more` says that the list was cut at `limit`."""

    check_in: date
    check_out: date
    nights: int
    offers: tuple[StayOfferView, ...]
    has_more: bool


@attrs.frozen(kw_only=True)
class Explanation:
    """Whether something can be booked now, and every reason why not."""

    bookable: bool
    violations: tuple[BrokenRule, ...]


@attrs.frozen(kw_only=True)
class StayView:
    """Nights by their dates."""

    check_in: date
    check_out: date


@attrs.frozen(kw_only=True)
class Assigned:
    """Which resource fills which role."""

    role: str
    resource: str
    name: str


@attrs.frozen(kw_only=True)
class HoldView:
    """A place kept for a session until `expires_at`."""

    id: UUID
    service: str
    start: datetime
    end: datetime
    stay: StayView | None
    quantity: int
    resources: tuple[Assigned, ...]
    expires_at: datetime


@attrs.frozen(kw_only=True)
class PartyView:
    """Who comes."""

    adults: int
    child_ages: tuple[int, ...]


@attrs.frozen(kw_only=True)
class HistoryEntry:
    """A status that was reached, and when."""

    status: str
    at: datetime


@attrs.frozen(kw_only=True)
class ReservationView:
    """A reservation as a guest sees it: nobody's name, address or number is in it.

    Times are in UTC; `zone` is the venue's. A pending one ends by itself at `expires_at`. `price` is what was agreed,
    null where no price is kept.
    """

    id: UUID
    code: str
    status: str
    service: str
    service_name: str
    zone: str
    start: datetime
    end: datetime
    stay: StayView | None
    quantity: int
    party: PartyView
    resources: tuple[Assigned, ...]
    expires_at: datetime | None
    price: AgreedView | None
    history: tuple[HistoryEntry, ...]


@attrs.frozen(kw_only=True)
class CancelledView(ReservationView):
    """A reservation that was called off; `cost` is null where no price or no terms were agreed."""

    cost: CancellationCost | None


@attrs.frozen(kw_only=True)
class CustomerView:
    """Who booked."""

    name: str
    email: str
    phone: str


@attrs.frozen(kw_only=True)
class StaffReservationView:
    """A reservation as staff see it."""

    reservation: ReservationView
    customer: CustomerView
    notes: tuple[str, ...]


@attrs.frozen(kw_only=True)
class StaffCancelledView(StaffReservationView):
    """A reservation that staff called off, and what that came to."""

    cost: CancellationCost | None


@attrs.frozen(kw_only=True)
class StaffMovedView(StaffReservationView):
    """A reservation that staff moved; while it `waits_for_payment` it is as it was."""

    waits_for_payment: bool


@attrs.frozen(kw_only=True)
class ClosureView:
    """A time in which a resource is closed, or `quantity` of its places are."""

    id: UUID
    resource: str
    start: datetime
    end: datetime
    reason: str
    quantity: int | None
    source: str


@attrs.frozen(kw_only=True)
class ClosedView:
    """A new closure, and the live reservations inside it that staff have to look after."""

    closure: ClosureView
    affected: tuple[StaffReservationView, ...]


@attrs.frozen(kw_only=True)
class Closures:
    """The closures of a resource by start; `has_more` says that the list was cut: ask for a shorter window."""

    closures: tuple[ClosureView, ...]
    has_more: bool


@attrs.frozen(kw_only=True)
class Health:
    """`ok`, or the request fails."""

    status: str


@attrs.frozen(kw_only=True)
class WorkerHealth:
    """Whether anybody works: how many workers are alive, and how long ago one of them gave a sign."""

    status: str
    alive: int
    age_seconds: float | None


@attrs.frozen(kw_only=True)
class Readiness:
    """`ok`, or `degraded` where something is lost that the service goes on without; or the request fails."""

    status: str
    storage: str
    redis: str
    live_updates: str
    worker: WorkerHealth
