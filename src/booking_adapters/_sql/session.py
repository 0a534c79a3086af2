"""What the shared repositories need of a database: an open transaction of one tenant."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from booking_adapters._sql.statement import Query, Row
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.calendar import Allocation


class ReferenceGone(Conflict):
    """A row that this one refers to does not exist (any more)."""


class Session(Protocol):
    """An open transaction. The tenant is added to the values of every query."""

    @property
    def tenant(self) -> TenantId:
        """Whose rows are seen."""
        ...

    def select(self, query: Query, **values: Any) -> list[Row]:
        """All rows that answer a query."""
        ...

    def change(self, query: Query, **values: Any) -> int:
        """How many rows a query changed."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Around every write: errors of the driver become Conflicts, and after any error nothing can be committed."""
        ...

    def when_committed(self, act: Callable[[], object]) -> None:
        """Do something once this transaction has been committed."""
        ...

    def catalog_version(self) -> int | None:
        """The version of the tenant's catalog that this transaction sees, None for no catalog."""
        ...

    def alone_with_catalog(self) -> None:
        """Wait until no other transaction of the tenant writes by an older catalog, and keep new ones waiting."""
        ...

    def take(
        self,
        allocations: Collection[Allocation],
        owner: UUID,
        made_at: datetime | None,
        expires_at: datetime | None,
    ) -> None:
        """Write allocations; raises LaneTaken where one would overlap another of its lane."""
        ...

    def record(self, events: Sequence[Event]) -> None:
        """Append events to the outbox and to the audit log."""
        ...
