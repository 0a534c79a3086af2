"""What a cancellation costs: tiers as data, counted in elapsed time to the start.

Hours are elapsed hours between instants; the start of a stay is the venue's check-in time on the wall of its
zone (`check_in_instant`). Exactly 24 hours before is still "at least 24 hours before".
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise, takewhile
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.money import Money, Percentage
from booking_core.domain.kernel.period import from_epoch, instant
from booking_core.domain.kernel.zone import wall_epoch

AT_ONCE = timedelta(0)
LONGEST_NOTICE = timedelta(days=1100)
MOST_TIERS = 50
LONGEST_REASON = 500
NOTHING = Percentage.of(0)
EVERYTHING = Percentage.of(100)


class InvalidTiers(InvalidInput):
    """Cancellation tiers that overlap, leave a gap, or become cheaper as the start comes nearer."""

    code: ClassVar[str] = "INVALID_TIERS"


class CancellationClosed(BookingError):
    """It is too late to cancel online; staff still can."""

    code: ClassVar[str] = "CANCELLATION_CLOSED"
    retry_action: ClassVar[str | None] = "CONTACT_STAFF"


@attrs.frozen
class FirstNight:
    """The penalty of one night: the first."""


Penalty = Percentage | Money | FirstNight
"""What is owed: a percentage of the price, a fixed amount, or the first night; never more than the price."""


@attrs.frozen(kw_only=True)
class Tier:
    """What is owed while the start is at least `at_least` and less than `less_than` away (None: no limit)."""

    penalty: Penalty
    at_least: timedelta | None = None
    less_than: timedelta | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse empty and unbounded tiers, and penalties that pay the guest or exceed the price."""
        for field, bound in (("at_least", self.at_least), ("less_than", self.less_than)):
            if bound is not None and not AT_ONCE <= bound <= LONGEST_NOTICE:
                raise InvalidTiers(field, f"must be from 0 to {LONGEST_NOTICE.days} days", bound)
        if self.at_least is not None and self.less_than is not None and self.at_least >= self.less_than:
            raise InvalidTiers("at_least", "must be less than less_than", self.at_least)
        if isinstance(self.penalty, Percentage) and self.penalty > EVERYTHING:
            raise InvalidTiers("penalty", "must not exceed 100 %", str(self.penalty))
        if isinstance(self.penalty, Money) and self.penalty.is_negative:
            raise InvalidTiers("penalty", "must not be negative", str(self.penalty))

    def covers(self, notice: timedelta) -> bool:
        """Whether it applies that long before the start (negative: after it)."""
        return (self.at_least is None or notice >= self.at_least) and (
            self.less_than is None or notice < self.less_than
        )

    @property
    def is_free(self) -> bool:
        """Whether nothing is owed, at any price."""
        return self.penalty == NOTHING or (isinstance(self.penalty, Money) and not self.penalty)

    def owed(self, price: Money, first_night: Money) -> Money:
        """The penalty on a price: from zero to the price."""
        if isinstance(self.penalty, Percentage):
            return price.percent(self.penalty)
        return min(first_night if isinstance(self.penalty, FirstNight) else self.penalty, price)


def _ends(tier: Tier) -> timedelta:
    return timedelta.min if tier.at_least is None else tier.at_least


def _furthest_first(tiers: Iterable[Tier]) -> tuple[Tier, ...]:
    return tuple(sorted(tiers, key=_ends, reverse=True))


@attrs.frozen(kw_only=True)
class TierWindow:
    """When a tier applies to a booking: after `after`, up to and including `until` (None: no limit)."""

    after: datetime | None
    until: datetime | None
    penalty: Penalty


