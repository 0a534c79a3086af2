"""What follows for notices from what happens to somebody who waits: an offer is told, and no longer when it is over."""

from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.notice_rules import Occasion
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import NoticeId, WaitlistEntryId
from booking_core.domain.notices.line import LINE_EVENTS, occasion_in_line, why_untrue
from booking_core.domain.notices.notice import Notice, NoticeState, Owed
from booking_core.domain.notices.planning import Planner
from booking_core.domain.notices.subject import Subject
from booking_core.domain.waitlist.entry import WaitlistEntry
from booking_core.ports.ambient import IdGenerator
from booking_core.ports.storage import Transaction
from booking_core.usecases.plan_notices import everybody


@attrs.frozen(kw_only=True)
class PlanLineNotices:
    """A handler of events. Handling one twice owes nothing twice."""

    name: ClassVar[str] = "notices of the waitlist"
    events: ClassVar[frozenset[str]] = frozenset(LINE_EVENTS)

    ids: IdGenerator

    def __call__(self, tx: Transaction, event: Event) -> None:
        """Write the notices that the event owes, by its own time, and end those that are no longer true."""
        entry = tx.waitlist.get(WaitlistEntryId(event.subject))
        _end_untrue(tx, entry, event.at)
        occasion = occasion_in_line(event)
        if occasion is not None:
            owed = _owed(tx, entry, occasion, event)
            tx.notices.plan(Notice.plan(each, id=NoticeId(self.ids.new()), at=event.at) for each in owed)


def _owed(tx: Transaction, entry: WaitlistEntry, occasion: Occasion, event: Event) -> list[Owed]:
    catalog = tx.catalogs.load()
    planner = Planner(
        about=Subject(entry=entry.id),
        settings=catalog.notices,
        place=_place_of(catalog, entry),
        recipients=everybody(tx, catalog, entry.customer),
    )
    if occasion is Occasion.OFFERED:
        assert entry.offer is not None, "whoever had an offer keeps what it was"
        return planner.offers(event.version, event.at, entry.offer.until)
    return planner.news(occasion, event.version, event.at)


def _end_untrue(tx: Transaction, entry: WaitlistEntry, at: datetime) -> None:
    """What waits and is over ends. What is being sent is looked at again by its sender."""
    for notice in tx.notices.about(Subject(entry=entry.id)):
        reason = why_untrue(notice, entry, at)
        if notice.state is NoticeState.DUE and reason is not None:
            is_late = at >= notice.owed.useful_until
            tx.notices.save(notice.expire(at) if is_late else notice.supersede(reason, at))


def _place_of(catalog: Catalog, entry: WaitlistEntry) -> ZoneInfo:
    """The zone of what is waited for, which the catalog may sell no more: then any of its places will do."""
    service = catalog.services.get(entry.service)
    return (next(iter(catalog.venues.values())) if service is None else catalog.venue_of(service)).zone
