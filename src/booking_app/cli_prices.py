"""Commands about prices: estimates, and a cancellation policy over the past."""

import json
from datetime import date
from typing import Annotated

from cyclopts import Parameter

from booking_app.cli_options import Common, known_tenant, read_instant
from booking_app.plain import Data
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.cancellation_data import read_policy
from booking_core.usecases.what_would import EstimateQuery, ReplayQuery

PLAINLY = Common()
Guests = Annotated[int, Parameter(help="How many adults.")]
Nights = Annotated[int, Parameter(help="How many nights.")]
Arriving = Annotated[str, Parameter(help="Date of arrival, such as 2026-03-02.")]
Policy = Annotated[str, Parameter(help="The policy as JSON, such as '{\"free_cancellation_hours\": 48}'.")]
Since = Annotated[str, Parameter(name="--from", help="Start of the period, with a UTC offset.")]
Until = Annotated[str, Parameter(name="--to", help="End of the period, with a UTC offset.")]


def estimate(
    tenant: str,
    service: str,
    *,
    guests: Guests = 2,
    nights: Nights = 1,
    arriving: Arriving,
    common: Common = PLAINLY,
) -> None:
    """Estimate what guests would pay for nights, before anybody chooses; whether it is free is not asked."""
    try:
        first = date.fromisoformat(arriving)
    except ValueError:
        raise InvalidInput("arriving", "is not a date such as 2026-03-02", arriving) from None
    with common.deployment() as deployment:
        tenant_id, catalog = known_tenant(deployment, tenant)
        found = deployment.engine.estimate_stay(
            EstimateQuery(tenant=tenant_id, service=service, guests=guests, nights=nights, arriving=first)
        )
    totals = {catalog.resources[resource].key: each for resource, each in found.items()}
    data: Data = {
        "estimates": [
            {"resource": key, "total": str(each.total), "per_guest_night": str(each.per_guest_night)}
            for key, each in totals.items()
        ]
    }
    lines = [f"{key}: {each.total}, {each.per_guest_night} a guest and night" for key, each in totals.items()]
    common.print(data, "\n".join(lines))


def replay_policy(
    tenant: str, policy: Policy, *, since: Since, until: Until, common: Common = PLAINLY
) -> None:
    """Say what the cancelled bookings of a period would have come to under another policy; nothing is changed."""
    try:
        described = json.loads(policy)
    except ValueError:
        raise InvalidInput("policy", "is not JSON", policy) from None
    if not isinstance(described, dict):
        raise InvalidInput("policy", "must be an object", policy)
    window = Period.between(read_instant(since, "from"), read_instant(until, "to"))
    with common.deployment() as deployment:
        query = ReplayQuery(
            tenant=known_tenant(deployment, tenant)[0],
            policy=read_policy("replayed", described),
            window=window,
        )
        found = deployment.engine.replay_policy(query)
    data: Data = {
        "replays": [
            {
                "cancellations": len(each.assessments),
                "kept_then": str(each.penalties_then),
                "kept_now": str(each.penalties_now),
            }
            for each in found.values()
        ]
    }
    lines = [
        f"{len(each.assessments)} cancellations kept {each.penalties_then}, and would have kept {each.penalties_now}"
        for each in found.values()
    ]
    common.print(data, "\n".join(lines) or "Nothing was cancelled.")
