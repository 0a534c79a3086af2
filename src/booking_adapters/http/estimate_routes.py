"""Estimates for whoever is still thinking, and what another cancellation policy would have kept."""

from datetime import date
from typing import Annotated

import attrs
from litestar.params import QueryParameter

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked
from booking_adapters.http.operations import read, staff_read
from booking_adapters.http.price_views import PriceView
from booking_adapters.http.showing_prices import price_view
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.money import Percentage
from booking_core.domain.reservations.cancellation import CancellationPolicy
from booking_core.usecases.what_would import MOST_GUESTS, MOST_NIGHTS, EstimateQuery, ReplayQuery

Guests = Annotated[int, QueryParameter(name="guests", ge=1, le=MOST_GUESTS, description="How many adults.")]
Nights = Annotated[int, QueryParameter(name="nights", ge=1, le=MOST_NIGHTS, description="How many nights.")]
Arriving = Annotated[
    str, QueryParameter(name="arriving", description="Date of arrival.", schema_extra={"format": "date"})
]
MOST_HOURS = 26_400
Hours = Annotated[int, QueryParameter(ge=0, le=MOST_HOURS, description="Hours before the start.")]
Percent = Annotated[
    int, QueryParameter(ge=0, le=100, description="How much of the price goes back in between.")
]


@attrs.frozen(kw_only=True)
class EstimateView:
    """What n guests pay for n nights in one of a resource, in all and on average (rounded for display)."""

    resource: str
    total: PriceView
    per_night: PriceView
    per_guest: PriceView
    per_guest_night: PriceView


@attrs.frozen(kw_only=True)
class EstimatesView:
    """Estimates, cheapest first. Whether anything is free is not asked."""

    estimates: list[EstimateView]


@attrs.frozen(kw_only=True)
class ReplayView:
    """How many cancellations there were, what was kept then, and what the policy would have kept."""

    cancellations: int
    kept_then: PriceView
    kept_now: PriceView
    difference: PriceView


@attrs.frozen(kw_only=True)
class ReplaysView:
    """One for each currency."""

    replays: list[ReplayView]


@read("/services/{service_key:str}/estimate", "estimateStay", "Estimate a stay", 409)
def estimate_stay(
    *, asked: Asked, service_key: p.ServiceKey, guests: Guests, nights: Nights, arriving: Arriving
) -> EstimatesView:
    """What so many guests would pay for so many nights, before they choose a room, a plan or a code."""
    try:
        first = date.fromisoformat(arriving)
    except ValueError:
        raise InvalidInput("arriving", "is not a date such as 2026-03-02", arriving) from None
    found = asked.engine.estimate_stay(
        EstimateQuery(tenant=asked.tenant, service=service_key, guests=guests, nights=nights, arriving=first)
    )
    resources = asked.catalog.resources
    return EstimatesView(
        estimates=[
            EstimateView(
                resource=resources[resource].key,
                total=price_view(each.total),
                per_night=price_view(each.per_night),
                per_guest=price_view(each.per_guest),
                per_guest_night=price_view(each.per_guest_night),
            )
            for resource, each in found.items()
        ]
    )


@staff_read("/cancellations/replay", "replayPolicy", "Another policy over past cancellations")
def replay_policy(
    *,
    asked: Asked,
    start: p.WindowStart,
    end: p.WindowEnd,
    free_cancellation_hours: Hours,
    partial_refund_hours: Hours = 0,
    partial_refund_percent: Percent = 0,
) -> ReplaysView:
    """What the cancelled bookings of a period would have come to under a policy by hours; nothing is changed."""
    policy = CancellationPolicy.stepped(
        "replayed",
        free_cancellation_hours=free_cancellation_hours,
        partial_refund_hours=min(partial_refund_hours or free_cancellation_hours, free_cancellation_hours),
        partial_refund_percent=Percentage.of(partial_refund_percent),
    )
    found = asked.engine.replay_policy(
        ReplayQuery(tenant=asked.tenant, policy=policy, window=p.window_of(start, end))
    )
    return ReplaysView(
        replays=[
            ReplayView(
                cancellations=len(each.assessments),
                kept_then=price_view(each.penalties_then),
                kept_now=price_view(each.penalties_now),
                difference=price_view(each.difference),
            )
            for each in found.values()
        ]
    )
