"""Opening hours of a resource: `hours`, `overrides`, `closed` and `keeps_holidays`."""

from collections.abc import Iterator, Mapping
from datetime import date

from booking_adapters.businesses.dates import read_date, read_dates
from booking_adapters.businesses.sections import Section
from booking_core.domain.catalog.schedule import WEEKDAYS, Schedule, Window, Windows
from booking_core.domain.kernel.errors import InvalidInput

ALWAYS = "always"


def read_schedule(section: Section, today: date) -> Schedule | None:
    """The schedule that the fields of a resource describe, or None where something in them is wrong."""
    weekly, day_names = _weekly(section)
    overrides, date_names = _overrides(section, today)
    closed = _closed(section, today)
    keeps_holidays = section.flag("keeps_holidays")
    if not section.is_good:
        return None
    try:
        return Schedule.of(weekly, overrides=overrides, closed_dates=closed, keeps_holidays=keeps_holidays)
    except InvalidInput as error:
        kind, _, name = error.field.partition(".")
        where = {**day_names, **date_names}.get(name)
        field = "hours" if kind == "weekly" else "overrides"
        section.refused(error, *((field, where) if where else (field,)))
        return None


def _weekly(section: Section) -> tuple[Mapping[int, Windows], Mapping[str, str]]:
    """Windows by weekday, and under which name the file gives each weekday."""
    if not section.has("hours"):
        section.wrong(f'is required: "{ALWAYS}", or a table such as "MO-FR" = ["09:00-17:00"]', "hours")
        return {}, {}
    value = section.take("hours")
    if value == ALWAYS:
        return dict.fromkeys(range(7), (Window.of("00:00", "24:00"),)), {}
    if not isinstance(value, dict):
        section.wrong(f'must be "{ALWAYS}" or a table such as "MO-FR" = ["09:00-17:00"]', "hours")
        return {}, {}
    weekly: dict[int, Windows] = {}
    names: dict[str, str] = {}
    for name, texts in value.items():
        windows = _windows(section, texts, "hours", name)
        days = weekdays_of(name)
        if days is None:
            section.wrong("weekdays read like MO, MO-FR or SA,SU", "hours", name)
            continue
        for day in days:
            if day in weekly:
                section.wrong(f"{WEEKDAYS[day]} is given twice", "hours", name)
            weekly[day] = windows
            names[WEEKDAYS[day]] = name
    return weekly, names


def weekdays_of(name: str) -> list[int] | None:
    """The weekdays (0 = Monday) of `MO`, `MO-FR` or `SA,SU`; None for anything else."""
    days: list[int] = []
    for part in name.split(","):
        first, dash, last = part.strip().partition("-")
        last = last if dash else first
        if first not in WEEKDAYS or last not in WEEKDAYS or WEEKDAYS.index(last) < WEEKDAYS.index(first):
            return None
        days += range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1)
    return days


def _overrides(section: Section, today: date) -> tuple[Mapping[date, Windows], Mapping[str, str]]:
    """Windows by date, and under which name the file gives each date."""
    overrides: dict[date, Windows] = {}
    names: dict[str, str] = {}
    table = section.table("overrides")
    for name in table.names() if table else ():
        assert table is not None
        windows = _windows(section, table.take(name), "overrides", name)
        try:
            day = read_date(name, today)
        except InvalidInput as error:
            section.refused(error, "overrides", name)
            continue
        if day in overrides:
            section.wrong(f"{day} is given twice", "overrides", name)
        overrides[day] = windows
        names[str(day)] = name
    return overrides, names


def _closed(section: Section, today: date) -> set[date]:
    closed: set[date] = set()
    values = section.entries("closed")
    for index, value in enumerate(values):
        try:
            closed.update(read_dates(value, today))
        except InvalidInput as error:
            section.refused(error, "closed", index)
    return closed


def _windows(section: Section, texts: object, *field: str) -> Windows:
    if not isinstance(texts, list):
        section.wrong('must be a list such as ["09:00-12:00", "13:00-17:00"]', *field)
        return ()
    return tuple(_each_window(section, texts, *field))


def _each_window(section: Section, texts: list[object], *field: str) -> Iterator[Window]:
    for index, text in enumerate(texts):
        start, dash, end = text.partition("-") if isinstance(text, str) else ("", "", "")
        if not dash:
            section.wrong("must be a text such as 09:00-17:00", *field, index)
            continue
        try:
            yield Window.of(start.strip(), end.strip())
        except InvalidInput as error:
            section.refused(error, *field, index)
