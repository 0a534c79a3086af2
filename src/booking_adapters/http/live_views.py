"""Live editing on the wire: what clients send, and what they are shown."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, ClassVar

import attrs
from litestar.params import Body

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.live.editing import LONGEST_NAME, LONGEST_TTL, Edited, Lock, Scope
from booking_core.domain.live.updates import Update
from booking_core.usecases.editing import USUAL_TTL

Client = Annotated[
    str,
    Body(
        min_length=1,
        max_length=LONGEST_NAME,
        description="Secret name of the client: the one that its socket was given, whose end frees its locks, "
        "or any that nobody can guess.",
    ),
]
Seconds = Annotated[
    int,
    Body(
        ge=1,
        le=int(LONGEST_TTL.total_seconds()),
        description="After how many seconds the lock ends unless it is renewed.",
    ),
]
USUAL_SECONDS = int(USUAL_TTL.total_seconds())


@attrs.frozen(kw_only=True)
class LockBody:
    """What is edited: a reservation (number or id), or a resource (key) on the local dates [first, end)."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "client": "3q2-7wAAAEk",
        "holder": "Ann at the desk",
        "resource": "cabin-4",
        "first": "2026-03-13",
        "end": "2026-03-15",
    }

    client: Client
    holder: Annotated[str, Body(max_length=LONGEST_NAME, description="Who it is, as others read it.")] = ""
    reservation: Annotated[str | None, Body(description="Confirmation number or id.")] = None
    resource: Annotated[str, Body(description="Key of the resource.")] = ""
    first: Annotated[date | None, Body(description="The first date.")] = None
    end: Annotated[date | None, Body(description="The date after the last.")] = None
    ttl_seconds: Seconds = USUAL_SECONDS

    @property
    def ttl(self) -> timedelta:
        """As a span."""
        return timedelta(seconds=self.ttl_seconds)


@attrs.frozen(kw_only=True)
class RenewBody:
    """That a client goes on."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {"client": "3q2-7wAAAEk", "ttl_seconds": 30}

    client: Client
    ttl_seconds: Seconds = USUAL_SECONDS

    @property
    def ttl(self) -> timedelta:
        """As a span."""
        return timedelta(seconds=self.ttl_seconds)


@attrs.frozen(kw_only=True)
class ScopeView:
    """One thing that is edited; `resource` is its key, and the dates are a resource's."""

    kind: str
    id: str
    resource: str | None
    first: date | None
    end: date | None


@attrs.frozen(kw_only=True)
class LockView:
    """Who edits what. Changes are made under it by its `token`, sent as the header `Booking-Lock`."""

    token: str
    holder: str
    since: datetime
    expires_at: datetime
    scopes: tuple[ScopeView, ...]


@attrs.frozen(kw_only=True)
class Locks:
    """Every lock that is held, by token."""

    locks: tuple[LockView, ...]


def lock_view(catalog: Catalog, lock: Lock) -> LockView:
    """A lock as staff see it. Its client's name is a secret, and its token text: no number of JavaScript holds it."""
    return LockView(
        token=str(lock.token),
        holder=lock.holder,
        since=lock.since,
        expires_at=lock.expires_at,
        scopes=tuple(_scope_view(catalog, scope) for scope in lock.scopes),
    )


def update_data(update: Update) -> dict[str, Any]:
    """An update as it goes through the socket."""
    return {
        "name": update.name,
        "subject": update.subject,
        "at": update.at.isoformat(),
        "data": dict(update.data),
    }


def _scope_view(catalog: Catalog, scope: Scope) -> ScopeView:
    is_resource = scope.kind is Edited.RESOURCE
    resource = catalog.resources.get(ResourceId(scope.id)) if is_resource else None
    return ScopeView(
        kind=scope.kind.value,
        id=str(scope.id),
        resource=resource.key if resource else None,
        first=scope.first if is_resource else None,
        end=scope.end if is_resource else None,
    )
