"""When a reminder is due: elapsed hours before the start, outside quiet hours, right when the clock changes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.catalog.notice_rules import (
    Audience,
    NoticeChannel,
    NoticeRule,
    NoticeSettings,
    Occasion,
    QuietHours,
)
from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import WaitlistEntryId
from booking_core.domain.kernel.period import Period
from booking_core.domain.notices.notice import Owed
from booking_core.domain.notices.planning import Planner, recipients_of
from booking_core.domain.notices.subject import Subject
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
LONG_AGO = datetime(2030, 1, 1, tzinfo=UTC)


def wall(text: str) -> datetime:
    """What the wall clock in Berlin shows, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def booked(start: datetime) -> Reservation:
    """Ann's hour."""
    ann = Customer(name="Ann", phone="+4915112345678")
    scene = Scene.fresh(MemoryStore())
    return scene.a_reservation("room", Period.between(start, start + HOUR), customer=ann, at=LONG_AGO).state


def a_rule(hours: int, **facts: Any) -> NoticeRule:
    """A reminder by SMS."""
    rule = NoticeRule(
        key="soon",
        occasion=Occasion.UPCOMING,
        audience=Audience.CLIENT,
        channel=NoticeChannel.SMS,
        template="reminder",
        before=hours * HOUR,
    )
    return attrs.evolve(rule, **facts)


def reminder(start: datetime, rule: NoticeRule, *, at: datetime = LONG_AGO) -> Owed:
    """What the rule owes."""
    reservation, settings = booked(start), NoticeSettings(rules=(rule,))
    recipients = tuple(recipients_of(reservation.customer, settings, ()))
    about = Subject(reservation=reservation.id)
    planner = Planner(about=about, settings=settings, place=BERLIN, recipients=recipients)
    (owed,) = planner.reminders(reservation, at)
    return owed


@pytest.mark.parametrize("day", ["2030-03-31", "2030-10-27", "2030-06-15"])
def test_a_reminder_is_due_elapsed_hours_before_whatever_the_clock_does_meanwhile(day: str) -> None:
    start = wall(f"{day} 12:00")
    assert start - reminder(start, a_rule(24)).due_at == timedelta(hours=24)


@pytest.mark.parametrize("day", ["2030-03-31", "2030-10-27", "2030-06-15"])
def test_quiet_hours_end_when_the_wall_clock_says_so(day: str) -> None:
    quiet = a_rule(4, quiet_hours=QuietHours.of("21:00", "08:00"))
    assert reminder(wall(f"{day} 10:00"), quiet).due_at == wall(f"{day} 08:00")


def test_a_reminder_that_quiet_hours_would_make_useless_comes_before_them() -> None:
    quiet = a_rule(1, quiet_hours=QuietHours.of("21:00", "08:00"))
    assert reminder(wall("2030-06-15 07:30"), quiet).due_at == wall("2030-06-14 21:00")


@pytest.mark.parametrize(("time", "due"), [("21:00", "08:00"), ("20:59", "20:59"), ("08:00", "08:00")])
def test_quiet_hours_are_half_open(time: str, due: str) -> None:
    quiet = a_rule(24, quiet_hours=QuietHours.of("21:00", "08:00"))
    day = "2030-06-15" if due <= time and due != time else "2030-06-14"
    assert reminder(wall(f"2030-06-15 {time}"), quiet).due_at == wall(f"{day} {due}")


def test_a_reminder_is_of_use_for_half_of_its_lead_time() -> None:
    start = wall("2030-06-15 12:00")
    assert start - reminder(start, a_rule(24)).useful_until == timedelta(hours=12)


def test_one_that_would_be_late_is_owed_no_more_unless_its_rule_sends_it_late() -> None:
    start = wall("2030-06-15 12:00")
    at = start - timedelta(hours=3)
    assert reminder(start, a_rule(24), at=at).useful_until == at
    late = reminder(start, a_rule(24, is_sent_late=True), at=at)
    assert (late.due_at, late.useful_until) == (at, start)


@pytest.mark.parametrize(
    "facts",
    [
        {"before": timedelta(0)},
        {"before": timedelta(days=91)},
        {"occasion": Occasion.PLACED},
        {"key": "Not A Key"},
        {"template": "../../etc/passwd"},
        {"language": "deutsch"},
        {"channel": NoticeChannel.PUSH},
    ],
)
def test_rules_that_cannot_be_followed_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        a_rule(24, **facts)


def test_two_rules_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidInput):
        NoticeSettings(rules=(a_rule(24), a_rule(1)))


@pytest.mark.parametrize("hours", [("08:00", "08:00"), ("24:00", "00:00"), ("25:00", "08:00")])
def test_quiet_hours_that_are_none_are_refused(hours: tuple[str, str]) -> None:
    with pytest.raises(InvalidInput):
        QuietHours.of(*hours)


def told_of_an_offer(made: str, until: str) -> Owed:
    """What the rule of an offer owes, where nobody is disturbed at night."""
    rule = a_rule(
        24, before=timedelta(0), occasion=Occasion.OFFERED, quiet_hours=QuietHours.of("21:00", "08:00")
    )
    about, settings = Subject(entry=WaitlistEntryId(UUID(int=1))), NoticeSettings(rules=(rule,))
    recipients = tuple(recipients_of(Customer(name="Ann", phone="+4915112345678"), settings, ()))
    planner = Planner(about=about, settings=settings, place=BERLIN, recipients=recipients)
    (owed,) = planner.offers(2, wall(made), wall(until))
    return owed


@pytest.mark.parametrize(
    ("made", "until", "due"),
    [
        ("2030-06-15 10:00", "2030-06-15 12:00", "2030-06-15 10:00"),
        ("2030-06-15 07:00", "2030-06-15 09:00", "2030-06-15 08:00"),
        ("2030-06-15 06:59", "2030-06-15 08:59", "2030-06-15 06:59"),
        ("2030-06-15 02:00", "2030-06-15 04:00", "2030-06-15 02:00"),
        ("2030-06-14 22:00", "2030-06-16 10:00", "2030-06-15 08:00"),
    ],
    ids=["by day", "half is left", "less would be left", "it would be over", "there is time enough"],
)
def test_an_offer_waits_for_the_morning_only_where_half_of_the_time_to_answer_is_left(
    made: str, until: str, due: str
) -> None:
    owed = told_of_an_offer(made, until)
    assert (owed.due_at, owed.useful_until, owed.version) == (wall(due), wall(until), 2)


def test_who_waits_has_booked_nobody_who_could_be_told() -> None:
    with pytest.raises(InvalidInput, match=r"rules\.to"):
        a_rule(24, before=timedelta(0), occasion=Occasion.OFFERED, audience=Audience.STAFF)


def test_a_notice_is_about_one_thing() -> None:
    with pytest.raises(AssertionError):
        Subject()
