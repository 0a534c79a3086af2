"""Loyalty points: earned by stays, redeemed for money off, reversed with a cancellation. A ledger."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

import attrs

from booking_core.domain.catalog.desk import MOST_POINTS
from booking_core.domain.kernel.errors import BookingError, InvalidInput
from booking_core.domain.kernel.events import Change, Event
from booking_core.domain.kernel.ids import ClaimId

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

    def reverse(
        self, reservation: ClaimId, at: datetime, *, spent: int = 0
    ) -> Change["LoyaltyAccount", "LoyaltyAccount"]:
        """A reservation was cancelled: what it earned goes, what was redeemed for it comes back.

        But for the points that were `spent` on what the cancellation costs; afterwards the reservation has moved those
        alone, and may move others where the guest comes after all. Raises AlreadyMoved where nothing is to be reversed.
        """
        moved = self.points_of(reservation) + spent
        if not moved:
            raise AlreadyMoved("no points are left to reverse", reservation=str(reservation))
        return self._move(Why.REVERSED, -moved, reservation, at)

    def _moved_since_reversal(self, reservation: ClaimId) -> list[Why]:
        """In which ways points moved for a reservation since it was called off; a no-show may come after all."""
        moved: list[Why] = []
        for each in self.movements:
            if each.reservation == reservation:
                moved = [] if each.why is Why.REVERSED else [*moved, each.why]
        return moved

    def _move(
        self, why: Why, points: int, reservation: ClaimId, at: datetime
    ) -> Change["LoyaltyAccount", "LoyaltyAccount"]:
        moved = self._moved_since_reversal(reservation)
        if why in moved or (why is Why.REVERSED and not moved):
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
