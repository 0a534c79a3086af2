"""A unit of work in which something happens right after it has read the calendars, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import Calendars, Reading, Transaction, UnitOfWork


class Interrupted:
    """The UnitOfWork port over another. With `never_alone` it forgets to wait for other writers (for controls)."""

    def __init__(
        self, store: UnitOfWork, after_reading: Callable[[], object], *, never_alone: bool = False
    ) -> None:
        self._store, self._after_reading, self._never_alone = store, after_reading, never_alone

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        with self._store(tenant, actor) as tx:
            yield cast("Transaction", _Transaction(tx, self._interrupt, never_alone=self._never_alone))

    def reading(self, tenant: TenantId) -> Any:
        return self._store.reading(tenant)

    def _interrupt(self) -> None:
        act, self._after_reading = self._after_reading, lambda: None
        act()


class _Transaction:
    def __init__(self, tx: Transaction, interrupt: Callable[[], None], *, never_alone: bool) -> None:
        self._tx, self._never_alone = tx, never_alone
        self.calendars = _Calendars(tx.calendars, interrupt)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    def alone(self) -> None:
        if not self._never_alone:
            self._tx.alone()


class _Calendars:
    def __init__(self, calendars: Calendars, interrupt: Callable[[], None]) -> None:
        self._calendars, self._interrupt = calendars, interrupt

    def read(self, *asked: Any, **also: Any) -> Reading:
        reading = self._calendars.read(*asked, **also)
        self._interrupt()
        return reading

    def __getattr__(self, name: str) -> Any:
        return getattr(self._calendars, name)
