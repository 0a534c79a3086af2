"""What cancellations would cost: one booking at many instants, and a policy replayed over the past."""

from collections.abc import Iterable
from datetime import datetime

import attrs

from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.cancellation import (
    Assessment,
    Booked,
    CancellationPolicy,
    CancelledBy,
    assess,
)


def simulate(
    policy: CancellationPolicy,
    booked: Booked,
    moments: Iterable[datetime],
    *,
    by: CancelledBy = CancelledBy.GUEST,
) -> tuple[Assessment, ...]:
    """The assessment of a cancellation at each instant; nothing is cancelled. Raises what `assess` raises."""
    return tuple(assess(policy, booked, at, by=by) for at in moments)


@attrs.frozen(kw_only=True)
class PastCancellation:
    """A booking that was called off: when, and what was owed then."""

    booked: Booked
    cancelled_at: datetime
    penalty: Money


@attrs.frozen(kw_only=True)
class Replay:
    """A policy over past cancellations: what each would have come to, and what all would have kept."""

    assessments: tuple[Assessment, ...]
    penalties_then: Money
    penalties_now: Money

    @property
    def difference(self) -> Money:
        """What the policy would have kept more (negative: less) than was kept."""
        return self.penalties_now - self.penalties_then


def replay(policy: CancellationPolicy, past: Iterable[PastCancellation], currency: str) -> Replay:
    """What past cancellations, all in one currency, would have come to under a policy, waivers left aside."""
    cancellations = tuple(past)
    assessments = tuple(assess(policy, each.booked, each.cancelled_at) for each in cancellations)
    return Replay(
        assessments=assessments,
        penalties_then=Money.total((each.penalty for each in cancellations), currency),
        penalties_now=Money.total((each.penalty for each in assessments), currency),
    )
