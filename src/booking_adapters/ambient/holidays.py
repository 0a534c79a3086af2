"""Public holidays from the `holidays` package, by ISO 3166 country (`US`) or country and region (`DE-BY`)."""

from datetime import date

import holidays

from booking_core.domain.kernel.errors import InvalidInput


class PublicHolidays:
    """The Holidays port on the `holidays` package."""

    def between(self, calendar: str, first: date, last: date) -> frozenset[date]:
        """The holidays of a calendar from `first` to `last`, both included; raises InvalidInput."""
        country, _, region = calendar.partition("-")
        years = range(first.year, last.year + 1)
        try:
            found = holidays.country_holidays(country, subdiv=region or None, years=years)
        except (NotImplementedError, AttributeError):
            raise InvalidInput("holidays", "no such calendar of public holidays", calendar) from None
        return frozenset(day for day in found if first <= day <= last)


class NoHolidays:
    """The Holidays port where no calendar is kept: every day is a working day."""

    def between(self, calendar: str, first: date, last: date) -> frozenset[date]:
        """Nothing."""
        del calendar, first, last
        return frozenset()
