"""Locks for live editing: what they cover, when two of them meet, and what saving under one asks for.

A lock is advice between people: it keeps two members of staff from working on the same thing unawares. That nobody is
booked twice is the lanes' business and needs no lock.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidDates, InvalidInput
from booking_core.domain.kernel.ids import ClaimId, ResourceId
from booking_core.domain.kernel.text import plain_text

MOST_SCOPES = 20
"""What one lock covers at most: a reservation and the resources that serve it."""
LONGEST_LOCK_DAYS = 800
SHORTEST_TTL = timedelta(seconds=1)
LONGEST_TTL = timedelta(minutes=10)
"""Who does not renew within this time is not editing any more."""
LONGEST_NAME = 200
_FIRST, _LAST = date(1970, 1, 1), date(2200, 1, 1)


class Edited(StrEnum):
    """What kind of thing is edited."""

    RESOURCE = "resource"
    RESERVATION = "reservation"


@attrs.frozen(kw_only=True, order=True)
class Scope:
    """One thing on the local dates [first, end); a reservation whatever its dates."""

    kind: Edited
    id: UUID
    first: date = _FIRST
    end: date = _LAST

    @classmethod
    def of_resource(cls, resource: ResourceId, first: date, end: date) -> "Scope":
        """A resource on some dates; raises InvalidDates where they are none, or too many."""
        if end <= first:
            raise InvalidDates("end", "must lie after the first date", end)
        if (end - first).days > LONGEST_LOCK_DAYS:
            raise InvalidDates("end", f"lies more than {LONGEST_LOCK_DAYS} days later", end)
        return cls(kind=Edited.RESOURCE, id=resource, first=first, end=end)

    @classmethod
    def of_reservation(cls, reservation: ClaimId) -> "Scope":
        """A reservation."""
        return cls(kind=Edited.RESERVATION, id=reservation)

    def meets(self, other: "Scope") -> bool:
        """Whether somebody who edits the one gets in the way of whoever edits the other."""
        same = (self.kind, self.id) == (other.kind, other.id)
        return same and self.first < other.end and other.first < self.end


def meet(some: Iterable[Scope], others: Iterable[Scope]) -> bool:
    """Whether anything of the one lot meets anything of the other."""
    others = tuple(others)
    return any(one.meets(other) for one in some for other in others)


@attrs.frozen(kw_only=True)
class Lock:
    """What somebody edits until `expires_at`.

    `token` is the fencing token: later locks have higher ones. `owner` is an opaque name that only the client of the
    lock knows; `holder` is who it is, as others read it.
    """

    token: int
    owner: str
    holder: str
    scopes: tuple[Scope, ...]
    since: datetime
    expires_at: datetime

    def is_live(self, at: datetime) -> bool:
        """Whether it still keeps others out; it is over at its very expiry."""
        return at < self.expires_at

    def meets(self, scopes: Iterable[Scope]) -> bool:
        """Whether it is in the way of editing these."""
        return meet(self.scopes, scopes)


@attrs.frozen(kw_only=True)
class LockWish:
    """A lock that somebody wants; the same owner may have many."""

    owner: str
    holder: str
    scopes: tuple[Scope, ...]
    ttl: timedelta

    def __attrs_post_init__(self) -> None:
        """Refuse locks on nothing, on everything, for ever, and without a name."""
        for field in ("owner", "holder"):
            if not plain_text(getattr(self, field), field, LONGEST_NAME):
                raise InvalidInput(field, f"must have 1…{LONGEST_NAME} characters")
        if not 1 <= len(self.scopes) <= MOST_SCOPES:
            raise InvalidInput("scopes", f"must be 1…{MOST_SCOPES}", len(self.scopes))
        checked_ttl(self.ttl)


class LockHeld(BookingError):
    """Somebody else is editing this: who, since when, and until when at the latest unless they go on."""

    code: ClassVar[str] = "LOCK_HELD"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"

    def __init__(self, holder: str, since: datetime, expires_at: datetime) -> None:
        message = f"{holder} is editing this since {since.isoformat(timespec='seconds')}"
        super().__init__(message, holder=holder, since=since, expires_at=expires_at)

    @classmethod
    def by(cls, lock: Lock) -> "LockHeld":
        """The refusal that a lock is."""
        return cls(lock.holder, lock.since, lock.expires_at)


class StaleLock(BookingError):
    """The lock has ended, or somebody saved under a later one: look again before saving."""

    code: ClassVar[str] = "STALE_LOCK"
    retry_action: ClassVar[str | None] = "LOOK_AGAIN"


def checked_ttl(ttl: timedelta) -> timedelta:
    """How long a lock lives unless it is renewed; raises InvalidInput."""
    if not SHORTEST_TTL <= ttl <= LONGEST_TTL:
        least, most = (int(each.total_seconds()) for each in (SHORTEST_TTL, LONGEST_TTL))
        raise InvalidInput("ttl", f"must be {least}…{most} seconds", int(ttl.total_seconds()))
    return ttl
