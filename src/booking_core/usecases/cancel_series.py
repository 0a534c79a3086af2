"""Call a series off: one date, that one and those that follow, or all."""

from datetime import datetime

import attrs

from booking_core.domain.kernel.errors import InvalidTransition
from booking_core.domain.kernel.events import SYSTEM, Actor
from booking_core.domain.kernel.ids import SeriesId, TenantId
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.cancel import Cancel, Cancellation
from booking_core.usecases.changing_series import ChangedDate, Scope, in_scope, reservations_of, why_not


@attrs.frozen(kw_only=True)
class CancelSeriesCommand:
    """Some of a series, seen from the date with that number; staff may waive the penalties, and then say why."""

    tenant: TenantId
    series: SeriesId
    number: int
    scope: Scope
    reason: str = ""
    waives_penalty: bool = False
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class CancelSeries:
    """All in one commit, each date with a penalty and a refund of its own.

    What has begun, is over or was called off before stays as it was, and its line says so.
    """

    begin: UnitOfWork
    clock: Clock
    cancel: Cancel

    def __call__(self, command: CancelSeriesCommand) -> tuple[ChangedDate, ...]:
        """What became of each date in the scope that has a reservation.

        Raises CancellationClosed (a guest, too late for one of them), InvalidInput, NotFound.
        """
        at = self.clock.now()
        with self.begin(command.tenant, command.actor) as tx:
            tx.one_at_a_time("series")
            series = tx.series.get(command.series)
            meant = reservations_of(tx, in_scope(series, command.number, command.scope))
            return tuple(
                self._cancelled(tx, command, number=number, reservation=each, at=at)
                for number, each in meant.items()
            )

    def _cancelled(
        self,
        tx: Transaction,
        command: CancelSeriesCommand,
        *,
        number: int,
        reservation: Reservation,
        at: datetime,
    ) -> ChangedDate:
        cancellation = Cancellation(
            tenant=command.tenant,
            reservation=reservation.id,
            reason=command.reason,
            waives_penalty=command.waives_penalty,
            actor=command.actor,
        )
        try:
            ended = self.cancel.within(tx, cancellation, at).reservation
        except InvalidTransition as refused:
            return ChangedDate(number=number, reservation=reservation, violations=why_not(refused))
        return ChangedDate(number=number, reservation=ended)
