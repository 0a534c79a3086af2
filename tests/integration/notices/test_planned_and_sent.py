"""Who is told what (SCENARIOS section 3): reminders once each, none after the end, moved ones for the new time."""

from collections import Counter
from datetime import timedelta

import attrs
import pytest

from booking_adapters.testing.contracts.notices import a_subscription
from booking_adapters.testing.contracts.scene import NOW, Storage, hour, hours
from booking_core.domain.catalog.notice_rules import DEFAULT_RULES, Audience, NoticeChannel
from booking_core.domain.kernel.ids import ResourceId
from booking_core.domain.notices.notice import MOST_ATTEMPTS, Notice, NoticeState
from booking_core.domain.reservations.party import Customer
from booking_core.ports.notifying import (
    Letter,
    Message,
    NotifierUnavailable,
    OutcomeUnknown,
    Refused,
    Undeliverable,
)
from booking_core.usecases import send_notices
from booking_core.usecases.plan_notices import PlanNotices, place_of
from booking_core.usecases.send_notices import LEASE, TURN
from tests.integration.notices.house import SETTINGS, House

AT_ONCE = ["administrator-placed-email", "client-confirmed-email", "client-placed-email", "client-placed-sms"]
A_DAY_BEFORE = ["reminder-24h-email", "reminder-24h-sms"]


class KilledError(BaseException):
    """The process is gone."""


@pytest.fixture
def house(store: Storage) -> House:
    return House.fresh(store)


def test_everybody_is_told_once_and_at_the_right_time(house: House) -> None:
    booked = house.book()
    assert house.it_is(NOW) == AT_ONCE
    assert house.it_is(hour(9.99, day=1)) == []
    assert house.it_is(hour(10, day=1)) == A_DAY_BEFORE
    assert house.it_is(hour(9, day=2)) == ["reminder-1h-sms"]
    assert house.it_is(hour(12, day=3)) == []
    assert {each.state for each in house.notices(booked)} == {NoticeState.SENT}
    assert {each.to for each in house.post.taken} == {"ann@example.org", "+4915112345678", "desk@example.org"}


def test_handling_an_event_twice_tells_nobody_twice(house: House) -> None:
    change = house.scene.a_reservation(
        "room", hours(10, 11, day=2), customer=Customer(name="B", email="b@x.org")
    )
    house.tell(change)
    planned = house.notices(change.state)
    for event in change.events:
        with house.scene.begin() as tx:
            PlanNotices(ids=house.scene.ids)(tx, event)
    assert house.notices(change.state) == planned


def test_nobody_is_reminded_of_what_was_cancelled(house: House) -> None:
    booked = house.book()
    house.it_is(NOW)
    house.tell(booked.cancel(NOW))
    assert house.it_is(NOW) == ["administrator-cancelled-email", "client-cancelled-email"]
    assert house.it_is(hour(10, day=1)) == []
    reminders = [each for each in house.notices(booked) if each.owed.rule.startswith("reminder")]
    assert {(each.state, each.reason) for each in reminders} == {
        (NoticeState.SUPERSEDED, "the reservation is cancelled")
    }


def test_what_was_cancelled_before_anybody_was_told_is_not_confirmed(house: House) -> None:
    booked = house.book()
    with house.scene.begin() as tx:  # and the event of this has not been handled yet
        tx.reservations.save(booked.cancel(NOW))
    assert house.it_is(NOW) == []


def test_who_is_moved_is_reminded_of_the_new_time_only(house: House) -> None:
    booked = house.book()
    house.it_is(NOW)
    moved = house.tell(house.scene.a_move(booked, hours(15, 16, day=4)))
    assert house.it_is(NOW) == ["client-moved-email"]
    assert house.it_is(hour(10, day=2)) == []
    assert house.it_is(hour(15, day=3)) == A_DAY_BEFORE
    assert house.it_is(hour(14, day=4)) == ["reminder-1h-sms"]
    versions = Counter(
        (each.owed.rule, each.owed.version, each.owed.address) for each in house.notices(moved)
    )
    assert set(versions.values()) == {1}


