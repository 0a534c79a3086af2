"""Close a resource at the busy times of an outside calendar, again and again without doing it twice."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import attrs

from booking_core.domain.calendars.busy import BusyTime, differences
from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, ClosureId, TenantId, parse_uuid
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.kernel.text import plain_text
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import Page, Transaction, UnitOfWork
from booking_core.usecases.reading import free_lapsed

T = TypeVar("T")
MOST_BUSY_TIMES = 5_000
LONGEST_SOURCE = 200
LONGEST_REFERENCE = 300
MOST_AFFECTED = 500


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
    """How many closures were made, ended and left as they were, and the live bookings inside the new ones.

    A busy time that has moved counts as closed and reopened.
    """

    closed: int
    reopened: int
    kept: int
    affected: tuple[Reservation, ...]


@attrs.frozen(kw_only=True)
class CloseBusyTimes:
    """Closures of the source become what the calendar says: new ones closed, vanished ones reopened, moved ones both.

    Everything outside the window is left alone, and so is a closure whose time to come is the same.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator

    def __call__(self, command: ImportBusyTimes) -> ImportedBusyTimes:
        """What was done; raises NotFound for an unknown resource."""
        with self.begin(command.tenant, command.actor) as tx:
            tx.alone()
            resource = tx.catalogs.load().resource(command.resource)
            return reconcile(tx, resource, command, at=self.clock.now(), ids=self.ids)


def reconcile(
    tx: Transaction, resource: Resource, command: ImportBusyTimes, *, at: datetime, ids: IdGenerator
) -> ImportedBusyTimes:
    """Make a source's closures of a resource what the calendar says; to be called alone, in an open transaction."""
    stored = {
        BusyTime(each.period, each.reference): each
        for each in tx.closures.of_source(command.source)
        if each.resource == resource.id and each.period.overlaps(command.window)
    }
    found = differences(stored, set(command.busy), at)
    new = [each for each in found.new if not is_ours(tx, each.uid)]
    for busy in (*found.gone, *(was for was, _ in found.moved)):
        tx.closures.save(stored[busy].reopen(at))
    for busy, closure in (
        *((now, stored[was].id) for was, now in found.moved),
        *((each, ClosureId(ids.new())) for each in new),
    ):
        _close(tx, resource, busy, command.source, id=closure, at=at)
    made = (*new, *(now for _, now in found.moved))
    return ImportedBusyTimes(
        closed=len(made),
        reopened=len(found.gone) + len(found.moved),
        kept=len(found.kept),
        affected=_affected(tx, resource, made),
    )


def is_ours(tx: Transaction, uid: str) -> bool:
    """Whether an event is a booking or closed time of ours that comes back from a calendar that shows it."""
    try:
        known_by = parse_uuid(uid)
    except InvalidInput:
        return False
    return _exists(tx.reservations.get, ClaimId(known_by)) or _exists(tx.closures.get, ClosureId(known_by))


def _exists(get: Callable[[T], object], known_by: T) -> bool:
    try:
        get(known_by)
    except NotFound:
        return False
    return True


def _close(
    tx: Transaction, resource: Resource, busy: BusyTime, source: str, *, id: ClosureId, at: datetime
) -> None:
    reading = tx.calendars.read([resource], busy.period, at)
    free_lapsed(tx, reading.lapsed, at)
    lanes = reading.calendars[resource.id].gaps(epoch(busy.period.start), epoch(busy.period.end))
    change = Closure.close(
        id=id,
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
