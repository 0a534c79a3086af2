"""What the use cases need to write into calendars of other people. No call is made inside a transaction."""

from typing import ClassVar, Protocol

import attrs

from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.kernel.errors import BookingError
from booking_core.domain.kernel.ids import TenantId


class CalendarRefused(BookingError):
    """The calendar's server does not let us write there: somebody must look, and then it may succeed."""

    code: ClassVar[str] = "CALENDAR_REFUSED"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "CONTACT_STAFF"


class EntryChanged(BookingError):
    """The calendar has another entry than the one that was to be replaced; `etag` is what its server calls it.

    Empty where it has none. Nothing was written.
    """

    code: ClassVar[str] = "ENTRY_CHANGED"
    retryable: ClassVar[bool] = True
    retry_action: ClassVar[str | None] = "TRY_AGAIN"

    def __init__(self, etag: str) -> None:
        super().__init__("the calendar has another entry than expected")
        self.etag = etag


@attrs.frozen(kw_only=True)
class CalendarPlace:
    """Which calendar: the account of that name which the operator set up for a tenant's resource (by key)."""

    tenant: TenantId
    resource: str
    account: str


class CalendarPush(Protocol):
    """Writes entries into calendars of other people. Every call ends within a stated time.

    An entry is known by its uid, so that writing it twice is writing it once.
    """

    def accept(self, place: CalendarPlace) -> None:
        """Raises InvalidInput where the operator set up no such calendar. Nothing is asked."""
        ...

    def put(self, place: CalendarPlace, entry: CalendarEntry, etag: str) -> str:
        """Write an entry over the one that is called `etag` there, or as a new one where that is empty; its new etag.

        Raises EntryChanged where something else is there, CalendarRefused, CalendarUnavailable (it may have been
        written all the same), and InvalidInput as `accept` does.
        """
        ...

    def delete(self, place: CalendarPlace, uid: str, etag: str) -> None:
        """Take away the entry that is called `etag` there; with an empty one, make sure that there is none.

        One that is gone already is fine. Raises what `put` raises.
        """
        ...
