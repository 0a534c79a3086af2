"""The reservation: an aggregate whose every change is an arrow of one table."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import attrs

from booking_core.domain.catalog.policy import Policy
from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId, ResourceId, ServiceId
from booking_core.domain.kernel.period import Period, Stay
from booking_core.domain.pricing.quote import Quote
from booking_core.domain.reservations.calendar import Allocation
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.notes import LEAVES_EARLY, MOVED, STAYS_LONGER, note_of
from booking_core.domain.reservations.party import Customer, Party
from booking_core.domain.reservations.sold import Sold


class Status(StrEnum):
    """Where a reservation is in its life."""

    HELD = "held"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DECLINED = "declined"
    EXPIRED = "expired"
    NO_SHOW = "no_show"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.HELD: frozenset({Status.PENDING, Status.CONFIRMED, Status.EXPIRED, Status.CANCELLED}),
    Status.PENDING: frozenset({Status.CONFIRMED, Status.DECLINED, Status.CANCELLED, Status.EXPIRED}),
    Status.CONFIRMED: frozenset({Status.CHECKED_IN, Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW}),
    Status.CHECKED_IN: frozenset({Status.COMPLETED}),
    Status.NO_SHOW: frozenset({Status.CHECKED_IN}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.EXPIRED: frozenset({Status.CONFIRMED}),
}
"""The state graph. A reservation starts as held, pending or confirmed.

