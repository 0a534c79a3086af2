"""Each adapter is assigned to its port: mypy compares them, member by member, when the tests are linted."""

import pytest

from booking_adapters._live.fallbacks import FallbackLocks, FallbackRateLimiter
from booking_adapters._live.local_updates import LocalSubscription, LocalUpdates
from booking_adapters._live.shared_updates import Carrier, SharedUpdates
from booking_adapters._live.stored_locks import StoredLocks
from booking_adapters._sql.alerts import SqlAlerts
from booking_adapters._sql.amendments import SqlAmendments
from booking_adapters._sql.audit import SqlAuditLog
from booking_adapters._sql.calendar_links import (
    SqlCalendarLinks,
    SqlFeeds,
    SqlPushes,
    SqlPushTargets,
    SqlSubscriptions,
)
from booking_adapters._sql.calendar_queues import SqlEntryQueue, SqlSubscriptionQueue
from booking_adapters._sql.channel_listings import SqlChannelListings, SqlPushQueue
from booking_adapters._sql.channel_queues import SqlDeliveryQueue, SqlMessageQueue
from booking_adapters._sql.channel_receipts import SqlChannelReceipts
from booking_adapters._sql.channels import SqlChannelInbox, SqlChannelLinks, SqlChannels
from booking_adapters._sql.editing import SqlEditing
from booking_adapters._sql.frontdesk import (
    SqlFrontDesk,
    SqlGuests,
    SqlLoyaltyAccounts,
    SqlRoomAssignments,
    SqlRooms,
    SqlTasks,
)
from booking_adapters._sql.heartbeats import SqlHeartbeats
from booking_adapters._sql.intent_queue import SqlIntentQueue
from booking_adapters._sql.ledger import SqlFolios, SqlIntents, SqlPayments, SqlProviderEvents
from booking_adapters._sql.notice_queue import SqlNoticeQueue
from booking_adapters._sql.notices import SqlLinks, SqlNotices, SqlPushSubscriptions
from booking_adapters._sql.outbox import SqlOutbox
from booking_adapters._sql.queues import SqlHandlerQueue
from booking_adapters._sql.repositories import (
    SqlCatalogs,
    SqlClosures,
    SqlHolds,
    SqlQuotes,
    SqlRequests,
    SqlReservations,
)
from booking_adapters._sql.series import SqlSeriesBook
from booking_adapters._sql.waitlist import SqlWaitlist
from booking_adapters._sql.webhooks import SqlWebhookDeliveries, SqlWebhookEndpoints, SqlWebhooks
from booking_adapters.ambient.bell import LocalBell, Ringing
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.ambient.holidays import NoHolidays, PublicHolidays
from booking_adapters.ambient.ids import UuidV7
from booking_adapters.ambient.tokens import SecretTokens
from booking_adapters.calendars.caldav import CaldavPush
from booking_adapters.calendars.events import IcsWriter
from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.channels.calendar_channel import CalendarChannel, CalendarChannels
from booking_adapters.channels.json_connector import JsonChannels, JsonConnector
from booking_adapters.channels.together import EveryChannel
from booking_adapters.channels.webhooks import DerivedSecrets, HttpWebhookSender
from booking_adapters.email.files import MailFiles, TextFiles
from booking_adapters.email.smtp import SmtpNotifier
from booking_adapters.letters.wording import TemplateWording
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.alerts import MemoryAlerts
from booking_adapters.memory.amendments import MemoryAmendments
from booking_adapters.memory.answers import MemoryAnswers, NoAnswers
from booking_adapters.memory.audit import MemoryAuditLog
from booking_adapters.memory.calendar_links import (
    MemoryCalendarLinks,
    MemoryFeeds,
    MemoryPushes,
    MemoryPushTargets,
    MemorySubscriptions,
)
from booking_adapters.memory.calendar_queues import MemoryEntryQueue, MemorySubscriptionQueue
from booking_adapters.memory.calendars import MemoryCalendars
from booking_adapters.memory.catalogs import MemoryCatalogs
from booking_adapters.memory.channel_listings import MemoryChannelListings, MemoryPushQueue
from booking_adapters.memory.channel_queues import MemoryDeliveryQueue, MemoryMessageQueue
from booking_adapters.memory.channels import (
    MemoryChannelInbox,
    MemoryChannelLinks,
    MemoryChannelReceipts,
    MemoryChannels,
)
from booking_adapters.memory.editing import MemoryEditing
from booking_adapters.memory.frontdesk import (
    MemoryFrontDesk,
    MemoryGuests,
    MemoryLoyaltyAccounts,
    MemoryRoomAssignments,
    MemoryRooms,
    MemoryTasks,
)
from booking_adapters.memory.heartbeats import MemoryHeartbeats
from booking_adapters.memory.intent_queue import MemoryIntentQueue
from booking_adapters.memory.ledger import (
    MemoryFolios,
    MemoryIntents,
    MemoryPayments,
    MemoryProviderEvents,
)
from booking_adapters.memory.live import MemoryHoldHints, MemoryLocks, MemoryRateLimiter, NoHoldHints
from booking_adapters.memory.notice_queue import MemoryNoticeQueue
from booking_adapters.memory.notices import MemoryLinks, MemoryNotices, MemoryPushSubscriptions
from booking_adapters.memory.outbox import MemoryOutbox
from booking_adapters.memory.queues import MemoryHandlerQueue
from booking_adapters.memory.quotes import MemoryQuotes
from booking_adapters.memory.repositories import (
    MemoryClosures,
    MemoryHolds,
    MemoryReservations,
    MemoryTransaction,
)
from booking_adapters.memory.requests import MemoryRequests
from booking_adapters.memory.series import MemorySeriesBook
from booking_adapters.memory.waitlist import MemoryWaitlist
from booking_adapters.memory.webhooks import MemoryWebhookDeliveries, MemoryWebhookEndpoints, MemoryWebhooks
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.bell import PostgresBell
from booking_adapters.postgres.repositories import (
    PostgresCalendars,
    PostgresHolds,
    PostgresRequests,
    PostgresReservations,
)
from booking_adapters.postgres.store import PostgresTransaction
from booking_adapters.postgres.updates import PostgresCarrier
from booking_adapters.push.webpush import WebPushNotifier
from booking_adapters.redis import RedisAnswers, RedisCarrier, RedisHoldHints, RedisLocks, RedisRateLimiter
from booking_adapters.sandbox import SandboxGateway, SandboxVault
from booking_adapters.sandbox.calendars import SandboxCalendars
from booking_adapters.sms.reports import TwilioReports
from booking_adapters.sms.twilio import TwilioNotifier
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.calendars import SqliteCalendars
from booking_adapters.sqlite.store import SqliteTransaction
from booking_adapters.sqlite.updates import SqliteCarrier
from booking_adapters.stripe.gateway import StripeGateway
from booking_adapters.stripe.vault import StripeVault
from booking_adapters.testing.ambient import FixedClock, ListedHolidays, SeededIds
from booking_adapters.testing.channel import Connected, FakeChannel
from booking_app.notifying import LoggedOnly, NoPush, NoReports
from booking_core.ports import (
    alerts,
    ambient,
    answers,
    audit,
    bell,
    calendar_links,
    calendar_push,
    calendars,
    channel_connector,
    channel_listings,
    channels,
    editing,
    frontdesk,
    heartbeats,
    ledger,
    live,
    notices,
    notifying,
    outbox,
    payments,
    queues,
    series,
    storage,
    waitlist,
    webhooks,
)
from booking_core.usecases.watched import WatchedUnits

