"""An outside calendar that is read again and again, and in whose busy times a resource is closed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

import attrs

from booking_core.domain.calendars.feed import checked_name
from booking_core.domain.channels.link import Message
from booking_core.domain.channels.rental import RentalCalendar
from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ResourceId, SubscriptionId
from booking_core.domain.kernel.patience import pause
from booking_core.domain.kernel.text import plain_text

LONGEST_URL = 2_000
LONGEST_PROBLEM = 300
LONGEST_VALIDATOR = 500
SHORTEST_INTERVAL = timedelta(minutes=5)
LONGEST_INTERVAL = timedelta(days=1)
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
MOST_FAILURES = 10
"""In a row, over about a day and a half; then people must look."""
FRESH_FOR = timedelta(days=1)
"""How long an unchanged calendar is taken to say the same: what repeats comes into the window day by day."""


@attrs.frozen(kw_only=True)
class Seen:
    """What is remembered of a calendar's last answer, so that an unchanged one need not be read again.

    `etag` and `last_modified` are what its server called it (RFC 9110 section 8.8), `digest` is the SHA-256 of it.
    """

    etag: str = ""
    last_modified: str = ""
    digest: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse what no server means by a validator."""
        for field in ("etag", "last_modified"):
            value = plain_text(getattr(self, field), field, LONGEST_VALIDATOR)
            if value and not (value.isascii() and value.isprintable()):
                raise InvalidInput(field, "is no header value")


NOTHING = Seen()


@attrs.frozen(kw_only=True)
class Subscription:
    """The calendar at `url`, which may be a secret, read for `resource` every `interval`.

    `due_at` is when it is read next, None once it was given up (at `died_at`) after many `failures`. What it last said
    stays in force whatever fails; `read_at` is when that was read in full, `problem` what went wrong since.
    `rental` is what a site has sold by it; without one, everything in it is busy time.
    """

    id: SubscriptionId
    resource: ResourceId
    name: str
    url: str = attrs.field(repr=False)
    interval: timedelta
    due_at: datetime | None
    seen: Seen = NOTHING
    read_at: datetime | None = None
    failures: int = 0
    problem: str = ""
    died_at: datetime | None = None
    rental: RentalCalendar | None = None
    version: int = 1

    @classmethod
    def subscribe(
        cls,
        *,
        id: SubscriptionId,
        resource: ResourceId,
        name: str,
        url: str,
        interval: timedelta,
        at: datetime,
        rental: RentalCalendar | None = None,
    ) -> Change[Self, None]:
        """Read at once, and every `interval` from then on; raises InvalidInput."""
        plain_text(url, "url", LONGEST_URL)
        if not SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL or interval % timedelta(seconds=1):
            raise InvalidInput(
                "interval", f"must be {SHORTEST_INTERVAL}…{LONGEST_INTERVAL}, in whole seconds", interval
            )
        new = cls(
            id=id,
            resource=resource,
            name=checked_name(name),
            url=url,
            interval=interval,
            due_at=at,
            rental=rental,
        )
        return Change(new, (_event(new, "CalendarSubscribed", at),), None)

    @property
    def source(self) -> str:
        """Under which name its busy times are closed."""
        return f"calendar:{self.id}"

    @property
    def is_given_up(self) -> bool:
        """Whether it is no longer read until somebody resumes it."""
        return self.died_at is not None

    def known(self, at: datetime) -> Seen:
        """What an unchanged answer may be compared with: nothing, once it was read in full too long ago."""
        return self.seen if self.read_at is not None and at - self.read_at < FRESH_FOR else NOTHING

    def lease(self, at: datetime, for_: timedelta) -> Change["Subscription", "Subscription"]:
        """Taken by a worker; raises Conflict where it is not due."""
        if self.due_at is None or self.due_at > at:
            raise Conflict("this calendar is being read")
        return self._to(due_at=at + for_)

    def unchanged(self, at: datetime) -> Change["Subscription", "Subscription"]:
        """It says what it said."""
        return self._to(due_at=at + self._pause(), failures=0, problem="")

    def read(
        self, seen: Seen, at: datetime, rental: RentalCalendar | None = None
    ) -> Change["Subscription", "Subscription"]:
        """It was read in full; `rental` is what was sold, where a site sells by it."""
        assert (rental is None) == (self.rental is None), "a calendar stays what it is"
        return self._to(
            due_at=at + self._pause(), failures=0, problem="", seen=seen, read_at=at, rental=rental
        )

    def imported(self, messages: Collection[Message]) -> Change["Subscription", "Subscription"] | None:
        """Bookings of the site were imported as of these; None where that was known."""
        if self.rental is None or (rental := self.rental.acknowledged(messages)) == self.rental:
            return None
        return self._to(rental=rental)

    def fail(self, problem: str, at: datetime) -> Change["Subscription", "Subscription"]:
        """It could not be read: later again, and after too many times not until somebody resumes it."""
        failures = self.failures + 1
        if failures >= MOST_FAILURES:
            given_up = self._to(
                due_at=None, died_at=at, failures=failures, problem=problem[:LONGEST_PROBLEM]
            ).state
            return Change(given_up, (_event(given_up, "CalendarGivenUp", at),), self)
        wait = pause(failures, first=FIRST_PAUSE, longest=LONGEST_PAUSE, who=self.id)
        return self._to(due_at=at + wait, failures=failures, problem=problem[:LONGEST_PROBLEM])

    def resume(self, at: datetime) -> Change["Subscription", "Subscription"]:
        """Somebody has looked: it is read at once, and from now on as in the beginning."""
        resumed = self._to(due_at=at, failures=0, read_at=None, died_at=None).state
        return Change(resumed, (_event(resumed, "CalendarResumed", at),), self)

    def end(self, at: datetime) -> Change[None, "Subscription"]:
        """It is not read any more."""
        ended = attrs.evolve(self, version=self.version + 1)
        return Change(None, (_event(ended, "CalendarUnsubscribed", at),), self)

    def _pause(self) -> timedelta:
        return pause(1, first=self.interval, longest=self.interval, who=self.id)

    def _to(self, **changes: Any) -> Change["Subscription", "Subscription"]:
        return Change(attrs.evolve(self, version=self.version + 1, **changes), (), self)


def _event(subscription: Subscription, name: str, at: datetime) -> Event:
    data = {"resource": str(subscription.resource)}
    return Event(name=name, subject=subscription.id, version=subscription.version, at=at, data=data)
