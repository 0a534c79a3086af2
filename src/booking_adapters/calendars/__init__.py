"""Calendars of other people (RFC 5545): what theirs say about busy times, and what ours say about bookings."""

from booking_adapters.calendars.busy_times import BusyCalendar, read_busy_times
from booking_adapters.calendars.invitation import Method, invitation

__all__ = ["BusyCalendar", "Method", "invitation", "read_busy_times"]
