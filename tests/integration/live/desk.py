"""A camp with two administrators, for the stories of live editing."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import attrs

from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters.testing.engine import OpenBusiness
from booking_core.domain.kernel.events import Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.live.editing import Lock, LockWish
from booking_core.ports.live import Locks
from booking_core.usecases.editing import (
    LockCommand,
    TakeLock,
)


@attrs.define(eq=False)
class Desk:
    """A camp with two administrators; `before_saving` happens after a change has looked at the locks."""

    camp: OpenBusiness
    locks: Locks
    before_saving: Callable[[], object] | None = None

    def held(self, tenant: TenantId) -> Sequence[Lock]:
        """The locks, and then whatever happens meanwhile."""
        found = self.locks.held(tenant)
        meanwhile, self.before_saving = self.before_saving, None
        if meanwhile is not None:
            meanwhile()
        return found

    def acquire(self, tenant: TenantId, wish: LockWish) -> Lock:
        return self.locks.acquire(tenant, wish)

    def renew(self, tenant: TenantId, token: int, owner: str, ttl: timedelta) -> Lock:
        return self.locks.renew(tenant, token, owner, ttl)

    def release(self, tenant: TenantId, token: int, owner: str) -> Lock | None:
        return self.locks.release(tenant, token, owner)

    def release_all(self, tenant: TenantId, owner: str) -> Sequence[Lock]:
        return self.locks.release_all(tenant, owner)

    def edits(self, owner: str, first: int, end: int, cabin: str = "cabin-1") -> Lock:
        """Somebody begins to edit a cabin on days of March."""
        engine = self.camp.engine
        take = TakeLock(begin=engine.store, locks=self.locks, updates=LocalUpdates(), clock=engine.clock)
        return take(
            LockCommand(
                tenant=self.camp.tenant,
                owner=owner,
                holder=owner.title(),
                resource=cabin,
                first=date(2026, 3, first),
                end=date(2026, 3, end),
            )
        )

    def as_(self, name: str, lock: Lock | None = None) -> OpenBusiness:
        """The camp as a member of staff works on it, perhaps under a lock."""
        actor = Actor("staff", name, lock=lock.token if lock else None)
        return attrs.evolve(self.camp, actor=actor)

    def passes(self, seconds: float) -> None:
        """Time goes by."""
        clock = self.camp.engine.clock
        clock.set(clock.now() + timedelta(seconds=seconds))

    def is_overtaken(self, *, end: int = 14, then: Callable[[], object] | None = None) -> None:
        """Whoever saves next has looked at the locks in time, and then sleeps while Bob takes over and saves."""

        def meanwhile() -> None:
            self.passes(31)
            new = self.edits("bob", 10, end)
            self.as_("bob", new).book("cabin", "2026-03-10/2026-03-11", by=["cabin-1"])
            if then is not None:
                then()

        self.before_saving = meanwhile
