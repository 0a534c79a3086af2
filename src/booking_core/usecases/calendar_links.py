"""Bookings in people's own calendars: linking a resource to one, and what is owed to it from then on."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

import attrs

from booking_core.domain.calendars.feed import Detail
from booking_core.domain.calendars.push import Push, PushTarget
from booking_core.domain.kernel.errors import Conflict, InvalidInput
from booking_core.domain.kernel.events import SYSTEM, Actor, Event
from booking_core.domain.kernel.ids import ClaimId, PushId, TargetId, TenantId
from booking_core.domain.kernel.period import Period
from booking_core.domain.reservations.reservation import CAME_TO_NOTHING, Reservation
from booking_core.ports.ambient import Clock, IdGenerator
from booking_core.ports.calendar_push import CalendarPlace, CalendarPush
from booking_core.ports.storage import MOST_OF_A_PAGE, Page, Transaction, UnitOfWork
from booking_core.usecases.calendar_feeds import HORIZON

MOST_LINKS = 500
SHOWN_CHANGES = frozenset(
    {
        "ReservationPlaced",
        "ReservationConfirmed",
        "ReservationMoved",
        "ReservationCancelled",
        "ReservationDeclined",
        "ReservationExpired",
        "StayExtended",
        "StayShortened",
    }
)
"""What changes how a reservation looks in a calendar."""


@attrs.frozen(kw_only=True)
class LinkCommand:
    """Write the bookings of a resource (by key) into the calendar that the settings call `account`."""

    tenant: TenantId
    resource: str
    account: str
    detail: Detail = Detail.SERVICES
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class LinkReference:
    """A link of a tenant."""

    tenant: TenantId
    target: TargetId
    actor: Actor = SYSTEM


@attrs.frozen(kw_only=True)
class LinkCalendar:
    """Link a resource to a calendar, into which its bookings to come are written as well.

    They are read after the link was committed: what was booked before is found, what is booked later told. Linking
    again finds what is missing.
    """

    begin: UnitOfWork
    clock: Clock
    ids: IdGenerator
    push: CalendarPush

    def __call__(self, command: LinkCommand) -> PushTarget:
        """The link; raises NotFound, InvalidInput for a calendar that nobody set up, Conflict for another detail."""
        self.push.accept(
            CalendarPlace(tenant=command.tenant, resource=command.resource, account=command.account)
        )
        with self.begin(command.tenant, command.actor) as tx:
            target = self._target(tx, command)
        now = self.clock.now().replace(microsecond=0)
        page = Page(limit=MOST_OF_A_PAGE)
        while True:
            with self.begin(command.tenant, command.actor) as tx:
                found = tx.reservations.overlapping(target.resource, Period.between(now, now + HORIZON), page)
                for reservation in found:
                    _owe(tx, self.ids, target, reservation, self.clock)
            if len(found) < page.limit:
                return target
            page = Page(limit=page.limit, after=found[-1].id)

    def _target(self, tx: Transaction, command: LinkCommand) -> PushTarget:
        """The link as it is, or a new one."""
        every = tx.calendar_links.targets.every()
        resource = tx.catalogs.load().resource(command.resource).id
        for each in every:
            if (each.resource, each.account) == (resource, command.account):
                if each.detail is not command.detail:
                    raise Conflict(f"the calendar is linked already, and told {each.detail}")
                return each
        if len(every) >= MOST_LINKS:
            raise InvalidInput("calendar", f"there are {MOST_LINKS} links already")
        change = PushTarget.link(
            id=TargetId(self.ids.new()),
            resource=resource,
            account=command.account,
            detail=command.detail,
            at=self.clock.now(),
        )
        tx.calendar_links.targets.save(change)
        return change.state


@attrs.frozen(kw_only=True)
class ListLinks:
    """The links of a tenant."""

    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> Sequence[PushTarget]:
        """All of them."""
        with self.begin.reading(tenant) as tx:
            return tx.calendar_links.targets.every()


@attrs.frozen(kw_only=True)
class UnlinkCalendar:
    """End a link. What stands in the calendar stays there."""

    begin: UnitOfWork
    clock: Clock

    def __call__(self, command: LinkReference) -> None:
        """Nothing is written there any more; raises NotFound."""
        with self.begin(command.tenant, command.actor) as tx:
            tx.calendar_links.targets.save(
                tx.calendar_links.targets.get(command.target).unlink(self.clock.now())
            )


@attrs.frozen(kw_only=True)
class OweEntries:
    """A handler of events: whose calendars are to know of a change. Handling one twice owes nothing twice."""

    name: ClassVar[str] = "calendar entries"
    events: ClassVar[frozenset[str]] = SHOWN_CHANGES

    ids: IdGenerator
    clock: Clock

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Owe the reservation as it is now to the calendars of its resources, and to those that know of it."""
        targets = tx.calendar_links.targets.every()
        if not targets:
            return
        reservation = tx.reservations.get(ClaimId(event.subject))
        for target in _concerned(tx, targets, reservation):
            _owe(tx, self.ids, target, reservation, self.clock)


def belongs(reservation: Reservation, target: PushTarget) -> bool:
    """Whether the reservation stands in that calendar."""
    return reservation.status not in CAME_TO_NOTHING and target.resource in {
        resource for _, resource in reservation.assigned
    }


def _concerned(
    tx: Transaction, targets: Sequence[PushTarget], reservation: Reservation
) -> Iterator[PushTarget]:
    knowing = {each.target for each in tx.calendar_links.pushes.of_claim(reservation.id)}
    return (each for each in targets if each.id in knowing or belongs(reservation, each))


def _owe(
    tx: Transaction, ids: IdGenerator, target: PushTarget, reservation: Reservation, clock: Clock
) -> None:
    """Owe it as it is; nothing where the calendar is to know nothing of it, or knows it so already."""
    pushes = tx.calendar_links.pushes
    known = next((each for each in pushes.of_claim(reservation.id) if each.target == target.id), None)
    if known is not None:
        again = known.owe_again(reservation.version, clock.now())
        if again is not None:
            pushes.save(again)
    elif belongs(reservation, target):
        pushes.save(
            Push.owe(
                id=PushId(ids.new()),
                target=target.id,
                reservation=reservation.id,
                wanted=reservation.version,
                at=clock.now(),
            )
        )
