"""Writing into calendars of other people by CalDAV (RFC 4791): an entry is a file of its own in their collection."""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus

import attrs

from booking_adapters._net.outgoing import Answer, Outgoing, Unreachable
from booking_adapters.calendars.events import calendar_of, event_of
from booking_core.domain.calendars.entry import CalendarEntry
from booking_core.domain.calendars.subscription import LONGEST_VALIDATOR
from booking_core.domain.kernel.errors import InvalidInput, NotFound
from booking_core.ports.calendar_push import CalendarPlace, CalendarRefused, EntryChanged
from booking_core.ports.calendars import CalendarUnavailable
from booking_core.ports.storage import Tenants

MOST_SECONDS = 15.0
"""For one request; writing an entry takes two at most."""
MOST_BYTES = 200_000
PASSING = frozenset({408, 423, 425, 429})
"""Besides all from 500: answers that say that another time may be better."""
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@attrs.frozen(kw_only=True)
class CaldavCalendar:
    """A collection at `url`, into which the bookings of a tenant's resource (both by key) may be written.

    `account` tells it from other calendars of the resource.
    """

    tenant: str
    resource: str
    url: str
    user: str
    password: str = attrs.field(repr=False)
    account: str = "caldav"

    def __attrs_post_init__(self) -> None:
        """Refuse what RFC 7617 section 2 cannot carry."""
        if not self.user or ":" in self.user:
            raise InvalidInput("caldav.user", "must not be empty or contain a colon", self.user)

    @property
    def authorization(self) -> str:
        """What opens it (RFC 7617)."""
        return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    def file(self, uid: str) -> str:
        """The address of an entry."""
        return f"{self.url.rstrip('/')}/{uid}.ics"


@attrs.frozen(kw_only=True)
class CaldavPush:
    """The CalendarPush port. Servers are public, by https, or on this machine; their addresses are the operator's."""

    calendars: Sequence[CaldavCalendar]
    tenants: Tenants
    outgoing: Outgoing = attrs.field(
        factory=lambda: Outgoing(seconds=MOST_SECONDS, most_bytes=MOST_BYTES, loopback=True)
    )

    def __attrs_post_init__(self) -> None:
        """Refuse addresses that are not asked, and a collection for two: they would write over each other."""
        for each in self.calendars:
            self.outgoing.accept(each.url)
        for url, count in Counter(each.url.rstrip("/") for each in self.calendars).items():
            if count > 1:
                raise InvalidInput("caldav.url", "must be another one for each calendar", url)

    def accept(self, place: CalendarPlace) -> None:
        """Raises InvalidInput where the settings have no such calendar."""
        self._calendar(place)

    def put(self, place: CalendarPlace, entry: CalendarEntry, etag: str) -> str:
        """Write an entry, if what stands there is what is known of it; its new etag."""
        calendar = self._calendar(place)
        condition = {"if-match": etag} if etag else {"if-none-match": "*"}
        headers = {"content-type": "text/calendar; charset=utf-8", **condition}
        answer = self._ask("PUT", calendar, entry.uid, headers, calendar_of([event_of(entry)]))
        if answer.status == HTTPStatus.PRECONDITION_FAILED:
            raise EntryChanged(self._etag(calendar, entry.uid))
        if not answer.is_success:
            raise _refusal(answer)
        # A server that stores something else than it was sent gives no etag (RFC 4791 section 5.3.4).
        return _validator(answer) or self._etag(calendar, entry.uid)

    def delete(self, place: CalendarPlace, uid: str, etag: str) -> None:
        """Take an entry away, if it is the one that is known."""
        calendar = self._calendar(place)
        if etag:
            answer = self._ask("DELETE", calendar, uid, {"if-match": etag})
            if answer.is_success or answer.status in GONE:
                return
            if answer.status != HTTPStatus.PRECONDITION_FAILED:
                raise _refusal(answer)
        current = self._etag(calendar, uid)
        if current:
            raise EntryChanged(current)

    def _calendar(self, place: CalendarPlace) -> CaldavCalendar:
        for each in self.calendars:
            if (each.resource, each.account) == (place.resource, place.account) and self._is_of(each, place):
                return each
        raise InvalidInput("account", "the settings have no such calendar for the resource", place.account)

    def _is_of(self, calendar: CaldavCalendar, place: CalendarPlace) -> bool:
        try:
            return self.tenants.by_key(calendar.tenant) == place.tenant
        except NotFound:
            return False

    def _etag(self, calendar: CaldavCalendar, uid: str) -> str:
        """What the server calls the entry as it is; nothing where there is none."""
        answer = self._ask("HEAD", calendar, uid, {})
        if answer.status in GONE:
            return ""
        if not answer.is_success:
            raise _refusal(answer)
        return _validator(answer)

    def _ask(
        self, method: str, calendar: CaldavCalendar, uid: str, headers: dict[str, str], content: bytes = b""
    ) -> Answer:
        known = {"authorization": calendar.authorization, **headers}
        try:
            return self.outgoing.send(method, calendar.file(uid), headers=known, content=content)
        except Unreachable as failure:
            raise CalendarUnavailable("the calendar's server could not be reached") from failure


def _refusal(answer: Answer) -> CalendarUnavailable | CalendarRefused:
    message = f"the calendar's server answers {answer.status}"
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in PASSING:
        return CalendarUnavailable(message, status=answer.status)
    return CalendarRefused(message, status=answer.status)


def _validator(answer: Answer) -> str:
    """The etag of an answer, where it can be sent back."""
    value = answer.headers.get("etag", "")
    return value if len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable() else ""
