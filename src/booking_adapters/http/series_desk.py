"""What HTTP drives of series: one callable per use case."""

from collections.abc import Callable, Mapping

import attrs

from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.series import Series
from booking_core.usecases.book_series import BookedSeries, SeriesOfQuery, SeriesQuery
from booking_core.usecases.cancel_series import CancelSeriesCommand
from booking_core.usecases.changing_series import ChangedDate
from booking_core.usecases.move_series import MoveSeriesCommand
from booking_core.usecases.plan_series import SeriesCommand, SeriesLine


@attrs.frozen(kw_only=True)
class SeriesDesk:
    """Reservations that are made, looked at and called off together."""

    explain: Callable[[SeriesCommand], tuple[SeriesLine, ...]]
    book: Callable[[SeriesCommand], BookedSeries]
    show: Callable[[SeriesQuery], tuple[Series, Mapping[int, Reservation]]]
    find: Callable[[SeriesOfQuery], tuple[Series, Mapping[int, Reservation]]]
    move: Callable[[MoveSeriesCommand], tuple[ChangedDate, ...]]
    cancel: Callable[[CancelSeriesCommand], tuple[ChangedDate, ...]]
