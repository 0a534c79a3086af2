"""The rules of one trade, as data that names rules and their parameters."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

import attrs

from booking_core.domain.kernel.errors import InvalidInput

Parameters = tuple[tuple[str, Any], ...]


class Opening(StrEnum):
    """What of a booking must lie within opening hours."""

    WHOLE = "whole"
    ENDS = "ends"
    NIGHTS = "nights"


class Trade(StrEnum):
    """How time is sold."""

    APPOINTMENT = "appointment"
    STAY = "stay"
    RENTAL = "rental"
    ACTIVITY = "activity"


@attrs.frozen
class FrozenTable(Mapping[str, Any]):
    """A table inside parameters: a mapping that cannot change, and so can be compared and hashed."""

    pairs: Parameters

    def __getitem__(self, name: str) -> Any:
        """The value of a name; raises KeyError."""
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        """The names, sorted."""
        return (name for name, _ in self.pairs)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self.pairs)


def frozen_parameters(values: Mapping[str, Any]) -> Parameters:
    """JSON-like parameters in a form that can be compared and hashed: sorted pairs, lists as tuples, at any depth."""
    return tuple((name, _frozen(value)) for name, value in sorted(values.items()))


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return FrozenTable(frozen_parameters(value))
    return tuple(_frozen(each) for each in value) if isinstance(value, list | tuple) else value


def _frozen_pairs(pairs: Parameters) -> Parameters:
    return frozen_parameters(dict(pairs))


@attrs.frozen
class RuleSetting:
    """A rule by name with the parameters that this policy gives it, such as `minimum_notice(hours=2)`."""

    name: str
    parameters: Parameters = ()

    @classmethod
    def of(cls, name: str, **parameters: Any) -> "RuleSetting":
        """`RuleSetting.of("minimum_notice", hours=2)`."""
        return cls(name, frozen_parameters(parameters))

    def values(self) -> Mapping[str, Any]:
        """The parameters as a mapping."""
        return dict(self.parameters)


@attrs.frozen(kw_only=True, cache_hash=True)
class Policy:
    """Which booking unit a trade has, its rules, and how long holds, waitlist offers and unapproved reservations live.

    `needs_approval` leaves a new reservation pending until staff confirm it, at most `pending_ttl`;
    `completes_unattended` lets an appointment complete without a check-in; `no_show_after` is how long after the
    start a missing guest is marked as no-show (None: never). `cancellation` is JSON-ready data, read by the
    cancellation calculator; `payment` says in the same way what is to be paid ahead (empty: nothing). `opening` says
    what must lie within opening hours: the whole booking, its two ends (a car is picked up and returned), or each
    night's date; None means what is usual in the trade. `no_show_fee` is what a guest owes who does not come, instead
    of the price, in the form of a cancellation's penalty (empty: the price).
    """

    key: str
    trade: Trade
    rules: tuple[RuleSetting, ...] = ()
    hold_ttl: timedelta = timedelta(minutes=10)
    pending_ttl: timedelta = timedelta(hours=24)
    offer_ttl: timedelta = timedelta(hours=2)
    needs_approval: bool = False
    completes_unattended: bool = False
    no_show_after: timedelta | None = None
    cancellation: Parameters = attrs.field(default=(), converter=_frozen_pairs)
    payment: Parameters = attrs.field(default=(), converter=_frozen_pairs)
    opening: Opening | None = None
    no_show_fee: Parameters = attrs.field(default=(), converter=_frozen_pairs)

    def __attrs_post_init__(self) -> None:
        """Refuse times to live that hold nothing or hold for ever."""
        times = {"hold_ttl": self.hold_ttl, "pending_ttl": self.pending_ttl, "offer_ttl": self.offer_ttl}
        for field, value in times.items():
            if not timedelta(seconds=1) <= value <= timedelta(days=31):
                raise InvalidInput(field, "must be between 1 second and 31 days", value)
        if self.no_show_after is not None and self.no_show_after < timedelta(0):
            raise InvalidInput("no_show_after", "may not be negative", self.no_show_after)
        if (self.hours is Opening.NIGHTS) != (self.trade is Trade.STAY):
            raise InvalidInput("opening", "by nights is for stays, and stays are by nights", self.opening)

    @property
    def hours(self) -> Opening:
        """What must lie within opening hours."""
        return self.opening or (Opening.NIGHTS if self.trade is Trade.STAY else Opening.WHOLE)
