"""What must be true of the notices about all reservations and all who wait: checks that answer with what is wrong.

They count for themselves what the planner decides, so that a mistake there does not hide itself.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import attrs

from booking_core.domain.catalog.notice_rules import (
    Audience,
    NoticeChannel,
    NoticeRule,
    NoticeSettings,
    Occasion,
)
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.reservations.notes import MOVED, what_was_done
from booking_core.domain.reservations.reservation import Status, Step
from booking_core.domain.waitlist.entry import EntryState, WaitlistEntry

LATE = timedelta(hours=1)
"""How long after it was of use a notice may stay open until somebody says that it is not sent."""
LOOKED_BACK = timedelta(days=7)
"""How far back it is looked for what was owed: what was sent is not kept for ever."""

_WITH_A_REASON = frozenset(
    {NoticeState.BOUNCED, NoticeState.DEAD, NoticeState.EXPIRED, NoticeState.SUPERSEDED}
)
_NEWS = {
    Status.CONFIRMED: Occasion.CONFIRMED,
    Status.CANCELLED: Occasion.CANCELLED,
    Status.DECLINED: Occasion.DECLINED,
    Status.EXPIRED: Occasion.EXPIRED,
    Status.NO_SHOW: Occasion.NO_SHOW,
}
_WAS_OFFERED = frozenset({EntryState.BOOKED, EntryState.DECLINED, EntryState.LAPSED})
_NEWS_IN_LINE = {
    EntryState.OFFERED: Occasion.OFFERED,
    EntryState.LAPSED: Occasion.OFFER_LAPSED,
    EntryState.EXPIRED: Occasion.WAITED_IN_VAIN,
}
Transition = tuple[int, datetime, Occasion]
"""A version of what is told about, when it came about (or earlier), and what it is an occasion for."""


@attrs.frozen(kw_only=True)
class Told:
    """What is stored of one reservation, or of one place in the waitlist, and of the notices about it.

    `assigned` are the keys of what it is assigned to; `waited` is what happened to somebody in line. `is_handled`:
    nothing that happened to it waits to be handled.
    """

    code: str
    email: str = ""
    phone: str = ""
    assigned: frozenset[str] = frozenset()
    history: tuple[Step, ...] = ()
    waited: tuple[Transition, ...] = ()
    notices: tuple[Notice, ...] = ()
    unreadable: tuple[str, ...] = ()
    is_handled: bool = True

    @classmethod
    def in_line(
        cls,
        entry: WaitlistEntry,
        notices: Iterable[Notice],
        unreadable: tuple[str, ...] = (),
        *,
        is_handled: bool,
    ) -> "Told":
        """What is stored of somebody who waits, or did."""
        return cls(
            code=f"waitlist entry {entry.id}",
            email=entry.customer.email,
            phone=entry.customer.phone,
            waited=_happened_in_line(entry),
            notices=tuple(notices),
            unreadable=unreadable,
            is_handled=is_handled,
        )

    @property
    def transitions(self) -> list[Transition]:
        """Everything that happened to it and is an occasion, in order."""
        numbered = [*enumerate(self.history, 1)]
        begun = [each for each in numbered if each[1].status is not Status.HELD][:1]
        found = [*self.waited, *((version, step.at, Occasion.PLACED) for version, step in begun)]
        found += [(version, step.at, _NEWS[step.status]) for version, step in begun if step.status in _NEWS]
        for (_, before), (version, step) in pairwise(numbered):
            if before.status is step.status and what_was_done(step.note) == MOVED:
                found.append((version, step.at, Occasion.MOVED))
            elif before.status is not Status.HELD and before.status is not step.status:
                found += [(version, step.at, _NEWS[step.status])] if step.status in _NEWS else []
        return found

    @property
    def upcoming(self) -> list[Transition]:
        """The version at which a confirmed reservation got the time that it has; nothing for any other."""
        if not self.history or self.history[-1].status is not Status.CONFIRMED:
            return []
        return [(len(self.history), self.history[-1].at, Occasion.UPCOMING)]

    @property
    def reminders(self) -> list[Notice]:
        """Those that rules owe, and not the copies that staff send."""
        return [each for each in self.notices if each.owed.occasion is Occasion.UPCOMING and not each.copy]

    def is_reached(self, rule: NoticeRule, settings: NoticeSettings) -> bool:
        """Whether the rule has anybody to tell. Browsers come and go, and are not looked at."""
        if rule.channel is NoticeChannel.PUSH:
            return False
        asked = "email" if rule.channel is NoticeChannel.EMAIL else "phone"
        if rule.audience is Audience.CLIENT:
            return bool(getattr(self, asked).strip())
        wanted = self.assigned if rule.audience is Audience.STAFF else {""}
        return any(each.resource in wanted and getattr(each, asked).strip() for each in settings.contacts)


@attrs.frozen(kw_only=True)
class Terms:
    """The tenant's rules, since when they are in force (as far as anybody looks back), and the time."""

    settings: NoticeSettings
    since: datetime
    at: datetime

    @classmethod
    def of(cls, settings: NoticeSettings, changed: datetime | None, at: datetime) -> "Terms":
        """Those that were changed at an instant; None for long ago."""
        horizon = at - LOOKED_BACK
        return cls(settings=settings, since=max(changed or horizon, horizon), at=at)


