"""A unit of work in which something happens right after it has done something, once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import Transaction, UnitOfWork


class Interrupted:
    """The UnitOfWork port over another; it is interrupted by `act` after a method of a repository.

    With `never_alone` it forgets to wait for other writers (for controls).
    """

    def __init__(
        self,
        store: UnitOfWork,
        act: Callable[[], object],
        *,
        after: str = "calendars.read",
        never_alone: bool = False,
    ) -> None:
        self._store, self._act, self._after, self._never_alone = store, act, after, never_alone

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        with self._store(tenant, actor) as tx:
            yield cast("Transaction", _Transaction(tx, self._after, self._interrupt, self._never_alone))

    def reading(self, tenant: TenantId) -> Any:
        return self._store.reading(tenant)

    def _interrupt(self) -> None:
        act, self._act = self._act, lambda: None
        act()


class _Transaction:
    def __init__(self, tx: Transaction, after: str, interrupt: Callable[[], None], never_alone: bool) -> None:
        self._tx, self._interrupt, self._never_alone = tx, interrupt, never_alone
        self._repository, _, self._method = after.partition(".")

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tx, name)
        return _Repository(found, self._method, self._interrupt) if name == self._repository else found

    def one_at_a_time(self, name: str) -> None:
        if not self._never_alone:
            self._tx.one_at_a_time(name)

    def alone(self) -> None:
        if not self._never_alone:
            self._tx.alone()


class _Repository:
    def __init__(self, repository: Any, method: str, interrupt: Callable[[], None]) -> None:
        self._repository, self._method, self._interrupt = repository, method, interrupt

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._repository, name)
        return self._interrupted(found) if name == self._method else found

    def _interrupted(self, method: Callable[..., object]) -> Callable[..., object]:
        def done_and_interrupted(*asked: Any, **also: Any) -> object:
            answer = method(*asked, **also)
            self._interrupt()
            return answer

        return done_and_interrupted
