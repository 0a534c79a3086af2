"""Writing what counts its versions, in memory."""

from typing import Protocol, TypeVar

from booking_adapters.memory.tables import Tables, Undo
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.kernel.events import Actor, Change


class Versioned(Protocol):
    """What has a version."""

    @property
    def version(self) -> int:
        """How often it was changed."""
        ...


K = TypeVar("K")
V = TypeVar("V", bound=Versioned)


class VersionedWriter:
    """What the repositories of such things share."""

    def __init__(self, tables: Tables, actor: Actor, undo: Undo) -> None:
        self._tables, self._actor, self._undo = tables, actor, undo

    def _put(
        self, table: dict[K, V], key: K, change: Change[V, V | None], *, unstored: int | None = None
    ) -> None:
        """Replace what is stored by the new state, where it is what the decision was taken from.

        `unstored` is the version of what exists before anything was written of it.
        """
        stored, before = table.get(key), change.before
        if (stored.version if stored else unstored) != (before and before.version):
            raise StaleVersion("this was changed in the meantime")
        table[key] = change.state
        self._undo.append(lambda: table.pop(key) if stored is None else table.__setitem__(key, stored))
        self._tables.record(change.events, self._actor, self._undo)
