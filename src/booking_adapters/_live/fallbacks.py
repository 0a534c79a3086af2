"""What is done when the server for locks and limits is lost: the next best thing is asked, and nothing stops."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import LONGEST_TTL, Lock, LockHeld, LockWish, StaleLock
from booking_core.ports.ambient import Clock
from booking_core.ports.live import Locks, RateLimiter, RateRule, Unreachable

R = TypeVar("R")


class FallbackLocks:
    """The Locks port: `first` as long as it answers, else `second`, whose locks are honoured until they have ended.

    Locks that only `first` knew are lost with it. Two processes of which one still reaches `first` may both give a lock
    out; what is saved under the earlier one is then refused by its token.
    """

    def __init__(self, first: Locks, second: Locks, clock: Clock) -> None:
        self._first, self._second, self._clock = first, second, clock
        self._second_until: datetime | None = None

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        for lock in self._of_second(tenant):
            if lock.owner != wish.owner and lock.meets(wish.scopes):
                raise LockHeld.by(lock)
        return self._ask(lambda locks: locks.acquire(tenant, wish))

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        if any(lock.token == token for lock in self._of_second(tenant)):
            return self._second.renew(tenant, token, owner, ttl)
        try:
            return self._first.renew(tenant, token, owner, ttl)
        except Unreachable as lost:
            self._turn_to_second()
            raise StaleLock("your lock has ended") from lost

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        return self._ask(lambda locks: locks.release(tenant, token, owner)) or (
            self._second.release(tenant, token, owner) if self._is_recent else None
        )

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        ended = {lock.token: lock for lock in self._ask(lambda locks: locks.release_all(tenant, owner))}
        if self._is_recent:
            ended |= {lock.token: lock for lock in self._second.release_all(tenant, owner)}
        return [ended[token] for token in sorted(ended)]

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        held = {lock.token: lock for lock in self._ask(lambda locks: locks.held(tenant))}
        held |= {lock.token: lock for lock in self._of_second(tenant)}
        return [held[token] for token in sorted(held)]

    @property
    def _is_recent(self) -> bool:
        return self._second_until is not None and self._clock.now() < self._second_until

    def _of_second(self, tenant: TenantId) -> Sequence[Lock]:
        return self._second.held(tenant) if self._is_recent else ()

    def _turn_to_second(self) -> None:
        self._second_until = self._clock.now() + 2 * LONGEST_TTL

    def _ask(self, act: Callable[[Locks], R]) -> R:
        try:
            return act(self._first)
        except Unreachable:
            self._turn_to_second()
            return act(self._second)


class FallbackRateLimiter:
    """The RateLimiter port: all processes together while the server answers, else each for itself."""

    def __init__(self, first: RateLimiter, second: RateLimiter) -> None:
        self._first, self._second = first, second

    def spend(self, key: str, rule: RateRule) -> timedelta:
        try:
            return self._first.spend(key, rule)
        except Unreachable:
            return self._second.spend(key, rule)
