"""What a worker does next."""

from datetime import timedelta

import pytest

from booking_app.worker import Schedule
from booking_core.usecases.duties import Duty


def schedule(**seconds: float) -> Schedule:
    duties = {name: Duty(act=lambda _: 0, every=timedelta(seconds=every)) for name, every in seconds.items()}
    return Schedule(duties, most_of_a_duty=1)


def test_everything_is_due_for_a_new_tenant_and_then_every_so_often() -> None:
    plan = schedule(events=5)
    plan.knows(["salon"], 0)
    assert plan.take(0) == ("salon", "events")
    assert plan.take(0) is None, "somebody does it"
    plan.done(("salon", "events"), 1, is_more=False)
    assert plan.take(5.9) is None
    assert plan.take(6) == ("salon", "events")


def test_where_more_is_left_it_is_due_at_once_behind_all_others() -> None:
    plan = schedule(events=5)
    plan.knows(["salon", "hotel"], 0)
    plan.take(0)
    plan.done(("salon", "events"), 0, is_more=True)
    assert plan.take(0) == ("hotel", "events")
    plan.done(("hotel", "events"), 0, is_more=False)
    assert plan.take(0) == ("salon", "events")


def test_a_slow_duty_does_not_keep_the_others_waiting() -> None:
    plan = schedule(slow=5, quick=5)
    plan.knows(["salon", "hotel"], 0)
    taken = [plan.take(0), plan.take(0), plan.take(0)]
    assert taken == [("salon", "slow"), ("salon", "quick"), None]
    plan.done(("salon", "quick"), 0, is_more=False)
    assert plan.take(0) == ("hotel", "quick")


def test_the_duties_of_a_tenant_that_is_gone_end() -> None:
    plan = schedule(events=5)
    plan.knows(["salon"], 0)
    plan.knows([], 0)
    assert plan.take(0) is None


def rung(**seconds: float) -> Schedule:
    duties = {
        name: Duty(act=lambda _: 0, every=timedelta(seconds=every), heeds_bell=True)
        for name, every in seconds.items()
    }
    plan = Schedule(duties, most_of_a_duty=1)
    plan.knows(["salon"], 0)
    for name in duties:
        assert plan.take(0) == ("salon", name)
        plan.done(("salon", name), 0, is_more=False)
    return plan


def test_the_bell_brings_forward_what_heeds_it() -> None:
    plan = rung(events=5)
    assert plan.take(1) is None
    plan.rung("salon", 1)
    assert plan.take(1) == ("salon", "events")
    plan.done(("salon", "events"), 1, is_more=False)
    assert plan.take(5) is None, "it was done at 1, so it is due at 6"
    assert plan.take(6) == ("salon", "events")


def test_the_bell_brings_forward_nothing_else() -> None:
    plan = schedule(quotes=5)
    plan.knows(["salon"], 0)
    plan.take(0)
    plan.done(("salon", "quotes"), 0, is_more=False)
    plan.rung("salon", 1)
    plan.rung("somebody else", 1)
    assert plan.take(1) is None


def test_rung_for_while_it_is_done_it_is_done_once_more() -> None:
    plan = rung(events=5)
    plan.rung("salon", 1)
    plan.take(1)
    plan.rung("salon", 2)
    plan.rung("salon", 2)
    assert plan.take(2) is None, "somebody does it"
    plan.done(("salon", "events"), 3, is_more=False)
    assert plan.take(3) == ("salon", "events")
    plan.done(("salon", "events"), 3, is_more=False)
    assert plan.take(3) is None


def test_ringing_without_end_puts_no_job_behind_the_others() -> None:
    plan = rung(events=5, notices=5)
    plan.rung("salon", 1)
    for moment in range(2, 4):
        plan.rung("salon", moment)
    assert [plan.take(4), plan.take(4)] == [("salon", "events"), ("salon", "notices")]


def test_a_tenant_that_comes_back_is_not_served_twice_at_once() -> None:
    plan = schedule(events=5)
    plan.knows(["salon"], 0)
    assert plan.take(0) == ("salon", "events")
    plan.knows([], 1)
    plan.knows(["salon"], 2)
    assert plan.take(2) is None


def gathered() -> Schedule:
    """A duty that looks a second after it was rung for, done at 0 and due by itself at 5."""
    duty = Duty(act=lambda _: 0, every=timedelta(seconds=5), heeds_bell=True, after=timedelta(seconds=1))
    plan = Schedule({"notices": duty}, most_of_a_duty=1)
    plan.knows(["salon"], 0)
    assert plan.take(0) == NOTICES
    assert not plan.is_early(NOTICES, 0), "it was due by itself"
    plan.done(NOTICES, 0, is_more=False)
    return plan


NOTICES = ("salon", "notices")


def test_of_many_rings_in_a_row_one_is_heeded_a_moment_after_the_first() -> None:
    plan = gathered()
    for moment in (1.0, 1.2, 1.9):
        plan.rung("salon", moment)
    assert plan.pause(1.5, 9) == 0.5
    assert plan.take(1.9) is None
    assert plan.take(2) == NOTICES
    assert plan.is_early(NOTICES, 2)
    plan.done(NOTICES, 2, is_more=False)
    assert plan.take(6.9) is None


def test_where_nothing_waited_it_is_due_when_it_would_have_been_without_the_bell() -> None:
    plan = gathered()
    for moment in (1, 2, 3, 4):
        plan.rung("salon", moment - 1)
        assert plan.take(moment) == NOTICES
        plan.left(NOTICES, moment)
    assert plan.take(4.9) is None
    assert plan.take(5) == NOTICES
    assert not plan.is_early(NOTICES, 5)


def test_rung_for_while_somebody_looks_it_is_looked_at_once_more_a_moment_later() -> None:
    plan = gathered()
    plan.rung("salon", 1)
    assert plan.take(2) == NOTICES
    plan.rung("salon", 2)
    plan.left(NOTICES, 2.5)
    assert plan.take(3.4) is None
    assert plan.take(3.5) == NOTICES
    assert plan.is_early(NOTICES, 3.5)


def test_a_thread_naps_until_something_is_due_and_not_for_what_waits_for_another_thread() -> None:
    plan = gathered()
    assert plan.pause(4, 0.25) == 0.25
    assert plan.pause(4.9, 0.25) == pytest.approx(0.1)
    assert plan.pause(5, 0.25) == 0.25
    assert Schedule({}, most_of_a_duty=1).pause(0, 0.25) == 0.25
