"""What live editing and busy days ask for beside the storage: locks, updates, limits, and hints.

None of it decides whether a place is free. Where an adapter stands on another server, that server may be lost with all
it knew: no booking is lost with it, and what depends on it goes on more slowly or with less advice.
"""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

import attrs

from booking_core.domain.kernel.errors import InvalidInput, SystemFailure
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.live.editing import Lock, LockWish
from booking_core.domain.live.updates import Update

MOST_LOCKS = 500
"""Live locks of one tenant."""


class Unreachable(SystemFailure):
    """What an adapter relies on does not answer. Nothing was decided; the next best thing may be asked instead."""

    code: ClassVar[str] = "UNREACHABLE"


class TooManyLocks(SystemFailure):
    """The tenant has as many live locks as are kept: clients take them and do not give them back."""

    code: ClassVar[str] = "TOO_MANY_LOCKS"


class Locks(Protocol):
    """Advisory locks. Every lock gets a higher fencing token than all locks of the tenant before it.

    Every method raises Unreachable where what it relies on does not answer.
    """

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        """The lock; the owner's lock on the same scopes is renewed instead.

        Raises LockHeld where a lock of another owner meets one of the scopes, TooManyLocks.
        """
        ...

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        """The same lock for another `ttl` from now; raises StaleLock where it has ended or is another owner's."""
        ...

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        """End a lock of this owner; None where there is none."""
        ...

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        """End every lock of an owner: its client has gone."""
        ...

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        """Every live lock of the tenant, by token."""
        ...


class Subscription(Protocol):
    """What one listener has not heard yet. It keeps a bounded number; where more come, all become one RESYNC."""

    def take(self) -> Sequence[Update]:
        """What came since the last call, in order; never waits."""
        ...


class LiveUpdates(Protocol):
    """The bell: whoever watches a tenant hears what is told about it, at once or not at all."""

    def publish(self, tenant: TenantId, update: Update) -> None:
        """Tell everybody who watches the tenant, in every process. Never waits and never raises."""
        ...

    def subscribe(self, tenant: TenantId, wake: Callable[[], None]) -> AbstractContextManager[Subscription]:
        """Listen until the block ends. `wake` is called, in any thread, whenever there is something to take.

        It must not wait and must not raise.
        """
        ...


@attrs.frozen(kw_only=True)
class RateRule:
    """At most `most` at once, and as many again in each `per`, evenly."""

    name: str
    most: int
    per: timedelta

    def __attrs_post_init__(self) -> None:
        """Refuse rules that let nobody through."""
        if self.most < 1:
            raise InvalidInput("most", "must be at least 1", self.most)
        if self.per < timedelta(milliseconds=self.most):
            raise InvalidInput("per", "must leave a millisecond for each", str(self.per))


class RateLimiter(Protocol):
    """How often somebody may do something."""

    def spend(self, key: str, rule: RateRule) -> timedelta:
        """Zero where `key` may go on, which is counted; else how long until it may. Raises Unreachable."""
        ...


@attrs.frozen(kw_only=True)
class HoldHint:
    """What a hold takes, in the words that a customer asks by: keys of resources, and their occupied periods."""

    session: str
    claim: ClaimId
    taken: tuple[tuple[str, Period], ...]
    expires_at: datetime


class HoldHints(Protocol):
    """A guess, before the storage is asked, that somebody else holds what is wanted. Never a decision.

    Guessing wrong costs one question more. No method raises: what cannot be reached has no hints.
    """

    def expect_taken(
        self, tenant: TenantId, resources: Collection[str], period: Period, session: str
    ) -> bool:
        """Whether another session probably holds one of the resources (by key) at some time of the period."""
        ...

    def record(self, tenant: TenantId, hint: HoldHint) -> None:
        """Remember a hold until it expires, also if it is given up; what was remembered of it before is replaced."""
        ...
