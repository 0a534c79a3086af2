"""What whoever waits is told of, and whether it is still true."""

from datetime import timedelta

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.testing.contracts.notices import a_notice, owed
from booking_adapters.testing.contracts.scene import NOW, Scene, hours
from booking_adapters.testing.contracts.waitlist import an_entry
from booking_core.domain.catalog.notice_rules import Occasion
from booking_core.domain.notices.line import LINE_EVENTS, occasion_in_line, why_untrue
from booking_core.domain.notices.link import AFTER_THE_END, Link, Purpose
from booking_core.domain.notices.notice import Notice
from booking_core.domain.notices.subject import Subject
from booking_core.domain.waitlist.entry import WaitlistEntry

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def scene() -> Scene:
    return Scene.fresh(MemoryStore())


@pytest.fixture
def offered(scene: Scene) -> WaitlistEntry:
    """Somebody who has ten minutes to answer."""
    hold = scene.a_hold("room", hours(10, 11), ttl=TEN_MINUTES).state
    return an_entry(scene, hours(10, 11)).make_offer(hold, NOW).state


def notice_of(scene: Scene, entry: WaitlistEntry, occasion: Occasion) -> Notice:
    """A notice to somebody who waits."""
    return a_notice(scene, attrs.evolve(owed(Subject(entry=entry.id)), occasion=occasion))


def test_an_offer_is_true_until_it_is_answered_or_its_time_is_over(
    scene: Scene, offered: WaitlistEntry
) -> None:
    offer = notice_of(scene, offered, Occasion.OFFERED)
    assert why_untrue(offer, offered, NOW) is None
    assert why_untrue(offer, offered, NOW + TEN_MINUTES) == "the offer has lapsed"
    for ended in (offered.book(NOW), offered.leave(NOW), offered.lapse(NOW)):
        assert why_untrue(offer, ended.state, NOW) == f"the offer is {ended.state.state}"


def test_that_something_ended_stays_true(scene: Scene, offered: WaitlistEntry) -> None:
    lapsed = notice_of(scene, offered, Occasion.OFFER_LAPSED)
    assert why_untrue(lapsed, offered.lapse(NOW).state, NOW + timedelta(days=9)) is None


@pytest.mark.parametrize("by_house", [True, False])
def test_only_whom_the_house_takes_off_is_told_so(
    scene: Scene, offered: WaitlistEntry, by_house: bool
) -> None:
    for entry in (offered, an_entry(scene, hours(10, 11))):
        (event,) = entry.leave(NOW, by_house=by_house).events
        assert occasion_in_line(event) is (Occasion.TAKEN_OFF if by_house else None)


def test_everything_that_becomes_of_who_waits_is_looked_at(scene: Scene, offered: WaitlistEntry) -> None:
    waiting = an_entry(scene, hours(10, 11))
    hold = scene.a_hold("room", hours(10, 11)).state
    changes = [waiting.make_offer(hold, NOW), waiting.leave(NOW), waiting.expire(NOW)]
    changes += [offered.book(NOW), offered.leave(NOW), offered.lapse(NOW)]
    assert {event.name for change in changes for event in change.events} == LINE_EVENTS.keys()


def test_the_link_of_an_offer_opens_nothing_else_and_is_over_a_week_after_it(
    offered: WaitlistEntry,
) -> None:
    link, until = Link.to_answer(offered, "a token"), NOW + TEN_MINUTES + AFTER_THE_END
    assert link.about == Subject(entry=offered.id)
    assert link.is_good(Purpose.OFFER, until - TEN_MINUTES)
    assert not link.is_good(Purpose.OFFER, until)
    assert not link.is_good(Purpose.MANAGE, NOW)
