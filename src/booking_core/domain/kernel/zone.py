"""Time zones by IANA name, and the one way from a wall-clock reading to an instant."""

from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from booking_core.domain.kernel.errors import InvalidInput

_NOT_PLACES = ("posix/", "right/", "localtime", "posixrules", "Factory")
_DAY_SECONDS = 86_400
_ORDINAL_1970 = date(1970, 1, 1).toordinal()


@cache
def zone_names() -> frozenset[str]:
    """The IANA names that a venue may use."""
    return frozenset(name for name in available_timezones() if not name.startswith(_NOT_PLACES))


def zone(name: str, field: str = "zone") -> ZoneInfo:
    """The zone of an allowed IANA name; file paths and aliases of this machine are refused."""
    if isinstance(name, str) and name in zone_names():
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):  # a name listed by the database but unreadable
            pass
    raise InvalidInput(field, "is not an IANA time zone", name)


def wall_epoch(day: date, minute: int, place: ZoneInfo) -> int:
    """Epoch seconds of the first moment at which the wall clock reads `minute` (0…2880) of `day`.

    A reading that the clock skips (a gap) means the moment of the change; a reading that it shows twice
    (a fold) means the first of the two.
    """
    wall = datetime(day.year, day.month, day.day, tzinfo=place) + timedelta(minutes=minute)
    first = _seconds(wall)
    second = _seconds(wall.replace(fold=1))
    if second >= first:  # an ordinary reading, or a fold whose first showing we want
        return first
    return _moment_of_change(second, first, place)


@lru_cache(maxsize=65_536)
def midnight(day: date, place: ZoneInfo) -> tuple[int, bool]:
    """Epoch seconds of the start of a local day, and whether the clock changes before the day after next begins.

    In an even stretch every reading is midnight plus its minutes, which spares a conversion per reading.
    """
    start = wall_epoch(day, 0, place)
    two_days_on = wall_epoch(day, 2 * 24 * 60, place)
    return start, two_days_on - start != 2 * _DAY_SECONDS


def local_date(epoch_seconds: int, place: ZoneInfo) -> date:
    """The calendar date on the wall at an instant."""
    return datetime.fromtimestamp(epoch_seconds, place).date()


def _seconds(wall: datetime) -> int:
    offset = wall.utcoffset()
    assert offset is not None
    naive_days = wall.toordinal() - _ORDINAL_1970
    naive = naive_days * _DAY_SECONDS + wall.hour * 3600 + wall.minute * 60 + wall.second
    return naive - (offset.days * _DAY_SECONDS + offset.seconds)


def _moment_of_change(low: int, high: int, place: ZoneInfo) -> int:
    """The first second after `low`, up to `high`, that has the offset in force at `high`."""
    new = datetime.fromtimestamp(high, UTC).astimezone(place).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(place).utcoffset() == new:
            high = middle
        else:
            low = middle
    return high
