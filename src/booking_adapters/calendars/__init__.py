"""Outside calendars: iCalendar files (RFC 5545) and what they say about when a resource is busy."""

from booking_adapters.calendars.busy_times import BusyCalendar, read_busy_times

__all__ = ["BusyCalendar", "read_busy_times"]
