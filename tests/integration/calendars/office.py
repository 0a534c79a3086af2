"""A tenant whose bookings are written into the calendar of its room."""

import attrs
from icalendar import Component

from booking_adapters.calendars.caldav import CaldavCalendar, CaldavPush
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.contracts.scene import NOW, Scene, Storage
from booking_core.domain.calendars.feed import Detail
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.calendar_push import CalendarPush
from booking_core.usecases.calendar_links import (
    LinkCalendar,
    LinkCommand,
    OweEntries,
)
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.push_entries import PushEntries
from tests.integration.calendars.radicale import USER, Radicale

ROOM = "room"


@attrs.frozen(eq=False)
class Office:
    """A tenant, and the calendar of its room."""

    scene: Scene
    push: CalendarPush
    clock: FixedClock = attrs.field(factory=lambda: FixedClock(NOW))

    @classmethod
    def at(cls, server: Radicale, store: Storage, *, password: str = "") -> "Office":
        """With the room's calendar on that server."""
        scene = Scene.fresh(store)
        return cls(scene, caldav(server, scene, password=password))

    def link(self, resource: str = ROOM, detail: Detail = Detail.SERVICES) -> PushTarget:
        """Link a resource to its calendar."""
        link = LinkCalendar(begin=self.scene.store, clock=self.clock, ids=self.scene.ids, push=self.push)
        return link(LinkCommand(tenant=self.scene.tenant, resource=resource, account="caldav", detail=detail))

    def tell(self) -> None:
        """What happened is handed to the handler."""
        owe = OweEntries(ids=self.scene.ids, clock=self.clock)
        handle = HandleEvents(begin=self.scene.store, handlers=[owe], clock=self.clock, ids=self.scene.ids)
        handle(self.scene.tenant)

    def worker(self, push: CalendarPush | None = None) -> PushEntries:
        """A worker that writes what is owed."""
        return PushEntries(
            begin=self.scene.store, push=push or self.push, clock=self.clock, ids=self.scene.ids
        )

    def work(self) -> int:
        """One round of both."""
        self.tell()
        return self.worker()(self.scene.tenant)

    def owed(self, reservation: Reservation) -> Push:
        """What is stored of it."""
        with self.scene.reading() as tx:
            (push,) = tx.calendar_links.pushes.of_claim(reservation.id)
        return push

    def alerts(self) -> set[str]:
        """What people must look at."""
        with self.scene.reading() as tx:
            return {each.kind for each in tx.alerts.open(9)}


def caldav(server: Radicale, scene: Scene, *, password: str = "") -> CaldavPush:
    calendar = CaldavCalendar(
        tenant=scene.business.tenant.key,
        resource=ROOM,
        url=server.url,
        user=USER,
        password=password or server.password,
    )
    return CaldavPush(calendars=[calendar], tenants=scene.store)


def shown(events: list[Component]) -> list[tuple[str, int, int]]:
    """UID, SEQUENCE and the hour at which it begins."""
    begins = [each.decoded("DTSTART") for each in events]
    return [
        (str(event["UID"]), int(str(event["SEQUENCE"])), begin.hour)
        for event, begin in zip(events, begins, strict=True)
    ]
