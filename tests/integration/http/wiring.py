"""The API over the whole engine in memory, for tests: every business of the stories, a clock set by hand."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar, cast

import attrs
from litestar import Litestar

from booking_adapters._live.local_updates import LocalUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters._net.outgoing import Outgoing
from booking_adapters.ambient.retrying import Persistent
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.calendars.events import IcsWriter
from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.channels.json_channel import JsonChannel
from booking_adapters.channels.webhooks import DerivedSecrets, HttpWebhookSender
from booking_adapters.http import Engine, create_app
from booking_adapters.http.calendar_desk import CalendarDesk
from booking_adapters.http.channel_desk import ChannelDesk
from booking_adapters.http.listing_desk import ListingDesk
from booking_adapters.http.live_desk import LiveDesk
from booking_adapters.http.notice_desk import NoticeDesk
from booking_adapters.http.series_desk import SeriesDesk
from booking_adapters.http.staff_door import Door, StaffDoor
from booking_adapters.http.upkeep_desk import Condition, State, UpkeepDesk
from booking_adapters.http.waitlist_desk import WaitlistDesk
from booking_adapters.letters.wording import TemplateWording
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.live import MemoryRateLimiter
from booking_adapters.sandbox.calendars import SandboxCalendars
from booking_adapters.sms.reports import TwilioReports
from booking_adapters.testing.ambient import MONDAY_MORNING
from booking_adapters.testing.builders import (
    Business,
    a_car_rental,
    a_clinic,
    a_tour,
    cabins,
    grand_hotel,
    nightly,
)
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_app.front_desk_wiring import front_desk
from booking_core.domain.availability.standard_rules import standard_rules
from booking_core.domain.kernel.money import Money
from booking_core.ports.calendar_push import CalendarPlace
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.book import Book
from booking_core.usecases.book_series import FindSeries, ShowSeries
from booking_core.usecases.browsers import SubscribeBrowser, UnsubscribeBrowser
from booking_core.usecases.calendar_feeds import ListFeeds, OpenFeed, ReadFeed, RevokeFeed, RotateFeed
from booking_core.usecases.calendar_links import LinkCalendar, ListLinks, UnlinkCalendar
from booking_core.usecases.calendar_subscriptions import (
    ListSubscriptions,
    ResumeCalendar,
    SubscribeCalendar,
    UnsubscribeCalendar,
)
from booking_core.usecases.cancel import Cancel
from booking_core.usecases.channel_listings import ListResource, ResyncChannel, ShowListings, WithdrawListing
from booking_core.usecases.dead_letters import ListDeadLetters, RequeueDeadLetter
from booking_core.usecases.delivery import RecordDelivery
from booking_core.usecases.editing import ReleaseLock, RenewLock, TakeLock
from booking_core.usecases.list_channel_bookings import ListChannelBookings
from booking_core.usecases.list_closures import ListClosures
from booking_core.usecases.look_at_workers import Workers
from booking_core.usecases.manage_link import CancelByLink, RevokeLinks, ShowByLink
from booking_core.usecases.notice_desk import (
    ChangeNotices,
    ListNotices,
    PreviewNotice,
    RequeueNotice,
    ResendNotice,
)
from booking_core.usecases.offer_link import ByOfferLink
from booking_core.usecases.pay import BookAndPay
from booking_core.usecases.settle_alerts import ListAlerts, ResolveAlert
from booking_core.usecases.show_catalog import ShowCatalog
from booking_core.usecases.show_payments import ShowPayments
from booking_core.usecases.waitlist import ListWaitlist, ShowWaitlistEntry
from booking_core.usecases.webhooks import (
    CloseWebhook,
    DisableWebhook,
    EnableWebhook,
    ListDeliveries,
    ListWebhooks,
    OpenWebhook,
    Redeliver,
    RotateWebhook,
)
from booking_core.usecases.what_would import EstimateStay, ReplayPolicy

T = TypeVar("T")
TOKEN = "a-token-of-the-staff"
TWILIO_TOKEN = "a-token-of-twilio"
PUBLIC_URL = "https://book.example"
SIGNING_KEY = "a key of a deployment that is only for tests"
STAFF = {"Authorization": f"Bearer {TOKEN}"}


@attrs.frozen(eq=False)
class TheApi:
    """An application and what stands behind it."""

    app: Litestar
    engine: TheEngine
    store: MemoryStore
    businesses: dict[str, OpenBusiness] = attrs.field(factory=dict)

    def starts_over(self) -> "TheApi":
        """Nothing is booked, and it is Monday morning: much faster than another application."""
        self.is_emptied()
        self.engine.clock.set(MONDAY_MORNING)
        self.businesses.update(
            {each.tenant.key: self.engine.opens(each) for each in businesses_of_the_stories()}
        )
        return self

    def is_emptied(self) -> None:
        """No business is left."""
        self.store._tenants.clear()
        self.store._keys.clear()


def http_engine(engine: TheEngine, store: Storage, *, booking_in: UnitOfWork | None = None) -> Engine:
    """The bundle that HTTP drives, of the engine that tests know; bookings may be made in other units of work."""
    search = engine.search_slots
    book = Book(
        begin=booking_in or store,
        clock=engine.clock,
        ids=engine.ids,
        reader=search.reader,
        rules=search.rules,
    )
    return Engine(
        tenants=store,
        clock=engine.clock,
        show_catalog=ShowCatalog(begin=store),
        search_slots=engine.search_slots,
        next_slot=engine.next_slot,
        search_stays=engine.search_stays,
        find_free_periods=engine.find_free_periods,
        explain=engine.explain,
        make_quote=engine.make_quote,
        place_hold=engine.place_hold,
        renew_hold=engine.renew_hold,
        release_hold=engine.release_hold,
        book=BookAndPay(book=Persistent(book.answer), send=engine.till.send),
        show=engine.show,
        show_payments=ShowPayments(begin=store),
        cancel=engine.call_off,
        simulate_cancellation=engine.simulate_cancellation,
        reschedule=engine.till.reschedule_and_pay,
        confirm=engine.confirm,
        decline=engine.decline,
        pay=engine.till.pay,
        resume_payment=engine.till.resume_payment,
        refund=engine.till.refund,
        estimate_stay=EstimateStay(begin=store, clock=engine.clock),
        replay_policy=ReplayPolicy(begin=store),
        receive_provider_event=engine.till.receive_provider_event,
        close_resource=engine.close_resource,
        reopen_resource=engine.reopen_resource,
        list_closures=ListClosures(begin=store),
        front_desk=front_desk(
            send=engine.till.send, ids=engine.ids, reader=search.reader, rules=search.rules
        ),
        calendars=calendar_desk_of(engine, store),
        channels=channel_desk_of(engine, store),
        series=SeriesDesk(
            explain=engine.explain_series,
            book=engine.book_series,
            show=ShowSeries(begin=store),
            find=FindSeries(begin=store),
            move=engine.move_series,
            cancel=engine.cancel_series,
        ),
        notices=notice_desk_of(engine, store),
        waitlist=waitlist_desk_of(engine, store),
        live=live_desk_of(engine, store),
        upkeep=UpkeepDesk(
            list_dead_letters=ListDeadLetters(begin=store),
            requeue_dead_letter=RequeueDeadLetter(begin=store, clock=engine.clock),
            list_alerts=ListAlerts(begin=store),
            resolve_alert=ResolveAlert(begin=store, clock=engine.clock),
            metrics=lambda: b"# metrics",
            condition=lambda: Condition(
                redis=State.UNUSED, live_updates=State.OK, workers=Workers(alive=1, age=timedelta(seconds=2))
            ),
        ),
    )


def live_desk_of(engine: TheEngine, store: Storage) -> LiveDesk:
    """Locks in the storage, and the bell of this process."""
    locks, updates = StoredLocks(store, engine.clock), LocalUpdates()
    ports: dict[str, Any] = {"locks": locks, "updates": updates, "clock": engine.clock}
    release = ReleaseLock(**ports)
    return LiveDesk(
        take_lock=TakeLock(begin=store, **ports),
        renew_lock=RenewLock(**ports),
        release_lock=release,
        release_all=release.everything_of,
        held=locks.held,
        updates=updates,
        limiter=MemoryRateLimiter(engine.clock),
    )


class AnnasCalendars(SandboxCalendars):
    """Anna of every business has a calendar of her own, and nobody else."""

    def __init__(self) -> None:
        super().__init__(())

    def accept(self, place: CalendarPlace) -> None:
        if (place.resource, place.account) == ("anna", "caldav"):
            self.entries.setdefault(place, {})
        super().accept(place)


def waitlist_desk_of(engine: TheEngine, store: UnitOfWork) -> WaitlistDesk:
    """The line, from the use cases of the engine."""
    show = ShowWaitlistEntry(begin=store, clock=engine.clock)
    return WaitlistDesk(
        join=engine.join_waitlist,
        show=show,
        accept=engine.accept_offer,
        leave=engine.leave_waitlist,
        show_by_link=ByOfferLink(begin=store, clock=engine.clock, act=show),
        accept_by_link=ByOfferLink(begin=store, clock=engine.clock, act=engine.accept_offer),
        leave_by_link=ByOfferLink(begin=store, clock=engine.clock, act=engine.leave_waitlist),
        list=ListWaitlist(begin=store),
    )


def notice_desk_of(engine: TheEngine, store: Storage) -> NoticeDesk:
    """Notices of the engine that tests know; any public address may be told, and what is signed is believed."""
    outgoing = Outgoing()
    return NoticeDesk(
        show_by_link=ShowByLink(begin=store, clock=engine.clock),
        cancel_by_link=CancelByLink(
            begin=store, clock=engine.clock, cancel=Cancel(begin=store, clock=engine.clock, ids=engine.ids)
        ),
        revoke_links=RevokeLinks(begin=store, clock=engine.clock),
        list=ListNotices(begin=store),
        preview=PreviewNotice(begin=store, wording=TemplateWording()),
        requeue=RequeueNotice(begin=store, clock=engine.clock),
        resend=ResendNotice(begin=store, clock=engine.clock, ids=engine.ids),
        change_rules=ChangeNotices(begin=store, clock=engine.clock),
        subscribe=SubscribeBrowser(
            begin=store, clock=engine.clock, ids=engine.ids, service=PublicPush(outgoing)
        ),
        unsubscribe=UnsubscribeBrowser(begin=store),
        record_delivery=RecordDelivery(
            begin=store,
            clock=engine.clock,
            ids=engine.ids,
            reports=TwilioReports(token=TWILIO_TOKEN, public_url=PUBLIC_URL),
        ),
        push_key="a key",
    )


@attrs.frozen
class PublicPush:
    """A push service that takes any public address."""

    outgoing: Outgoing
    public_key: str = "a key"

    def accept(self, endpoint: str) -> str:
        """The address."""
        return self.outgoing.accept(endpoint)


def calendar_desk_of(engine: TheEngine, store: Storage) -> CalendarDesk:
    """Feeds and subscriptions of the engine that tests know."""
    ports: dict[str, Any] = {
        "begin": store,
        "clock": engine.clock,
        "ids": engine.ids,
        "tokens": SecretTokens(),
        "feed": HttpCalendarFeed(),
        "writer": IcsWriter(),
        "push": AnnasCalendars(),
    }

    def made(use_case: Callable[..., T]) -> T:
        fields = attrs.fields_dict(cast("type[Any]", use_case))
        return use_case(**{name: port for name, port in ports.items() if name in fields})

    return CalendarDesk(
        open_feed=made(OpenFeed),
        rotate_feed=made(RotateFeed),
        revoke_feed=made(RevokeFeed),
        list_feeds=made(ListFeeds),
        read_feed=made(ReadFeed),
        subscribe=made(SubscribeCalendar),
        list_subscriptions=made(ListSubscriptions),
        resume=made(ResumeCalendar),
        unsubscribe=made(UnsubscribeCalendar),
        link=made(LinkCalendar),
        list_links=made(ListLinks),
        unlink=made(UnlinkCalendar),
    )


def channel_desk_of(engine: TheEngine, store: Storage) -> ChannelDesk:
    """Channels and webhooks of the engine that tests know."""
    secrets, clock = DerivedSecrets(SIGNING_KEY), engine.clock
    return ChannelDesk(
        receive=JsonChannel(secrets=secrets, clock=clock, receive=engine.receive_bookings),
        list_bookings=ListChannelBookings(begin=store),
        listings=ListingDesk(
            offer=ListResource(
                begin=store, clock=clock, ids=engine.ids, connectors=Connected.to(FakeChannel())
            ),
            show=ShowListings(begin=store),
            withdraw=WithdrawListing(begin=store, clock=clock),
            resync=ResyncChannel(begin=store, clock=clock),
        ),
        open_webhook=OpenWebhook(
            begin=store, clock=clock, ids=engine.ids, secrets=secrets, sender=HttpWebhookSender()
        ),
        rotate_webhook=RotateWebhook(begin=store, clock=clock, secrets=secrets),
        enable_webhook=EnableWebhook(begin=store, clock=clock),
        disable_webhook=DisableWebhook(begin=store, clock=clock),
        close_webhook=CloseWebhook(begin=store, clock=clock),
        list_webhooks=ListWebhooks(begin=store),
        list_deliveries=ListDeliveries(begin=store),
        redeliver=Redeliver(begin=store, clock=clock),
    )


def businesses_of_the_stories() -> Sequence[Business]:
    clinic = a_clinic().with_any("staff", "anna", "ben")
    clinic = clinic.offering("talk", "staff", minutes=30, every=30, needs_approval=True)
    return [clinic, a_car_rental("fiat", "volvo"), a_tour(), priced_cabins(), grand_hotel()]


def priced_cabins() -> Business:
    """Three cabins: the first for 90 francs a night, the second for 80, the third without a price."""
    camp = cabins(3)
    for key, a_night in (("cabin-1", 9_000), ("cabin-2", 8_000)):
        camp = camp.priced("cabin", nightly(key.upper(), Money(a_night, "CHF")), only=key)
    return camp


def the_api(*, door: Door | None = None, lists_businesses: bool = True) -> TheApi:
    """The API of the stories' businesses; staff have a token unless another door is given."""
    store = MemoryStore()
    engine = TheEngine(store, rules=standard_rules())
    bundle = http_engine(engine, store)
    app = create_app(bundle, door=door or StaffDoor(TOKEN), lists_businesses=lists_businesses)
    return TheApi(app, engine, store).starts_over()