CLOCKS: tuple[type[ambient.Clock], ...] = (SystemClock, FixedClock)
IDS: tuple[type[ambient.IdGenerator], ...] = (UuidV7, SeededIds)
TOKENS: tuple[type[ambient.TokenSource], ...] = (SecretTokens,)
CALENDAR_FEEDS: tuple[type[calendars.CalendarFeed], ...] = (HttpCalendarFeed,)
CALENDAR_PUSHES: tuple[type[calendar_push.CalendarPush], ...] = (CaldavPush, SandboxCalendars)
CALENDAR_WRITERS: tuple[type[calendars.CalendarWriter], ...] = (IcsWriter,)
BELLS: tuple[type[bell.Bell], ...] = (LocalBell, PostgresBell)
HOLIDAYS: tuple[type[ambient.Holidays], ...] = (NoHolidays, PublicHolidays, ListedHolidays)
UNITS_OF_WORK: tuple[type[storage.UnitOfWork], ...] = (
    Ringing,
    MemoryStore,
    SqliteStore,
    PostgresStore,
    WatchedUnits,
)
TENANTS: tuple[type[storage.Tenants], ...] = (MemoryStore, SqliteStore, PostgresStore)
TRANSACTIONS: tuple[type[storage.Transaction], ...] = (
    MemoryTransaction,
    SqliteTransaction,
    PostgresTransaction,
)
CATALOGS: tuple[type[storage.Catalogs], ...] = (MemoryCatalogs, SqlCatalogs)
CALENDARS: tuple[type[storage.Calendars], ...] = (
    MemoryCalendars,
    SqliteCalendars,
    PostgresCalendars,
)
HOLDS: tuple[type[storage.Holds], ...] = (MemoryHolds, SqlHolds, PostgresHolds)
RESERVATIONS: tuple[type[storage.Reservations], ...] = (
    MemoryReservations,
    SqlReservations,
    PostgresReservations,
)
CLOSURES: tuple[type[storage.Closures], ...] = (MemoryClosures, SqlClosures)
QUOTES: tuple[type[storage.Quotes], ...] = (MemoryQuotes, SqlQuotes)
FRONT_DESKS: tuple[type[frontdesk.FrontDesk], ...] = (MemoryFrontDesk, SqlFrontDesk)
ROOMS: tuple[type[frontdesk.Rooms], ...] = (MemoryRooms, SqlRooms)
TASKS: tuple[type[frontdesk.Tasks], ...] = (MemoryTasks, SqlTasks)
GUESTS: tuple[type[frontdesk.Guests], ...] = (MemoryGuests, SqlGuests)
LOYALTY: tuple[type[frontdesk.LoyaltyAccounts], ...] = (MemoryLoyaltyAccounts, SqlLoyaltyAccounts)
ASSIGNMENTS: tuple[type[frontdesk.RoomAssignments], ...] = (MemoryRoomAssignments, SqlRoomAssignments)
FOLIOS: tuple[type[ledger.Folios], ...] = (MemoryFolios, SqlFolios)
PAYMENTS: tuple[type[ledger.Payments], ...] = (MemoryPayments, SqlPayments)
INTENTS: tuple[type[ledger.Intents], ...] = (MemoryIntents, SqlIntents)
PROVIDER_EVENTS: tuple[type[ledger.ProviderEvents], ...] = (MemoryProviderEvents, SqlProviderEvents)
WAITLISTS: tuple[type[waitlist.Waitlist], ...] = (MemoryWaitlist, SqlWaitlist)
SERIES_BOOKS: tuple[type[series.SeriesBook], ...] = (MemorySeriesBook, SqlSeriesBook)
CHANNELS: tuple[type[channels.Channels], ...] = (MemoryChannels, SqlChannels)
CHANNEL_INBOXES: tuple[type[channels.ChannelInbox], ...] = (MemoryChannelInbox, SqlChannelInbox)
CHANNEL_LINKS: tuple[type[channels.ChannelLinks], ...] = (MemoryChannelLinks, SqlChannelLinks)
CHANNEL_RECEIPTS: tuple[type[channels.ChannelReceipts], ...] = (MemoryChannelReceipts, SqlChannelReceipts)
CHANNEL_LISTINGS: tuple[type[channel_listings.ChannelListings], ...] = (
    MemoryChannelListings,
    SqlChannelListings,
)
CHANNEL_CONNECTORS: tuple[type[channel_connector.ChannelConnector], ...] = (
    FakeChannel,
    CalendarChannel,
    JsonConnector,
)
CONNECTED_CHANNELS: tuple[type[channel_connector.ChannelConnectors], ...] = (
    Connected,
    CalendarChannels,
    EveryChannel,
    JsonChannels,
)
WEBHOOKS: tuple[type[webhooks.Webhooks], ...] = (MemoryWebhooks, SqlWebhooks)
WEBHOOK_ENDPOINTS: tuple[type[webhooks.WebhookEndpoints], ...] = (
    MemoryWebhookEndpoints,
    SqlWebhookEndpoints,
)
WEBHOOK_DELIVERIES: tuple[type[webhooks.WebhookDeliveries], ...] = (
    MemoryWebhookDeliveries,
    SqlWebhookDeliveries,
)
WEBHOOK_SECRETS: tuple[type[webhooks.WebhookSecrets], ...] = (DerivedSecrets,)
WEBHOOK_SENDERS: tuple[type[webhooks.WebhookSender], ...] = (HttpWebhookSender,)
AUDIT_LOGS: tuple[type[audit.AuditLog], ...] = (MemoryAuditLog, SqlAuditLog)
ALERTS: tuple[type[alerts.Alerts], ...] = (MemoryAlerts, SqlAlerts)
CALENDAR_LINKS: tuple[type[calendar_links.CalendarLinks], ...] = (MemoryCalendarLinks, SqlCalendarLinks)
FEEDS: tuple[type[calendar_links.Feeds], ...] = (MemoryFeeds, SqlFeeds)
SUBSCRIPTIONS: tuple[type[calendar_links.Subscriptions], ...] = (MemorySubscriptions, SqlSubscriptions)
PUSH_TARGETS: tuple[type[calendar_links.PushTargets], ...] = (MemoryPushTargets, SqlPushTargets)
PUSHES: tuple[type[calendar_links.Pushes], ...] = (MemoryPushes, SqlPushes)
NOTIFIERS: tuple[type[notifying.Notifier], ...] = (
    SmtpNotifier,
    TwilioNotifier,
    WebPushNotifier,
    MailFiles,
    TextFiles,
    LoggedOnly,
)
WORDINGS: tuple[type[notifying.Wording], ...] = (TemplateWording,)
PUSH_SERVICES: tuple[type[notifying.PushService], ...] = (WebPushNotifier, NoPush)
REPORTS: tuple[type[notifying.DeliveryReports], ...] = (TwilioReports, NoReports)
NOTICES: tuple[type[notices.Notices], ...] = (MemoryNotices, SqlNotices)
LINKS: tuple[type[notices.Links], ...] = (MemoryLinks, SqlLinks)
PUSH_SUBSCRIPTIONS: tuple[type[notices.PushSubscriptions], ...] = (
    MemoryPushSubscriptions,
    SqlPushSubscriptions,
)
AMENDMENTS: tuple[type[ledger.Amendments], ...] = (MemoryAmendments, SqlAmendments)
REQUESTS: tuple[type[storage.Requests], ...] = (MemoryRequests, SqlRequests, PostgresRequests)
OUTBOXES: tuple[type[outbox.Outbox], ...] = (MemoryOutbox, SqlOutbox)
QUEUES: tuple[type[queues.Queue], ...] = (
    MemoryPushQueue,
    SqlPushQueue,
    MemoryIntentQueue,
    SqlIntentQueue,
    MemoryHandlerQueue,
    SqlHandlerQueue,
    MemoryNoticeQueue,
    SqlNoticeQueue,
    MemoryEntryQueue,
    MemorySubscriptionQueue,
    SqlEntryQueue,
    SqlSubscriptionQueue,
    MemoryMessageQueue,
    MemoryDeliveryQueue,
    SqlMessageQueue,
    SqlDeliveryQueue,
)
GATEWAYS: tuple[type[payments.PaymentGateway], ...] = (SandboxGateway, StripeGateway)
VAULTS: tuple[type[payments.CardVault], ...] = (SandboxVault, StripeVault)
EDITINGS: tuple[type[editing.Editing], ...] = (MemoryEditing, SqlEditing)
LOCKS: tuple[type[live.Locks], ...] = (MemoryLocks, StoredLocks, RedisLocks, FallbackLocks)
UPDATES: tuple[type[live.LiveUpdates], ...] = (LocalUpdates, SharedUpdates)
CARRIERS: tuple[type[Carrier], ...] = (SqliteCarrier, PostgresCarrier, RedisCarrier)
LISTENINGS: tuple[type[live.Subscription], ...] = (LocalSubscription,)
LIMITERS: tuple[type[live.RateLimiter], ...] = (
    MemoryRateLimiter,
    RedisRateLimiter,
    FallbackRateLimiter,
)
HINTS: tuple[type[live.HoldHints], ...] = (MemoryHoldHints, NoHoldHints, RedisHoldHints)

