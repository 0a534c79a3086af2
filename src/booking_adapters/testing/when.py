"""Times as a story tells them: `"10:00"`, `"2026-03-02 10:00"`, `"10:00/12:00"`, `"2024-03-15/2024-03-18"`.

Where the wall clock shows a time twice, or a test has an instant, ISO 8601 with an offset says which is meant.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from booking_core.domain.catalog.schedule import minute_of_day
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.period import Period, Stay, from_epoch, instant
from booking_core.domain.kernel.zone import wall_epoch

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@attrs.frozen
class Wall:
    """The wall clock of a venue on a day of the story: a bare time of day means that day."""

    zone: ZoneInfo
    today: date

    def moment(self, text: str) -> datetime:
        """The instant of `10:00`, `2026-03-02 10:00`, `2026-03-02T10:00+01:00`, or the midnight of `2026-03-02`."""
        if "T" in text:
            return instant(datetime.fromisoformat(text))
        if _DATE.fullmatch(text):
            return from_epoch(wall_epoch(date.fromisoformat(text), 0, self.zone))
        day, _, time = text.rpartition(" ")
        return from_epoch(
            wall_epoch(date.fromisoformat(day) if day else self.today, minute_of_day(time), self.zone)
        )

    def read(self, text: str) -> tuple[datetime | None, datetime | None, Stay | None]:
        """Start, end and stay of `start`, `start/end` or `check-in/check-out` (dates); None where not said."""
        first, slash, second = text.partition("/")
        if _DATE.fullmatch(first):
            if not _DATE.fullmatch(second):
                raise InvalidInput("when", "a stay reads like 2024-03-15/2024-03-18", text)
            return None, None, Stay.between(date.fromisoformat(first), date.fromisoformat(second))
        if not slash:
            return self.moment(first), None, None
        if " " in first and " " not in second:
            second = f"{first.partition(' ')[0]} {second}"
        return self.moment(first), self.moment(second), None

    def period(self, text: str) -> Period:
        """The period of `start/end`, of the dates `first/last` (midnight to midnight), or of one whole date."""
        if _DATE.fullmatch(text):
            return Period.between(self.moment(text), self.midnight_after(text))
        start, end, stay = self.read(text)
        if stay is not None:
            return Period.between(self.moment(str(stay.check_in)), self.moment(str(stay.check_out)))
        if start is None or end is None:
            raise InvalidInput("when", "a period reads like 10:00/12:00", text)
        return Period.between(start, end)

    def midnight_after(self, text: str) -> datetime:
        """The end of a date."""
        return self.moment(str(date.fromisoformat(text) + timedelta(days=1)))

    def shown(self, moment: datetime) -> str:
        """`10:00`, as the wall clock shows it."""
        return f"{moment.astimezone(self.zone):%H:%M}"
