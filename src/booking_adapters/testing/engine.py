"""The whole engine on one storage, for tests: every use case wired, a clock set by hand, ids that repeat."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

import attrs

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.testing.ambient import FixedClock, ListedHolidays, SeededIds
from booking_adapters.testing.builders import Business
from booking_adapters.testing.line import LineUseCases
from booking_adapters.testing.till import Till
from booking_adapters.testing.when import Wall
from booking_core.domain.availability.request import Violation
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.availability.slots import Slot
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Holidays, IdGenerator
from booking_core.ports.payments import PaymentGateway
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import Book, BookCommand
from booking_core.usecases.cancel import Cancel, SimulateCancellation
from booking_core.usecases.channels import ImportBookings, ReceiveBookings
from booking_core.usecases.close_resource import CloseCommand, Closed, CloseResource
from booking_core.usecases.confirm import Confirm, Decision
from booking_core.usecases.decline import Decline
from booking_core.usecases.expire import ExpireClaims
from booking_core.usecases.explain import Explain, ExplainQuery
from booking_core.usecases.free_periods import FindFreePeriods
from booking_core.usecases.make_quote import MakeQuote
from booking_core.usecases.next_slot import NextSlot, NextSlotQuery
from booking_core.usecases.place_hold import HoldCommand, PlaceHold
from booking_core.usecases.reading import Reader
from booking_core.usecases.release_hold import HoldReference, ReleaseHold
from booking_core.usecases.renew_hold import RenewHold
from booking_core.usecases.reopen_resource import ReopenCommand, ReopenResource
from booking_core.usecases.reschedule import Reschedule, RescheduleCommand
from booking_core.usecases.search_slots import SearchSlots, SlotQuery
from booking_core.usecases.search_stays import SearchStays, StayOffer, StayQuery
from booking_core.usecases.show import Show, ShowQuery
from booking_core.usecases.tidy import CompletePast, ForgetQuotes, MarkNoShows
from booking_core.usecases.wanted import Wanted


class TheEngine(LineUseCases):
    """Every use case on a storage, run again after lost races, as a deployment would wire them."""

    def __init__(
        self,
        store: UnitOfWork,
        clock: FixedClock | None = None,
        ids: IdGenerator | None = None,
        *,
        holidays: Holidays | None = None,
        rules: RuleBook | None = None,
        gateway: PaymentGateway | None = None,
    ) -> None:
        self.store = store
        self.clock = clock = clock or FixedClock()
        self.ids = ids = ids or SeededIds()
        rules = rules or standard_rules()
        reader = Reader(holidays=holidays or ListedHolidays({}))
        self.search_slots = SearchSlots(begin=store, clock=clock, reader=reader, rules=rules)
        self.search_stays = SearchStays(begin=store, clock=clock, reader=reader, rules=rules)
        self.find_free_periods = FindFreePeriods(begin=store, clock=clock, reader=reader)
        self.make_quote = Persistent(MakeQuote(begin=store, clock=clock, ids=ids, reader=reader, rules=rules))
        self.simulate_cancellation = SimulateCancellation(begin=store, clock=clock)
        self.next_slot = NextSlot(search=self.search_slots)
        self.explain = Explain(begin=store, clock=clock, reader=reader, rules=rules)
        self.show = Show(begin=store)
        self.place_hold = Persistent(PlaceHold(begin=store, clock=clock, ids=ids, reader=reader, rules=rules))
        self.renew_hold = Persistent(RenewHold(begin=store, clock=clock))
        self.release_hold = Persistent(ReleaseHold(begin=store, clock=clock))
        booking = Book(begin=store, clock=clock, ids=ids, reader=reader, rules=rules)
        self.book = Persistent(booking)
        self.confirm = Persistent(Confirm(begin=store, clock=clock, ids=ids))
        self.decline = Persistent(Decline(begin=store, clock=clock, ids=ids))
        cancelling = Cancel(begin=store, clock=clock, ids=ids)
        self.cancel = Persistent(cancelling)
        self.call_off = Persistent(cancelling.answer)
        moving = Reschedule(begin=store, clock=clock, ids=ids, reader=reader, rules=rules)
        self.reschedule = Persistent(moving)
        self.till = Till(store, clock, ids, booking=booking, moving=moving, gateway=gateway)
        self.close_resource = Persistent(CloseResource(begin=store, clock=clock, ids=ids))
        self.reopen_resource = Persistent(ReopenResource(begin=store, clock=clock))
        self._wire_worker(reader, rules)
        self.wire_line(store, clock, ids, reader, rules, self.book, moving=moving, cancelling=cancelling)

    def _wire_worker(self, reader: Reader, rules: RuleBook) -> None:
        """What happens without anybody asking."""
        store, clock, ids = self.store, self.clock, self.ids
        self.receive_bookings = ReceiveBookings(begin=store, clock=clock)
        self.import_bookings = ImportBookings(begin=store, clock=clock, ids=ids, reader=reader, rules=rules)
        self.expire_claims = ExpireClaims(begin=store, clock=clock, ids=ids)
        self.mark_no_shows = MarkNoShows(begin=store, clock=clock, ids=ids)
        self.complete_past = CompletePast(begin=store, clock=clock, ids=ids)
        self.forget_quotes = ForgetQuotes(begin=store, clock=clock)

    def opens(self, business: Business) -> "OpenBusiness":
        """A business whose catalog is stored and that takes bookings from now on."""
        opened = OpenBusiness(self, business)
        opened.becomes(business)
        return opened


@attrs.define(eq=False)
class OpenBusiness:
    """One tenant of the engine, spoken to in keys and in the venue's wall-clock time (see `when`).

    A `when` is `"10:00"` (on the clock's day), `"2026-03-02 10:00"`, `"10:00/12:00"` or `"2024-03-15/2024-03-18"`.
    Raises what the use cases raise.
    """

    engine: TheEngine
    business: Business
    actor: Actor = SYSTEM

    @property
    def tenant(self) -> TenantId:
        """Its id."""
        return self.business.tenant.id

    @property
    def wall(self) -> Wall:
        """The venue's wall clock on the present day."""
        place = self.business.venue.zone
        return Wall(place, self.engine.clock.now().astimezone(place).date())

    def becomes(self, business: Business) -> None:
        """Store another version of the catalog (`business.revised()` counts it up)."""
        with self.engine.store(self.tenant, self.actor) as tx:
            tx.catalogs.save(business.catalog, self.engine.clock.now())
        self.business = business

    def resource(self, key: str) -> Resource:
        """A resource of the stored catalog."""
        return self.business.catalog.resource(key)

    def it_is(self, when: str) -> None:
        """Set the clock to a wall-clock time of the venue."""
        self.engine.clock.set(self.wall.moment(when))

    def wanted(
        self,
        service: str,
        when: str,
        *,
        by: Sequence[str] = (),
        seats: int = 1,
        people: int = 1,
        waived: Collection[str] = (),
    ) -> Wanted:
        """What a customer asks for; `by` names the chosen resources."""
        start, end, stay = self.wall.read(when)
        return Wanted(
            service=service,
            start=start,
            end=end,
            stay=stay,
            quantity=seats,
            party=Party(people),
            resources=tuple(by),
            waived=frozenset(waived),
        )

    def slots(
        self,
        service: str,
        day: str,
        *,
        by: Sequence[str] = (),
        seats: int = 1,
        people: int = 1,
        session: str = "",
        moving: Reservation | None = None,
    ) -> list[Slot]:
        """What is offered on a date or inside a period, in order."""
        query = SlotQuery(
            tenant=self.tenant,
            service=service,
            window=self.wall.period(day),
            quantity=seats,
            party=Party(people),
            resources=tuple(by),
            session=session,
            moving=moving.id if moving else None,
        )
        return self.engine.search_slots(query).in_order()

    def times(
        self,
        service: str,
        day: str,
        *,
        by: Sequence[str] = (),
        seats: int = 1,
        people: int = 1,
        session: str = "",
        moving: Reservation | None = None,
    ) -> list[str]:
        """The offered starts as the wall clock shows them, each once."""
        found = self.slots(service, day, by=by, seats=seats, people=people, session=session, moving=moving)
        return list(dict.fromkeys(self.wall.shown(slot.start) for slot in found))

    def next_slot(self, service: str, after: str, *, by: Sequence[str] = (), seats: int = 1) -> Slot | None:
        """The earliest slot from a wall-clock time on."""
        moment = self.wall.moment(after)
        query = NextSlotQuery(
            tenant=self.tenant, service=service, after=moment, quantity=seats, resources=tuple(by)
        )
        return self.engine.next_slot(query)

    def stays(
        self, when: str, *, service: str | None = None, rooms: int = 1, people: int = 1, session: str = ""
    ) -> list[StayOffer]:
        """What is free for the nights of `check-in/check-out`."""
        first, _, last = when.partition("/")
        query = StayQuery(
            tenant=self.tenant,
            stay=Stay.between(date.fromisoformat(first), date.fromisoformat(last)),
            service=service,
            quantity=rooms,
            party=Party(people),
            session=session,
        )
        return self.engine.search_stays(query)

    def explain(
        self,
        service: str,
        when: str,
        *,
        by: Sequence[str] = (),
        seats: int = 1,
        people: int = 1,
        session: str = "",
    ) -> tuple[Violation, ...]:
        """Why it cannot be booked; empty where it can."""
        wanted = self.wanted(service, when, by=by, seats=seats, people=people)
        return self.engine.explain(ExplainQuery(tenant=self.tenant, wanted=wanted, session=session))

    def hold(
        self,
        service: str,
        when: str,
        session: str,
        *,
        by: Sequence[str] = (),
        seats: int = 1,
        people: int = 1,
    ) -> Hold:
        """Place a hold, or renew the session's own."""
        wanted = self.wanted(service, when, by=by, seats=seats, people=people)
        return self.engine.place_hold(
            HoldCommand(tenant=self.tenant, session=session, wanted=wanted, actor=self.actor)
        )

    def renew(self, hold: Hold, session: str) -> Hold:
        """Renew a hold as some session."""
        return self.engine.renew_hold(self._reference(hold, session))

    def release(self, hold: Hold, session: str) -> None:
        """Release a hold as some session."""
        self.engine.release_hold(self._reference(hold, session))

    def book(
        self,
        service: str,
        when: str,
        *,
        customer: str = "Bob",
        by: Sequence[str] = (),
        seats: int = 1,
        people: int = 1,
        session: str = "",
        hold: Hold | None = None,
        key: str = "",
        waived: Collection[str] = (),
    ) -> Reservation:
        """Book, directly or what a hold claims; `key` is the idempotency key."""
        wanted = self.wanted(service, when, by=by, seats=seats, people=people, waived=waived)
        command = BookCommand(
            tenant=self.tenant,
            wanted=wanted,
            customer=Customer(name=customer),
            session=session,
            hold=hold.id if hold else None,
            idempotency_key=key,
            actor=self.actor,
        )
        return self.engine.book(command)

    def confirm(self, reservation: Reservation) -> Reservation:
        """Approve."""
        return self.engine.confirm(self._decision(reservation))

    def decline(self, reservation: Reservation, reason: str = "") -> Reservation:
        """Refuse."""
        return self.engine.decline(self._decision(reservation, reason))

    def cancel(self, reservation: Reservation, reason: str = "") -> Reservation:
        """Call off."""
        return self.engine.cancel(self._decision(reservation, reason))

    def move(
        self,
        reservation: Reservation,
        when: str,
        *,
        by: Sequence[str] = (),
        seats: int | None = None,
        people: int | None = None,
        anybody: bool = False,
    ) -> Reservation:
        """Reschedule; places and people stay unless said otherwise, resources unless named or `anybody`."""
        wanted = self.wanted(
            self.business.catalog.services[reservation.service].key,
            when,
            by=by,
            seats=seats or reservation.quantity,
            people=people or reservation.party.people,
        )
        command = RescheduleCommand(
            tenant=self.tenant,
            reservation=reservation.id,
            wanted=wanted,
            any_resource=anybody,
            actor=self.actor,
        )
        return self.engine.reschedule(command)

    def close(self, resource: str, when: str, *, places: int | None = None, reason: str = "") -> Closed:
        """Close a resource, or some of its places, for a period or a whole date."""
        period = self.wall.period(when)
        return self.engine.close_resource(
            CloseCommand(
                tenant=self.tenant,
                resource=resource,
                period=period,
                reason=reason,
                quantity=places,
                actor=self.actor,
            )
        )

    def reopen(self, closure: Closure) -> None:
        """End a closure."""
        self.engine.reopen_resource(ReopenCommand(tenant=self.tenant, closure=closure.id, actor=self.actor))

    def show(self, reservation: str | ClaimId) -> Reservation:
        """Look a reservation up by its number or id."""
        return self.engine.show(ShowQuery(tenant=self.tenant, reservation=str(reservation)))

    def time_passes(self) -> int:
        """Let the worker do its round; returns how many claims expired, guests did not show, and stays are over."""
        self.engine.forget_quotes(self.tenant)
        claims, missing = self.engine.expire_claims(self.tenant), self.engine.mark_no_shows(self.tenant)
        return claims + missing + self.engine.complete_past(self.tenant)

    def who(self, reservation: Reservation) -> list[str]:
        """The keys of the resources that serve a reservation, in the order of the service's roles."""
        resources = self.business.catalog.resources
        return [resources[resource].key for _, resource in reservation.assigned]

    def moment(self, when: str) -> datetime:
        """The instant of a wall-clock time."""
        return self.wall.moment(when)

    def _decision(self, reservation: Reservation, reason: str = "") -> Decision:
        return Decision(tenant=self.tenant, reservation=reservation.id, reason=reason, actor=self.actor)

    def _reference(self, hold: Hold, session: str) -> HoldReference:
        return HoldReference(tenant=self.tenant, session=session, hold=hold.id, actor=self.actor)
