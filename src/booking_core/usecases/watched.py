"""Where staff cannot save over what somebody else is editing: every change of a calendar passes here.

These are bookings, holds, closures, promised rooms, and the resources themselves with their hours and places.

It is a unit of work and not a line in each use case, so that none can forget it. What the locks are is asked before the
transaction begins; inside it nothing but the storage is asked.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, TypeVar, cast

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.frontdesk.room_assignment import AssignmentChange
from booking_core.domain.kernel.errors import NotFound
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import Scope
from booking_core.domain.live.touched import edited_catalog, edited_closure, edited_hold, edited_reservation
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.editing import Edit, Edits

P = TypeVar("P", bound="_Part")


@attrs.frozen(kw_only=True)
class WatchedUnits:
    """The UnitOfWork port over another. Guests and the worker pass unhindered."""

    begin: UnitOfWork
    edits: Edits
    clock: Clock

    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
        """A transaction whose saving raises LockHeld and StaleLock where staff would save over another's edit."""
        if actor.kind != "staff":
            return self.begin(tenant, actor)
        return self._watched(tenant, actor)

    def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        """As the other one's."""
        return self.begin.reading(tenant)

    @contextmanager
    def _watched(self, tenant: TenantId, actor: Actor) -> Iterator[Transaction]:
        edit = self.edits.begin(tenant, actor)
        with self.begin(tenant, actor) as tx:
            # A transaction in all but what it overrides, which passes everything else on.
            yield cast("Transaction", _Watched(tx, edit, self.clock))


@attrs.frozen
class _Part:
    """A part of a transaction that looks before it saves, and passes everything else on."""

    under: Any
    may_save: Callable[[Sequence[Scope]], None]
    catalog: Callable[[], Catalog]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.under, name)


class _Watched:
    """A transaction that looks at everything that touches a calendar before it is saved."""

    def __init__(self, tx: Transaction, edit: Edit, clock: Clock) -> None:
        self._tx, self._edit, self._clock = tx, edit, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    @property
    def catalogs(self) -> "_WatchedCatalogs":
        return self._over(_WatchedCatalogs, self._tx.catalogs)

    @property
    def holds(self) -> "_WatchedHolds":
        return self._over(_WatchedHolds, self._tx.holds)

    @property
    def reservations(self) -> "_WatchedReservations":
        return self._over(_WatchedReservations, self._tx.reservations)

    @property
    def closures(self) -> "_WatchedClosures":
        return self._over(_WatchedClosures, self._tx.closures)

    @property
    def front_desk(self) -> "_WatchedFrontDesk":
        return _WatchedFrontDesk(self, self._tx)

    def over_assignments(self) -> "_WatchedAssignments":
        """The rooms that reservations are to get."""
        return self._over(_WatchedAssignments, self._tx)

    def _over(self, part: type[P], under: object) -> P:
        return part(under, self._may_save, self._tx.catalogs.load)

    def _may_save(self, touched: Sequence[Scope]) -> None:
        self._edit.may_save(self._tx, touched, self._clock)


class _WatchedCatalogs(_Part):
    def save(self, catalog: Catalog, at: datetime) -> None:
        try:
            before = self.catalog()
        except NotFound:
            before = None  # nobody edits what does not exist yet
        if before is not None:
            self.may_save(edited_catalog(before, catalog))
        self.under.save(catalog, at)


class _WatchedHolds(_Part):
    def save(self, change: Change[Hold | None, Hold | None]) -> None:
        # To renew one or to give it up gets in nobody's way.
        if change.state is not None and change.before is None:
            self.may_save(edited_hold(self.catalog(), change.state))
        self.under.save(change)


class _WatchedReservations(_Part):
    def save(self, change: Change[Reservation, Reservation | Hold | None]) -> None:
        # What has run out is ended by whoever meets it, and that is no edit of theirs.
        if change.state.status is not Status.EXPIRED:
            before = [change.before] if isinstance(change.before, Reservation) else []
            self.may_save(edited_reservation(self.catalog(), *before, change.state))
        self.under.save(change)


class _WatchedClosures(_Part):
    def save(self, change: Change[Closure | None, Closure | None]) -> None:
        states = [each for each in (change.before, change.state) if each is not None]
        self.may_save(sorted({scope for each in states for scope in edited_closure(self.catalog(), each)}))
        self.under.save(change)


class _WatchedFrontDesk:
    """What is behind the counter; a room that is promised to a reservation is part of it."""

    def __init__(self, watched: _Watched, tx: Transaction) -> None:
        self._watched, self._tx = watched, tx

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx.front_desk, name)

    @property
    def assignments(self) -> "_WatchedAssignments":
        return self._watched.over_assignments()


class _WatchedAssignments(_Part):
    """`under` is the transaction: which dates a promise touches, its reservation knows."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.under.front_desk.assignments, name)

    def save(self, change: AssignmentChange) -> None:
        reservation = self.under.reservations.get(change.state.reservation)
        self.may_save(edited_reservation(self.catalog(), reservation))
        self.under.front_desk.assignments.save(change)
