"""A notice: a message owed to somebody, from the moment it is planned until it is sent or given up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import attrs

from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel, Occasion
from booking_core.domain.kernel.errors import InvalidInput, InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import NoticeId
from booking_core.domain.notices.subject import Subject

MOST_ATTEMPTS = 8
LONGEST_LEASE = timedelta(hours=1)
LONGEST_REASON = 300
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
USEFUL_AGAIN = timedelta(days=2)
"""How long a notice is of use that staff send again."""


class NoticeState(StrEnum):
    """Where a notice is."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """The recipient's side refused it for good."""
    DEAD = "dead"
    """Given up by us."""
    EXPIRED = "expired"
    """It was too late to be of use."""
    SUPERSEDED = "superseded"
    """What it is about no longer wants it."""


_OVER = frozenset({NoticeState.SENT, NoticeState.BOUNCED, NoticeState.DEAD})
TRANSITIONS: Mapping[NoticeState, frozenset[NoticeState]] = {
    # Sent where its provider tells of an attempt that nobody had an answer to.
    NoticeState.DUE: frozenset(
        {NoticeState.SENDING, NoticeState.SENT, NoticeState.EXPIRED, NoticeState.SUPERSEDED}
    ),
    # Taken again after a lease ran out; or put back to due.
    NoticeState.SENDING: _OVER
    | {NoticeState.SENDING, NoticeState.DUE, NoticeState.EXPIRED, NoticeState.SUPERSEDED},
    NoticeState.SENT: frozenset({NoticeState.DELIVERED, NoticeState.BOUNCED}),
    NoticeState.BOUNCED: frozenset({NoticeState.DUE}),
    NoticeState.DEAD: frozenset({NoticeState.DUE}),
    # What was reported delivered may still come back: a mailbox that another server forwards to.
    NoticeState.DELIVERED: frozenset({NoticeState.BOUNCED}),
    NoticeState.EXPIRED: frozenset(),
    NoticeState.SUPERSEDED: frozenset(),
}
"""The state graph. A notice starts as due, or as expired where its time had passed when it was planned."""

OPEN = frozenset({NoticeState.DUE, NoticeState.SENDING})
FAILED = frozenset({NoticeState.BOUNCED, NoticeState.DEAD})
"""What staff should see, and may send again."""

_EVENT_NAMES = {NoticeState.BOUNCED: "NoticeBounced", NoticeState.DEAD: "NoticeDied"}


@attrs.frozen(kw_only=True)
class Owed:
    """What a rule says is owed: to whom, in which words, when, and until when it is of use.

    `version` is the one of what it is about that brought it about: one rule owes it one notice per address.
    """

    about: Subject
    version: int
    rule: str
    occasion: Occasion
    audience: Audience
    channel: NoticeChannel
    address: str
    template: str
    language: str
    due_at: datetime
    useful_until: datetime


