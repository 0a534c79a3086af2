"""Where staff cannot save over what somebody else is editing: every change of a booking or a closure passes here.

It is a unit of work and not a line in each use case, so that none can forget it. What the locks are is asked before the
transaction begins; inside it nothing but the storage is asked.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import attrs

from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.touched import edited_closure, edited_reservation
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.editing import Edit, Edits


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


class _Watched:
    """A transaction that looks at every reservation and closure before it is saved."""

    def __init__(self, tx: Transaction, edit: Edit, clock: Clock) -> None:
        self._tx, self._edit, self._clock = tx, edit, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    @property
    def reservations(self) -> "_WatchedReservations":
        return _WatchedReservations(self._tx, self._edit, self._clock)

    @property
    def closures(self) -> "_WatchedClosures":
        return _WatchedClosures(self._tx, self._edit, self._clock)


class _WatchedReservations:
    def __init__(self, tx: Transaction, edit: Edit, clock: Clock) -> None:
        self._tx, self._edit, self._clock = tx, edit, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx.reservations, name)

    def save(self, change: Change[Reservation, Reservation | Hold | None]) -> None:
        # What has run out is ended by whoever meets it, and that is no edit of theirs.
        if change.state.status is not Status.EXPIRED:
            before = [change.before] if isinstance(change.before, Reservation) else []
            catalog = self._tx.catalogs.load()
            touched = edited_reservation(catalog, *before, change.state)
            self._edit.may_save(self._tx, touched, self._clock)
        self._tx.reservations.save(change)


class _WatchedClosures:
    def __init__(self, tx: Transaction, edit: Edit, clock: Clock) -> None:
        self._tx, self._edit, self._clock = tx, edit, clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx.closures, name)

    def save(self, change: Change[Closure | None, Closure | None]) -> None:
        catalog = self._tx.catalogs.load()
        touched = {
            scope
            for each in (change.before, change.state)
            if each is not None
            for scope in edited_closure(catalog, each)
        }
        self._edit.may_save(self._tx, sorted(touched), self._clock)
        self._tx.closures.save(change)
