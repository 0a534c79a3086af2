"""Which times of a service can be booked, and with whom."""

from collections.abc import Mapping
from datetime import timedelta

import attrs

from booking_core.domain.availability.request import Request
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.availability.slots import Slot, Slots, find_slots
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.ids import ClaimId, ResourceId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Party
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.reading import Reader
from booking_core.usecases.wanted import chosen_roles, places_wanted

LONGEST_SEARCH = timedelta(days=92)


@attrs.frozen(kw_only=True)
class SlotQuery:
    """Candidates of a service that start in a window of at most 92 days.

    A session's own holds do not hide slots from it. `moving` is a reservation that would be moved: it is no obstacle
    to itself.
    """

    tenant: TenantId
    service: str
    window: Period
    quantity: int | None = None
    party: Party = Party()
    resources: tuple[str, ...] = ()
    session: str = ""
    moving: ClaimId | None = None


@attrs.frozen(eq=False)
class FoundSlots:
    """The slots of each provider of the leading need."""

    catalog: Catalog
    by_resource: Mapping[ResourceId, Slots]

    def in_order(self) -> list[Slot]:
        """All slots by start; of one start, in the order in which the service names its providers."""
        return sorted(
            (slot for slots in self.by_resource.values() for slot in slots), key=lambda slot: slot.start
        )


@attrs.frozen(kw_only=True)
class SearchSlots:
    """Finds every slot that could be booked now."""

    begin: UnitOfWork
    clock: Clock
    reader: Reader
    rules: RuleBook

    def __call__(self, query: SlotQuery) -> FoundSlots:
        """The slots; raises InvalidDates for a window beyond 92 days, NotFound for unknown keys."""
        if query.window.duration > LONGEST_SEARCH:
            raise InvalidDates("window", f"is longer than {LONGEST_SEARCH.days} days", query.window.duration)
        at = self.clock.now()
        with self.begin.reading(query.tenant) as tx:
            catalog = tx.catalogs.load()
            service = catalog.service(query.service)
            request = Request(
                period=query.window,
                quantity=places_wanted(catalog, service, query.quantity, query.party),
                party=query.party,
                chosen=chosen_roles(catalog, service, query.resources),
            )
            view = self.reader.around(
                tx,
                catalog,
                service,
                query.window,
                at,
                request=request,
                without=own_claims(tx, query.session, service, query.moving),
            )
        return FoundSlots(catalog, find_slots(view.snapshot, query.window, at, self.rules, request))


def own_claims(
    tx: Transaction, session: str, service: Service, moving: ClaimId | None = None
) -> tuple[ClaimId, ...]:
    """The claims that are no obstacle: a session's holds of the service, which it would give up, and what is moved."""
    holds = tx.holds.of_session(session) if session else ()
    held = tuple(hold.id for hold in holds if hold.service == service.id)
    return held if moving is None else (*held, moving)
