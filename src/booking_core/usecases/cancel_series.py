"""Call a series off: one date, that one and those that follow, or all."""

from collections.abc import Callable
from enum import StrEnum

import attrs

from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import SeriesId, TenantId
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.series import Occurrence, Series
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book_series import reservations_of
from booking_core.usecases.confirm import Decision


class Scope(StrEnum):
    """How much of a series is meant by one of its dates."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


@attrs.frozen(kw_only=True)
class CancelSeriesCommand:
    """Some of a series, seen from the date with that number."""

    tenant: TenantId
    series: SeriesId
    number: int
    scope: Scope
    reason: str = ""
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class CancelledDate:
    """What became of one date: `refusal` says why a reservation stayed as it was."""

    number: int
    reservation: Reservation
    refusal: str = ""


@attrs.frozen(kw_only=True)
class CancelSeries:
    """Cancels date by date, each as a cancellation of its own with its own penalty and refund.

    What has begun, is over or was called off before stays as it was. Run again after a crash it goes on where it
    stopped.
    """

    begin: UnitOfWork
    cancel: Callable[[Decision], Reservation]

    def __call__(self, command: CancelSeriesCommand) -> tuple[CancelledDate, ...]:
        """What became of each date in the scope that had a reservation; raises NotFound, InvalidInput."""
        with self.begin.reading(command.tenant) as tx:
            series = tx.series.get(command.series)
            meant = reservations_of(tx, in_scope(series, command.number, command.scope))
        return tuple(self._cancelled(command, number, reservation) for number, reservation in meant.items())

    def _cancelled(
        self, command: CancelSeriesCommand, number: int, reservation: Reservation
    ) -> CancelledDate:
        decision = Decision(
            tenant=command.tenant,
            reservation=reservation.id,
            reason=command.reason,
            actor=command.actor,
        )
        try:
            return CancelledDate(number=number, reservation=self.cancel(decision))
        except InvalidTransition as refused:
            return CancelledDate(number=number, reservation=reservation, refusal=refused.message)


def in_scope(series: Series, number: int, scope: Scope) -> tuple[Occurrence, ...]:
    """The dates that are meant; raises InvalidInput where the series has none of that number."""
    following = series.from_number(number)
    if scope is Scope.ALL:
        return series.occurrences
    return following if scope is Scope.FOLLOWING else following[:1]
