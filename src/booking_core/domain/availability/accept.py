"""What was sold elsewhere is taken as far as possible: its violations are told, and it gets lanes if it can."""

from datetime import datetime

import attrs

from booking_core.domain.availability.evaluate import evaluate, providers_of
from booking_core.domain.availability.request import Offer, Refusal, Request, Snapshot, Violation
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.catalog.service import Service
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.reservations.party import Party


@attrs.frozen(kw_only=True)
class Acceptance:
    """A request that was taken. `offer` has its lanes, and is None where there are none: it is overbooked.

    `assigned` says who fills which role either way. `violations` are what a guest of ours would have been told.
    """

    assigned: tuple[tuple[str, ResourceId], ...]
    offer: Offer | None
    violations: tuple[Violation, ...]


def accept(
    request: Request, snapshot: Snapshot, at: datetime, rules: RuleBook, *, turn: int = 0
) -> Acceptance:
    """Take a request whatever the rules say; lanes alone are never invented.

    Raises InvalidInput where the request does not fit the service at all.
    """
    answer = evaluate(request, snapshot, at, rules, turn=turn)
    if isinstance(answer, Offer):
        return Acceptance(assigned=answer.assigned, offer=answer, violations=())
    names = {rule.name for rule in rules.rules_of(snapshot.service.policy).every}
    # A party takes no lanes of its own, so one person finds the same lanes as a party that is too large.
    anyhow = attrs.evolve(request, waived=frozenset(names | {"opening_hours"}), party=Party())
    found = evaluate(anyhow, snapshot, at, rules, turn=turn)
    if isinstance(found, Refusal):
        return Acceptance(
            assigned=_nominal(snapshot.service, request), offer=None, violations=answer.violations
        )
    offer = attrs.evolve(found, request=request)
    return Acceptance(assigned=offer.assigned, offer=offer, violations=answer.violations)


def _nominal(service: Service, request: Request) -> tuple[tuple[str, ResourceId], ...]:
    """Who should fill the roles if there were room: those that were asked for, else the first in order."""
    return tuple((need.role, providers_of(need, request)[0]) for need in service.needs)
