"""Reading the outside calendars that are due: each taken (committed), read outside any transaction, and recorded."""

from datetime import datetime, timedelta

import attrs

from booking_core.domain.calendars.subscription import Subscription
from booking_core.domain.channels.rental import RentalCalendar
from booking_core.domain.kernel.errors import BookingError, InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.domain.kernel.period import Period, epoch
from booking_core.domain.kernel.problems import BadFile
from booking_core.ports.alerts import Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.calendars import CalendarFeed, CalendarUnavailable, FeedContent
from booking_core.ports.storage import Transaction, UnitOfWork
from booking_core.usecases.import_busy_times import ImportBusyTimes, reconcile
from booking_core.usecases.outcomes import write_down
from booking_core.usecases.rental_calendars import Said, read_rental, said_by

BATCH = 20
LEASE = timedelta(minutes=2)
"""Longer than reading a calendar may take, so that nobody reads what is being read."""
HORIZON = timedelta(days=400)
READER = Actor(kind="system", name="calendar")

Outcome = FeedContent | BookingError | None
"""What came of reading: its content, why it could not be read, or None where it says what it said."""


@attrs.frozen(kw_only=True)
class RefreshCalendars:
    """Keeps closures equal to what the outside calendars of a tenant say. Several workers may do so at once.

    What cannot be read leaves everything as it was. Bookings in the way of new busy times are alerted, never dropped.
    """

    begin: UnitOfWork
    feed: CalendarFeed
    clock: Clock
    ids: IdGenerator

    def __call__(self, tenant: TenantId) -> int:
        """At most 20 calendars, one after the other; how many were worked on."""
        for count in range(BATCH):
            with self.begin(tenant, READER) as tx:
                taken = tx.calendar_links.subscriptions.lease(self.clock.now(), 1, LEASE)
            if not taken:
                return count
            self._refresh(tenant, taken[0])
        return BATCH

    def _refresh(self, tenant: TenantId, subscription: Subscription) -> None:
        now = self.clock.now().replace(microsecond=0)
        window = Period.between(now, now + HORIZON)
        outcome: Outcome
        try:
            with self.begin.reading(tenant) as tx:
                catalog = tx.catalogs.load()
                zone = catalog.venue_of(catalog.resource(subscription.resource)).zone
            outcome = self.feed.read(
                subscription.url, known=subscription.known(now), window=window, zone=zone
            )
        except (CalendarUnavailable, BadFile, InvalidInput, NotFound) as unread:
            outcome = unread
        except BookingError:
            raise
        except Exception as broken:  # noqa: BLE001 - one calendar that breaks something does not hold up the others
            outcome = CalendarUnavailable(type(broken).__name__)
        try:
            write_down(lambda: self._record(tenant, subscription, outcome, window))
        except InvalidInput as refused:
            failure = refused
            write_down(lambda: self._record(tenant, subscription, failure, window))

    def _record(self, tenant: TenantId, subscription: Subscription, outcome: Outcome, window: Period) -> None:
        """What came of it, unless another worker has taken the calendar over; raises NotFound once it was ended.

        Raises InvalidInput where what was read is more than is kept.
        """
        with self.begin(tenant, READER) as tx:
            tx.alone()
            if tx.calendar_links.subscriptions.get(subscription.id) == subscription:
                change = self._outcome(tx, tenant, subscription, outcome, window)
                tx.calendar_links.subscriptions.save(change)

    def _outcome(
        self, tx: Transaction, tenant: TenantId, subscription: Subscription, outcome: Outcome, window: Period
    ) -> Change[Subscription, Subscription]:
        at = self.clock.now()
        if outcome is None:
            return subscription.unchanged(at)
        if isinstance(outcome, BookingError):
            failed = subscription.fail(f"{outcome.code}: {outcome.message}", at)
            if failed.state.is_given_up:
                self._alert(tx, "calendar_given_up", subscription, "an outside calendar cannot be read")
            return failed
        catalog = tx.catalogs.load()
        resource = catalog.resource(subscription.resource)
        zone = catalog.venue_of(resource).zone
        said = said_by(outcome, zone, at, is_rental=subscription.rental is not None)
        busy = ImportBusyTimes(
            tenant=tenant,
            resource=resource.key,
            source=subscription.source,
            window=window,
            busy=said.closed,
            actor=READER,
        )
        for reservation in reconcile(tx, resource, busy, at=at, ids=self.ids).affected:
            tx.alerts.raise_(
                Alert(
                    id=AlertId(self.ids.new()),
                    kind="busy_elsewhere",
                    subject=reservation.id,
                    message=f"{reservation.code} is booked where an outside calendar of {resource.name[:200]} is busy",
                    at=at,
                )
            )
        return subscription.read(outcome.seen, at, self._sold(tx, subscription, said, at))

    def _sold(
        self, tx: Transaction, subscription: Subscription, said: Said, at: datetime
    ) -> RentalCalendar | None:
        """What a site has sold by the calendar, now that it was read; people are told of bookings that it lost."""
        if subscription.rental is None:
            return None
        reading = read_rental(tx, subscription.rental, said, revision=epoch(at))
        if reading.lost:
            what = f"{len(reading.lost)} bookings vanished from a calendar at once; they are kept until you cancel them"
            self._alert(tx, "calendar_lost_bookings", subscription, what)
        return reading.calendar

    def _alert(self, tx: Transaction, kind: str, subscription: Subscription, message: str) -> None:
        alert = Alert(
            id=AlertId(self.ids.new()),
            kind=kind,
            subject=subscription.id,
            message=f"{message}: {subscription.name}",
            at=self.clock.now(),
        )
        tx.alerts.raise_(alert)