@attrs.frozen(kw_only=True)
class Notice:
    """One message to one address.

    `key` is what a repeat is known by. `may_be_repeat`: an earlier attempt may have gone out, though nobody saw it
    arrive. `copy` counts what staff sent once more on purpose. `due_at` is when to try next, and while it is being
    sent, when its lease ends. `reference` is what the provider calls it. Writing is by compare-and-set on `version`.
    """

    id: NoticeId
    owed: Owed
    state: NoticeState
    due_at: datetime
    planned_at: datetime
    changed_at: datetime
    copy: int = 0
    version: int = 1
    attempts: int = 0
    may_be_repeat: bool = False
    reason: str = ""
    reference: str = ""

    @classmethod
    def plan(cls, owed: Owed, *, id: NoticeId, at: datetime) -> "Notice":
        """A notice that is due at its time, or of no use any more from the beginning."""
        is_late = at >= owed.useful_until
        return cls(
            id=id,
            owed=owed,
            state=NoticeState.EXPIRED if is_late else NoticeState.DUE,
            due_at=owed.due_at,
            planned_at=at,
            changed_at=at,
            reason="its time had passed when it was planned" if is_late else "",
        )

    @property
    def key(self) -> str:
        """The same for every attempt, and for no other notice."""
        return str(self.id)

    @property
    def identity(self) -> tuple[UUID, str, int, str]:
        """What it has in common with its copies, and with no other notice."""
        owed = self.owed
        return (owed.about.id, owed.rule, owed.version, owed.address)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be sent."""
        return self.state in OPEN

    @property
    def over_at(self) -> datetime | None:
        """Since when it is over: sent, given up, or of no use any more; None while it is to be sent."""
        return None if self.is_open else self.changed_at

    @property
    def has_failed(self) -> bool:
        """Whether staff should see it, and may send it again."""
        return self.state in FAILED

    @property
    def is_retried(self) -> bool:
        """Whether it waits for another attempt after one that failed."""
        return self.state is NoticeState.DUE and self.attempts > 0

    @property
    def may_have_gone_out(self) -> bool:
        """Whether it is to be sent, and an attempt may have sent it already."""
        return self.state is NoticeState.SENDING or (self.is_open and self.may_be_repeat)

    def is_ready(self, at: datetime) -> bool:
        """Whether a worker may take it now."""
        return self.is_open and at >= self.due_at

    def lease(self, at: datetime, for_: timedelta) -> Change["Notice", "Notice"]:
        """Taken by a worker, which commits this before it sends.

        Taken while another one had it and did not say what came of it, it may be a repeat.
        """
        if not timedelta(0) < for_ <= LONGEST_LEASE:
            raise InvalidInput("lease", f"must be up to {LONGEST_LEASE}", for_)
        if self.is_open and not self.is_ready(at):
            raise InvalidTransition("this notice is being sent", notice=self.key)
        return self._to(
            NoticeState.SENDING,
            at,
            attempts=self.attempts + 1,
            may_be_repeat=self.may_be_repeat or self.state is NoticeState.SENDING,
            due_at=at + for_,
        )

    def sent(self, reference: str, at: datetime) -> Change["Notice", "Notice"]:
        """The provider took it."""
        return self._to(NoticeState.SENT, at, reference=reference[:LONGEST_REASON])

    def put_off(self, reason: str, at: datetime, *, was_sent: bool = False) -> Change["Notice", "Notice"]:
        """It could not be sent now: due again after a pause, or dead after eight attempts.

        `was_sent`: nobody knows, so that the next attempt may be a repeat.
        """
        if self.attempts >= MOST_ATTEMPTS:
            return self.give_up(f"after {self.attempts} attempts: {reason}", at)
        return self._to(
            NoticeState.DUE,
            at,
            reason=reason,
            due_at=at + self._pause(),
            may_be_repeat=self.may_be_repeat or was_sent,
        )

    def give_up(self, reason: str, at: datetime) -> Change["Notice", "Notice"]:
        """It cannot be sent, however often it is tried."""
        return self._to(NoticeState.DEAD, at, reason=reason)

    def deliver(self, at: datetime) -> Change["Notice", "Notice"]:
        """It arrived, as the provider says."""
        return self._to(NoticeState.DELIVERED, at)

    def bounce(self, reason: str, at: datetime) -> Change["Notice", "Notice"]:
        """The recipient's side refused it for good."""
        return self._to(NoticeState.BOUNCED, at, reason=reason)

    def expire(self, at: datetime) -> Change["Notice", "Notice"]:
        """It was not sent while it was of use."""
        return self._to(NoticeState.EXPIRED, at, reason="it was too late to be of use")

    def supersede(self, reason: str, at: datetime) -> Change["Notice", "Notice"]:
        """What it is about no longer wants it."""
        return self._to(NoticeState.SUPERSEDED, at, reason=reason)

    def requeue(self, at: datetime) -> Change["Notice", "Notice"]:
        """Staff want it tried again, with new attempts; it is of use for two days from now, if not longer."""
        until = max(self.owed.useful_until, at + USEFUL_AGAIN)
        owed = attrs.evolve(self.owed, useful_until=until)
        return self._to(NoticeState.DUE, at, "NoticeRequeued", owed=owed, due_at=at, attempts=0)

    def again(self, *, id: NoticeId, copy: int, at: datetime) -> "Notice":
        """Another copy of it, which staff send on purpose."""
        owed = attrs.evolve(self.owed, due_at=at, useful_until=at + USEFUL_AGAIN)
        return attrs.evolve(Notice.plan(owed, id=id, at=at), copy=copy)

    def _pause(self) -> timedelta:
        """30 s, doubling up to an hour, and up to a quarter more, so that what failed together is not tried together.

        The part that scatters comes from the notice's id: nothing here rolls dice.
        """
        pause = min(FIRST_PAUSE * (1 << max(self.attempts - 1, 0)), LONGEST_PAUSE)
        return pause + pause * (self.id.int % 256) / 1024

    def _to(
        self, state: NoticeState, at: datetime, event: str | None = None, **changes: Any
    ) -> Change["Notice", "Notice"]:
        if state not in TRANSITIONS[self.state]:
            raise InvalidTransition(f"a notice that is {self.state} cannot become {state}", notice=self.key)
        if "reason" in changes:
            changes["reason"] = changes["reason"][:LONGEST_REASON]
        reached = attrs.evolve(self, state=state, changed_at=at, version=self.version + 1, **changes)
        name = event or _EVENT_NAMES.get(state)
        return Change(reached, (_event(reached, name, at),) if name else (), self)


def _event(notice: Notice, name: str, at: datetime) -> Event:
    """That something became of a notice which people should know of; it names no address."""
    about = notice.owed.about
    data = {
        "entry" if about.is_entry else "reservation": str(about.id),
        "rule": notice.owed.rule,
        "channel": notice.owed.channel.value,
        "state": notice.state.value,
    }
    return Event(name=name, subject=notice.id, version=notice.version, at=at, data=data)
