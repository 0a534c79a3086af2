"""Reading outside calendars over the network, as little and as seldom as their servers allow."""

import hashlib
from http import HTTPStatus
from zoneinfo import ZoneInfo

import attrs

from booking_adapters._net.outgoing import Answer, AnswerTooLong, Outgoing, Unreachable
from booking_adapters.calendars.busy_times import MOST_BYTES, read_busy_times
from booking_core.domain.calendars.subscription import LONGEST_VALIDATOR, Seen
from booking_core.domain.kernel.period import Period
from booking_core.domain.kernel.problems import BadFile, Problem
from booking_core.ports.calendars import CalendarUnavailable, FeedContent

MOST_SECONDS = 20.0


@attrs.frozen(kw_only=True)
class HttpCalendarFeed:
    """The CalendarFeed port: iCalendar over https, with conditional requests (RFC 9110 section 13)."""

    outgoing: Outgoing = attrs.field(factory=lambda: Outgoing(seconds=MOST_SECONDS, most_bytes=MOST_BYTES))

    def accept(self, url: str) -> str:
        """The address, where it may be kept; raises InvalidInput. `webcal` is another word for `https`."""
        return self.outgoing.accept(_https(url))

    def read(self, url: str, *, known: Seen, window: Period, zone: ZoneInfo) -> FeedContent | None:
        """What it is busy with, or None for what it was; raises CalendarUnavailable, InvalidInput, BadFile."""
        answer = self._ask(_https(url), known)
        if answer.status == HTTPStatus.NOT_MODIFIED and known != Seen():
            return None
        if answer.status != HTTPStatus.OK:
            raise CalendarUnavailable(f"the calendar's server answers {answer.status}", status=answer.status)
        seen = Seen(
            etag=_validator(answer, "etag"),
            last_modified=_validator(answer, "last-modified"),
            digest=hashlib.sha256(answer.body).hexdigest(),
        )
        if seen.digest == known.digest:
            return None
        calendar = read_busy_times(answer.body, window=window, zone=zone, file="calendar")
        return FeedContent(busy=calendar.busy, titles=calendar.titles, seen=seen)

    def _ask(self, url: str, known: Seen) -> Answer:
        headers = {"accept": "text/calendar, */*;q=0.1"}
        if known.etag:
            headers["if-none-match"] = known.etag
        if known.last_modified:
            headers["if-modified-since"] = known.last_modified
        try:
            return self.outgoing.send("GET", url, headers=headers)
        except AnswerTooLong as failure:
            reason = f"is larger than {MOST_BYTES} bytes"
            raise BadFile("calendar", [Problem(1, "file", reason)]) from failure
        except Unreachable as failure:
            raise CalendarUnavailable("the calendar's server could not be reached") from failure


def _https(url: str) -> str:
    return f"https://{url[9:]}" if url.lower().startswith("webcal://") else url


def _validator(answer: Answer, name: str) -> str:
    """A header to send back, or nothing where it is unfit for that."""
    value = answer.headers.get(name, "")
    return value if len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable() else ""
