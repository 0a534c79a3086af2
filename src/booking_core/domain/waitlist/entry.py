"""Somebody waits for a slot, a departure or a stay that is taken.

The line is ordered by when people joined it. Who is first among those whom the free places are enough for gets them
offered: a party of four is passed over while two seats are free, and keeps its place. An offer is a hold, so nobody
else can take what is offered while it lasts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import attrs

from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, ResourceId, ServiceId, WaitlistEntryId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.party import Customer, Party

LONGEST_WINDOW = timedelta(days=31)
BY_HOUSE = "by_house"
"""What an event says where staff took somebody out of the line."""


class EntryState(StrEnum):
    """Where an entry is on its way."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    DECLINED = "declined"
    LAPSED = "lapsed"
    LEFT = "left"
    EXPIRED = "expired"


TRANSITIONS: Mapping[EntryState, frozenset[EntryState]] = {
    EntryState.WAITING: frozenset({EntryState.OFFERED, EntryState.LEFT, EntryState.EXPIRED}),
    EntryState.OFFERED: frozenset({EntryState.BOOKED, EntryState.DECLINED, EntryState.LAPSED}),
    EntryState.BOOKED: frozenset(),
    EntryState.DECLINED: frozenset(),
    EntryState.LAPSED: frozenset(),
    EntryState.LEFT: frozenset(),
    EntryState.EXPIRED: frozenset(),
}
"""The state graph. Whoever lets an offer go by leaves the line, and may join it again at its end."""

IN_LINE = frozenset(state for state, following in TRANSITIONS.items() if following)
"""The states of those who still wait, or have to answer."""

_EVENT_NAMES = {
    EntryState.OFFERED: "WaitlistOffered",
    EntryState.BOOKED: "WaitlistOfferAccepted",
    EntryState.DECLINED: "WaitlistOfferDeclined",
    EntryState.LAPSED: "WaitlistOfferLapsed",
    EntryState.LEFT: "WaitlistLeft",
    EntryState.EXPIRED: "WaitlistExpired",
}


@attrs.frozen(kw_only=True)
class PlaceOffer:
    """Places that an entry was offered: the hold (its id becomes the reservation's), its session, when, until when."""

    hold: ClaimId
    session: str
    period: Period
    until: datetime


@attrs.frozen(kw_only=True)
class WaitlistEntry:
    """One place in the line.

    `period` is what is waited for: the customer's times, or (`is_window`) a window in which a slot may start. It is
    pointless from `pointless_at` on. `stirs` counts how often something near became free, `looked` up to which of
    these it was looked at; who has the token (its hash is kept) may leave or accept.
    """

    id: WaitlistEntryId
    service: ServiceId
    period: Period
    is_window: bool
    stay: Stay | None
    quantity: int
    party: Party
    chosen: tuple[tuple[str, ResourceId], ...]
    customer: Customer
    token_hash: str
    joined_at: datetime
    state: EntryState = EntryState.WAITING
    offer: PlaceOffer | None = None
    stirs: int = 0
    looked: int = 0
    version: int = 1

    def join(self) -> Change["WaitlistEntry", None]:
        """At the end of the line, to be looked at once: what became free at that very moment did not stir it."""
        joined = attrs.evolve(self, stirs=1)
        return Change(joined, (_event(joined, "WaitlistJoined", self.joined_at),), None)

    @property
    def pointless_at(self) -> datetime:
        """From when on nothing that is waited for can begin any more."""
        return self.period.end if self.is_window else self.period.start

    @property
    def is_in_line(self) -> bool:
        """Whether it waits, or has an offer to answer."""
        return self.state in IN_LINE

    @property
    def is_stirred(self) -> bool:
        """Whether something near became free since it was looked at."""
        return self.stirs > self.looked

    def has_lapsed(self, at: datetime) -> bool:
        """Whether it has an offer whose time has run out."""
        return self.state is EntryState.OFFERED and self.offer is not None and at >= self.offer.until

    def is_pointless(self, at: datetime) -> bool:
        """Whether it waits for what has begun."""
        return self.state is EntryState.WAITING and at >= self.pointless_at

    def is_due(self, at: datetime) -> bool:
        """Whether something is to be done about it."""
        can_be_offered = self.state is EntryState.WAITING and self.is_stirred
        return can_be_offered or self.has_lapsed(at) or self.is_pointless(at)

    def was_looked_at(self) -> Change["WaitlistEntry", "WaitlistEntry"]:
        """Nothing for it among what became free; it keeps its place."""
        return Change(attrs.evolve(self, looked=self.stirs, version=self.version + 1), (), self)

    def make_offer(self, hold: Hold, at: datetime) -> Change["WaitlistEntry", "WaitlistEntry"]:
        """What the hold claims, until it expires."""
        offer = PlaceOffer(hold=hold.id, session=hold.session, period=hold.period, until=hold.expires_at)
        return self._to(EntryState.OFFERED, at, offer=offer, looked=self.stirs)

    def book(self, at: datetime) -> Change["WaitlistEntry", "WaitlistEntry"]:
        """The offer was accepted, and the hold became a reservation."""
        return self._to(EntryState.BOOKED, at)

    def leave(self, at: datetime, *, by_house: bool = False) -> Change["WaitlistEntry", "WaitlistEntry"]:
        """Does not wait any longer; whoever has an offer declines it by leaving. `by_house`: staff said so."""
        has_offer = EntryState.DECLINED in TRANSITIONS[self.state]
        reached = EntryState.DECLINED if has_offer else EntryState.LEFT
        return self._to(reached, at, by_house=by_house)

    def lapse(self, at: datetime) -> Change["WaitlistEntry", "WaitlistEntry"]:
        """The offer was not answered in time."""
        return self._to(EntryState.LAPSED, at)

    def expire(self, at: datetime) -> Change["WaitlistEntry", "WaitlistEntry"]:
        """What was waited for has begun."""
        return self._to(EntryState.EXPIRED, at)

    def _to(
        self, state: EntryState, at: datetime, *, by_house: bool = False, **changes: Any
    ) -> Change["WaitlistEntry", "WaitlistEntry"]:
        if state not in TRANSITIONS[self.state]:
            raise InvalidTransition(
                f"a place in the waitlist that is {self.state} cannot become {state}", status=self.state
            )
        reached = attrs.evolve(self, state=state, version=self.version + 1, **changes)
        return Change(reached, (_event(reached, _EVENT_NAMES[state], at, by_house=by_house),), self)


def _event(entry: WaitlistEntry, name: str, at: datetime, *, by_house: bool = False) -> Event:
    times = entry.period if entry.offer is None else entry.offer.period
    facts: dict[str, Any] = {
        "service": str(entry.service),
        "start": times.start.isoformat(),
        "end": times.end.isoformat(),
    }
    if entry.offer is not None:
        facts |= {"hold": str(entry.offer.hold), "until": entry.offer.until.isoformat()}
    if by_house:
        facts[BY_HOUSE] = True
    return Event(name=name, subject=entry.id, version=entry.version, at=at, data=facts)
