"""What follows for notices from what happened to a reservation: new ones are owed, and old reminders no more."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import Audience, NoticeChannel
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import ClaimId, NoticeId
from booking_core.domain.notices.notice import Notice, NoticeState
from booking_core.domain.notices.planning import OCCASIONS, Planner, Recipient, recipients_of, why_unwanted
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction


@attrs.frozen(kw_only=True)
class PlanNotices:
    """A handler of events. Handling one twice owes nothing twice."""

    name: ClassVar[str] = "notices"
    events: ClassVar[frozenset[str]] = frozenset(OCCASIONS)

    ids: IdGenerator

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Write the notices that the event owes, by its own time, and supersede those that are no longer wanted."""
        reservation = tx.reservations.get(ClaimId(event.subject))
        catalog = tx.catalogs.load()
        supersede_unwanted(tx, reservation, event.at)
        planner = Planner(
            about=Subject(reservation=reservation.id),
            settings=catalog.notices,
            place=place_of(catalog, reservation),
            recipients=everybody(
                tx, catalog, reservation.customer, frozenset(_assigned(catalog, reservation))
            ),
        )
        owed = [
            *planner.news(OCCASIONS[event.name], event.version, event.at),
            *planner.reminders(reservation, event.at),
        ]
        tx.notices.plan(Notice.plan(each, id=NoticeId(self.ids.new()), at=event.at) for each in owed)


def supersede_unwanted(tx: Transaction, reservation: Reservation, at: datetime) -> None:
    """Take back what waits and is no longer wanted. What is being sent is looked at again by its sender."""
    for notice in tx.notices.about(Subject(reservation=reservation.id)):
        reason = why_unwanted(notice, reservation)
        if notice.state is NoticeState.DUE and reason is not None:
            tx.notices.save(notice.supersede(reason, at))


def everybody(
    tx: Transaction, catalog: Catalog, customer: Customer, assigned: frozenset[str] = frozenset()
) -> tuple[Recipient, ...]:
    """Whoever may be told, with the browsers of administrators and of those who are booked (`assigned`)."""
    return (*recipients_of(customer, catalog.notices, assigned), *_browsers(tx, assigned))


def place_of(catalog: Catalog, reservation: Reservation) -> ZoneInfo:
    """The zone of what is booked, which the catalog may sell no more: then any of its places will do."""
    for _, resource in reservation.assigned:
        if resource in catalog.resources:
            return catalog.venue_of(catalog.resources[resource]).zone
    return next(iter(catalog.venues.values())).zone


def _assigned(catalog: Catalog, reservation: Reservation) -> Iterator[str]:
    return (catalog.resources[each].key for _, each in reservation.assigned if each in catalog.resources)


def _browsers(tx: Transaction, keys: frozenset[str]) -> Iterator[Recipient]:
    for browser in tx.push_subscriptions.all():
        if not browser.resource or browser.resource in keys:
            audience = Audience.STAFF if browser.resource else Audience.ADMINISTRATOR
            yield Recipient(audience=audience, channel=NoticeChannel.PUSH, address=str(browser.id))
