"""A storage that counts what is asked of it, and how much it answers."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

import attrs

from booking_core.domain.catalog.resource import Resource
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import ClaimId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.ports.storage import Calendars, Reading, Transaction, UnitOfWork


@attrs.define
class Counts:
    """Transactions, questions to their repositories, and rows of taken lanes in the answers."""

    transactions: int = 0
    questions: int = 0
    lanes: int = 0


class Watched:
    """The UnitOfWork port over another, with a count since the last `reset`."""

    def __init__(self, store: UnitOfWork) -> None:
        self._store = store
        self.counts = Counts()

    def reset(self) -> None:
        self.counts = Counts()

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        with self._store(tenant, actor) as tx:
            yield self._watch(tx)

    @contextmanager
    def reading(self, tenant: TenantId) -> Iterator[Transaction]:
        with self._store.reading(tenant) as tx:
            yield self._watch(tx)

    def _watch(self, tx: Transaction) -> Transaction:
        self.counts.transactions += 1
        return cast("Transaction", _Repositories(tx, self.counts))


class _Repositories:
    def __init__(self, tx: Transaction, counts: Counts) -> None:
        self._tx, self._counts = tx, counts

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tx, name)
        if name == "calendars":
            return _Calendars(found, self._counts)
        return found if callable(found) else _Questions(found, self._counts)


class _Questions:
    def __init__(self, repository: object, counts: Counts) -> None:
        self._repository, self._counts = repository, counts

    def __getattr__(self, name: str) -> Callable[..., Any]:
        self._counts.questions += 1
        question: Callable[..., Any] = getattr(self._repository, name)
        return question


class _Calendars(_Questions):
    def __init__(self, repository: Calendars, counts: Counts) -> None:
        super().__init__(repository, counts)
        self._calendars = repository

    def read(
        self, resources: Collection[Resource], window: Period, at: datetime, without: Collection[ClaimId] = ()
    ) -> Reading:
        reading = self._calendars.read(resources, window, at, without)
        self._counts.questions += 1
        self._counts.lanes += sum(len(calendar.busy) for calendar in reading.calendars.values())
        return reading
