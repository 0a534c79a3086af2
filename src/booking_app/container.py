"""Wiring: which adapter fills which port, and every use case ready to be called. The only place that knows punq."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import attrs
import punq
import structlog

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.ambient.holidays import PublicHolidays
from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.retrying import Persistent, pauses
from booking_adapters.businesses import BusinessReader
from booking_adapters.calendars.caldav import CaldavCalendar
from booking_adapters.channels.json_connector import ChannelSite
from booking_adapters.http.engine import Engine
from booking_adapters.http.payment_desk import PaymentDesk
from booking_app.calendar_wiring import (
    CALENDAR_USE_CASES,
    caldav_calendars,
    calendar_adapters,
    calendar_desk,
)
from booking_app.channel_wiring import (
    CHANNEL_USE_CASES,
    channel_adapters,
    channel_desk,
    channel_door,
    channel_sites,
)
from booking_app.duty_wiring import duties_of
from booking_app.front_desk_wiring import FRONT_DESK_HANDLERS, front_desk
from booking_app.health import Health, watched
from booking_app.line_wiring import LINE_USE_CASES, series_desk, waitlist_desk
from booking_app.live import (
    LIVE_USE_CASES,
    LiveParts,
    hinted_hold,
    live_adapters,
    live_desk,
    open_live,
    recalled_booking,
    without_server,
)
from booking_app.metrics import Metrics
from booking_app.notice_wiring import (
    NOTICE_USE_CASES,
    notice_adapters,
    notice_desk,
)
from booking_app.notifying import Post, post_of
from booking_app.own_handlers import own_handlers
from booking_app.provider import Provider, no_provider, open_provider, payment_desk
from booking_app.settings import Settings
from booking_app.storage import Storage, open_storage
from booking_app.upkeep_wiring import UPKEEP_USE_CASES, retention_of, upkeep_desk
from booking_core.domain.availability.rules import RuleBook
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.ambient import Clock, Holidays, IdGenerator
from booking_core.ports.bell import Bell
from booking_core.ports.heartbeats import Heartbeats
from booking_core.ports.inspection import Inspection
from booking_core.ports.payments import PaymentGateway
from booking_core.ports.storage import Tenants, UnitOfWork
from booking_core.usecases.book import Book
from booking_core.usecases.calendar_links import OweEntries
from booking_core.usecases.cancel import Cancel, SimulateCancellation
from booking_core.usecases.close_resource import CloseResource
from booking_core.usecases.confirm import Confirm
from booking_core.usecases.consequences import Consequences
from booking_core.usecases.decline import Decline
from booking_core.usecases.departing import depart_once
from booking_core.usecases.duties import Duty, ForgetDone, ForgetRequests, Retention
from booking_core.usecases.expire import ExpireClaims
from booking_core.usecases.explain import Explain
from booking_core.usecases.free_periods import FindFreePeriods
from booking_core.usecases.handling import Handler
from booking_core.usecases.import_busy_times import CloseBusyTimes, ImportBusyTimes, ImportedBusyTimes
from booking_core.usecases.list_closures import ListClosures
from booking_core.usecases.look_at_queues import LookAtQueues
from booking_core.usecases.look_at_workers import LookAtWorkers
from booking_core.usecases.make_quote import MakeQuote
from booking_core.usecases.next_slot import NextSlot
from booking_core.usecases.owe_channels import OweChannels
from booking_core.usecases.pay import AskPayment, BookAndPay, Pay, RescheduleAndPay, ResumePayment
from booking_core.usecases.place_hold import PlaceHold
from booking_core.usecases.plan_line_notices import PlanLineNotices
from booking_core.usecases.plan_notices import PlanNotices
from booking_core.usecases.reading import Reader
from booking_core.usecases.refund import Refund
from booking_core.usecases.release_hold import ReleaseHold
from booking_core.usecases.renew_hold import RenewHold
from booking_core.usecases.reopen_resource import ReopenResource
from booking_core.usecases.reschedule import Reschedule
from booking_core.usecases.save_business import SaveBusiness, SaveBusinessCommand, SavedBusiness
from booking_core.usecases.seal_audit import SealAudit
from booking_core.usecases.search_slots import SearchSlots
from booking_core.usecases.search_stays import SearchStays
from booking_core.usecases.send_intents import SendIntents
from booking_core.usecases.send_webhooks import OweWebhooks
from booking_core.usecases.show import Show
from booking_core.usecases.show_catalog import ShowCatalog
from booking_core.usecases.show_payments import ShowPayments
from booking_core.usecases.tell_watchers import TellWatchers
from booking_core.usecases.tend_waitlist import StirWaitlist
from booking_core.usecases.tidy import CompletePast, ForgetQuotes, MarkNoShows
from booking_core.usecases.watch_payments import (
    HandleProviderEvents,
    ReceiveProviderEvent,
    SweepPayments,
    WatchAuthorisations,
)
from booking_core.usecases.what_would import EstimateStay, ReplayPolicy

LOG = structlog.get_logger("booking.handlers")


@attrs.frozen(kw_only=True)
class Deployment:
    """One running engine: what the API drives, what only the operator does, and what is done without being asked.

    Every use case is `Persistent`.
    """

    engine: Engine
    desk: PaymentDesk
    inspection: Inspection
    bell: Bell
    heartbeats: Heartbeats
    metrics: Metrics
    channel_secret: Callable[[TenantId, str], str]
    read_business: BusinessReader
    save_business: Callable[[SaveBusinessCommand], SavedBusiness]
    close_busy_times: Callable[[ImportBusyTimes], ImportedBusyTimes]
    duties: Mapping[str, Duty]


USE_CASES = (
    SearchSlots,
    SearchStays,
    NextSlot,
    FindFreePeriods,
    MakeQuote,
    Explain,
    Show,
    ShowPayments,
    ShowCatalog,
    ListClosures,
    PlaceHold,
    RenewHold,
    ReleaseHold,
    Book,
    Confirm,
    Decline,
    Cancel,
    SimulateCancellation,
    Reschedule,
    CloseResource,
    ReopenResource,
    SaveBusiness,
    CloseBusyTimes,
    ExpireClaims,
    MarkNoShows,
    CompletePast,
    ForgetQuotes,
    ForgetDone,
    ForgetRequests,
    SealAudit,
    AskPayment,
    ResumePayment,
    Refund,
    EstimateStay,
    ReplayPolicy,
    ReceiveProviderEvent,
    HandleProviderEvents,
    SweepPayments,
    WatchAuthorisations,
)
HANDLERS: tuple[type[Handler], ...] = (
    OweEntries,
    *FRONT_DESK_HANDLERS,
    OweChannels,
    StirWaitlist,
    PlanNotices,
    PlanLineNotices,
    TellWatchers,
    OweWebhooks,
)
"""What follows from events in every deployment; each is wired as a use case is."""
PARTS = (
    Reader,
    BusinessReader,
    *USE_CASES,
    *LINE_USE_CASES,
    *CALENDAR_USE_CASES,
    *CHANNEL_USE_CASES,
    *LIVE_USE_CASES,
    *NOTICE_USE_CASES,
    *UPKEEP_USE_CASES,
    *HANDLERS,
)
"""What is wired from ports alone."""


@contextmanager
def open_deployment(settings: Settings) -> Iterator[Deployment]:
    """The deployment that the settings describe; what was opened is closed at the end. Raises InvalidInput."""
    with ExitStack() as stack:
        storage = open_storage(settings, stack)
        yield wired(
            storage,
            handlers=own_handlers(settings.handlers),
            calendars=caldav_calendars(settings),
            post=post_of(settings),
            provider=open_provider(settings, SystemClock()),
            live=open_live(settings, storage, stack),
            signing_key=settings.signing_key,
            channels=channel_sites(settings),
            retention=retention_of(settings),
        )


def wired(
    storage: Storage,
    *,
    clock: Clock | None = None,
    ids: IdGenerator | None = None,
    holidays: Holidays | None = None,
    rules: RuleBook | None = None,
    provider: Provider | None = None,
    handlers: Iterable[Handler] = (),
    post: Post | None = None,
    calendars: Sequence[CaldavCalendar] = (),
    live: LiveParts | None = None,
    signing_key: str = "",
    channels: Sequence[ChannelSite] = (),
    retention: Retention | None = None,
) -> Deployment:
    """A deployment on a storage; what is not given is the world as it is. A missing wire fails here, at start-up.

    `handlers` are an application's own, beside those of every deployment. Without a `post`, notices are only logged.
    `calendars` are those that bookings may be written into. Without a `signing_key` nobody has a webhook.
    `channels` are outside sellers that are told and asked.
    """
    clock, ids = clock or SystemClock(), ids or UuidV7()
    live = live or without_server(storage.store, clock)
    instances: dict[Any, object] = {
        **live_adapters(storage.store, storage.bell, live, clock),
        Heartbeats: storage.heartbeats,
        Tenants: storage.store,
        IdGenerator: ids,
        Holidays: holidays or PublicHolidays(),
        RuleBook: rules or standard_rules(),
        Retention: retention or Retention(),
        **calendar_adapters(storage.store, calendars),
        **notice_adapters(post or Post()),
        **channel_adapters(signing_key, channels, storage.store, clock, ids),
        PaymentGateway: (provider or no_provider()).gateway,
    }
    container = _filled(instances)
    duties = duties_of(container, [*map(container.resolve, HANDLERS), *handlers], post or Post())
    return _deployed(container, storage, live, provider or no_provider(), duties)


def _deployed(
    container: punq.Container,
    storage: Storage,
    live: LiveParts,
    provider: Provider,
    duties: Mapping[str, Duty],
) -> Deployment:
    metrics = Metrics(storage.store, Persistent(container.resolve(LookAtQueues)), container.resolve(Clock))
    return Deployment(
        engine=_engine(container, watched(metrics, live, container.resolve(LookAtWorkers))),
        desk=payment_desk(provider),
        inspection=storage.inspection,
        bell=storage.bell,
        heartbeats=storage.heartbeats,
        metrics=metrics,
        channel_secret=channel_door(container).secret_of,
        read_business=container.resolve(BusinessReader),
        save_business=Persistent(container.resolve(SaveBusiness)),
        close_busy_times=Persistent(container.resolve(CloseBusyTimes)),
        duties=duties,
    )


def _filled(instances: Mapping[Any, object]) -> punq.Container:
    """What makes every part, of the adapters that fill the ports."""
    container = punq.Container()
    for port, adapter in instances.items():
        container.register(port, instance=adapter)
    for part in PARTS:
        container.register(part)
    container.register(SendIntents, instance=_sender(container))
    return container


def _sender(container: punq.Container) -> SendIntents:
    ids: IdGenerator = container.resolve(IdGenerator)
    return SendIntents(
        begin=container.resolve(UnitOfWork),
        gateway=container.resolve(PaymentGateway),
        clock=container.resolve(Clock),
        ids=ids,
        then=Consequences(ids=ids, complete=depart_once),
        pauses=pauses,
    )


def _money(container: punq.Container, send: SendIntents) -> dict[str, Any]:
    """The part of the engine that is about payments and prices."""
    return {
        "pay": Pay(ask=Persistent(container.resolve(AskPayment)), send=send),
        "resume_payment": Persistent(container.resolve(ResumePayment)),
        "refund": Persistent(container.resolve(Refund)),
        "estimate_stay": Persistent(container.resolve(EstimateStay)),
        "replay_policy": Persistent(container.resolve(ReplayPolicy)),
        "receive_provider_event": Persistent(container.resolve(ReceiveProviderEvent)),
    }


def _engine(container: punq.Container, health: Health) -> Engine:
    send, rules = container.resolve(SendIntents), container.resolve(RuleBook)
    begin, clock = container.resolve(UnitOfWork), container.resolve(Clock)
    return Engine(
        tenants=container.resolve(Tenants),
        clock=clock,
        show_catalog=Persistent(container.resolve(ShowCatalog)),
        search_slots=Persistent(container.resolve(SearchSlots)),
        next_slot=Persistent(container.resolve(NextSlot)),
        search_stays=Persistent(container.resolve(SearchStays)),
        find_free_periods=Persistent(container.resolve(FindFreePeriods)),
        explain=Persistent(container.resolve(Explain)),
        make_quote=Persistent(container.resolve(MakeQuote)),
        place_hold=hinted_hold(container),
        renew_hold=Persistent(container.resolve(RenewHold)),
        release_hold=Persistent(container.resolve(ReleaseHold)),
        book=recalled_booking(
            container, BookAndPay(book=Persistent(container.resolve(Book).answer), send=send)
        ),
        show=Persistent(container.resolve(Show)),
        cancel=Persistent(container.resolve(Cancel).answer),
        simulate_cancellation=Persistent(container.resolve(SimulateCancellation)),
        reschedule=RescheduleAndPay(reschedule=Persistent(container.resolve(Reschedule).answer), send=send),
        confirm=Persistent(container.resolve(Confirm)),
        decline=Persistent(container.resolve(Decline)),
        show_payments=Persistent(container.resolve(ShowPayments)),
        **_money(container, send),
        close_resource=Persistent(container.resolve(CloseResource)),
        reopen_resource=Persistent(container.resolve(ReopenResource)),
        list_closures=Persistent(container.resolve(ListClosures)),
        front_desk=front_desk(
            send=send,
            ids=container.resolve(IdGenerator),
            reader=container.resolve(Reader),
            rules=rules,
        ),
        calendars=calendar_desk(container),
        channels=channel_desk(container),
        live=live_desk(container),
        series=series_desk(container),
        notices=notice_desk(container),
        waitlist=waitlist_desk(container, begin, clock),
        upkeep=upkeep_desk(container, health),
    )
