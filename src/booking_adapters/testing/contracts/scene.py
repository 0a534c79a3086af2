"""The scene that every storage contract plays on: a fresh tenant with three resources, and hands that write claims."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import attrs

from booking_adapters.ambient.ids import UuidV7
from booking_adapters.testing.builders import Business, a_business
from booking_core.domain.catalog.policy import RuleSetting, Trade
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.catalog.service import Service
from booking_core.domain.catalog.tenant import Tenant
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import ClaimId, ClosureId, TenantId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.calendar import Allocation, Calendar
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.codes import confirmation_code
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Claim, Reservation
from booking_core.ports.storage import Reading, Tenants, Transaction, UnitOfWork

DAY = datetime(2030, 1, 7, tzinfo=UTC)
"""The Monday on which everything happens."""
NOW = DAY + timedelta(hours=6)
TEN_MINUTES = timedelta(minutes=10)


class Storage(UnitOfWork, Tenants, Protocol):
    """What a storage adapter is: units of work, and the tenants that have some."""


def hour(number: float, *, day: int = 0) -> datetime:
    """An hour of the day, or of one so many days later, in UTC."""
    return DAY + timedelta(days=day, hours=number)


def hours(first: float, last: float, *, day: int = 0) -> Period:
    """The hours from `first` to `last`."""
    return Period.between(hour(first, day=day), hour(last, day=day))


WHOLE_DAY = hours(0, 24)


def a_scene_business() -> Business:
    """A room, a hall and a pool of four, the room and the pool for rental under terms with something in each field."""
    place = a_business("scene", code="SCENE", place="UTC").open_at("always")
    place = place.with_any("room", "room").with_any("hall", "hall").with_any("pool", "pool", capacity=4)
    terms: Mapping[str, Any] = {
        "trade": Trade.RENTAL,
        "rules": (
            RuleSetting.of("minimum_notice", hours=2),
            RuleSetting.of("stop_sell", dates=["2030-12-24"]),
        ),
        "no_show_after": timedelta(minutes=30),
        "cancellation": (("free_cancellation_hours", 24), ("partial_refund_percent", 50)),
    }
    return place.offering("room", "room", **terms).offering("pool", "pool", **terms)


@attrs.frozen(eq=False)
class Scene:
    """A stored catalog of a tenant of its own. Each hand opens a transaction, writes, and returns what it wrote."""

    store: Storage
    business: Business
    ids: UuidV7

    @classmethod
    def fresh(cls, store: Storage, business: Business | None = None) -> "Scene":
        """A tenant that nobody has seen before, so that tests can share a database."""
        scene = cls.unsaved(store, business)
        with scene.begin() as tx:
            tx.catalogs.save(scene.business.catalog, NOW)
        return scene

    @classmethod
    def unsaved(cls, store: Storage, business: Business | None = None) -> "Scene":
        """A tenant that has no catalog yet."""
        ids = UuidV7()
        fresh = ids.new()
        tenant = Tenant(id=TenantId(fresh), key=f"scene-{fresh.hex}", name="Scene")
        return cls(store, attrs.evolve(business or a_scene_business(), tenant=tenant), ids)

    @property
    def tenant(self) -> TenantId:
        """The tenant's id."""
        return self.business.tenant.id

    def begin(self, actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
        """A transaction that may write."""
        return self.store(self.tenant, actor)

    def reading(self) -> AbstractContextManager[Transaction]:
        """A transaction that only reads."""
        return self.store.reading(self.tenant)

    def resource(self, key: str) -> Resource:
        """A resource of the catalog."""
        return self.business.catalog.resource(key)

    def service(self, key: str = "room") -> Service:
        """A service of the catalog."""
        return self.business.catalog.service(key)

    def a_hold(
        self,
        resource: str,
        period: Period,
        *,
        lanes: Sequence[int] = (1,),
        session: str = "session",
        at: datetime = NOW,
        ttl: timedelta = TEN_MINUTES,
        stay: Stay | None = None,
        also: Sequence[str] = (),
        pieces: tuple[Allocation, ...] = (),
    ) -> Change[Hold, None]:
        """The decision to hold lanes of a resource and of others besides, or exactly these pieces."""
        resources = (resource, *also)
        allocations = pieces or tuple(each for key in resources for each in self.lanes(key, period, lanes))
        return Hold.place(
            id=ClaimId(self.ids.new()),
            session=session,
            service=self.service().id,
            period=period,
            stay=stay,
            quantity=len(lanes),
            assigned=tuple((key, self.resource(key).id) for key in resources),
            allocations=tuple(sorted(allocations)),
            at=at,
            ttl=ttl,
        )

    def hold(self, resource: str, period: Period, **facts: Any) -> Hold:
        """Hold, and return the hold."""
        change = self.a_hold(resource, period, **facts)
        with self.begin() as tx:
            tx.holds.save(change)
        return change.state

    def a_reservation(
        self,
        resource: str,
        period: Period,
        *,
        lanes: Sequence[int] = (1,),
        customer: Customer | None = None,
        service: str = "room",
        needs_approval: bool = False,
        stay: Stay | None = None,
        party: Party | None = None,
        at: datetime = NOW,
        hold: Hold | None = None,
    ) -> Change[Reservation, Hold | None]:
        """The decision to book lanes of a resource, or those of a hold."""
        claim = hold.id if hold else ClaimId(self.ids.new())
        who = self.resource(resource)
        sold = self.service(service)
        return Reservation.place(
            id=claim,
            code=confirmation_code("SCENE", claim),
            service=sold.id,
            period=period,
            stay=stay,
            quantity=len(lanes),
            party=party or Party(),
            customer=customer or Customer(name="Bob"),
            assigned=(("room", who.id),),
            claims=(Claim(who.id, period, len(lanes)),),
            allocations=hold.allocations if hold else self.lanes(resource, period, lanes),
            policy=attrs.evolve(sold.policy, needs_approval=needs_approval),
            at=at,
            hold=hold,
        )

    def reserve(self, resource: str, period: Period, **facts: Any) -> Reservation:
        """Book, and return the reservation."""
        change = self.a_reservation(resource, period, **facts)
        with self.begin() as tx:
            tx.reservations.save(change)
        return change.state

    def a_move(
        self, reservation: Reservation, period: Period, *, resource: str = "room", lanes: Sequence[int] = (1,)
    ) -> Change[Reservation, Reservation]:
        """The decision to move a reservation to other lanes."""
        who = self.resource(resource).id
        return reservation.move(
            period=period,
            stay=reservation.stay,
            quantity=len(lanes),
            party=reservation.party,
            assigned=(("room", who),),
            claims=(Claim(who, period, len(lanes)),),
            allocations=self.lanes(resource, period, lanes),
            at=NOW,
        )

    def update(self, change: Change[Reservation, Reservation]) -> Reservation:
        """Save a change of a reservation, and return the new state."""
        with self.begin() as tx:
            tx.reservations.save(change)
        return change.state

    def a_closure(
        self,
        resource: str,
        period: Period,
        *,
        lanes: Sequence[int] = (1,),
        quantity: int | None = None,
        source: str = "",
        reference: str = "",
    ) -> Change[Closure, None]:
        """The decision to close a resource, taking the given lanes."""
        return Closure.close(
            id=ClosureId(self.ids.new()),
            resource=self.resource(resource).id,
            period=period,
            reason="maintenance",
            allocations=self.lanes(resource, period, lanes),
            at=NOW,
            quantity=quantity,
            source=source,
            reference=reference,
        )

    def close(self, resource: str, period: Period, **facts: Any) -> Closure:
        """Close, and return the closure."""
        change = self.a_closure(resource, period, **facts)
        with self.begin() as tx:
            tx.closures.save(change)
        return change.state

    def lanes(self, resource: str, period: Period, lanes: Sequence[int]) -> tuple[Allocation, ...]:
        """Allocations of those lanes."""
        return tuple(Allocation(self.resource(resource).id, lane, period) for lane in lanes)

    def read(
        self,
        *resources: str,
        window: Period = WHOLE_DAY,
        at: datetime = NOW,
        without: Collection[ClaimId] = (),
    ) -> Reading:
        """The calendars of resources, in a transaction of its own."""
        with self.reading() as tx:
            return tx.calendars.read([self.resource(key) for key in resources], window, at, without)

    def calendar(self, resource: str, *, window: Period = WHOLE_DAY, at: datetime = NOW) -> Calendar:
        """The calendar of one resource."""
        return self.read(resource, window=window, at=at).calendars[self.resource(resource).id]

    def taken(
        self, resource: str, *, window: Period = WHOLE_DAY, at: datetime = NOW
    ) -> list[tuple[int, Period]]:
        """Which lanes are taken when, sorted."""
        busy = self.calendar(resource, window=window, at=at).busy
        return sorted((lane, Period.of_epoch(start, end)) for start, end, lane in busy)

    def found(self, reservation: ClaimId) -> Reservation:
        """A reservation as it is stored; raises NotFound."""
        with self.reading() as tx:
            return tx.reservations.get(reservation)

    def held(self, hold: ClaimId) -> Hold | None:
        """A hold as it is stored, or None."""
        with self.reading() as tx:
            return tx.holds.find(hold)
