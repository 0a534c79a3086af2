"""Bookings that are written into a calendar of somebody's own: the calendar, and what is owed to it."""

from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from booking_core.domain.calendars.feed import Detail
from booking_core.domain.calendars.subscription import LONGEST_PROBLEM, LONGEST_VALIDATOR
from booking_core.domain.kernel.errors import Conflict
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, PushId, ResourceId, TargetId, checked_key
from booking_core.domain.kernel.patience import pause

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=2)
MOST_ATTEMPTS = 12
"""Over about half a day; then people must look."""


@attrs.frozen(kw_only=True)
class PushTarget:
    """A calendar into which the bookings of a resource are written.

    `account` names it in the settings, where its address and its secret stand.
    """

    id: TargetId
    resource: ResourceId
    account: str
    detail: Detail
    version: int = 1

    @classmethod
    def link(
        cls, *, id: TargetId, resource: ResourceId, account: str, detail: Detail, at: datetime
    ) -> Change[Self, None]:
        """From now on; raises InvalidInput for what is no name of an account."""
        target = cls(id=id, resource=resource, account=checked_key(account, "account"), detail=detail)
        return Change(target, (_told(target, "CalendarLinked", at),), None)

    def unlink(self, at: datetime) -> Change[None, "PushTarget"]:
        """No longer. What stands in the calendar stays there."""
        ended = attrs.evolve(self, version=self.version + 1)
        return Change(None, (_told(ended, "CalendarUnlinked", at),), self)


@attrs.frozen(kw_only=True)
class Push:
    """What a calendar is to know of one reservation: how it stands as of its version `wanted`.

    `sent` is the version that it knows (0 for nothing) and `etag` what its server calls that. `due_at` is when it is
    sent next: None when nothing is owed, or when it was given up (at `died_at`) after many `attempts`.
    """

    id: PushId
    target: TargetId
    reservation: ClaimId
    wanted: int
    due_at: datetime | None
    sent: int = 0
    etag: str = ""
    attempts: int = 0
    problem: str = ""
    died_at: datetime | None = None
    version: int = 1

    @classmethod
    def owe(
        cls, *, id: PushId, target: TargetId, reservation: ClaimId, wanted: int, at: datetime
    ) -> Change[Self, None]:
        """The first that the calendar hears of a reservation."""
        push = cls(id=id, target=target, reservation=reservation, wanted=wanted, due_at=at)
        return Change(push, (), None)

    @property
    def is_owed(self) -> bool:
        """Whether the calendar does not know yet what it should."""
        return self.sent < self.wanted

    @property
    def is_given_up(self) -> bool:
        """Whether it is not sent until somebody asks for it."""
        return self.died_at is not None

    def owe_again(self, wanted: int, at: datetime) -> Change["Push", "Push"] | None:
        """A later version of the reservation; None where this or a later one is owed or known already."""
        if wanted <= self.wanted:
            return None
        return self._to(wanted=wanted, due_at=at, attempts=0, problem="", died_at=None)

    def lease(self, at: datetime, for_: timedelta) -> Change["Push", "Push"]:
        """Taken by a worker; raises Conflict where it is not due."""
        if self.due_at is None or self.due_at > at:
            raise Conflict("this entry is being written")
        return self._to(due_at=at + for_, attempts=self.attempts + 1)

    def done(self, sent: int, etag: str, at: datetime) -> Change["Push", "Push"]:
        """The calendar knows version `sent`; what is wanted by now may be a later one, which is owed at once."""
        etag = etag if len(etag) <= LONGEST_VALIDATOR else ""
        due_at = at if sent < self.wanted else None
        wanted = max(self.wanted, sent)
        return self._to(wanted=wanted, sent=sent, etag=etag, due_at=due_at, attempts=0, problem="")

    def met(self, etag: str, at: datetime) -> Change["Push", "Push"]:
        """Its server calls what it has something else than `etag` said: sent again at once, over that."""
        if self.attempts >= MOST_ATTEMPTS:
            return self.fail("the entry is changed again and again in the calendar", at)
        return self._to(due_at=at, etag=etag if len(etag) <= LONGEST_VALIDATOR else "")

    def fail(self, problem: str, at: datetime, *, for_good: bool = False) -> Change["Push", "Push"]:
        """It could not be written: later again, unless that cannot help or was tried too often."""
        is_over = for_good or self.attempts >= MOST_ATTEMPTS
        wait = pause(self.attempts, first=FIRST_PAUSE, longest=LONGEST_PAUSE, who=self.id)
        return self._to(
            due_at=None if is_over else at + wait,
            died_at=at if is_over else None,
            problem=problem[:LONGEST_PROBLEM],
        )

    def requeue(self, at: datetime) -> Change["Push", "Push"]:
        """Somebody has looked: it is sent again, as in the beginning."""
        assert self.is_given_up, "only what was given up is requeued"
        return self._to(due_at=at, attempts=0, problem="", died_at=None)

    def _to(self, **changes: Any) -> Change["Push", "Push"]:
        return Change(attrs.evolve(self, version=self.version + 1, **changes), (), self)


def _told(target: PushTarget, name: str, at: datetime) -> Event:
    data = {"resource": str(target.resource), "account": target.account}
    return Event(name=name, subject=target.id, version=target.version, at=at, data=data)
