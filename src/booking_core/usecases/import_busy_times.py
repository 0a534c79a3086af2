"""Close a resource at the busy times of an outside calendar, again and again without doing it twice."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClosureId, TenantId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Page, Transaction, UnitOfWork
from booking_core.usecases.reading import free_lapsed

MOST_BUSY_TIMES = 5_000
LONGEST_SOURCE = 200
LONGEST_REFERENCE = 300
MOST_AFFECTED = 500


@attrs.frozen(order=True)
class BusyTime:
    """A period in which an outside calendar is busy; `reference` names the occurrence (the UID and its start)."""

    period: Period
    reference: str


@attrs.frozen(kw_only=True)
class ImportBusyTimes:
    """All that a source is busy with inside `window`; `source` is the calendar's name (`ical:practice.ics`)."""

    tenant: TenantId
    resource: str
    source: str
    window: Period
    busy: tuple[BusyTime, ...]
    actor: Actor = SYSTEM

    def __attrs_post_init__(self) -> None:
        """Refuse boundless imports, and names that no storage would keep."""
        if not 1 <= len(self.source) <= LONGEST_SOURCE:
            raise InvalidInput("source", f"must have 1…{LONGEST_SOURCE} characters", self.source)
        plain_text(self.source, "source", LONGEST_SOURCE)
        if len(self.busy) > MOST_BUSY_TIMES:
            raise InvalidInput("busy", f"are more than {MOST_BUSY_TIMES} at once", len(self.busy))
        for each in self.busy:
            if not 1 <= len(each.reference) <= LONGEST_REFERENCE:
                raise InvalidInput("reference", f"must have 1…{LONGEST_REFERENCE} characters", each.reference)
            plain_text(each.reference, "reference", LONGEST_REFERENCE)
            if not each.period.overlaps(self.window):
                raise InvalidInput("busy", "lies outside the window", each.reference)


@attrs.frozen(kw_only=True)
class ImportedBusyTimes:
    """How many closures were made, ended and left as they were, and the live bookings inside the new ones."""

    closed: int
    reopened: int
    kept: int
    affected: tuple[Reservation, ...]


@attrs.frozen(kw_only=True)
class CloseBusyTimes:
    """Closures of the source become what the calendar says: new ones closed, vanished ones reopened, moved ones both.

    A closure with the same reference and period is left alone, and so is everything outside the window.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: ImportBusyTimes) -> ImportedBusyTimes:
        """What was done; raises NotFound for an unknown resource."""
        at = self.clock.now()
        wanted = set(command.busy)
        with self.begin(command.tenant, command.actor) as tx:
            tx.alone()
            resource = tx.catalogs.load().resource(command.resource)
            stored = {
                BusyTime(each.period, each.reference): each
                for each in tx.closures.of_source(command.source)
                if each.resource == resource.id and each.period.overlaps(command.window)
            }
            vanished = sorted(stored.keys() - wanted)
            for busy in vanished:
                tx.closures.save(stored[busy].reopen(at))
            new = sorted(wanted - stored.keys())
            for busy in new:
                self._close(tx, resource, busy, command.source, at)
            affected = _affected(tx, resource, new)
        return ImportedBusyTimes(
            closed=len(new), reopened=len(vanished), kept=len(stored) - len(vanished), affected=affected
        )

    def _close(self, tx: Transaction, resource: Resource, busy: BusyTime, source: str, at: datetime) -> None:
        reading = tx.calendars.read([resource], busy.period, at)
        free_lapsed(tx, reading.lapsed, at)
        lanes = reading.calendars[resource.id].gaps(epoch(busy.period.start), epoch(busy.period.end))
        change = Closure.close(
            id=ClosureId(self.ids.new()),
            resource=resource.id,
            period=busy.period,
            reason="busy in an outside calendar",
            allocations=lanes,
            at=at,
            source=source,
            reference=busy.reference,
        )
        tx.closures.save(change)


def _affected(tx: Transaction, resource: Resource, busy: Iterable[BusyTime]) -> tuple[Reservation, ...]:
    """The live reservations inside new closures, which staff now have to look after; at most 500."""
    found: dict[object, Reservation] = {}
    for each in busy:
        inside = tx.reservations.overlapping(resource.id, each.period, Page(limit=MOST_AFFECTED))
        found |= {one.id: one for one in inside if one.is_live}
        if len(found) >= MOST_AFFECTED:
            break
    return tuple(found.values())[:MOST_AFFECTED]
