"""Working on something together: taking, keeping and giving back locks, and what saving under one asks for."""

from collections.abc import Sequence
from datetime import date, timedelta

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.errors import InvalidInput, StaleVersion
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.live.editing import Lock, LockHeld, LockWish, Scope, StaleLock, meet
from booking_core.domain.live.touched import locked_reservation
from booking_core.domain.live.updates import LOCK_RELEASED, LOCK_RENEWED, LOCK_TAKEN, Update
from booking_core.ports.ambient import Clock
from booking_core.ports.live import LiveUpdates, Locks
from booking_core.ports.storage import Transaction, UnitOfWork

USUAL_TTL = timedelta(seconds=30)
KEPT = timedelta(days=7)
"""How long it is remembered under which token something was saved: far longer than a lock can live."""
BATCH = 200


@attrs.frozen(kw_only=True)
class Edit:
    """One change of a member of staff: the locks that were held when it began, and the one that it is made under."""

    at_work: tuple[Lock, ...]
    token: int | None

    def may_save(self, tx: Transaction, scopes: Sequence[Scope], clock: Clock) -> None:
        """Make sure that nobody else is editing what is touched, and that nobody saved under a later lock.

        To be called before saving, in the same transaction. Raises LockHeld, StaleLock, and InvalidInput where the
        lock is for something else.
        """
        for lock in self.at_work:
            if lock.token != self.token and lock.meets(scopes):
                raise LockHeld.by(lock)
        if self.token is not None:
            self._save_under(tx, self._own(), scopes, clock)

    def _own(self) -> Lock:
        own = next((lock for lock in self.at_work if lock.token == self.token), None)
        if own is None:
            raise StaleLock("your lock has ended; please look again before saving")
        return own

    def _save_under(self, tx: Transaction, own: Lock, scopes: Sequence[Scope], clock: Clock) -> None:
        if not meet(own.scopes, scopes):
            raise InvalidInput("lock", "is for something else", own.token)
        # Two that edit the same thing decide one after the other: what the first remembered, the second sees.
        for thing in sorted({f"editing {scope.kind} {scope.id}" for scope in own.scopes}):
            tx.one_at_a_time(thing)
        overtaken = StaleLock("somebody else saved this in the meantime; please look again before saving")
        if tx.editing.seen(own.scopes) > own.token:
            raise overtaken
        try:
            tx.editing.saw(own.scopes, own.token, clock.now())
        except StaleVersion as later:
            raise overtaken from later


@attrs.frozen(kw_only=True)
class Edits:
    """Looks who is editing what before a change of staff begins."""

    locks: Locks

    def begin(self, tenant: TenantId, actor: Actor) -> Edit:
        """The change that somebody is about to make; to be called before its transaction. Raises Unreachable."""
        return Edit(at_work=tuple(self.locks.held(tenant)), token=actor.lock)


@attrs.frozen(kw_only=True)
class LockCommand:
    """Edit a reservation, or a resource (by key) on the local dates [first, end), as the client `owner`."""

    tenant: TenantId
    owner: str
    holder: str
    reservation: ClaimId | None = None
    resource: str = ""
    first: date | None = None
    end: date | None = None
    ttl: timedelta = USUAL_TTL


@attrs.frozen(kw_only=True)
class TakeLock:
    """Begin to edit: everybody who watches is told."""

    begin: UnitOfWork
    locks: Locks
    updates: LiveUpdates
    clock: Clock

    def __call__(self, command: LockCommand) -> Lock:
        """The lock; raises LockHeld, NotFound, InvalidInput, Unreachable."""
        with self.begin.reading(command.tenant) as tx:
            scopes = _wanted(tx, tx.catalogs.load(), command)
        wish = LockWish(owner=command.owner, holder=command.holder, scopes=scopes, ttl=command.ttl)
        lock = self.locks.acquire(command.tenant, wish)
        self.updates.publish(command.tenant, Update.of_lock(LOCK_TAKEN, lock, self.clock.now()))
        return lock


@attrs.frozen(kw_only=True)
class LockReference:
    """A lock of a client."""

    tenant: TenantId
    owner: str
    token: int
    ttl: timedelta = USUAL_TTL
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class RenewLock:
    """Go on editing."""

    locks: Locks
    updates: LiveUpdates
    clock: Clock

    def __call__(self, command: LockReference) -> Lock:
        """The renewed lock; raises StaleLock, InvalidInput, Unreachable."""
        lock = self.locks.renew(command.tenant, command.token, command.owner, command.ttl)
        self.updates.publish(command.tenant, Update.of_lock(LOCK_RENEWED, lock, self.clock.now()))
        return lock


@attrs.frozen(kw_only=True)
class ReleaseLock:
    """Stop editing. A lock that has ended already is no error."""

    locks: Locks
    updates: LiveUpdates
    clock: Clock

    def __call__(self, command: LockReference) -> None:
        """Release it; raises Unreachable."""
        ended = self.locks.release(command.tenant, command.token, command.owner)
        if ended is not None:
            _tell_released(self.updates, command.tenant, ended, self.clock)

    def everything_of(self, tenant: TenantId, owner: str) -> None:
        """A client has gone: all that it was editing is free again. Raises Unreachable."""
        for ended in self.locks.release_all(tenant, owner):
            _tell_released(self.updates, tenant, ended, self.clock)


@attrs.frozen(kw_only=True)
class ForgetEdits:
    """Removes locks that ended, and tokens that saved, a week ago."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, tenant: TenantId) -> int:
        """How many were removed; at most 200 of each a call."""
        with self.begin(tenant) as tx:
            return tx.editing.forget(self.clock.now() - KEPT, BATCH)


def _tell_released(updates: LiveUpdates, tenant: TenantId, lock: Lock, clock: Clock) -> None:
    updates.publish(tenant, Update.of_lock(LOCK_RELEASED, lock, clock.now()))


def _wanted(tx: Transaction, catalog: Catalog, command: LockCommand) -> tuple[Scope, ...]:
    if command.reservation is not None:
        if command.resource:
            raise InvalidInput("resource", "cannot be given together with a reservation")
        return locked_reservation(catalog, tx.reservations.get(command.reservation))
    resource = catalog.resource(command.resource)
    for field, value in (("first", command.first), ("end", command.end)):
        if value is None:
            raise InvalidInput(field, "is needed to edit a resource")
    assert command.first is not None
    assert command.end is not None
    return (Scope.of_resource(resource.id, command.first, command.end),)
