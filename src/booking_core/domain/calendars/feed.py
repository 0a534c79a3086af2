"""A calendar that others may read: an address with a secret in it."""

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

import attrs

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import FeedId
from booking_core.domain.kernel.text import plain_text

LONGEST_NAME = 200
SHORTEST_TOKEN = 22
"""Characters of 64 different ones that 128 bits need (RFC 4648 section 5)."""
LONGEST_TOKEN = 200
A_SECOND = timedelta(seconds=1)


class FeedKind(StrEnum):
    """Whose bookings a feed shows: those of one resource (a room, a member of staff) or of a whole venue."""

    RESOURCE = "resource"
    VENUE = "venue"


class Detail(StrEnum):
    """How much a calendar tells of a booking; only `customers` is personal data, which staff alone may see.

    `nights` is for rental sites, which take every event for sold nights, whatever is said of it: whole days that are
    still to come, and nothing that was called off.
    """

    BUSY = "busy"
    NIGHTS = "nights"
    SERVICES = "services"
    CUSTOMERS = "customers"


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256 in hex. A token has too many bits to be guessed from it, salted or not."""
    return hashlib.sha256(token.encode()).hexdigest()


@attrs.frozen(kw_only=True)
class Feed:
    """One feed of a resource or venue (`subject`).

    `digest` is the fingerprint of what it last showed, and `changed_at` when that was first seen, in whole seconds.
    """

    id: FeedId
    kind: FeedKind
    subject: UUID
    name: str
    detail: Detail
    token_hash: str = attrs.field(repr=False)
    digest: str = ""
    changed_at: datetime | None = None
    version: int = 1

    @classmethod
    def open(
        cls, *, id: FeedId, kind: FeedKind, subject: UUID, name: str, detail: Detail, token: str, at: datetime
    ) -> Change[Self, None]:
        """A new feed, to be read by whoever knows the token."""
        feed = cls(
            id=id,
            kind=kind,
            subject=subject,
            name=checked_name(name),
            detail=detail,
            token_hash=token_hash(_checked(token)),
        )
        return Change(feed, (_event(feed, "FeedOpened", at),), None)

    def rotate(self, token: str, at: datetime) -> Change["Feed", "Feed"]:
        """The same feed at another address; the old one leads nowhere from now on."""
        rotated = attrs.evolve(self, token_hash=token_hash(_checked(token)), version=self.version + 1)
        return Change(rotated, (_event(rotated, "FeedRotated", at),), self)

    def revoke(self, at: datetime) -> Change[None, "Feed"]:
        """Nobody may read it any more."""
        ended = attrs.evolve(self, version=self.version + 1)
        return Change(None, (_event(ended, "FeedRevoked", at),), self)

    def showing(self, digest: str, at: datetime) -> Change["Feed", "Feed"] | None:
        """What it shows has another fingerprint than the last time; None where it is the same.

        Two changes never have the same second, for a reader that asks by time would miss the later one.
        """
        if digest == self.digest:
            return None
        moment = at.replace(microsecond=0)
        if self.changed_at is not None:
            moment = max(moment, self.changed_at + A_SECOND)
        return Change(
            attrs.evolve(self, digest=digest, changed_at=moment, version=self.version + 1), (), self
        )


def checked_name(name: str) -> str:
    """A name of one line that people see; raises InvalidInput."""
    plain_text(name, "name", LONGEST_NAME)
    if not name.strip() or not name.isprintable():
        raise InvalidInput("name", "must be one line of printable text", name)
    return name.strip()


def _checked(token: str) -> str:
    assert SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN, "a token has 128 bits at least"
    return token


def _event(feed: Feed, name: str, at: datetime) -> Event:
    data = {"kind": feed.kind.value, "subject": str(feed.subject), "detail": feed.detail.value}
    return Event(name=name, subject=feed.id, version=feed.version, at=at, data=data)
