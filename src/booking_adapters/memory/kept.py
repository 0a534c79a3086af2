"""Things that are kept whole under an id and a version, in memory."""

from typing import TypeVar
from uuid import UUID

from booking_adapters.memory.tables import Tables, Undo
from booking_core.domain.kernel.errors import NotFound, StaleVersion
from booking_core.domain.kernel.events import Actor, Change, Versioned

T = TypeVar("T", bound=Versioned)


class Writer:
    """What these repositories share."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def _put(self, table: dict[UUID, T], change: Change[T, T | None] | Change[T | None, T | None]) -> None:
        """Replace or remove what is stored, where it is what the decision was taken from."""
        thing = change.state or change.before
        assert thing is not None, "what is removed was there"
        stored = table.get(thing.id)
        if (stored and stored.version) != (change.before and change.before.version):
            raise StaleVersion("this was changed in the meantime")
        if change.state is None:
            del table[thing.id]
        else:
            table[thing.id] = change.state
        self._undo.append(
            lambda: table.pop(thing.id) if stored is None else table.__setitem__(thing.id, stored)
        )
        self._tables.record(change.events, self._actor, self._undo)


def one(table: dict[UUID, T], id: UUID, kind: str) -> T:
    """By id; raises NotFound."""
    found = table.get(id)
    if found is None:
        raise NotFound(kind, id)
    return found


def by_id(table: dict[UUID, T]) -> list[T]:
    """All of them, by id."""
    return [table[each] for each in sorted(table)]
