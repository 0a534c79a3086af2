"""Processes that die at any arrow: before and after every commit, before and after every call of the provider."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TypeVar

import attrs

from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.payments.answers import Answer, Found
from booking_core.domain.payments.intent import Intent
from booking_core.ports.calendar_push import CalendarPlace, CalendarPush, EntryChanged
from booking_core.ports.payments import PaymentGateway
from booking_core.ports.storage import Transaction, UnitOfWork

R = TypeVar("R")
NEVER = 10_000


class Died(BaseException):
    """The process is gone; nothing of it runs any more."""


@attrs.define
class Arrows:
    """Counts the places where a process can die, and has it die at one of them."""

    dies_at: int = NEVER
    passed: int = 0

    def step(self) -> None:
        """One more place."""
        if self.passed == self.dies_at:
            raise Died
        self.passed += 1


@attrs.frozen
class DyingUnitOfWork:
    """Dies before a commit or after it."""

    inner: UnitOfWork
    arrows: Arrows

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Transaction]:
        with self.inner(tenant, actor) as tx:
            yield tx
            self.arrows.step()
        self.arrows.step()

    def reading(self, tenant: TenantId) -> AbstractContextManager[Transaction]:
        return self.inner.reading(tenant)


@attrs.frozen
class DyingGateway:
    """Dies before a call arrives or before its answer does."""

    inner: PaymentGateway
    arrows: Arrows

    def take(self, intent: Intent) -> Answer:
        return self._call(lambda: self.inner.take(intent))

    def capture(self, intent: Intent) -> Answer:
        return self._call(lambda: self.inner.capture(intent))

    def void(self, intent: Intent) -> Answer:
        return self._call(lambda: self.inner.void(intent))

    def refund(self, intent: Intent) -> Answer:
        return self._call(lambda: self.inner.refund(intent))

    def look_up(self, intent: Intent) -> Answer | None:
        return self._call(lambda: self.inner.look_up(intent))

    def list_since(self, since: datetime, after: str = "", limit: int = 100) -> Sequence[Found]:
        return self.inner.list_since(since, after, limit)

    def _call(self, act: Callable[[], R]) -> R:
        self.arrows.step()
        answer = act()
        self.arrows.step()
        return answer


@attrs.frozen
class DyingPush:
    """Dies before an entry is written or before that is answered."""

    inner: CalendarPush
    arrows: Arrows

    def accept(self, place: CalendarPlace) -> None:
        self.inner.accept(place)

    def put(self, place: CalendarPlace, entry: CalendarEntry, etag: str) -> str:
        self.arrows.step()
        written = self.inner.put(place, entry, etag)
        self.arrows.step()
        return written

    def delete(self, place: CalendarPlace, uid: str, etag: str) -> None:
        self.arrows.step()
        self.inner.delete(place, uid, etag)
        self.arrows.step()


@attrs.frozen
class SleepyPush:
    """Sleeps before it writes an entry, and somebody else works meanwhile."""

    inner: CalendarPush
    sleep: Callable[[], object]

    def accept(self, place: CalendarPlace) -> None:
        self.inner.accept(place)

    def put(self, place: CalendarPlace, entry: CalendarEntry, etag: str) -> str:
        self.sleep()
        return self.inner.put(place, entry, etag)

    def delete(self, place: CalendarPlace, uid: str, etag: str) -> None:
        self.sleep()
        self.inner.delete(place, uid, etag)


@attrs.frozen
class BluntPush:
    """Writes over whatever there is."""

    inner: CalendarPush

    def accept(self, place: CalendarPlace) -> None:
        self.inner.accept(place)

    def put(self, place: CalendarPlace, entry: CalendarEntry, etag: str) -> str:
        try:
            return self.inner.put(place, entry, etag)
        except EntryChanged as changed:
            return self.inner.put(place, entry, changed.etag)

    def delete(self, place: CalendarPlace, uid: str, etag: str) -> None:
        self.inner.delete(place, uid, etag)


@attrs.frozen
class SleepyGateway(DyingGateway):
    """Does something else for a while before it gives an answer back."""

    sleep: Callable[[], object]

    def _call(self, act: Callable[[], R]) -> R:
        answer = act()
        self.sleep()
        return answer
