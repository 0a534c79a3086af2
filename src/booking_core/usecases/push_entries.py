"""Writing into people's own calendars what is owed to them: taken (committed), written outside, and then marked.

Whoever dies between writing and marking leaves an entry whose lease runs out. It is written again under the same uid,
over what stands there. Who was slow and writes late is refused by the calendar's server (its etag is another by then)
and by the storage (the lease is another's): only the one that holds the lease tries again.
"""

from datetime import timedelta

import attrs

from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.calendars.push import Push
from booking_core.domain.kernel.errors import BookingError, Conflict, InvalidInput, NotFound
from booking_core.domain.kernel.events import Actor, Change
from booking_core.domain.kernel.ids import AlertId, TenantId
from booking_core.ports.alerts import LONGEST_MESSAGE, Alert
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.calendar_push import CalendarPlace, CalendarPush, CalendarRefused, EntryChanged
from booking_core.ports.calendars import CalendarUnavailable
from booking_core.ports.storage import UnitOfWork
from booking_core.usecases.calendar_feeds import entry_of
from booking_core.usecases.calendar_links import belongs

BATCH = 50
LEASE = timedelta(minutes=2)
"""Longer than writing an entry may take, so that nobody writes what is being written."""
TURN = timedelta(seconds=20)
"""After this no further entry is taken in a turn: other tenants want to be served."""
WRITER = Actor(kind="system", name="calendar")


@attrs.frozen(kw_only=True)
class _Errand:
    """What is to be done: this entry put there, or the one of this uid taken away where there is no entry."""

    place: CalendarPlace
    uid: str
    entry: CalendarEntry | None
    version: int


@attrs.frozen(kw_only=True)
class PushEntries:
    """Writes the entries that are due of a tenant. Several workers may do so at once."""

    begin: UnitOfWork
    push: CalendarPush
    clock: Clock
    ids: IdGenerator

    def __call__(self, tenant: TenantId) -> int:
        """At most 50 entries, one after the other; how many were worked on."""
        begun = self.clock.now()
        for count in range(BATCH):
            if self.clock.now() >= begun + TURN:
                return count
            with self.begin(tenant, WRITER) as tx:
                taken = tx.calendar_links.pushes.lease(self.clock.now(), 1, LEASE)
            if not taken:
                return count
            self._pursue(tenant, taken[0])
        return BATCH

    def _pursue(self, tenant: TenantId, push: Push) -> None:
        try:
            errand = self._errand(tenant, push)
            etag = self._write(errand, push)
        except EntryChanged as changed:
            self._mark(tenant, push.met(changed.etag, self.clock.now()))
        except (CalendarUnavailable, CalendarRefused, InvalidInput, NotFound) as failure:
            self._failed(tenant, push, failure)
        except BookingError:
            raise
        except Exception as broken:  # noqa: BLE001 - one entry that breaks something does not hold up the others
            self._failed(tenant, push, CalendarUnavailable(type(broken).__name__))
        else:
            self._mark(tenant, push.done(errand.version, etag, self.clock.now()))

    def _errand(self, tenant: TenantId, push: Push) -> _Errand:
        """By the reservation as it is now; raises NotFound where the link or its resource is gone."""
        with self.begin.reading(tenant) as tx:
            target = tx.calendar_links.targets.get(push.target)
            reservation = tx.reservations.get(push.reservation)
            catalog = tx.catalogs.load()
        resource = catalog.resources.get(target.resource)
        if resource is None:
            raise NotFound("resource", target.resource)
        stays = belongs(reservation, target)
        return _Errand(
            place=CalendarPlace(tenant=tenant, resource=resource.key, account=target.account),
            uid=str(reservation.id),
            entry=entry_of(catalog, reservation, target.detail) if stays else None,
            version=reservation.version,
        )

    def _write(self, errand: _Errand, push: Push) -> str:
        if errand.entry is not None:
            return self.push.put(errand.place, errand.entry, push.etag)
        self.push.delete(errand.place, errand.uid, push.etag)
        return ""

    def _failed(self, tenant: TenantId, push: Push, failure: BookingError) -> None:
        """Later again, or never where that cannot help; people are told of what does not pass by itself."""
        at = self.clock.now()
        cannot_help = isinstance(failure, InvalidInput | NotFound)
        failed = push.fail(f"{failure.code}: {failure.message}", at, for_good=cannot_help)
        is_refused = isinstance(failure, CalendarRefused)
        self._mark(tenant, failed, *([self._alert("calendar_refused", push)] if is_refused else []))

    def _mark(self, tenant: TenantId, change: Change[Push, Push], *alerts: Alert) -> None:
        """Write down what became of it, unless somebody else has taken it over or the link was ended."""
        try:
            with self.begin(tenant, WRITER) as tx:
                tx.calendar_links.pushes.save(change)
                for alert in alerts:
                    tx.alerts.raise_(alert)
                if change.state.is_given_up:
                    tx.alerts.raise_(self._alert("calendar_entry_given_up", change.state))
        except Conflict:
            return

    def _alert(self, kind: str, push: Push) -> Alert:
        message = f"bookings cannot be written into a calendar: {push.problem or 'its server refuses us'}"
        return Alert(
            id=AlertId(self.ids.new()),
            kind=kind,
            subject=push.target,
            message=message[:LONGEST_MESSAGE],
            at=self.clock.now(),
        )
