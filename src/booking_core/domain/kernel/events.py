"""What happened, as data: every decision returns its new state together with its events."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from booking_core.domain.kernel.errors import InvalidInput

S_co = TypeVar("S_co", covariant=True)
B_co = TypeVar("B_co", covariant=True)


@attrs.frozen(kw_only=True)
class Event:
    """Something that happened to an aggregate.

    `name` is past tense in CamelCase (`ReservationConfirmed`), `subject` the aggregate's id, `version` its version
    afterwards; `data` is JSON-ready.
    """

    name: str
    subject: UUID
    version: int
    at: datetime
    data: Mapping[str, Any] = attrs.field(factory=dict)


class Versioned(Protocol):
    """What decisions are taken about: known by an id, and by how often it was changed."""

    @property
    def id(self) -> UUID:
        """What it is known by."""
        ...

    @property
    def version(self) -> int:
        """How often it was changed."""
        ...


@attrs.frozen
class Change(Generic[S_co, B_co]):
    """A decision: the new state, the events that led to it, and the state it was taken from (None: a new thing).

    `save(change)` is the only write; it refuses with StaleVersion when `before` is no longer what is stored.
    """

    state: S_co
    events: tuple[Event, ...]
    before: B_co


@attrs.frozen
class Actor:
    """Who does something, for the audit log: a kind (guest, staff, system), a name, an address.

    `lock` is the token of the lock that a member of staff works under, where they took one.
    """

    kind: str = "system"
    name: str = ""
    address: str = ""
    lock: int | None = None

    @property
    def is_guest(self) -> bool:
        """Whether a customer does it, who may do less than staff."""
        return self.kind == "guest"

    def check_is_staff(self, what: str) -> None:
        """Raise InvalidInput naming `what`, where a customer asks for what only staff may do."""
        if self.is_guest:
            raise InvalidInput(what, "is for staff")


SYSTEM = Actor()
