"""Money that arrived: in time or late, once or twice, the right amount or another. One table decides.

The rows are read from the top; the first that fits counts. They cover every case (a test walks through all).
"""

from enum import StrEnum

import attrs

from booking_core.domain.kernel.money import Money
from booking_core.domain.payments.standing import Standing


class Fit(StrEnum):
    """What arrived against what was asked for."""

    SHORT = "short"
    RIGHT = "right"
    ABOVE = "above"

    @classmethod
    def of(cls, arrived: Money, asked: Money) -> "Fit":
        """How an amount fits; raises CurrencyMismatch."""
        if arrived == asked:
            return cls.RIGHT
        return cls.SHORT if arrived < asked else cls.ABOVE


class Act(StrEnum):
    """What becomes of the reservation.

    CONFIRM also takes the lanes again where they had been given up, in the same transaction. RELEASE ends it and
    frees its lanes. PAYMENT_DUE leaves it as it is and asks the guest for money. CANCEL_FIRST and RESOLVE_FIRST
    keep the lanes while the provider is told to cancel, or is asked what happened. SWAP and DROP_ADDED are about
    the added part of a modification.
    """

    NOTHING = "nothing"
    CONFIRM = "confirm"
    RELEASE = "release"
    PAYMENT_DUE = "payment_due"
    CANCEL_FIRST = "cancel_first"
    RESOLVE_FIRST = "resolve_first"
    SWAP = "swap"
    DROP_ADDED = "drop_added"
    COMPLETE = "complete"


class Funds(StrEnum):
    """What becomes of the money: settle with what is owed, give this payment back whole, or leave it alone."""

    SETTLE = "settle"
    GIVE_BACK = "give_back"
    LEAVE = "leave"


@attrs.frozen
class Verdict:
    """What must be written next, in one transaction with the provider's answer.

    `alert` is a reason to tell staff, for the queue of things that people must look at; empty for none.
    """

    act: Act
    funds: Funds
    alert: str = ""


@attrs.frozen(kw_only=True)
class Arrival:
    """An authorisation or charge that succeeded, and what it met.

    `lanes_free`: the reservation still has its lanes, or they can be taken again now. `is_repeat`: what is owed
    is covered by another payment already. `is_refused`: staff had to decide about it, and did not in time.
    """

    standing: Standing
    fit: Fit
    lanes_free: bool
    is_repeat: bool
    is_refused: bool = False


@attrs.frozen(kw_only=True)
class Row:
    """One line of the table; None fits anything."""

    verdict: Verdict
    standing: Standing | None = None
    fit: Fit | None = None
    lanes_free: bool | None = None
    is_repeat: bool | None = None
    is_refused: bool | None = None

    def fits(self, arrival: Arrival) -> bool:
        """Whether this line speaks about that arrival."""
        return all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.standing, arrival.standing),
                (self.fit, arrival.fit),
                (self.lanes_free, arrival.lanes_free),
                (self.is_repeat, arrival.is_repeat),
                (self.is_refused, arrival.is_refused),
            )
        )


_RETURNED = Verdict(Act.NOTHING, Funds.GIVE_BACK)
_KEPT = Verdict(Act.NOTHING, Funds.SETTLE)
_CONFIRMED = Verdict(Act.CONFIRM, Funds.SETTLE)

ARRIVALS: tuple[Row, ...] = (
    Row(is_repeat=True, verdict=attrs.evolve(_RETURNED, alert="paid twice")),
    Row(standing=Standing.ENDED, verdict=_KEPT),
    Row(
        standing=Standing.FIRM,
        fit=Fit.SHORT,
        verdict=Verdict(Act.PAYMENT_DUE, Funds.SETTLE, "paid too little"),
    ),
    Row(standing=Standing.FIRM, verdict=_KEPT),
    Row(
        standing=Standing.LAPSED,
        is_refused=True,
        verdict=Verdict(Act.RELEASE, Funds.GIVE_BACK, "paid for a request that nobody approved in time"),
    ),
    Row(
        standing=Standing.LAPSED,
        lanes_free=False,
        verdict=Verdict(Act.RELEASE, Funds.GIVE_BACK, "paid after expiry, and the place is gone"),
    ),
    Row(
        standing=Standing.LAPSED,
        fit=Fit.SHORT,
        verdict=Verdict(Act.RELEASE, Funds.GIVE_BACK, "paid too little, after expiry"),
    ),
    Row(standing=Standing.LAPSED, verdict=_CONFIRMED),
    Row(fit=Fit.SHORT, verdict=attrs.evolve(_RETURNED, alert="paid too little")),
    Row(standing=Standing.UNAPPROVED, verdict=Verdict(Act.NOTHING, Funds.LEAVE)),
    Row(verdict=_CONFIRMED),
)
"""Money that arrived, by what it met.

An ended reservation settles to what it still owes, which is its frozen penalty or nothing, so money that
arrives after a cancellation goes back but for that. Above the price, settling captures the price alone or
refunds the rest. An unapproved one keeps its authorisation until staff decide.
"""


def judge_arrival(arrival: Arrival) -> Verdict:
    """What must follow from money that arrived."""
    return next(row.verdict for row in ARRIVALS if row.fits(arrival))
