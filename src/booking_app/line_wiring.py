"""Wiring of series and of the waitlist: their use cases ready to be called."""

from typing import Protocol, TypeVar

from booking_adapters.ambient.retrying import Persistent
from booking_adapters.http.series_desk import SeriesDesk
from booking_adapters.http.waitlist_desk import WaitlistDesk
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import Book
from booking_core.usecases.book_series import BookSeries, ExplainSeries, FindSeries, ShowSeries
from booking_core.usecases.cancel_series import CancelSeries
from booking_core.usecases.move_series import MoveSeries
from booking_core.usecases.offer_link import ByOfferLink
from booking_core.usecases.plan_series import SeriesPlanner
from booking_core.usecases.tend_waitlist import TendWaitlist
from booking_core.usecases.waitlist import (
    AcceptOffer,
    JoinWaitlist,
    LeaveWaitlist,
    ListWaitlist,
    ShowWaitlistEntry,
)

T = TypeVar("T")

LINE_USE_CASES = (
    SeriesPlanner,
    ExplainSeries,
    BookSeries,
    ShowSeries,
    FindSeries,
    MoveSeries,
    CancelSeries,
    TendWaitlist,
    JoinWaitlist,
    LeaveWaitlist,
    ListWaitlist,
    ShowWaitlistEntry,
)


class Resolving(Protocol):
    """Whatever makes a use case with its ports."""

    def resolve(self, service_key: type[T]) -> T:
        """One that is ready."""
        ...


def series_desk(container: Resolving) -> SeriesDesk:
    """What HTTP drives of series."""
    return SeriesDesk(
        explain=Persistent(container.resolve(ExplainSeries)),
        book=Persistent(container.resolve(BookSeries)),
        show=Persistent(container.resolve(ShowSeries)),
        find=Persistent(container.resolve(FindSeries)),
        move=Persistent(container.resolve(MoveSeries)),
        cancel=Persistent(container.resolve(CancelSeries)),
    )


def waitlist_desk(container: Resolving, begin: UnitOfWork, clock: Clock) -> WaitlistDesk:
    """What HTTP drives of the waitlist."""
    accept = AcceptOffer(
        begin=begin,
        clock=clock,
        book=Persistent(container.resolve(Book)),
    )
    show, leave = container.resolve(ShowWaitlistEntry), container.resolve(LeaveWaitlist)
    return WaitlistDesk(
        join=Persistent(container.resolve(JoinWaitlist)),
        show=Persistent(show),
        accept=Persistent(accept),
        leave=Persistent(leave),
        show_by_link=Persistent(ByOfferLink(begin=begin, clock=clock, act=show)),
        accept_by_link=Persistent(ByOfferLink(begin=begin, clock=clock, act=accept)),
        leave_by_link=Persistent(ByOfferLink(begin=begin, clock=clock, act=leave)),
        list=Persistent(container.resolve(ListWaitlist)),
    )
