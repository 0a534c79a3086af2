"""The business that the booking workloads are played on, and its use cases as the composition root wires them."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count

import attrs

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.ambient.holidays import NoHolidays
from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.testing.builders import Business, a_business
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import Book, BookCommand
from booking_core.usecases.place_hold import HoldCommand, PlaceHold
from booking_core.usecases.reading import Reader
from booking_core.usecases.search_slots import SearchSlots
from booking_core.usecases.wanted import Wanted

RESOURCES = 100
POOL_LANES = 200
LENGTH = timedelta(minutes=30)
FIRST = datetime.combine(datetime.now(UTC).date() + timedelta(days=2), time(), UTC)
"""The first moment that is booked: two days ahead."""


def a_shop() -> Business:
    """A hundred tables to be booked one by one, a hall of 200 places, and notice of two hours."""
    shop = a_business("shop", code="SHOP", place="Europe/Berlin").open_at("always")
    shop = shop.with_any("table", *(f"table-{n}" for n in range(RESOURCES)))
    shop = shop.with_any("hall", "hall", capacity=POOL_LANES)
    shop = shop.offering("meal", "table", minutes=30, every=30).offering("show", "hall", minutes=30, every=30)
    return shop.with_rule("minimum_notice", hours=2)


@attrs.frozen(eq=False)
class Shop:
    """A stored shop and its use cases. Numbers given to its methods are told apart: each is another time or place."""

    tenant: TenantId
    tables: tuple[Resource, ...]
    book: Callable[[BookCommand], Reservation]
    hold: Callable[[HoldCommand], Hold]
    search: SearchSlots

    @classmethod
    def on(cls, store: UnitOfWork) -> "Shop":
        """The shop on a storage that does not have it yet."""
        business = a_shop()
        with store(business.tenant.id) as tx:
            tx.catalogs.save(business.catalog, datetime.now(UTC))
        clock, ids, reader, rules = SystemClock(), UuidV7(), Reader(holidays=NoHolidays()), standard_rules()
        return cls(
            business.tenant.id,
            tuple(who for role, who in business.cast if role == "table"),
            Persistent(Book(begin=store, clock=clock, ids=ids, reader=reader, rules=rules)),
            Persistent(PlaceHold(begin=store, clock=clock, ids=ids, reader=reader, rules=rules)),
            SearchSlots(begin=store, clock=clock, reader=reader, rules=rules),
        )

    def book_table(
        self, table: int, slot: int, *, key: str = "", session: str = "", hold: Hold | None = None
    ) -> Reservation:
        """Book one table for the half hour with that number."""
        command = BookCommand(
            tenant=self.tenant,
            wanted=a_meal(table, slot),
            customer=Customer(name="Bob", email="bob@example.com"),
            session=session,
            hold=None if hold is None else ClaimId(hold.id),
            idempotency_key=key,
        )
        return self.book(command)

    def book_seat(self, slot: int, *, key: str = "") -> Reservation:
        """Book one of the hall's places for the half hour with that number."""
        wanted = Wanted(service="show", start=FIRST + slot * LENGTH)
        return self.book(
            BookCommand(tenant=self.tenant, wanted=wanted, customer=Customer(name="Bob"), idempotency_key=key)
        )

    def hold_table(self, table: int, slot: int, *, session: str) -> Hold:
        """Hold one table for the half hour with that number."""
        return self.hold(HoldCommand(tenant=self.tenant, session=session, wanted=a_meal(table, slot)))


def a_meal(table: int, slot: int) -> Wanted:
    """A table by number at the half hour with that number."""
    return Wanted(service="meal", start=FIRST + slot * LENGTH, resources=(f"table-{table}",))


def bookings_spread(shop: Shop, *, first_slot: int = 0) -> Callable[[], object]:
    """One booking a call, each with an idempotency key, table by table and then half hour by half hour."""
    numbers = count()

    def act() -> object:
        slot, table = divmod(next(numbers), RESOURCES)
        return shop.book_table(table, first_slot + slot, key=f"{first_slot}-{slot}-{table}")

    return act
