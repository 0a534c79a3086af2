"""Locks, and which tokens saved what, in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime

from booking_adapters.memory.tables import Tables, Undo, dooming
from booking_core.domain.kernel.errors import StaleVersion
from booking_core.domain.live.editing import Lock, Scope


class MemoryEditing:
    """The Editing port."""

    def __init__(self, tables: Tables, undo: Undo) -> None:
        self._tables, self._undo = tables, undo

    def live(self, at: datetime) -> Sequence[Lock]:
        """The locks that are live."""
        live = (lock for lock in self._tables.locks.values() if lock.is_live(at))
        return sorted(live, key=lambda lock: lock.token)

    def last_token(self) -> int:
        """The highest token there is."""
        return max((*self._tables.locks, *(token for token, _ in self._tables.fences.values())), default=0)

    @dooming
    def keep(self, lock: Lock) -> None:
        """Write a lock."""
        before = dict(self._tables.locks)
        self._tables.locks[lock.token] = lock
        self._undo.append(lambda: self._become(before, self._tables.fences))

    def seen(self, scopes: Collection[Scope]) -> int:
        """The highest token that saved something of these."""
        met = (
            token
            for saved, (token, _) in self._tables.fences.items()
            if any(saved.meets(scope) for scope in scopes)
        )
        return max(met, default=0)

    @dooming
    def saw(self, scopes: Collection[Scope], token: int, at: datetime) -> None:
        """Remember that they were saved; raises StaleVersion."""
        before = dict(self._tables.fences)
        if any(before[scope][0] > token for scope in scopes if scope in before):
            raise StaleVersion("this was saved under a later lock in the meantime")
        self._tables.fences.update(dict.fromkeys(scopes, (token, at)))
        self._undo.append(lambda: self._become(self._tables.locks, before))

    @dooming
    def forget(self, before: datetime, limit: int) -> int:
        """Remove what is old."""
        locks, fences = dict(self._tables.locks), dict(self._tables.fences)
        ended = [token for token, lock in locks.items() if lock.expires_at < before][:limit]
        old = [scope for scope, (_, at) in fences.items() if at < before][:limit]
        for token in ended:
            del self._tables.locks[token]
        for scope in old:
            del self._tables.fences[scope]
        if ended or old:
            self._undo.append(lambda: self._become(locks, fences))
        return len(ended) + len(old)

    def _become(self, locks: dict[int, Lock], fences: dict[Scope, tuple[int, datetime]]) -> None:
        self._tables.locks, self._tables.fences = locks, fences
