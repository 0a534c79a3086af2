"""What a storage keeps of live editing."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from booking_core.domain.live.editing import Lock, Scope


class Editing(Protocol):
    """What a storage keeps of editing: locks where nothing faster keeps them, and which tokens have saved what."""

    def live(self, at: datetime) -> Sequence[Lock]:
        """The locks that are live, by token."""
        ...

    def last_token(self) -> int:
        """The highest token that a lock was given or that has saved anything; 0 for none."""
        ...

    def keep(self, lock: Lock) -> None:
        """Write a lock, or what became of it (by token)."""
        ...

    def seen(self, scopes: Collection[Scope]) -> int:
        """The highest token under which something that meets one of the scopes was saved; 0 for none."""
        ...

    def saw(self, scopes: Collection[Scope], token: int, at: datetime) -> None:
        """Remember that the scopes were saved under a token. Raises StaleVersion where a higher one did meanwhile."""
        ...

    def forget(self, before: datetime, limit: int) -> int:
        """Remove at most `limit` locks that ended, and as many tokens that saved, before an instant; how many."""
        ...
