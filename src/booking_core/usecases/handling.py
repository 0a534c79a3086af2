"""Handlers: what follows from events, once each, whatever fails in between.

A handler is given an event in a transaction and writes there what follows from it. The mark that it handled the event
is committed with it, so each event is handled once by each handler, or not at all. It does no I/O: what must leave the
house is a row that a sender sends. Applications add theirs (docs/how-to).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from zlib import crc32

import attrs

from booking_core.domain.kernel.errors import BookingError, Conflict, StaleVersion
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.outbox import Owed
from booking_core.ports.storage import Transaction, UnitOfWork

BATCH = 20
MOST_SPREAD = 500
LEASE = timedelta(minutes=2)
"""Longer than a batch may take (`TURN`), and its last handler after that: nobody takes what is being handled."""
TURN = timedelta(seconds=10)
"""After this no further handling begins in a turn: other tenants want to be served, and a worker to stop."""
MOST_RACES = 3
ATTEMPTS = 12
"""With these pauses the last attempt is about a day after the first."""
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=6)
LONGEST_REASON = 200


class Handler(Protocol):
    """What follows from some events."""

    @property
    def name(self) -> str:
        """Its name among the handlers of a deployment; what it owes is written down under it, so it never changes."""
        ...

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that it wants; `EVERY_EVENT` among them stands for all."""
        ...

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Write what follows. Whatever it raises undoes it; it is tried again later, and given up after 12 attempts."""
        ...


@attrs.frozen
class PlainHandler:
    """A function as a handler."""

    name: str
    events: frozenset[str]
    follow: Callable[[Transaction, Event], None]

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Call the function."""
        self.follow(tx, event)


def on(*events: str, name: str = "") -> Callable[[Callable[[Transaction, Event], None]], PlainHandler]:
    """Make a function the handler of the named events; it is called by its own name unless another is given."""

    def handler(follow: Callable[[Transaction, Event], None]) -> PlainHandler:
        return PlainHandler(name or follow.__name__, frozenset(events), follow)

    return handler


@attrs.frozen(kw_only=True)
class HandleEvents:
    """Gives what was told to those who handle it. Several workers may do so at once.

    Events of one subject reach a handler in the order in which they happened, until it has given one up.
    """

    begin: UnitOfWork
    handlers: Sequence[Handler]
    clock: Clock
    ids: IdGenerator
    on_failure: Callable[[Owed, Exception], None] = lambda _owed, _error: None
    """Told of each failure that is not a lost race, for logs and metrics."""

    def __attrs_post_init__(self) -> None:
        """Refuse two handlers of one name: they could not be told apart in what is owed."""
        names = [each.name for each in self.handlers]
        assert len({*names}) == len(names), f"two handlers of one name among {sorted(names)}"

    def __call__(self, tenant: TenantId) -> int:
        """How many handlings came to their end, well or not; none begins after ten seconds."""
        begun = self.clock.now()
        with self.begin.reading(tenant) as tx:
            if not tx.outbox.waits(self._names, begun):
                return 0
        with self.begin(tenant) as tx:
            tx.one_at_a_time("outbox")
            tx.outbox.spread({each.name: each.events for each in self.handlers}, begun, MOST_SPREAD)
        return sum(self._batch(tenant, taken, begun) for taken in self._batches(tenant, begun))

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.handlers)

    def _batches(self, tenant: TenantId, begun: datetime) -> Iterator[Sequence[Owed]]:
        """What is ready, taken batch by batch, while there is time."""
        while (at := self.clock.now()) < begun + TURN:
            with self.begin(tenant) as tx:
                taken = tx.outbox.lease(self._names, at, BATCH, LEASE)
            if not taken:
                return
            yield taken

    def _batch(self, tenant: TenantId, taken: Sequence[Owed], begun: datetime) -> int:
        done = 0
        for place, owed in enumerate(taken):
            at = self.clock.now()
            if place == 0 and owed.attempts > ATTEMPTS:
                # Workers die of it. What stood behind it was taken as often, and tried never.
                done += self._give_up(tenant, owed, "whoever handled it never said what came of it")
            elif at < begun + TURN:
                done += self._handle(tenant, owed)
            else:
                self._settle(tenant, lambda tx, owed=owed, at=at: tx.outbox.put_off(owed, at))  # type: ignore[misc]
        return done

    def _handle(self, tenant: TenantId, owed: Owed) -> int:
        """1 where it came to its end, well or not. A lost race is run again at once, a few times."""
        error = self._tried(tenant, owed)
        for _ in range(MOST_RACES):
            if not isinstance(error, Conflict):
                break
            error = self._tried(tenant, owed)
        return 1 if error is None else self._failed(tenant, owed, error)

    def _tried(self, tenant: TenantId, owed: Owed) -> Exception | None:
        """What went wrong, if anything: whatever a handler does wrong is its own failure, not the worker's."""
        (handler,) = (each for each in self.handlers if each.name == owed.handler)
        try:
            with self.begin(tenant) as tx:
                tx.outbox.handled(owed)
                handler(tx, owed.event)
        except Exception as error:  # noqa: BLE001 - it is returned
            return error
        return None

    def _failed(self, tenant: TenantId, owed: Owed, error: Exception) -> int:
        """Try it again later, or never again; races lost in a row are an attempt, so that none goes on for ever."""
        if not isinstance(error, Conflict):
            self.on_failure(owed, error)
        reason = _reason(error)
        if owed.attempts >= ATTEMPTS:
            return self._give_up(tenant, owed, reason)
        until = self.clock.now() + pause(owed)
        return self._settle(tenant, lambda tx: tx.outbox.put_off(owed, until, reason))

    def _give_up(self, tenant: TenantId, owed: Owed, reason: str) -> int:
        """Never again, until people who are told of it want it tried again."""
        at = self.clock.now()

        def give_up(tx: Transaction) -> None:
            tx.outbox.give_up(owed, at, reason)
            tx.alerts.raise_(self._alert(owed, at))

        return self._settle(tenant, give_up)

    def _settle(self, tenant: TenantId, act: Callable[[Transaction], None]) -> int:
        """Write down what became of it, unless somebody else has taken it over. 1 where it was written."""
        try:
            with self.begin(tenant) as tx:
                act(tx)
        except StaleVersion:
            return 0
        return 1

    def _alert(self, owed: Owed, at: datetime) -> Alert:
        message = f"{owed.handler} could not handle {owed.event.name}: see the dead letters"
        return Alert(
            id=AlertId(self.ids.new()), kind="dead_letter", subject=owed.event.subject, message=message, at=at
        )


def pause(owed: Owed) -> timedelta:
    """How long to wait after so many attempts: 2 s, doubling up to six hours, and up to half of it more.

    How much more follows from what is owed, so that those which failed together do not come back together.
    """
    whole = min(FIRST_PAUSE * (1 << min(max(owed.attempts - 1, 0), 20)), LONGEST_PAUSE)
    spread = crc32(f"{owed.number} {owed.handler} {owed.attempts}".encode()) % 1_000
    return whole + whole * spread / 2_000


def _reason(error: Exception) -> str:
    """A failure in a few words. What an unexpected error says may be personal, so only its kind is kept."""
    return (f"{error.code}: {error.message}" if isinstance(error, BookingError) else type(error).__name__)[
        :LONGEST_REASON
    ]