@attrs.frozen(kw_only=True)
class CancellationPolicy:
    """Tiers that leave no gap and do not overlap, and until when guests may cancel by themselves.

    A guest may cancel while the start is at least `guest_until` away; staff may always. A penalty once due
    does not fall again as the start comes nearer, also where its tiers cannot be compared (a fixed amount,
    then a percentage). Raises InvalidTiers.
    """

    code: str
    tiers: tuple[Tier, ...] = attrs.field(converter=_furthest_first)
    guest_until: timedelta = AT_ONCE

    def __attrs_post_init__(self) -> None:
        """Refuse gaps, overlaps, and penalties that fall."""
        if not 0 < len(self.tiers) <= MOST_TIERS:
            raise InvalidTiers("tiers", f"must be 1…{MOST_TIERS}", len(self.tiers))
        if self.tiers[0].less_than is not None:
            raise InvalidTiers(
                "tiers", "leave a gap: the first must hold any time ahead", self.tiers[0].less_than
            )
        if self.tiers[-1].at_least is not None:
            raise InvalidTiers(
                "tiers", "leave a gap: the last must hold until the start", self.tiers[-1].at_least
            )
        for earlier, later in pairwise(self.tiers):
            _check_neighbours(earlier, later)
        if not AT_ONCE <= self.guest_until <= LONGEST_NOTICE:
            raise InvalidTiers(
                "guest_until", f"must be from 0 to {LONGEST_NOTICE.days} days", self.guest_until
            )

    @classmethod
    def flexible(cls, code: str, hours: int = 24) -> Self:
        """Free until so many hours before the start, the whole price after that."""
        deadline = timedelta(hours=hours)
        tiers = (Tier(penalty=NOTHING, at_least=deadline), Tier(penalty=EVERYTHING, less_than=deadline))
        return cls(code=code, tiers=tiers)

    @classmethod
    def non_refundable(cls, code: str) -> Self:
        """The whole price from the moment of booking."""
        return cls(code=code, tiers=(Tier(penalty=EVERYTHING),))

    @classmethod
    def stepped(
        cls,
        code: str,
        *,
        free_cancellation_hours: int,
        partial_refund_hours: int,
        partial_refund_percent: Percentage,
        no_refund_hours: int = 0,
    ) -> Self:
        """All back down to the first hours, a part down to the second, nothing after that.

        24, 12, 50 % and 2 read: at least 24 h before 100 % back, at least 12 h before 50 %, then nothing;
        less than 2 h before only staff can cancel. Raises InvalidTiers where the hours do not fall.
        """
        hours = (free_cancellation_hours, partial_refund_hours, no_refund_hours)
        if sorted(hours, reverse=True) != list(hours):
            raise InvalidTiers(
                "hours", "overlap: free, partial and no refund must follow each other", str(hours)
            )
        if partial_refund_percent > EVERYTHING:
            raise InvalidTiers("partial_refund_percent", "must not exceed 100", str(partial_refund_percent))
        free, partial = timedelta(hours=free_cancellation_hours), timedelta(hours=partial_refund_hours)
        tiers = [Tier(penalty=NOTHING, at_least=free), Tier(penalty=EVERYTHING, less_than=partial)]
        if partial < free:
            tiers.append(Tier(penalty=partial_refund_percent.remainder, at_least=partial, less_than=free))
        return cls(code=code, tiers=tuple(tiers), guest_until=timedelta(hours=no_refund_hours))

    def tier_at(self, notice: timedelta) -> Tier:
        """The tier that applies that long before the start."""
        return next(tier for tier in self.tiers if tier.covers(notice))

    def penalty(self, *, price: Money, first_night: Money, starts_at: datetime, at: datetime) -> Money:
        """What is owed of a price when it is called off at an instant; it never falls as time goes on."""
        current = self.tier_at(starts_at - at)
        reached = self.tiers[: self.tiers.index(current) + 1]
        return max(tier.owed(price, first_night) for tier in reached)

    def windows(self, starts_at: datetime) -> tuple[TierWindow, ...]:
        """The tiers as deadlines for a booking that starts at an instant, earliest first."""
        return tuple(
            TierWindow(
                after=None if tier.less_than is None else starts_at - tier.less_than,
                until=None if tier.at_least is None else starts_at - tier.at_least,
                penalty=tier.penalty,
            )
            for tier in self.tiers
        )

    def free_until(self, starts_at: datetime) -> datetime | None:
        """The last instant at which nothing is owed; None if there is none, or if it is always free."""
        free = list(takewhile(lambda tier: tier.is_free, self.tiers))
        return None if not free or free[-1].at_least is None else starts_at - free[-1].at_least


def _check_neighbours(earlier: Tier, later: Tier) -> None:
    if earlier.at_least is None or later.less_than is None or later.less_than > earlier.at_least:
        raise InvalidTiers("tiers", "overlap", f"at least {earlier.at_least}, less than {later.less_than}")
    if later.less_than < earlier.at_least:
        raise InvalidTiers(
            "tiers", "leave a gap", f"at least {earlier.at_least}, less than {later.less_than}"
        )
    match earlier.penalty, later.penalty:
        case (Percentage() as before, Percentage() as after) if after < before:
            raise InvalidTiers("tiers", "become cheaper towards the start", f"{before} %, then {after} %")
        case (Money() as due, Money() as less) if less < due:
            raise InvalidTiers("tiers", "become cheaper towards the start", f"{due}, then {less}")