def _happened_in_line(entry: WaitlistEntry) -> tuple[Transition, ...]:
    """What somebody who waits is told of, as far as the entry says it. When is not kept: not before they joined."""
    found = [(entry.version - 1, entry.joined_at, Occasion.OFFERED)] if entry.state in _WAS_OFFERED else []
    if entry.state in _NEWS_IN_LINE:
        found.append((entry.version, entry.joined_at, _NEWS_IN_LINE[entry.state]))
    return tuple(found)


def untold(told: Told, terms: Terms) -> Iterator[str]:
    """16: whatever happened since the rules are in force, each rule told whom it names, or owes it to them."""
    if not told.is_handled:
        return
    owed = {(each.owed.rule, each.owed.version) for each in told.notices}
    for version, at, occasion in (*told.transitions, *told.upcoming):
        for rule in terms.settings.rules_for(occasion) if at >= terms.since else ():
            # Who was booked before a move is not known any more.
            is_known = rule.audience is not Audience.STAFF or version == len(told.history)
            if is_known and told.is_reached(rule, terms.settings) and (rule.key, version) not in owed:
                yield f"nobody is owed {rule.key} about version {version}"


def unsent(told: Told, terms: Terms) -> Iterator[str]:
    """17: what is of no use any more is not open, and what was not delivered says why."""
    yield from told.unreadable
    for notice in told.notices:
        until = notice.owed.useful_until
        if notice.is_open and until + LATE <= terms.at:
            yield f"notice {notice.key} was of use until {until.isoformat()} and is still {notice.state}"
        if notice.state in _WITH_A_REASON and not notice.reason:
            yield f"notice {notice.key} is {notice.state} and nobody says why"


def unflagged(told: Told, _terms: Terms) -> Iterator[str]:
    """18: what was tried again after an attempt of which nobody said what came says so; nothing is owed twice."""
    for notice in told.notices:
        if notice.attempts > 1 and not notice.reason and not notice.may_be_repeat:
            yield f"notice {notice.key} was tried {notice.attempts} times and is not flagged"
    yield from _twice([each for each in told.notices if each.owed.occasion is not Occasion.UPCOMING])


def reminded(told: Told, _terms: Terms) -> Iterator[str]:
    """19: a rule reminds of a version once, and of none that the reservation has left behind."""
    yield from _twice(told.reminders)
    latest = {version for version, _, _ in told.upcoming}
    for notice in told.reminders if told.is_handled else ():
        version = notice.owed.version
        if notice.state is NoticeState.DUE and version not in latest:
            yield f"notice {notice.key} is to remind of version {version}, which is over"


def _twice(notices: list[Notice]) -> Iterator[str]:
    counted = Counter((each.identity, each.copy) for each in notices)
    for ((_, rule, version, _), _), times in counted.items():
        if times > 1:
            yield f"one address is owed {rule} about version {version} {times} times"


CHECKS: dict[int, tuple[Callable[[Told], int], Callable[[Told, Terms], Iterator[str]]]] = {
    16: (lambda told: len(told.transitions), untold),
    17: (lambda told: len(told.notices), unsent),
    18: (lambda told: len(told.notices), unflagged),
    19: (lambda told: len(told.reminders), reminded),
}
"""By the numbers under which DESIGN lists them: how many things a check looks at, and the check."""
