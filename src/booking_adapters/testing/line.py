"""The part of the engine for tests that waits in line and recurs: the waitlist, and series."""

from collections.abc import Callable

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.ambient.tokens import SecretTokens
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import BookCommand
from booking_core.usecases.book_series import BookSeries, ExplainSeries
from booking_core.usecases.cancel import Cancel
from booking_core.usecases.cancel_series import CancelSeries
from booking_core.usecases.handling import HandleEvents, Handler
from booking_core.usecases.move_series import MoveSeries
from booking_core.usecases.plan_series import SeriesPlanner
from booking_core.usecases.reading import Reader
from booking_core.usecases.reschedule import Reschedule
from booking_core.usecases.tend_waitlist import StirWaitlist, TendWaitlist
from booking_core.usecases.waitlist import AcceptOffer, JoinWaitlist, LeaveWaitlist


class LineUseCases:
    """Series, and the waitlist with what the worker does for it."""

    def wire_line(  # noqa: PLR0917 - the ports; and the use cases that these build on
        self,
        store: UnitOfWork,
        clock: Clock,
        ids: IdGenerator,
        reader: Reader,
        rules: RuleBook,
        book: Callable[[BookCommand], Reservation],
        *,
        moving: Reschedule,
        cancelling: Cancel,
    ) -> None:
        """Make the use cases."""
        tokens = SecretTokens()
        planner = SeriesPlanner(reader=reader, rules=rules)
        self.explain_series = ExplainSeries(begin=store, clock=clock, planner=planner)
        self.book_series = Persistent(BookSeries(begin=store, clock=clock, ids=ids, planner=planner))
        move = MoveSeries(begin=store, clock=clock, planner=planner, reschedule=moving)
        self.move_series = Persistent(move)
        self.cancel_series = Persistent(CancelSeries(begin=store, clock=clock, cancel=cancelling))
        join = JoinWaitlist(begin=store, clock=clock, ids=ids, tokens=tokens, reader=reader, rules=rules)
        self.join_waitlist = Persistent(join)
        self.leave_waitlist = Persistent(LeaveWaitlist(begin=store, clock=clock))
        self.accept_offer = Persistent(AcceptOffer(begin=store, clock=clock, book=book))
        stir: list[Handler] = [StirWaitlist()]
        self.stir_waitlist = HandleEvents(begin=store, handlers=stir, clock=clock, ids=ids)
        tend = TendWaitlist(begin=store, clock=clock, ids=ids, tokens=tokens, reader=reader, rules=rules)
        self.tend_waitlist = Persistent(tend)
