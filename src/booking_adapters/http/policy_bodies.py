"""Cancellation policies as staff send them, in both of their forms: by hours, and by tiers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

import attrs
from litestar.openapi.spec import Example
from litestar.params import Body

from booking_adapters.http.requests import TotalBody
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.cancellation import MOST_TIERS, CancellationPolicy
from booking_core.domain.reservations.cancellation_data import read_policy

Hours = Annotated[int | None, Body(ge=0, description="Hours before the start.")]
Percent = Annotated[
    str | None,
    Body(max_length=20, description="Decimal text.", examples=[Example(value="50"), Example(value="62.5")]),
]


@attrs.frozen(kw_only=True)
class TierBody:
    """What is owed from `at_least_hours` before the start until `less_than_hours`: one of three kinds of penalty."""

    at_least_hours: Hours = None
    less_than_hours: Hours = None
    percent: Percent = None
    first_night: Annotated[bool, Body(description="Whether the first night is owed.")] = False
    amount: Annotated[TotalBody | None, Body(description="A fixed amount.")] = None

    def data(self) -> dict[str, Any]:
        """The tier as tenants keep it."""
        named = ("at_least_hours", "less_than_hours", "percent")
        given = {name: getattr(self, name) for name in named if getattr(self, name) is not None}
        if self.first_night:
            given["first_night"] = True
        return given if self.amount is None else {**given, **attrs.asdict(self.amount)}


@attrs.frozen(kw_only=True)
class PolicyBody:
    """By hours (`free_cancellation_hours` and what follows), or by `tiers` that leave no gap and do not overlap."""

    free_cancellation_hours: Hours = None
    partial_refund_hours: Hours = None
    partial_refund_percent: Percent = None
    no_refund_hours: Hours = None
    tiers: Annotated[
        tuple[TierBody, ...] | None, Body(max_items=MOST_TIERS, description="The furthest first.")
    ] = None
    guest_until_hours: Hours = None

    def policy(self) -> CancellationPolicy:
        """The policy; raises InvalidInput naming the field."""
        given = attrs.asdict(self, recurse=False, filter=lambda _, value: value is not None)
        if self.tiers is not None:
            given["tiers"] = [tier.data() for tier in self.tiers]
        try:
            return read_policy("replayed", given)
        except InvalidInput as refused:
            raise type(refused)(f"policy.{refused.field}", refused.reason, refused.details["value"]) from None


@attrs.frozen(kw_only=True)
class ReplayBody:
    """A policy to try on the cancellations of a period."""

    EXAMPLE: ClassVar[Mapping[str, Any]] = {
        "start": "2026-01-01T00:00:00+01:00",
        "end": "2026-04-01T00:00:00+02:00",
        "policy": {"free_cancellation_hours": 48},
    }

    start: Annotated[datetime, Body(description="From when on the bookings began, with a UTC offset.")]
    end: Annotated[datetime, Body(description="Until when (not included), with a UTC offset.")]
    policy: PolicyBody

    def window(self) -> Period:
        """The period; raises InvalidDates naming the field."""
        return Period.between(self.start, self.end)