HEARTBEATS: tuple[type[heartbeats.Heartbeats], ...] = (MemoryHeartbeats, SqlHeartbeats)

ANSWERS: tuple[type[answers.Answers], ...] = (NoAnswers, MemoryAnswers, RedisAnswers)

EVERY_PORT = (
    (answers.Answers, ANSWERS),
    (heartbeats.Heartbeats, HEARTBEATS),
    (ambient.Clock, CLOCKS),
    (ambient.IdGenerator, IDS),
    (ambient.Holidays, HOLIDAYS),
    (ambient.TokenSource, TOKENS),
    (bell.Bell, BELLS),
    (calendars.CalendarFeed, CALENDAR_FEEDS),
    (calendar_push.CalendarPush, CALENDAR_PUSHES),
    (calendars.CalendarWriter, CALENDAR_WRITERS),
    (storage.UnitOfWork, UNITS_OF_WORK),
    (storage.Tenants, TENANTS),
    (storage.Transaction, TRANSACTIONS),
    (storage.Catalogs, CATALOGS),
    (storage.Calendars, CALENDARS),
    (storage.Holds, HOLDS),
    (storage.Reservations, RESERVATIONS),
    (storage.Closures, CLOSURES),
    (storage.Quotes, QUOTES),
    (frontdesk.FrontDesk, FRONT_DESKS),
    (frontdesk.Rooms, ROOMS),
    (frontdesk.Tasks, TASKS),
    (frontdesk.Guests, GUESTS),
    (frontdesk.LoyaltyAccounts, LOYALTY),
    (frontdesk.RoomAssignments, ASSIGNMENTS),
    (ledger.Folios, FOLIOS),
    (ledger.Payments, PAYMENTS),
    (ledger.Intents, INTENTS),
    (ledger.ProviderEvents, PROVIDER_EVENTS),
    (channels.Channels, CHANNELS),
    (channels.ChannelInbox, CHANNEL_INBOXES),
    (channels.ChannelLinks, CHANNEL_LINKS),
    (channels.ChannelReceipts, CHANNEL_RECEIPTS),
    (channel_listings.ChannelListings, CHANNEL_LISTINGS),
    (channel_connector.ChannelConnector, CHANNEL_CONNECTORS),
    (channel_connector.ChannelConnectors, CONNECTED_CHANNELS),
    (webhooks.Webhooks, WEBHOOKS),
    (webhooks.WebhookEndpoints, WEBHOOK_ENDPOINTS),
    (webhooks.WebhookDeliveries, WEBHOOK_DELIVERIES),
    (webhooks.WebhookSecrets, WEBHOOK_SECRETS),
    (webhooks.WebhookSender, WEBHOOK_SENDERS),
    (alerts.Alerts, ALERTS),
    (audit.AuditLog, AUDIT_LOGS),
    (series.SeriesBook, SERIES_BOOKS),
    (waitlist.Waitlist, WAITLISTS),
    (calendar_links.CalendarLinks, CALENDAR_LINKS),
    (calendar_links.Feeds, FEEDS),
    (calendar_links.Subscriptions, SUBSCRIPTIONS),
    (calendar_links.PushTargets, PUSH_TARGETS),
    (calendar_links.Pushes, PUSHES),
    (notices.Notices, NOTICES),
    (notifying.Notifier, NOTIFIERS),
    (notifying.Wording, WORDINGS),
    (notifying.PushService, PUSH_SERVICES),
    (notifying.DeliveryReports, REPORTS),
    (notices.Links, LINKS),
    (notices.PushSubscriptions, PUSH_SUBSCRIPTIONS),
    (ledger.Amendments, AMENDMENTS),
    (storage.Requests, REQUESTS),
    (outbox.Outbox, OUTBOXES),
    (queues.Queue, QUEUES),
    (payments.PaymentGateway, GATEWAYS),
    (payments.CardVault, VAULTS),
    (editing.Editing, EDITINGS),
    (live.Locks, LOCKS),
    (live.LiveUpdates, UPDATES),
    (Carrier, CARRIERS),
    (live.Subscription, LISTENINGS),
    (live.RateLimiter, LIMITERS),
    (live.HoldHints, HINTS),
)


@pytest.mark.parametrize(("port", "adapters"), EVERY_PORT, ids=lambda each: getattr(each, "__name__", ""))
def test_adapters_do_not_inherit_from_their_port(port: type, adapters: tuple[type, ...]) -> None:
    assert adapters
    assert all(port not in adapter.__mro__ for adapter in adapters)
