"""Estimates for whoever is still thinking, and what another cancellation policy would have kept."""

from datetime import date
from typing import Annotated

import attrs
from litestar.params import JSONBody, QueryParameter

from booking_adapters.http import parameters as p
from booking_adapters.http.asking import Asked
from booking_adapters.http.document import WITH_BODY
from booking_adapters.http.operations import read, staff_change
from booking_adapters.http.policy_bodies import ReplayBody
from booking_adapters.http.price_views import PriceView
from booking_adapters.http.showing_prices import price_view
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.usecases.what_would import MOST_GUESTS, MOST_NIGHTS, EstimateQuery, ReplayQuery

Guests = Annotated[int, QueryParameter(name="guests", ge=1, le=MOST_GUESTS, description="How many adults.")]
Nights = Annotated[int, QueryParameter(name="nights", ge=1, le=MOST_NIGHTS, description="How many nights.")]
Arriving = Annotated[
    str, QueryParameter(name="arriving", description="Date of arrival.", schema_extra={"format": "date"})
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


@staff_change("/cancellations/replay", "replayPolicy", "Another policy over past cancellations", *WITH_BODY)
def replay_policy(*, asked: Asked, data: JSONBody[ReplayBody]) -> ReplaysView:
    """What the cancelled bookings of a period would have come to under another policy; nothing is changed."""
    found = asked.engine.replay_policy(
        ReplayQuery(tenant=asked.tenant, policy=data.policy.policy(), window=data.window())
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
