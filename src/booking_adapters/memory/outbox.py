"""What is owed to handlers, in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

import attrs

from booking_adapters.memory.tables import Handling, Tables, Undo, dooming
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.ports.outbox import EVERY_EVENT, Owed

Key = tuple[int, str]


def put(tables: Tables, undo: Undo, key: Key, handling: Handling | None) -> None:
    """Write a handling, or remove it."""
    table = tables.handlings
    before = table.pop(key, None)
    if handling is not None:
        table[key] = handling

    def take_back() -> None:
        table.pop(key, None)
        if before is not None:
            table[key] = before

    undo.append(take_back)


class MemoryOutbox:
    """The Outbox port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def waits(self, handlers: Collection[str], at: datetime) -> bool:
        """Whether there is anything to do."""
        return any(self._fresh()) or any(
            handler in handlers and each.due_at is not None and each.due_at <= at
            for (_, handler), each in self._tables.handlings.items()
        )

    @dooming
    def spread(self, interests: Mapping[str, frozenset[str]], at: datetime, limit: int) -> int:
        """Make events owed to those whom they interest."""
        spread = self._tables.spread
        fresh = list(islice(self._fresh(), limit))
        for number in fresh:
            name = self._tables.outbox[number].name
            for handler, names in interests.items():
                if names & {name, EVERY_EVENT}:
                    put(self._tables, self._undo, (number, handler), Handling(due_at=at))
            spread[number] = at
        self._undo.append(lambda: [spread.pop(number) for number in fresh])
        return len(fresh)

    @dooming
    def lease(self, handlers: Collection[str], at: datetime, limit: int, for_: timedelta) -> Sequence[Owed]:
        """Take what is ready."""
        first: dict[tuple[object, str], Key] = {}
        owed = {key: each for key, each in self._tables.handlings.items() if each.due_at is not None}
        for number, handler in sorted(owed):
            first.setdefault((self._tables.outbox[number].subject, handler), (number, handler))
        ready = [
            (each.due_at, *key)
            for key, each in owed.items()
            if key in first.values() and key[1] in handlers and each.due_at is not None and each.due_at <= at
        ]
        return [self._take((number, handler), at + for_) for _, number, handler in sorted(ready)[:limit]]

    @dooming
    def handled(self, owed: Owed) -> None:
        """Mark it as handled."""
        self._settle(owed, None)

    @dooming
    def put_off(self, owed: Owed, until: datetime, reason: str = "") -> None:
        """Ready again later."""
        attempts = owed.attempts if reason else owed.attempts - 1
        self._settle(owed, Handling(attempts=attempts, due_at=until, reason=reason))

    @dooming
    def give_up(self, owed: Owed, at: datetime, reason: str) -> None:
        """A dead letter from now on."""
        self._settle(owed, Handling(attempts=owed.attempts, due_at=None, died_at=at, reason=reason))

    def _fresh(self) -> "filter[int]":
        return filter(lambda number: number not in self._tables.spread, self._tables.outbox)

    def _take(self, key: Key, until: datetime) -> Owed:
        before = self._tables.handlings[key]
        taken = attrs.evolve(before, attempts=before.attempts + 1, due_at=until)
        put(self._tables, self._undo, key, taken)
        number, handler = key
        event = self._tables.outbox[number]
        return Owed(number=number, handler=handler, event=event, attempts=taken.attempts)

    def _settle(self, owed: Owed, after: Handling | None) -> None:
        key = (owed.number, owed.handler)
        stored = self._tables.handlings.get(key)
        if stored is None or stored.attempts != owed.attempts or stored.due_at is None:
            raise StaleVersion("this was handled or taken by somebody else in the meantime")
        put(self._tables, self._undo, key, after)