def test_a_reminder_whose_time_had_passed_when_it_was_booked_is_not_sent(house: House) -> None:
    booked = house.book(day=0)
    assert house.it_is(NOW) == AT_ONCE
    late = [each for each in house.notices(booked) if each.owed.rule.startswith("reminder-24h")]
    assert [each.state for each in late] == [NoticeState.EXPIRED, NoticeState.EXPIRED]
    assert house.it_is(hour(9)) == ["reminder-1h-sms"]


def test_a_reminder_that_nobody_sent_in_time_is_not_sent_late(house: House) -> None:
    booked = house.book()
    house.it_is(NOW)
    assert house.it_is(hour(23, day=1)) == []
    late = [each for each in house.notices(booked) if each.owed.rule.startswith("reminder-24h")]
    assert {(each.state, each.reason) for each in late} == {
        (NoticeState.EXPIRED, "it was too late to be of use")
    }


@pytest.mark.parametrize("is_after", [False, True])
def test_whoever_dies_while_sending_loses_nothing_and_a_repeat_is_known_by_its_key(
    house: House, *, is_after: bool
) -> None:
    booked = house.book(customer=Customer(name="Bob", email="bob@example.org"))
    house.it_is(NOW)
    house.clock.set(hour(10, day=1))

    def die(_: Message) -> None:
        raise KilledError

    if is_after:
        house.post.after = die
    else:
        house.post.before = die
    sent = len(house.post.taken)
    with pytest.raises(KilledError):
        house.sender()(house.scene.tenant)
    house.post.before = house.post.after = lambda _: None
    assert house.it_is(hour(10, day=1)) == [], "the lease of the one that died has not run out"
    assert house.it_is(hour(10, day=1) + LEASE) == ["reminder-24h-email"]
    mails = house.post.taken[sent:]
    assert [each.may_be_repeat for each in mails] == ([False, True] if is_after else [True])
    (reminder,) = (each for each in house.notices(booked) if each.owed.rule == "reminder-24h-email")
    assert {each.key for each in mails} == {reminder.key}
    assert (reminder.state, reminder.may_be_repeat) == (NoticeState.SENT, True)


def _of(house: House, rule: str) -> Notice:
    with house.scene.reading() as tx:
        return next(each for each in tx.notices.listed(99) if each.owed.rule == rule)


def _alerts(house: House) -> list[str]:
    with house.scene.reading() as tx:
        return [alert.kind for alert in tx.alerts.open(9)]


def test_what_could_not_be_sent_is_tried_again_and_given_up_after_eight_attempts(house: House) -> None:
    house.book(customer=Customer(name="Bob", phone="+4915112345678"))

    def fail(_: Message) -> None:
        raise NotifierUnavailable("the line is busy")

    house.post.before = fail
    for number in range(MOST_ATTEMPTS):
        assert _of(house, "client-placed-sms").state is NoticeState.DUE
        house.it_is(NOW + timedelta(hours=2 * number))
    dead = _of(house, "client-placed-sms")
    assert (dead.state, dead.attempts, dead.may_be_repeat) == (NoticeState.DEAD, MOST_ATTEMPTS, False)
    assert dead.reason == "after 8 attempts: the line is busy"
    assert _alerts(house) == ["notice_undeliverable"]
    house.post.before = lambda _: None
    with house.scene.begin() as tx:
        tx.notices.save(dead.requeue(NOW))
    assert "client-placed-sms" in house.it_is(hour(20))


def test_a_lost_answer_makes_the_next_attempt_a_possible_repeat(house: House) -> None:
    house.book(customer=Customer(name="Bob", phone="+4915112345678"))

    def lose(_: Message) -> None:
        raise OutcomeUnknown("the answer was lost")

    house.post.after = lose
    house.it_is(NOW)
    house.post.after = lambda _: None
    assert "client-placed-sms" in house.it_is(NOW + timedelta(minutes=1))
    texts = [each for each in house.post.taken if each.subject == "client-placed-sms"]
    assert [each.may_be_repeat for each in texts] == [False, True]


