"""A rush on one place: who probably comes too late looks first, and does not stand in the writers' way."""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from booking_core.domain.availability.request import Refusal, Violation
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.hold import Hold
from booking_core.ports.live import HoldHint, HoldHints
from booking_core.usecases.explain import ExplainQuery
from booking_core.usecases.place_hold import HoldCommand
from booking_core.usecases.wanted import Wanted

A_MOMENT = timedelta(seconds=1)


@attrs.frozen(kw_only=True)
class HintedHold:
    """PlaceHold behind a hint. The hint decides nothing but in which order the storage is asked.

    Hints are kept of what customers choose by name at a time: one resource, from a start or for a period.
    """

    place_hold: Callable[[HoldCommand], Hold]
    explain: Callable[[ExplainQuery], tuple[Violation, ...]]
    hints: HoldHints

    def __call__(self, command: HoldCommand) -> Hold:
        """The hold; raises what PlaceHold raises."""
        chosen, period = _chosen(command.wanted)
        if period is None:
            return self.place_hold(command)
        if self.hints.expect_taken(command.tenant, [chosen], period, command.session):
            self._look_first(command)
        hold = self.place_hold(command)
        taken = tuple((chosen, each.period) for each in hold.allocations)
        self.hints.record(
            command.tenant,
            HoldHint(session=hold.session, claim=hold.id, taken=taken, expires_at=hold.expires_at),
        )
        return hold

    def _look_first(self, command: HoldCommand) -> None:
        wanted = command.wanted.asked_by(command.actor)
        query = ExplainQuery(tenant=command.tenant, wanted=wanted, session=command.session)
        violations = self.explain(query)
        if violations:
            raise Refusal(violations).error()


def _chosen(wanted: Wanted) -> tuple[str, Period | None]:
    """The resource that was chosen, and when it is wanted as far as that is known without the catalog."""
    if len(wanted.resources) != 1 or wanted.start is None:
        return "", None
    end: datetime = wanted.end or wanted.start + A_MOMENT
    if wanted.start.tzinfo is None or end.tzinfo is None or end <= wanted.start:
        return "", None
    return wanted.resources[0], Period(wanted.start, end)
