"""What the API drives: the use cases of one deployment, wired by whoever starts it."""

from collections.abc import Callable, Mapping, Sequence

import attrs

from booking_adapters.http.calendar_desk import CalendarDesk
from booking_adapters.http.channel_desk import ChannelDesk
from booking_adapters.http.front_desk import FrontDesk
from booking_adapters.http.live_desk import LiveDesk
from booking_adapters.http.notice_desk import NoticeDesk
from booking_adapters.http.series_desk import SeriesDesk
from booking_adapters.http.upkeep_desk import UpkeepDesk
from booking_adapters.http.waitlist_desk import WaitlistDesk
from booking_core.domain.availability.request import Violation
from booking_core.domain.availability.slots import Slot
from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.kernel.ids import ResourceId, TenantId
from booking_core.domain.payments.intent import Instruction
from booking_core.domain.pricing.estimate import Estimate
from booking_core.domain.reservations.cancellation import Assessment
from booking_core.domain.reservations.closure import Closure
from booking_core.domain.reservations.hold import Hold
from booking_core.domain.reservations.reservation import Reservation
from booking_core.domain.reservations.what_if import Replay
from booking_core.ports.ambient import Clock
from booking_core.ports.storage import Tenants
from booking_core.usecases.book import BookCommand, Booked
from booking_core.usecases.cancel import Cancellation, CancellationQuery, Cancelled
from booking_core.usecases.close_resource import CloseCommand, Closed
from booking_core.usecases.confirm import Decision
from booking_core.usecases.explain import ExplainQuery
from booking_core.usecases.free_periods import FoundPeriods, FreePeriodsQuery
from booking_core.usecases.list_closures import ClosureQuery
from booking_core.usecases.make_quote import GivenQuote, QuoteCommand
from booking_core.usecases.next_slot import NextSlotQuery
from booking_core.usecases.pay import Paid, PayCommand
from booking_core.usecases.place_hold import HoldCommand
from booking_core.usecases.refund import RefundCommand
from booking_core.usecases.release_hold import HoldReference
from booking_core.usecases.reopen_resource import ReopenCommand
from booking_core.usecases.reschedule import RescheduleCommand, Rescheduled
from booking_core.usecases.search_slots import FoundSlots, SlotQuery
from booking_core.usecases.search_stays import StayOffer, StayQuery
from booking_core.usecases.show import ShowQuery
from booking_core.usecases.show_payments import MoneyOfReservation, PaymentsQuery
from booking_core.usecases.watch_payments import ToldEvent
from booking_core.usecases.what_would import EstimateQuery, ReplayQuery


@attrs.frozen(kw_only=True)
class Engine:
    """One callable per use case; those that write are expected to run again after lost races (`Persistent`).

    `book` is `Book.answer`, which also says whether an idempotency key was answered before.
    """

    tenants: Tenants
    clock: Clock
    show_catalog: Callable[[TenantId], Catalog]
    search_slots: Callable[[SlotQuery], FoundSlots]
    next_slot: Callable[[NextSlotQuery], Slot | None]
    search_stays: Callable[[StayQuery], Sequence[StayOffer]]
    find_free_periods: Callable[[FreePeriodsQuery], FoundPeriods]
    explain: Callable[[ExplainQuery], Sequence[Violation]]
    make_quote: Callable[[QuoteCommand], GivenQuote]
    place_hold: Callable[[HoldCommand], Hold]
    renew_hold: Callable[[HoldReference], Hold]
    release_hold: Callable[[HoldReference], None]
    book: Callable[[BookCommand], Booked]
    show: Callable[[ShowQuery], Reservation]
    cancel: Callable[[Cancellation], Cancelled]
    simulate_cancellation: Callable[[CancellationQuery], Assessment | None]
    reschedule: Callable[[RescheduleCommand], Rescheduled]
    confirm: Callable[[Decision], Reservation]
    decline: Callable[[Decision], Reservation]
    show_payments: Callable[[PaymentsQuery], MoneyOfReservation]
    pay: Callable[[PayCommand], Paid]
    resume_payment: Callable[[PayCommand], Paid]
    estimate_stay: Callable[[EstimateQuery], Mapping[ResourceId, Estimate]]
    replay_policy: Callable[[ReplayQuery], Mapping[str, Replay]]
    refund: Callable[[RefundCommand], Sequence[Instruction]]
    receive_provider_event: Callable[[ToldEvent], bool]
    close_resource: Callable[[CloseCommand], Closed]
    reopen_resource: Callable[[ReopenCommand], None]
    list_closures: Callable[[ClosureQuery], Sequence[Closure]]
    front_desk: FrontDesk
    calendars: CalendarDesk
    channels: ChannelDesk
    series: SeriesDesk
    waitlist: WaitlistDesk
    live: LiveDesk
    notices: NoticeDesk
    upkeep: UpkeepDesk