@pytest.mark.parametrize(
    ("trouble", "state"), [(Refused, NoticeState.BOUNCED), (Undeliverable, NoticeState.DEAD)]
)
def test_what_can_never_be_sent_is_not_tried_again(
    house: House, trouble: type[Undeliverable], state: NoticeState
) -> None:
    house.book(customer=Customer(name="Bob", phone="not a number"))

    def refuse(message: Message) -> None:
        if message.to == "not a number":
            raise trouble("this is no telephone number")

    house.post.before = refuse
    assert house.it_is(NOW) == ["administrator-placed-email"], "the others are sent all the same"
    assert (_of(house, "client-placed-sms").state, _alerts(house)) == (state, ["notice_undeliverable"])


def test_words_that_make_no_sense_are_contained(house: House) -> None:
    house.book()

    def confused(letter: Letter) -> Message:
        raise Undeliverable(f"the template {letter.notice.owed.template} names what does not exist")

    assert house.sender(confused)(house.scene.tenant) == len(AT_ONCE)
    assert {_of(house, rule).state for rule in AT_ONCE} == {NoticeState.DEAD}


def test_a_turn_ends_after_its_time_and_the_rest_waits_for_the_next(house: House) -> None:
    house.book()
    house.clock.set(NOW)
    house.post.after = lambda _: house.clock.advance(TURN)
    assert house.sender()(house.scene.tenant) == 1
    house.post.after = lambda _: None
    assert len(house.it_is(NOW + TURN)) == len(AT_ONCE) - 1


def test_no_more_than_a_batch_is_sent_in_a_turn(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send_notices, "BATCH", 2)
    house.book()
    house.clock.set(NOW)
    assert house.sender()(house.scene.tenant) == 2
    assert len(house.post.taken) == 2


def test_a_channel_that_nothing_sends_by_ends_with_its_reason(house: House) -> None:
    house.book(customer=Customer(name="Bob", phone="+4915112345678"))
    sender = attrs.evolve(house.sender(), notifiers={NoticeChannel.EMAIL: house.post})
    sender(house.scene.tenant)
    sms = _of(house, "client-placed-sms")
    assert (sms.state, sms.reason) == (NoticeState.DEAD, "nothing here sends by sms")


def test_who_was_too_slow_does_not_overwrite_what_another_worker_found_out(house: House) -> None:
    house.book(customer=Customer(name="Bob", email="bob@example.org"))
    house.it_is(NOW)
    house.clock.set(hour(10, day=1))
    house.post.after = lambda _: slow()

    def slow() -> None:
        house.post.after = lambda _: None
        house.clock.advance(LEASE)
        house.sender()(house.scene.tenant)

    assert house.sender()(house.scene.tenant) == 1
    reminder = _of(house, "reminder-24h-email")
    assert (reminder.state, reminder.may_be_repeat, reminder.reference) == (
        NoticeState.SENT,
        True,
        f"receipt {len(house.post.taken)}",
    )


def test_what_the_catalog_sells_no_more_is_told_by_the_clock_of_any_of_its_places(house: House) -> None:
    booked = house.book()
    gone = attrs.evolve(booked, assigned=(("room", ResourceId(house.scene.ids.new())),))
    with house.scene.reading() as tx:
        catalog = tx.catalogs.load()
    assert place_of(catalog, gone) == next(iter(catalog.venues.values())).zone


def test_a_browser_of_whoever_is_booked_is_told_as_staff_and_no_other(house: House) -> None:
    rule = attrs.evolve(DEFAULT_RULES[-2], key="staff", audience=Audience.STAFF)
    with house.scene.begin() as tx:
        catalog = tx.catalogs.load()
        notices = attrs.evolve(SETTINGS, rules=(rule,))
        tx.catalogs.save(attrs.evolve(catalog, version=catalog.version + 1, notices=notices), NOW)
        for number, resource in enumerate(("", "room", "hall")):
            browser = a_subscription(house.scene, f"https://push.example/{number}")
            tx.push_subscriptions.keep(attrs.evolve(browser, resource=resource))
        (_, mine, _) = tx.push_subscriptions.all()
    booked = house.book()
    assert [(each.owed.rule, each.owed.address) for each in house.notices(booked)] == [
        ("staff", str(mine.id))
    ]
