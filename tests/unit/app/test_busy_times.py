"""Busy times of iCalendar files (RFC 5545)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from booking_adapters.calendars import BusyCalendar, read_busy_times
from booking_core.domain.kernel.period import Period
from booking_core.domain.kernel.problems import BadFile

EXAMPLE = Path(__file__).parents[3] / "examples" / "dr-adler.ics"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
YEAR = Period.between(NOW, NOW + timedelta(days=400))
BERLIN = ZoneInfo("Europe/Berlin")


def calendar(*lines: str, around: str = "") -> bytes:
    event = "".join(f"{line}\r\n" for line in ("BEGIN:VEVENT", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{around}{event}END:VCALENDAR\r\n".encode()


def read(data: bytes, zone: ZoneInfo = BERLIN) -> BusyCalendar:
    return read_busy_times(data, window=YEAR, zone=zone, file="test.ics")


def times(*lines: str, zone: ZoneInfo = BERLIN) -> list[str]:
    """What an event makes busy, in UTC: `03-10 09:00/10:00`."""
    busy = read(calendar("UID:a", *lines), zone).busy
    return [f"{each.period.start:%m-%d %H:%M}/{each.period.end:%d %H:%M}" for each in busy]


def problem(data: bytes) -> str:
    with pytest.raises(BadFile) as refused:
        read(data)
    return str(refused.value.problems[0])


def test_a_plain_event_is_busy_from_start_to_end() -> None:
    assert times("DTSTART:20260310T090000Z", "DTEND:20260310T100000Z") == ["03-10 09:00/10 10:00"]


def test_an_event_may_say_how_long_it_lasts() -> None:
    assert times("DTSTART:20260310T090000Z", "DURATION:P1DT30M") == ["03-10 09:00/11 09:30"]


def test_all_day_events_end_before_their_last_date_and_are_read_in_the_zone_of_the_venue() -> None:
    lines = ("DTSTART;VALUE=DATE:20260328", "DTEND;VALUE=DATE:20260330")
    assert times(*lines) == ["03-27 23:00/29 22:00"]  # the second day has 23 hours
    assert times(*lines, zone=ZoneInfo("Australia/Lord_Howe")) == ["03-27 13:00/29 13:00"]


def test_a_date_alone_is_one_day() -> None:
    assert times("DTSTART;VALUE=DATE:20260310") == ["03-09 23:00/10 23:00"]


def test_a_weekly_meeting_stays_where_the_clock_shows_it() -> None:
    lines = ("DTSTART;TZID=Europe/Berlin:20260323T100000", "DTEND;TZID=Europe/Berlin:20260323T110000")
    assert times(*lines, "RRULE:FREQ=WEEKLY;COUNT=3") == [
        "03-23 09:00/23 10:00",
        "03-30 08:00/30 09:00",
        "04-06 08:00/06 09:00",
    ]


def test_excluded_dates_are_free() -> None:
    lines = ("DTSTART;TZID=Europe/Berlin:20260323T100000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3")
    assert times(*lines, "EXDATE;TZID=Europe/Berlin:20260324T100000") == [
        "03-23 09:00/23 10:00",
        "03-25 09:00/25 10:00",
    ]


def test_additional_dates_are_busy() -> None:
    lines = ("DTSTART:20260310T090000Z", "DURATION:PT1H", "RDATE:20260312T090000Z")
    assert times(*lines) == ["03-10 09:00/10 10:00", "03-12 09:00/12 10:00"]


def test_a_floating_time_is_read_in_the_zone_of_the_venue() -> None:
    lines = ("DTSTART:20260310T090000", "DTEND:20260310T100000")
    assert times(*lines) == ["03-10 08:00/10 09:00"]
    assert times(*lines, zone=ZoneInfo("America/New_York")) == ["03-10 13:00/10 14:00"]


def test_a_zone_may_be_described_in_the_file_itself() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Half past\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0530\r\nTZOFFSETTO:+0530\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    data = calendar("UID:a", "DTSTART;TZID=Half past:20260310T090000", "DURATION:PT1H", around=zone)
    assert [each.period.start.hour * 60 + each.period.start.minute for each in read(data).busy] == [
        3 * 60 + 30
    ]


def test_cancelled_transparent_and_empty_events_keep_nobody_busy() -> None:
    lines = ("UID:a", "DTSTART:20260310T090000Z", "DTEND:20260310T100000Z")
    for idle in ("STATUS:CANCELLED", "TRANSP:TRANSPARENT"):
        found = read(calendar(*lines, idle))
        assert (found.busy, found.ignored) == ((), 1)
    assert read(calendar("UID:a", "DTSTART:20260310T090000Z")).busy == ()
    assert len(read(calendar(*lines, "STATUS:TENTATIVE", "TRANSP:OPAQUE")).busy) == 1


def test_one_moved_occurrence_is_busy_where_it_was_moved_to_and_keeps_its_reference() -> None:
    series = ("UID:a", "DTSTART:20260310T090000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = (
        "BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID:20260317T090000Z\r\nDTSTART:20260318T150000Z\r\nDURATION:PT2H\r\n"
        "END:VEVENT\r\n"
    )
    busy = read(calendar(*series, around=moved)).busy
    assert [(f"{each.period.start:%d %H:%M}", each.reference) for each in busy] == [
        ("10 09:00", "a@20260310T090000Z"),
        ("18 15:00", "a@20260317T090000Z"),
    ]


def test_what_is_over_and_what_is_far_ahead_is_left_out() -> None:
    assert times("DTSTART:20260226T090000Z", "DURATION:PT1H") == []
    assert times("DTSTART:20270501T090000Z", "DURATION:PT1H") == []
    assert times("DTSTART:20260228T230000Z", "DURATION:PT2H") == ["02-28 23:00/01 01:00"]


def test_folded_lines_are_read_and_counted() -> None:
    assert len(read(calendar("UID:a", "DTSTART:2026031", " 0T090000Z", "DURATION:PT1H")).busy) == 1
    assert problem(
        calendar("UID:a", "DTSTART:2026031", " 0T090000Z", "SUMMARY:a", " b", "DTEND:x")
    ).startswith("line 10: DTEND")


def test_the_calendar_of_the_example_is_read() -> None:
    found = read(EXAMPLE.read_bytes())
    assert len(found.busy) > 50
    assert not [each for each in found.busy if each.period.start == datetime(2026, 4, 6, 6, tzinfo=UTC)]
    assert [each.period.end for each in found.busy if "christmas" in each.reference] == [
        datetime(2027, 1, 1, 23, tzinfo=UTC)
    ]


START, END = "DTSTART:20260310T090000Z", "DTEND:20260310T100000Z"
BAD = {
    "no UID": ((START, END), "line 4: UID: is required, with at most 200 characters"),
    "no start": (("UID:a", END), "line 4: DTSTART: is required"),
    "two starts": (("UID:a", START, START, END), "line 6: DTSTART: is given twice"),
    "no time": (("UID:a", "DTSTART:tomorrow", END), "line 6: DTSTART: Wrong date format tomorrow"),
    "an unknown zone": (
        ("UID:a", "DTSTART;TZID=Mars/Base:20260310T090000"),
        "line 6: DTSTART: names an unknown zone (Mars/Base)",
    ),
    "reversed": (("UID:a", START, "DTEND:20260310T080000Z"), "line 7: DTEND: lies before DTSTART"),
    "an all-day event of no day": (
        ("UID:a", "DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20260310"),
        "line 7: DTEND: must lie after DTSTART: it is the first day that is free again",
    ),
    "a date that ends at a time": (
        ("UID:a", "DTSTART;VALUE=DATE:20260310", END),
        "line 7: DTEND: must be of the same kind as DTSTART",
    ),
    "a zone at one end": (
        ("UID:a", START, "DTEND:20260310T100000"),
        "line 7: DTEND: must have a zone where DTSTART has one",
    ),
    "two ends": (("UID:a", START, END, "DURATION:PT1H"), "line 8: DURATION: cannot stand next to DTEND"),
    "a negative duration": (("UID:a", START, "DURATION:-PT1H"), "line 7: DURATION: is negative"),
    "too long": (
        ("UID:a", "DTSTART;VALUE=DATE:20260310", "DTEND;VALUE=DATE:20360310"),
        "line 7: DTEND: lies more than 1100 days",
    ),
    "every second": (
        ("UID:a", START, END, "RRULE:FREQ=SECONDLY"),
        "line 8: RRULE: repeats more often than daily",
    ),
    "every hour of a day, minute by minute": (
        ("UID:a", START, END, f"RRULE:FREQ=DAILY;BYMINUTE={','.join(map(str, range(60)))}"),
        "line 8: RRULE: repeats more than 48 times a day",
    ),
    "too many": (
        ("UID:a", START, "DURATION:PT1M", f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))}"),
        "line 4: VEVENT: gives more than 5000 busy times",
    ),
    "never": (
        ("UID:a", START, END, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        "line 8: RRULE: names days that no month has",
    ),
    "never, daily": (
        ("UID:a", START, END, "RRULE:FREQ=DAILY;BYMONTHDAY=30"),
        "line 8: RRULE: picks days of the month or year",
    ),
    "never, by weeks": (
        ("UID:a", START, END, "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=MO"),
        "line 8: RRULE: picks weekdays",
    ),
    "an end twice": (
        ("UID:a", START, END, "RRULE:FREQ=DAILY;COUNT=2;UNTIL=20260401T000000Z"),
        "line 8: RRULE: has both COUNT",
    ),
    "no times": (("UID:a", START, END, "RRULE:FREQ=DAILY;COUNT=0"), "line 8: RRULE: counts from 1"),
    "no rule": (("UID:a", START, END, "RRULE:FREQ=SOMETIMES"), "line 8: RRULE: Expected frequency"),
    "since ever": (
        ("UID:a", "DTSTART:19700101T000000Z", "RRULE:FREQ=DAILY"),
        "line 7: RRULE: repeats since before 1990",
    ),
    "another calendar": (
        ("UID:a", START, END, "RRULE:RSCALE=HEBREW;FREQ=YEARLY"),
        "line 8: RRULE: counts in another calendar",
    ),
    "two rules": (
        ("UID:a", START, END, "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
        "line 8: RRULE: is given twice",
    ),
    "an exception rule": (("UID:a", START, END, "EXRULE:FREQ=DAILY"), "line 8: EXRULE: is not supported"),
    "no content line": (
        ("UID:a", START, "what is this"),
        "line 7: what is this: is not a content line of the form NAME:value",
    ),
}


@pytest.mark.parametrize("case", BAD.values(), ids=BAD.keys())
def test_a_bad_event_is_refused_with_its_line_and_property(case: tuple[tuple[str, ...], str]) -> None:
    lines, expected = case
    assert problem(calendar(*lines)).startswith(expected)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "line 1: file: has no BEGIN:VCALENDAR"),
        (b"\xff\xfe", "line 1: file: is not UTF-8 text"),
        (b" x", "line 1: file: begins with a continued line"),
        (b"UID:a\r\n", "line 1: UID: stands outside BEGIN:VCALENDAR"),
        (b"BEGIN:VCARD\r\n", "line 1: VCARD: stands outside the one BEGIN:VCALENDAR"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "line 2: VEVENT: has no END"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "line 2: VEVENT: ends, but VCALENDAR is open"),
        (
            b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\n",
            "line 3: VCALENDAR: stands outside the one",
        ),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 50, "line 9: X: is nested too deeply"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nBEGIN:VEVENT\r\n", "line 3: VEVENT: stands inside VTODO"),
        (b"x" * 2_000_001, "line 1: file: is larger than 2000000 bytes"),
        (
            calendar("UID:a", START, around="X-WR-TIMEZONE:Nowhere\r\n"),
            "line 1: X-WR-TIMEZONE: is not an IANA time zone",
        ),
        (
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5_001 + b"END:VCALENDAR\r\n",
            "line 10002: VEVENT: are more than 5000",
        ),
    ],
    ids=range(13),
)
def test_a_file_that_is_no_calendar_is_refused(data: bytes, expected: str) -> None:
    assert problem(data).startswith(expected)
