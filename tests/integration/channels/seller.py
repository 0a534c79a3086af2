"""An outside seller and the business that it sells for, in the words of the stories."""

import attrs

from booking_adapters.testing.builders import Business
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.channels.booking import Content, ExternalBooking
from booking_core.domain.channels.link import Kind, Link, Message
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.alerts import Alert
from booking_core.ports.inspection import Finding, Inspection
from booking_core.ports.storage import Page, UnitOfWork
from booking_core.usecases.channels import ImportBookings, ReceiveBookings, ReceiveCommand
from booking_core.usecases.pull_channels import PullChannels


def booking(
    house: OpenBusiness,
    when: str = "2026-03-10/2026-03-12",
    *,
    reference: str = "R-1",
    revision: int = 1,
    kind: Kind = Kind.NEW,
    service: str = "cabin",
    people: int = 2,
    seats: int = 1,
) -> ExternalBooking:
    """What the seller sends."""
    wanted = house.wanted(service, when, people=people, seats=seats)
    content = Content(
        service=service,
        customer=Customer(name="Ann"),
        start=wanted.start,
        end=wanted.end,
        stay=wanted.stay,
        quantity=seats,
        party=wanted.party,
    )
    message = Message(channel="ota", reference=reference, revision=revision, kind=kind)
    return ExternalBooking(message=message, content=content)


def cancelled(reference: str = "R-1", *, revision: int) -> ExternalBooking:
    """The seller calls a booking off."""
    message = Message(channel="ota", reference=reference, revision=revision, kind=Kind.CANCELLED)
    return ExternalBooking(message=message, content=None)


@attrs.define(eq=False)
class Seller:
    """A channel connected to a business. `begin` can be one that dies."""

    engine: TheEngine
    house: OpenBusiness
    channel: FakeChannel = attrs.field(factory=FakeChannel)

    @classmethod
    def of(cls, engine: TheEngine, business: Business) -> "Seller":
        """A business that opens, with a channel."""
        return cls(engine, engine.opens(business))

    def tells(self, *bookings: ExternalBooking) -> int:
        """The channel sends, and what it sent is imported; how many messages came to an end."""
        self.receives()(self.message(*bookings))
        return self.imports()(self.house.tenant)

    def message(self, *bookings: ExternalBooking) -> ReceiveCommand:
        """What it sends."""
        return ReceiveCommand(tenant=self.house.tenant, bookings=bookings)

    def receives(self, begin: UnitOfWork | None = None) -> ReceiveBookings:
        return attrs.evolve(self.engine.receive_bookings, begin=begin or self.engine.store)

    def imports(self, begin: UnitOfWork | None = None) -> ImportBookings:
        return attrs.evolve(self.engine.import_bookings, begin=begin or self.engine.store)

    def pulls(self, begin: UnitOfWork | None = None) -> PullChannels:
        return PullChannels(
            begin=begin or self.engine.store,
            clock=self.engine.clock,
            receive=self.receives(begin),
            ids=self.engine.ids,
            connectors=Connected.to(self.channel),
        )

    def link(self, reference: str = "R-1") -> Link | None:
        with self.engine.store.reading(self.house.tenant) as tx:
            return tx.channels.links.find("ota", reference)

    def booked(self, reference: str = "R-1") -> Reservation:
        """The reservation that a booking became."""
        link = self.link(reference)
        assert link is not None
        assert link.reservation is not None
        return self.house.show(link.reservation)

    def everything(self) -> list[Reservation]:
        window = Period(self.house.moment("2026-01-01"), self.house.moment("2026-12-31"))
        with self.engine.store.reading(self.house.tenant) as tx:
            return list(tx.reservations.overlapping(None, window, Page(limit=100)))

    def alerts(self) -> list[Alert]:
        with self.engine.store.reading(self.house.tenant) as tx:
            return list(tx.alerts.open(99))

    def broken(self, inspection: Inspection) -> list[Finding]:
        """The invariants that do not hold."""
        found = inspection.of_tenant(self.house.tenant, self.engine.clock.now())
        return [each for each in found if not each.holds]