One that expired is confirmed after all where its payment arrives late and its places are still free.
"""

ADVICE: Mapping[tuple[Status, Status], str] = {
    (Status.CHECKED_IN, Status.CANCELLED): "Please contact front desk for early departure",
}
"""What to tell a customer who asks for an arrow that does not exist."""

LIVE = frozenset({Status.PENDING, Status.CONFIRMED, Status.CHECKED_IN})
"""The states that occupy lanes."""

UNRECORDED = timedelta(days=1)
"""How long after its end it may stay unsaid what came of a reservation."""

CAME_TO_NOTHING = frozenset({Status.CANCELLED, Status.DECLINED, Status.EXPIRED})
"""The states in which it was as if nothing had been booked."""

MOVABLE = frozenset({Status.PENDING, Status.CONFIRMED})
"""The states in which a reservation can be given other times or resources."""

REPEATS: Mapping[str, frozenset[Status]] = {
    MOVED: MOVABLE,
    STAYS_LONGER: frozenset({Status.CHECKED_IN}),
    LEAVES_EARLY: frozenset({Status.CHECKED_IN}),
}
"""How notes of steps that keep the status begin, and in which states there are such."""

EARLY_ARRIVAL = timedelta(days=1)
"""How long before the start a guest can be checked in at the earliest."""

_EVENT_NAMES = {
    Status.CONFIRMED: "ReservationConfirmed",
    Status.CHECKED_IN: "GuestCheckedIn",
    Status.COMPLETED: "ReservationCompleted",
    Status.CANCELLED: "ReservationCancelled",
    Status.DECLINED: "ReservationDeclined",
    Status.EXPIRED: "ReservationExpired",
    Status.NO_SHOW: "GuestDidNotShow",
}


@attrs.frozen
class Step:
    """One entry of the history: the status reached and when, and what was done (moves keep the status)."""

    status: Status
    at: datetime
    note: str = ""


@attrs.frozen(order=True)
class Claim:
    """What the reservation is owed of one resource: so many places over one occupied period."""

    resource: ResourceId
    period: Period
    quantity: int


@attrs.frozen(kw_only=True)
class Reservation:
    """A booked service. `period` is the customer's; `claims` and `allocations` are occupied, buffers included.

    `assigned` says which resource fills which role. `policy` is the snapshot taken at booking. `version` is the
    length of `history`. A pending reservation ends by itself at `expires_at`.
    `quote` is the agreed price with its cancellation policy; None where no price is kept.
    """

    id: ClaimId
    code: str
    service: ServiceId
    status: Status
    period: Period
    stay: Stay | None
    quantity: int
    party: Party
    customer: Customer
    assigned: tuple[tuple[str, ResourceId], ...]
    claims: tuple[Claim, ...]
    allocations: tuple[Allocation, ...]
    policy: Policy
    history: tuple[Step, ...]
    expires_at: datetime | None = None
    quote: Quote | None = None

    @classmethod
    def place(
        cls,
        *,
        id: ClaimId,
        code: str,
        service: ServiceId,
        period: Period,
        stay: Stay | None,
        quantity: int,
        party: Party,
        customer: Customer,
        assigned: tuple[tuple[str, ResourceId], ...],
        claims: tuple[Claim, ...],
        allocations: tuple[Allocation, ...],
        policy: Policy,
        at: datetime,
        hold: Hold | None = None,
        quote: Quote | None = None,
        pay_within: timedelta | None = None,
    ) -> Change["Reservation", Hold | None]:
        """A new reservation: pending where it is to be approved or paid for first, else confirmed.

        A hold gives its lanes. What is to be paid for first waits for `pay_within`.
        """
        waits = policy.pending_ttl if policy.needs_approval else pay_within
        status = Status.CONFIRMED if waits is None else Status.PENDING
        held = (Step(Status.HELD, hold.placed_at),) if hold else ()
        reservation = cls(
            id=id,
            code=code,
            service=service,
            status=status,
            period=period,
            stay=stay,
            quantity=quantity,
            party=party,
            customer=customer,
            assigned=assigned,
            claims=claims,
            allocations=allocations,
            policy=policy,
            history=(*held, Step(status, at)),
            expires_at=None if waits is None else _waits_until(waits, period, at),
            quote=quote,
        )
        placed = _event(reservation, "ReservationPlaced", at)
        if status is Status.PENDING:
            return Change(reservation, (placed,), hold)
        return Change(reservation, (placed, attrs.evolve(placed, name="ReservationConfirmed")), hold)

    @property
    def version(self) -> int:
        """How many steps its history has."""
        return len(self.history)

    @property
    def redeemed(self) -> frozenset[str]:
        """The promotion codes that it counts as a use of, case folded: none once it came to nothing."""
        if self.quote is None or self.status in CAME_TO_NOTHING:
            return frozenset()
        return frozenset(code.casefold() for code in self.quote.request.codes)

    @property
    def is_live(self) -> bool:
        """Whether it occupies its lanes."""
        return self.status in LIVE

    @property
    def is_overbooked(self) -> bool:
        """Whether it was sold by a channel where no lane was free: it is live and claims none. Moving it may help."""
        return self.is_live and not self.claims

    @property
    def completes_at(self) -> datetime | None:
        """When it counts as completed though nobody says so; None for never (a missing guest is a no-show)."""
        if self.status is Status.CONFIRMED and self.policy.completes_unattended:
            return self.period.end
        is_missing = self.status is Status.CONFIRMED and self.policy.no_show_after is not None
        if is_missing or Status.COMPLETED not in TRANSITIONS[self.status]:
            return None
        return self.period.end + UNRECORDED

    def confirm(self, at: datetime) -> Change["Reservation", "Reservation"]:
        """Approved by staff (or paid); refused once it has expired, whether or not its lanes are still free."""
        self._refuse_if_over(at)
        return self._to(Status.CONFIRMED, at, expires_at=None)

    def confirm_late(
        self, allocations: tuple[Allocation, ...], at: datetime
    ) -> Change["Reservation", "Reservation"]:
        """Paid for after its time to pay had run out, while its places (`allocations`) could still be had."""
        if at >= self.period.end:
            raise self._refused("what is over cannot be changed")
        return self._to(Status.CONFIRMED, at, "paid late", allocations=allocations, expires_at=None)

    def decline(self, at: datetime, reason: str = "") -> Change["Reservation", "Reservation"]:
        """Refused by staff; its lanes are free again."""
        return self._end(Status.DECLINED, at, reason)

    def cancel(self, at: datetime, reason: str = "") -> Change["Reservation", "Reservation"]:
        """Called off; its lanes are free again. A checked-in guest leaves early at the front desk instead."""
        self._refuse_if_over(at)
        return self._end(Status.CANCELLED, at, reason)

    def expire(self, at: datetime) -> Change["Reservation", "Reservation"]:
        """Not approved in time."""
        if self.expires_at is None or at < self.expires_at:
            raise self._refused("the reservation has not reached its expiry")
        return self._end(Status.EXPIRED, at, "")

    def check_in(self, at: datetime) -> Change["Reservation", "Reservation"]:
        """The guest is here: a day before the start at the earliest, and not after the end.

        Not without lanes: a no-show's are claimed anew by `correct_no_show`, those of an overbooking by a move.
        """
        self._refuse_if_over(at)
        if self.status is Status.NO_SHOW or self.is_overbooked:
            raise self._refused("there is no place: a no-show is corrected, an overbooking moved to another")
        if at < self.period.start - EARLY_ARRIVAL:
            raise self._refused("it is too early to check in")
        return self._to(Status.CHECKED_IN, at)

    def stay_longer(
        self, period: Period, claims: tuple[Claim, ...], allocations: tuple[Allocation, ...], at: datetime
    ) -> Change["Reservation", "Reservation"]:
        """A guest who is in the house leaves later on the day of departure; the lanes are theirs that long."""
        return self._in_house(
            STAYS_LONGER, at, "StayExtended", period=period, claims=claims, allocations=allocations
        )

    def leave_early(
        self, period: Period, stay: Stay | None, quote: Quote | None, at: datetime
    ) -> Change["Reservation", "Reservation"]:
        """A guest gives up the rest: the lanes are free from the end of the shorter period on, `quote` is the price."""
        gone = self.period.end - period.end
        claims = tuple(
            attrs.evolve(each, period=Period(each.period.start, each.period.end - gone))
            for each in self.claims
        )
        ends = {each.resource: each.period.end for each in claims}
        kept = tuple(
            attrs.evolve(each, period=Period(each.period.start, min(each.period.end, ends[each.resource])))
            for each in self.allocations
            if each.period.start < ends[each.resource]
        )
        return self._in_house(
            LEAVES_EARLY,
            at,
            "StayShortened",
            period=period,
            stay=stay,
            claims=claims,
            allocations=kept,
            quote=quote,
        )

    def complete(self, at: datetime) -> Change["Reservation", "Reservation"]:
        """It took place. Without a check-in only where the policy says so, or when it was over long enough ago."""
        by_itself = self.policy.completes_unattended or (
            self.completes_at is not None and at >= self.completes_at
        )
        if self.status is Status.CONFIRMED and not by_itself:
            raise self._refused("the guest has not checked in")
        return self._end(Status.COMPLETED, at, "")

    def no_show(self, at: datetime) -> Change["Reservation", "Reservation"]:
        """Nobody came; refused before the policy's time is over."""
        after = self.policy.no_show_after
        if after is None or at < self.period.start + after:
            raise self._refused("it is too early to call this a no-show")
        return self._end(Status.NO_SHOW, at, "")

    def correct_no_show(
        self, allocations: tuple[Allocation, ...], at: datetime
    ) -> Change["Reservation", "Reservation"]:
        """The guest came after all, while the stay lasts; the lanes are claimed anew."""
        if self.status is not Status.NO_SHOW or not self.period.contains(at):
            raise self._refused("only a no-show can be corrected, while the stay lasts")
        return self._to(Status.CHECKED_IN, at, "no-show corrected", allocations=allocations)

    def move(
        self,
        *,
        period: Period,
        stay: Stay | None,
        quantity: int,
        party: Party,
        assigned: tuple[tuple[str, ResourceId], ...],
        claims: tuple[Claim, ...],
        allocations: tuple[Allocation, ...],
        at: datetime,
        quote: Quote | None = None,
        why: str = "",
        sold: Sold | None = None,
    ) -> Change["Reservation", "Reservation"]:
        """Other times, places or people under the same code and status, or something else `sold`, and why."""
        self._refuse_if_over(at)
        if self.status not in MOVABLE:
            raise self._refused(f"a reservation that is {self.status} cannot be moved")
        moved = attrs.evolve(
            self,
            period=period,
            stay=stay,
            quantity=quantity,
            party=party,
            assigned=assigned,
            claims=claims,
            allocations=allocations,
            quote=quote,
            **attrs.asdict(sold or Sold(self.service, self.policy), recurse=False),
            history=(*self.history, Step(self.status, at, note_of(MOVED, why))),
        )
        return Change(moved, (_event(moved, "ReservationMoved", at, self),), self)

    def _refuse_if_over(self, at: datetime) -> None:
        has_lapsed = self.expires_at is not None and at >= self.expires_at
        if has_lapsed or self.status is Status.EXPIRED:
            raise self._refused("the reservation has expired")
        if self.is_live and at >= self.period.end:
            raise self._refused("what is over cannot be changed")

    def _refused(self, why: str) -> InvalidTransition:
        return InvalidTransition(why, code=self.code, status=self.status)

    def _in_house(
        self, note: str, at: datetime, name: str, **changes: Any
    ) -> Change["Reservation", "Reservation"]:
        if self.status not in REPEATS[note]:
            raise self._refused("the guest is not in the house")
        changed = attrs.evolve(self, history=(*self.history, Step(self.status, at, note)), **changes)
        return Change(changed, (_event(changed, name, at, self),), self)

    def _end(self, status: Status, at: datetime, note: str) -> Change["Reservation", "Reservation"]:
        return self._to(status, at, note, allocations=(), expires_at=None)

    def _to(
        self, status: Status, at: datetime, note: str = "", **changes: Any
    ) -> Change["Reservation", "Reservation"]:
        if status not in TRANSITIONS[self.status]:
            advice = ADVICE.get(
                (self.status, status), f"a reservation that is {self.status} cannot become {status}"
            )
            raise InvalidTransition(advice, code=self.code, status=self.status, wanted=status)
        reached = attrs.evolve(
            self, status=status, history=(*self.history, Step(status, at, note)), **changes
        )
        return Change(reached, (_event(reached, _EVENT_NAMES[status], at),), self)


def _event(reservation: Reservation, name: str, at: datetime, was: Reservation | None = None) -> Event:
    """What happened; `was` is the reservation before it, where that took other times or places."""
    data = {"code": reservation.code, "status": reservation.status.value, **_sold(reservation)}
    data |= {f"from_{field}": value for field, value in _sold(was).items()} if was else {}
    return Event(name=name, subject=reservation.id, version=reservation.version, at=at, data=data)


def _sold(reservation: Reservation) -> dict[str, str]:
    start, end = reservation.period.start.isoformat(), reservation.period.end.isoformat()
    return {"service": str(reservation.service), "start": start, "end": end}


def _waits_until(waits: timedelta, period: Period, at: datetime) -> datetime:
    """What is waited for comes until it begins at the latest; for what staff enter afterwards, in the whole time."""
    return min(at + waits, period.start) if at < period.start else at + waits
