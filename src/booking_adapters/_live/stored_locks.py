"""Locks kept in the storage: slower than a server for it, and as lasting as everything else there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.kernel.period import EARLIEST
from booking_core.domain.live.editing import Lock, LockHeld, LockWish, StaleLock, checked_ttl
from booking_core.ports.ambient import Clock
from booking_core.ports.live import MOST_LOCKS, TooManyLocks
from booking_core.ports.storage import Transaction, UnitOfWork

_TURN = "locks"
_MICROSECOND = timedelta(microseconds=1)


@attrs.frozen
class StoredLocks:
    """The Locks port over a storage. A lock that ended is kept for a while, so that its token is not given again."""

    begin: UnitOfWork
    clock: Clock

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        at, scopes = self.clock.now(), tuple(sorted(wish.scopes))
        with self.begin(tenant) as tx:
            tx.one_at_a_time(_TURN)
            live = tx.editing.live(at)
            for lock in live:
                if lock.owner != wish.owner and lock.meets(scopes):
                    raise LockHeld.by(lock)
            for lock in live:
                if (lock.owner, lock.scopes) == (wish.owner, scopes):
                    return _kept(tx, attrs.evolve(lock, expires_at=at + wish.ttl))
            if len(live) >= MOST_LOCKS:
                raise TooManyLocks("too many locks are held; please try again later")
            lock = Lock(
                token=max(tx.editing.last_token() + 1, (at - EARLIEST) // _MICROSECOND),
                owner=wish.owner,
                holder=wish.holder,
                scopes=scopes,
                since=at,
                expires_at=at + wish.ttl,
            )
            return _kept(tx, lock)

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        at = self.clock.now()
        checked_ttl(ttl)
        with self.begin(tenant) as tx:
            tx.one_at_a_time(_TURN)
            own = [lock for lock in tx.editing.live(at) if (lock.token, lock.owner) == (token, owner)]
            if not own:
                raise StaleLock("your lock has ended")
            return _kept(tx, attrs.evolve(own[0], expires_at=at + ttl))

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        ended = self._release(tenant, owner, token)
        return ended[0] if ended else None

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        return self._release(tenant, owner, None)

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        with self.begin.reading(tenant) as tx:
            return tx.editing.live(self.clock.now())

    def _release(self, tenant: TenantId, owner: str, token: int | None) -> list[Lock]:
        at = self.clock.now()
        with self.begin(tenant) as tx:
            tx.one_at_a_time(_TURN)
            ended = [
                lock
                for lock in tx.editing.live(at)
                if lock.owner == owner and (token is None or lock.token == token)
            ]
            for lock in ended:
                _end(tx, lock, at)
        return ended


def _kept(tx: Transaction, lock: Lock) -> Lock:
    tx.editing.keep(lock)
    return lock


def _end(tx: Transaction, lock: Lock, at: datetime) -> None:
    tx.editing.keep(attrs.evolve(lock, expires_at=at))
