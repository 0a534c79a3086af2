"""A unit of work that is none: every reading is a transaction of its own, and what is saved is written at the end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import attrs

from booking_core.domain.frontdesk.rooms import RoomChange
from booking_core.domain.kernel.events import SYSTEM, Actor, Change
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import Transaction, UnitOfWork

STUCK_SECONDS = 60


class HastyDesk:
    """`parties` desks that all have looked before any of them writes; none waits for its turn.

    What is written is written in one honest transaction, which still compares versions. With `compares_rooms` off it
    writes rooms over whatever is there (for controls). Each thread waits once, so that who tries again goes through.
    """

    def __init__(self, store: UnitOfWork, parties: int, *, compares_rooms: bool = True) -> None:
        self._store, self._compares_rooms = store, compares_rooms
        self._all_have_looked = threading.Barrier(parties)
        self._met = threading.local()
        self._writing: AbstractContextManager[Any] = nullcontext() if compares_rooms else threading.Lock()

    @contextmanager
    def __call__(self, tenant: TenantId, actor: Actor = SYSTEM) -> Iterator[Any]:
        """Reads now, and writes when everybody has read."""
        saves: list[tuple[tuple[str, ...], Change[Any, Any]]] = []
        yield _Spoken(self._store, tenant, saves)
        if not getattr(self._met, "before", False):
            self._met.before = True
            self._all_have_looked.wait(STUCK_SECONDS)
        with self._writing, self._store(tenant, actor) as tx:
            for path, change in saves:
                if path == ("front_desk", "rooms") and not self._compares_rooms:
                    change = _over_whatever_is_there(tx, change)  # noqa: PLW2901 - the control's only difference
                _follow(tx, path).save(change)

    def reading(self, tenant: TenantId) -> Any:
        """An honest reading."""
        return self._store.reading(tenant)


@attrs.frozen
class _Spoken:
    """What is asked of a transaction, word by word: `tx.front_desk.rooms.of(...)`."""

    store: UnitOfWork
    tenant: TenantId
    saves: list[tuple[tuple[str, ...], Change[Any, Any]]]
    path: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> "_Spoken":
        return attrs.evolve(self, path=(*self.path, name))

    def __call__(self, *asked: Any, **also: Any) -> Any:
        *owner, verb = self.path
        if verb == "one_at_a_time":
            return None
        if verb == "save":
            self.saves.append((tuple(owner), asked[0]))
            return None
        with self.store.reading(self.tenant) as tx:
            question: Callable[..., Any] = _follow(tx, self.path)
            return question(*asked, **also)


def _follow(tx: Transaction, path: tuple[str, ...]) -> Any:
    found: Any = tx
    for name in path:
        found = getattr(found, name)
    return found


def _over_whatever_is_there(tx: Transaction, change: RoomChange) -> RoomChange:
    stored = tx.front_desk.rooms.of([change.state.unit])[change.state.unit]
    room = attrs.evolve(change.state, version=stored.version + 1)
    events = tuple(attrs.evolve(event, version=room.version) for event in change.events)
    return Change(room, events, stored)
