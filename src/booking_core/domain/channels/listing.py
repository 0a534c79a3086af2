"""What a channel sells of ours, and which dates of it the channel does not know as they are.

Whatever changes something makes dates *owed*. A sender takes some of them, asks at that moment how they stand, tells
the channel, and writes down what came of it. What changes meanwhile is owed anew, so nothing is ever told from memory.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import attrs

from booking_core.domain.channels.dates import A_DAY, Dates, clipped, split, united, without
from booking_core.domain.channels.link import LONGEST_CHANNEL
from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ListingId, ResourceId, ServiceId, checked_key
from booking_core.domain.kernel.patience import pause
from booking_core.domain.kernel.text import plain_text

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 12
"""Over about half a day; then people must look."""
MOST_DATES_AT_ONCE = 31
MOST_DAYS = 1_000
LONGEST_CODE = 120
LONGEST_PROBLEM = 300
LARGEST_PARTY = 50
_THE_FIRST_TURN = datetime(1970, 1, 1, tzinfo=UTC)


@attrs.frozen(kw_only=True)
class Listing:
    """A provider of a service's leading need, as a channel sells it under its own name for it (`code`).

    The channel is told of `days` dates from the present one on, priced for so many `adults` under `rate_plan`;
    `told_until` is the first date that it was never told of. `owed` are dates that it does not know as they are,
    `taken` those that are being told, `refused` those that it did not accept. `turn` grows with every exchange: whoever
    holds an older one has been replaced. `due_at` is when the next exchange begins: None when nothing is owed, or when
    people must look (since `died_at`).
    """

    id: ListingId
    channel: str
    service: ServiceId
    resource: ResourceId
    code: str
    days: int
    told_until: date
    adults: int = 2
    rate_plan: str | None = None
    owed: tuple[Dates, ...] = ()
    taken: tuple[Dates, ...] = ()
    refused: tuple[Dates, ...] = ()
    turn: int = 0
    due_at: datetime | None = None
    attempts: int = 0
    problem: str = ""
    died_at: datetime | None = None
    told_at: datetime | None = None
    is_withdrawn: bool = False
    version: int = 1

    @classmethod
    def offer(
        cls,
        *,
        id: ListingId,
        channel: str,
        service: ServiceId,
        resource: ResourceId,
        code: str,
        days: int,
        adults: int,
        rate_plan: str | None,
        today: date,
        at: datetime,
    ) -> Change[Self, None]:
        """From now on; all of its dates are owed at once. Raises InvalidInput."""
        if len(checked_key(channel, "channel")) > LONGEST_CHANNEL:
            raise InvalidInput("channel", f"is longer than {LONGEST_CHANNEL} characters", channel)
        if not plain_text(code, "code", LONGEST_CODE).strip():
            raise InvalidInput("code", "is missing")
        checked_days(days)
        if not 1 <= adults <= LARGEST_PARTY:
            raise InvalidInput("adults", f"must be 1…{LARGEST_PARTY}", adults)
        everything = Dates.of_days(today, days)
        listing = cls(
            id=id,
            channel=channel,
            service=service,
            resource=resource,
            code=code,
            days=days,
            adults=adults,
            rate_plan=rate_plan,
            told_until=everything.end,
            owed=(everything,),
            due_at=at,
        )
        return Change(listing, (_told(listing, "ResourceListed", at),), None)

    @property
    def is_being_told(self) -> bool:
        """Whether a sender has taken dates of it, and has not said what came of that."""
        return bool(self.taken)

    @property
    def pending(self) -> tuple[Dates, ...]:
        """What the channel does not know yet: what is owed, and what is being told."""
        return united((*self.owed, *self.taken))

    @property
    def is_given_up(self) -> bool:
        """Whether people must look: it was tried too often, or the channel refuses dates."""
        return self.died_at is not None

    @property
    def is_worn_out(self) -> bool:
        """Whether one sender after the other took it and never said what came of it."""
        return self.is_being_told and self.attempts >= MOST_ATTEMPTS

    @property
    def is_gone(self) -> bool:
        """Whether the channel knows that it is not sold any more."""
        return self.is_withdrawn and not (self.owed or self.taken or self.refused)

    def owe(self, dates: Iterable[Dates], today: date, at: datetime) -> Change["Listing", "Listing"] | None:
        """These dates have changed; None where nothing has to be told that is not owed already.

        A pause after failures goes on, and who is telling is not disturbed; what was given up is tried anew.
        """
        changed = clipped(dates, today, self.told_until)
        owed = united((*self.owed, *changed))
        if not changed or (owed == self.owed and not self.is_given_up):
            return None
        return self._to(owed=owed, **self._due(at))

    def roll(self, today: date, at: datetime) -> Change["Listing", "Listing"] | None:
        """Dates that have come near enough are owed; None where the channel has been told of all of them."""
        until = today + self.days * A_DAY
        if until <= self.told_until or self.is_withdrawn:
            return None
        fresh = Dates(max(self.told_until, today), until)
        return self._to(told_until=until, owed=united((*self.owed, fresh)), **self._due(at))

    def resync(self, days: int, today: date, at: datetime) -> Change["Listing", "Listing"]:
        """Everything of so many days is owed at once, whatever was known, refused or given up."""
        everything = clipped([Dates.of_days(today, checked_days(days))], today, self.told_until)
        due_at = self.due_at if self.is_being_told else at
        owed = united((*self.owed, *self.refused, *everything))
        return self._to(owed=owed, refused=(), due_at=due_at, attempts=0, problem="", died_at=None)

    def withdraw(self, today: date, at: datetime) -> Change["Listing", "Listing"]:
        """Not sold there any more: the channel is told so for every date, and then the listing is gone."""
        everything = Dates(today, max(self.told_until, today + A_DAY))
        due_at = self.due_at if self.is_being_told else at
        change = self._to(
            is_withdrawn=True,
            owed=(everything,),
            refused=(),
            due_at=due_at,
            attempts=0,
            problem="",
            died_at=None,
        )
        return attrs.evolve(change, events=(_told(change.state, "ResourceUnlisted", at),))

    def remove(self) -> Change[None, "Listing"]:
        """Forget it: what is left of it was told."""
        return Change(None, (), self)

    def lease(self, at: datetime, for_: timedelta, today: date) -> Change["Listing", "Listing"]:
        """Taken by a sender, with the first dates that are owed; raises Conflict where it is not due.

        What a sender had taken that never said what came of it is owed again. Dates that have passed are dropped,
        and are refused no more. The turn is the present millisecond at least: the channel has not heard a later one
        even where the code was another listing's before, or where ours was brought back from an old copy.
        """
        if self.due_at is None or self.due_at > at:
            raise Conflict("this listing is being told")
        owed = clipped((*self.owed, *self.taken), today, date.max)
        taken, left = split(owed, MOST_DATES_AT_ONCE)
        return self._to(
            owed=left,
            taken=taken,
            refused=clipped(self.refused, today, date.max),
            turn=max(self.turn + 1, (at - _THE_FIRST_TURN) // timedelta(milliseconds=1)),
            due_at=at + for_,
            attempts=self.attempts + 1,
        )

    def told(
        self, at: datetime, refused: Sequence[Dates] = (), reason: str = ""
    ) -> Change["Listing", "Listing"]:
        """The channel has accepted what was taken, but for dates that it refused."""
        rejected = united((*without(self.refused, self.taken), *refused))
        problem = reason[:LONGEST_PROBLEM] if refused else (self.problem if rejected else "")
        needs_people = bool(rejected) and not self.owed
        return self._to(
            taken=(),
            refused=rejected,
            due_at=at if self.owed else None,
            attempts=0,
            problem=problem,
            died_at=at if needs_people else None,
            told_at=at,
        )

    def fail(self, problem: str, at: datetime, *, for_good: bool = False) -> Change["Listing", "Listing"]:
        """What was taken could not be told: later again, unless that cannot help or was tried too often."""
        is_over = for_good or self.attempts >= MOST_ATTEMPTS
        wait = pause(self.attempts, first=FIRST_PAUSE, longest=LONGEST_PAUSE, who=self.id)
        return self._to(
            owed=united((*self.owed, *self.taken)),
            taken=(),
            due_at=None if is_over else at + wait,
            died_at=at if is_over else None,
            problem=problem[:LONGEST_PROBLEM],
        )

    def requeue(self, at: datetime) -> Change["Listing", "Listing"]:
        """Somebody has looked: what is owed or was refused is told again, as in the beginning."""
        assert self.is_given_up, "only what was given up is requeued"
        owed = united((*self.owed, *self.refused))
        return self._to(owed=owed, refused=(), due_at=at, attempts=0, problem="", died_at=None)

    def _due(self, at: datetime) -> dict[str, Any]:
        """When it is told next, where something has come to be owed."""
        if self.due_at is not None:
            return {}
        return {"due_at": at, "attempts": 0, "died_at": None}

    def _to(self, **changes: Any) -> Change["Listing", "Listing"]:
        return Change(attrs.evolve(self, version=self.version + 1, **changes), (), self)


def checked_days(days: int) -> int:
    """So many days ahead as a channel may be told of; raises InvalidInput."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput("days", f"must be 1…{MOST_DAYS}", days)
    return days


def _told(listing: Listing, name: str, at: datetime) -> Event:
    data = {"channel": listing.channel, "service": str(listing.service), "resource": str(listing.resource)}
    data["code"] = listing.code
    return Event(name=name, subject=listing.id, version=listing.version, at=at, data=data)
