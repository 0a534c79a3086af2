"""Close a resource for a while, and open it again."""

import attrs

from booking_core.domain.availability.request import SoldOut
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClosureId, TenantId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Page, UnitOfWork
from booking_core.usecases.reading import free_lapsed


@attrs.frozen(kw_only=True)
class CloseCommand:
    """Close a resource (by key) for a period: all of it, or `quantity` of its places."""

    tenant: TenantId
    resource: str
    period: Period
    reason: str = ""
    quantity: int | None = None
    actor: Actor = SYSTEM


@attrs.frozen
class Closed:
    """The closure, and the live reservations inside it that staff now have to look after."""

    closure: Closure
    affected: tuple[Reservation, ...]


@attrs.frozen(kw_only=True)
class CloseResource:
    """Nothing new can be booked inside; what is booked already stays and is listed."""

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: CloseCommand) -> Closed:
        """The closure; raises SoldOut where fewer than `quantity` places are free to be closed, NotFound."""
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.alone()
            resource = tx.catalogs.load().resource(command.resource)
            reading = tx.calendars.read([resource], command.period, at)
            free_lapsed(tx, reading.lapsed, at)
            calendar = reading.calendars[resource.id]
            start, end = epoch(command.period.start), epoch(command.period.end)
            if command.quantity is None:
                lanes = calendar.gaps(start, end)
            else:
                placed = calendar.place(start, end, command.quantity)
                if placed is None:
                    raise SoldOut(
                        f"fewer than {command.quantity} places of {resource.name} are free to be closed"
                    )
                lanes = placed
            change = Closure.close(
                id=ClosureId(self.ids.new()),
                resource=resource.id,
                period=command.period,
                reason=command.reason,
                quantity=command.quantity,
                allocations=lanes,
                at=at,
            )
            tx.closures.save(change)
            inside = tx.reservations.overlapping(resource.id, command.period, Page(limit=500))
            return Closed(change.state, tuple(each for each in inside if each.is_live))
