"""Calendars by which rental sites tell what they have sold: what of them is a booking, and which bookings are gone."""

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.calendars.busy import BusyTime
from booking_core.domain.channels.rental import Reading, RentalCalendar, SoldNights, SoldStay, is_sold
from booking_core.domain.kernel.errors import InvalidDates
from booking_core.domain.kernel.period import Period, Stay, epoch
from booking_core.domain.kernel.zone import local_date
from booking_core.ports.calendars import FeedContent
from booking_core.ports.storage import Transaction
from booking_core.usecases.import_busy_times import is_ours


@attrs.frozen(kw_only=True)
class Said:
    """What a calendar says today (on the wall of its unit): nights that are sold, and times that are only closed.

    `is_silent` where it says nothing at all.
    """

    sold: tuple[SoldNights, ...]
    closed: tuple[BusyTime, ...]
    today: date
    is_silent: bool


def said_by(content: FeedContent, zone: ZoneInfo, at: datetime, *, is_rental: bool) -> Said:
    """What of a calendar is sold, and what closed: everything, where no site sells by it.

    Of what is told twice under one name, the longest counts.
    """
    events = Counter(each.uid for each in content.busy)
    sold: dict[str, SoldNights] = {}
    closed: list[BusyTime] = []
    for each in sorted(content.busy):
        stay = _stay(each.period, zone)
        if is_rental and stay is not None and is_sold(content.titles.get(each.reference, "")):
            uid = each.uid if events[each.uid] == 1 else each.reference
            sold[uid] = SoldNights(uid=uid, stay=stay)
        else:
            closed.append(each)
    return Said(
        sold=tuple(sold.values()),
        closed=tuple(closed),
        today=local_date(epoch(at), zone),
        is_silent=not content.busy,
    )


def read_rental(tx: Transaction, rental: RentalCalendar, said: Said, revision: int) -> Reading:
    """The calendar after it said this. Bookings of ours that come back from there are not the site's.

    Of bookings that vanished unbelievably, those that have ended here need nobody's attention.
    """
    sold = [each for each in said.sold if not is_ours(tx, each.uid)]
    reading = rental.read(sold, today=said.today, revision=revision, is_silent=said.is_silent)
    ended = [each for each in reading.lost if _has_ended(tx, rental, each)]
    if not ended:
        return reading
    return rental.without(ended).read(sold, today=said.today, revision=revision, is_silent=said.is_silent)


def _stay(period: Period, zone: ZoneInfo) -> Stay | None:
    """The nights of an event, the local dates between its ends; one night, where both are on one date.

    None for what is longer than anybody stays.
    """
    first, last = (local_date(epoch(each), zone) for each in (period.start, period.end))
    try:
        return Stay.between(first, last) if last > first else Stay.of_nights(first, 1)
    except InvalidDates:
        return None


def _has_ended(tx: Transaction, rental: RentalCalendar, sold: SoldStay) -> bool:
    link = tx.channels.links.find(rental.channel, sold.reference)
    return (
        link is not None
        and link.reservation is not None
        and not tx.reservations.get(link.reservation).is_live
    )
