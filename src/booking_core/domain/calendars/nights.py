"""Entries as rental sites read them: every event is nights that they must not sell, whatever is said of it."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.calendars.entry import CalendarEntry, EntryState
from booking_core.domain.kernel.period import Period, Stay, epoch
from booking_core.domain.kernel.zone import local_date

A_DAY = timedelta(days=1)
SUMMARY = "Not available"
"""What sites write themselves; it says nothing of who comes, or whether anybody does."""


def taken_nights(entries: Iterable[CalendarEntry], zone: ZoneInfo, today: date) -> Iterator[CalendarEntry]:
    """Those of which a night is to come, as whole days: sites that read a cancelled event keep its nights closed."""
    for each in entries:
        stay = each.stay or _touched(each.period, zone)
        if each.state is not EntryState.CANCELLED and stay.check_out > today:
            yield attrs.evolve(each, stay=stay, summary=SUMMARY, location="", description="")


def _touched(period: Period, zone: ZoneInfo) -> Stay:
    """Every date that a period touches: one that ends at midnight has ended the day before."""
    first, last = local_date(epoch(period.start), zone), local_date(epoch(period.end) - 1, zone)
    return Stay(first, last + A_DAY)
