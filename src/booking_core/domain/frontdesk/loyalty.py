"""Loyalty points: earned by stays, redeemed for money off, reversed with a cancellation. A ledger."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import attrs

from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId
from booking_core.domain.kernel.money import CurrencyMismatch, Money

MOST_POINTS = 10**12
MOST_MOVEMENTS = 100_000


class NotEnoughPoints(BookingError):
    """The guest has fewer points than were to be redeemed."""

    code: ClassVar[str] = "NOT_ENOUGH_POINTS"


class AlreadyMoved(BookingError):
    """Points were moved for this reservation in this way before."""

    code: ClassVar[str] = "ALREADY_MOVED"


class Why(StrEnum):
    """Why points moved."""

    EARNED = "earned"
    REDEEMED = "redeemed"
    REVERSED = "reversed"


@attrs.frozen(kw_only=True)
class Movement:
    """Points that came (above zero) or went, for one reservation."""

    why: Why
    points: int
    reservation: ClaimId
    at: datetime


@attrs.frozen(kw_only=True)
class LoyaltyTerms:
    """Points for each whole unit of the currency spent, and what one point is worth when it is redeemed."""

    points_per_unit: int
    point_value: Money

    def __attrs_post_init__(self) -> None:
        """Refuse terms that cost the guest points, and points that are worth nothing."""
        if not 0 <= self.points_per_unit <= MOST_POINTS:
            raise InvalidInput("points_per_unit", f"must be 0…{MOST_POINTS}", self.points_per_unit)
        if not self.point_value > Money.zero(self.point_value.currency):
            raise InvalidInput("point_value", "must be more than nothing", str(self.point_value))

    def points_for(self, spent: Money) -> int:
        """Points for an amount spent, whole units only (189.90 counts as 189); none for nothing or less."""
        self._check_currency(spent)
        unit = Money.of("1", spent.currency).amount_minor
        return max(spent.amount_minor, 0) // unit * self.points_per_unit

    def value_of(self, points: int) -> Money:
        """What points take off a price."""
        return self.point_value.times(points)

    def points_to_pay(self, price: Money) -> int:
        """The most points that are not worth more than a price."""
        self._check_currency(price)
        return max(price.amount_minor, 0) // self.point_value.amount_minor

    def _check_currency(self, amount: Money) -> None:
        if amount.currency != self.point_value.currency:
            raise CurrencyMismatch(self.point_value.currency, amount.currency)


@attrs.frozen(kw_only=True)
class LoyaltyAccount:
    """The points of a guest. Redeeming never takes it below zero; reversing points already spent can."""

    id: UUID
    guest: str
    movements: tuple[Movement, ...] = ()

    def __attrs_post_init__(self) -> None:
        """Refuse boundless accounts."""
        if len(self.movements) > MOST_MOVEMENTS or abs(self.balance) > MOST_POINTS:
            raise InvalidInput("points", f"must be at most {MOST_POINTS}", self.balance)

    @property
    def version(self) -> int:
        """One more than its movements: a new account has version 1."""
        return len(self.movements) + 1

    @property
    def balance(self) -> int:
        """The points there are."""
        return sum(movement.points for movement in self.movements)

    def points_of(self, reservation: ClaimId, why: Why | None = None) -> int:
        """What moved for a reservation, all in all or in one way."""
        return sum(
            movement.points
            for movement in self.movements
            if movement.reservation == reservation and why in {None, movement.why}
        )

    def earn(
        self, points: int, reservation: ClaimId, at: datetime
    ) -> Change["LoyaltyAccount", "LoyaltyAccount"]:
        """Points for a stay that is over, once; raises InvalidInput, AlreadyMoved."""
        return self._move(Why.EARNED, _checked(points), reservation, at)

    def redeem(
        self, points: int, reservation: ClaimId, at: datetime
    ) -> Change["LoyaltyAccount", "LoyaltyAccount"]:
        """Points for money off a reservation, once; raises InvalidInput, NotEnoughPoints, AlreadyMoved."""
        if _checked(points) > self.balance:
            raise NotEnoughPoints(f"there are {self.balance} points", balance=self.balance, wanted=points)
        return self._move(Why.REDEEMED, -points, reservation, at)

    def reverse(self, reservation: ClaimId, at: datetime) -> Change["LoyaltyAccount", "LoyaltyAccount"]:
        """A reservation was cancelled: what it earned goes, what was redeemed for it comes back.

        Once; afterwards the reservation has moved no points. Raises AlreadyMoved where there is nothing to reverse.
        """
        moved = self.points_of(reservation)
        if not moved:
            raise AlreadyMoved("no points are left to reverse", reservation=str(reservation))
        return self._move(Why.REVERSED, -moved, reservation, at)

    def _move(
        self, why: Why, points: int, reservation: ClaimId, at: datetime
    ) -> Change["LoyaltyAccount", "LoyaltyAccount"]:
        if any(
            each.reservation == reservation and each.why in {why, Why.REVERSED} for each in self.movements
        ):
            raise AlreadyMoved(f"points were {why} for this reservation before", reservation=str(reservation))
        movement = Movement(why=why, points=points, reservation=reservation, at=at)
        account = attrs.evolve(self, movements=(*self.movements, movement))
        data = {"reservation": str(reservation), "points": points, "balance": account.balance}
        name = {Why.EARNED: "PointsEarned", Why.REDEEMED: "PointsRedeemed", Why.REVERSED: "PointsReversed"}[
            why
        ]
        return Change(
            account, (Event(name=name, subject=self.id, version=account.version, at=at, data=data),), self
        )


def _checked(points: int) -> int:
    if type(points) is not int or not 0 < points <= MOST_POINTS:
        raise InvalidInput("points", f"must be 1…{MOST_POINTS}", points)
    return points