def check_in_instant(check_in: date, minute: int, zone: ZoneInfo) -> datetime:
    """When a stay starts: the check-in date at so many minutes after midnight on the venue's wall."""
    return from_epoch(wall_epoch(check_in, minute, zone))


class CancelledBy(StrEnum):
    """Who calls off."""

    GUEST = "guest"
    STAFF = "staff"


@attrs.frozen
class Waiver:
    """Staff let the guest off the penalty, and say why."""

    reason: str

    def __attrs_post_init__(self) -> None:
        """Refuse a waiver without a reason, and one that tells a novel."""
        if not 0 < len(self.reason.strip()) <= LONGEST_REASON:
            raise InvalidInput("reason", f"must be 1…{LONGEST_REASON} characters", self.reason)

    @property
    def note(self) -> str:
        """What the history says."""
        return f"penalty waived: {self.reason}"


class RefundStatus(StrEnum):
    """Whether money is to go back; what becomes of it is the payment's own state."""

    NOT_APPLICABLE = "not_applicable"
    DUE = "due"


@attrs.frozen(kw_only=True)
class Booked:
    """The money and the start of a booking: its price, what is paid so far, its first night, its start.

    `let_off` is what the guest need not pay of the price; it counts towards a penalty as if they had paid it.
    """

    price: Money
    paid: Money
    first_night: Money
    starts_at: datetime
    let_off: Money = attrs.field(
        default=attrs.Factory(lambda it: Money.zero(it.price.currency), takes_self=True)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse negative amounts and a second currency."""
        zero = Money.zero(self.price.currency)
        for field in ("price", "paid", "first_night", "let_off"):
            amount: Money = getattr(self, field)
            if amount < zero:
                raise InvalidInput(field, "must not be negative", str(amount))


@attrs.frozen(kw_only=True)
class Assessment:
    """What a cancellation at `at` comes to.

    `refund` goes back of what was paid, `outstanding` is the part of the penalty that is still to be paid; at
    least one of them is zero, and paid minus refund plus outstanding is the penalty, less what the guest was let off
    before. `waived` is the penalty
    that a waiver let go.
    """

    at: datetime
    tier: Tier
    penalty: Money
    refund: Money
    outstanding: Money
    refund_status: RefundStatus
    may_cancel: bool
    waived: Money
    waiver: Waiver | None = None

    def or_refuse(self) -> Self:
        """This assessment, or CancellationClosed if the guest may no longer cancel."""
        if not self.may_cancel:
            raise CancellationClosed("too late to cancel online; please contact us", at=self.at.isoformat())
        return self


def assess(
    policy: CancellationPolicy,
    booked: Booked,
    at: datetime,
    *,
    by: CancelledBy = CancelledBy.GUEST,
    waiver: Waiver | None = None,
) -> Assessment:
    """What cancelling the booking at an instant costs under the policy it was sold with.

    Never refunds more than was paid, nor anything of an unpaid booking. Raises InvalidInput for a waiver that
    does not come from staff, and InvalidDates for naive instants.
    """
    at, starts_at = instant(at, "at"), instant(booked.starts_at, "starts_at")
    if waiver is not None and by is not CancelledBy.STAFF:
        raise InvalidInput("waiver", "can only be given by staff", waiver.reason)
    zero = Money.zero(booked.price.currency)
    due = policy.penalty(price=booked.price, first_night=booked.first_night, starts_at=starts_at, at=at)
    penalty = zero if waiver else due
    covered = booked.paid + booked.let_off
    refund = min(max(covered - penalty, zero), booked.paid)
    return Assessment(
        at=at,
        tier=policy.tier_at(starts_at - at),
        penalty=penalty,
        refund=refund,
        outstanding=max(penalty - covered, zero),
        refund_status=RefundStatus.DUE if refund else RefundStatus.NOT_APPLICABLE,
        may_cancel=by is CancelledBy.STAFF or starts_at - at >= policy.guest_until,
        waived=due - penalty,
        waiver=waiver,
    )
