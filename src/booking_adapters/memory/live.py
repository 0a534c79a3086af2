"""Locks, limits and hints of one process, in memory."""

import threading
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import attrs

from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import EARLIEST, Period
from booking_core.domain.live.editing import Lock, LockHeld, LockWish, StaleLock, checked_ttl
from booking_core.ports.ambient import Clock
from booking_core.ports.live import MOST_LOCKS, HoldHint, RateRule, TooManyLocks

MOST_KEYS = 100_000
"""Counted keys; beyond that those that owe nothing are forgotten, then all."""
MOST_HINTS = 2_000
"""Holds that are remembered; beyond that all are forgotten, for each is looked through."""
_MICROSECOND = timedelta(microseconds=1)


class MemoryLocks:
    """The Locks port, for deployments of one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._locks: dict[TenantId, dict[int, Lock]] = {}
        self._last = 0

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        scopes = tuple(sorted(wish.scopes))
        with self._guard:
            at, locks = self._live(tenant)
            for lock in locks.values():
                if lock.owner != wish.owner and lock.meets(scopes):
                    raise LockHeld.by(lock)
            for lock in locks.values():
                if (lock.owner, lock.scopes) == (wish.owner, scopes):
                    return self._kept(tenant, attrs.evolve(lock, expires_at=at + wish.ttl))
            if len(locks) >= MOST_LOCKS:
                raise TooManyLocks("too many locks are held; please try again later")
            self._last = max(self._last + 1, (at - EARLIEST) // _MICROSECOND)
            taken = Lock(
                token=self._last,
                owner=wish.owner,
                holder=wish.holder,
                scopes=scopes,
                since=at,
                expires_at=at + wish.ttl,
            )
            return self._kept(tenant, taken)

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        checked_ttl(ttl)
        with self._guard:
            at, locks = self._live(tenant)
            lock = locks.get(token)
            if lock is None or lock.owner != owner:
                raise StaleLock("your lock has ended")
            return self._kept(tenant, attrs.evolve(lock, expires_at=at + ttl))

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        with self._guard:
            _, locks = self._live(tenant)
            lock = locks.get(token)
            return locks.pop(token) if lock is not None and lock.owner == owner else None

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        with self._guard:
            _, locks = self._live(tenant)
            return [locks.pop(lock.token) for lock in list(locks.values()) if lock.owner == owner]

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        with self._guard:
            _, locks = self._live(tenant)
            return sorted(locks.values(), key=lambda lock: lock.token)

    def _live(self, tenant: TenantId) -> tuple[datetime, dict[int, Lock]]:
        at = self._clock.now()
        live = {token: lock for token, lock in self._locks.get(tenant, {}).items() if lock.is_live(at)}
        self._locks[tenant] = live
        return at, live

    def _kept(self, tenant: TenantId, lock: Lock) -> Lock:
        self._locks[tenant][lock.token] = lock
        return lock


class MemoryRateLimiter:
    """The RateLimiter port: what this process lets through."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._due: dict[tuple[str, str], datetime] = {}

    def spend(self, key: str, rule: RateRule) -> timedelta:
        each, now = rule.per / rule.most, self._clock.now()
        with self._guard:
            due = max(self._due.get((rule.name, key), now), now) + each
            wait = due - now - each * rule.most
            if wait > timedelta(0):
                return wait
            if len(self._due) >= MOST_KEYS:
                self._due = {name: when for name, when in self._due.items() if when > now}
                if len(self._due) >= MOST_KEYS:
                    self._due.clear()
            self._due[rule.name, key] = due
            return timedelta(0)


class NoHoldHints:
    """The HoldHints port of those who ask the storage at once."""

    def expect_taken(
        self, tenant: TenantId, resources: Collection[str], period: Period, session: str
    ) -> bool:
        """Nothing is known."""
        del tenant, resources, period, session
        return False

    def record(self, tenant: TenantId, hint: HoldHint) -> None:
        """Nothing is kept."""


class MemoryHoldHints:
    """The HoldHints port, for one process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._hints: dict[tuple[TenantId, ClaimId], HoldHint] = {}

    def expect_taken(
        self, tenant: TenantId, resources: Collection[str], period: Period, session: str
    ) -> bool:
        with self._guard:
            self._forget_expired()
            return any(
                resource in resources and taken.overlaps(period)
                for (whose, _), hint in self._hints.items()
                if whose == tenant and hint.session != session
                for resource, taken in hint.taken
            )

    def record(self, tenant: TenantId, hint: HoldHint) -> None:
        with self._guard:
            self._forget_expired()
            if len(self._hints) >= MOST_HINTS:
                self._hints.clear()
            self._hints[tenant, hint.claim] = hint

    def _forget_expired(self) -> None:
        at = self._clock.now()
        self._hints = {name: hint for name, hint in self._hints.items() if at < hint.expires_at}
