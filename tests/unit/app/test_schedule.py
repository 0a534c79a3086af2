"""What a worker does next."""

from datetime import timedelta

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
