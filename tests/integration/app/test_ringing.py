"""What a commit made due begins at once, and what nothing was made due for is left alone."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import attrs
import pytest

from booking_app.container import Deployment
from booking_app.worker import working
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import BookCommand
from booking_core.usecases.duties import Duty
from booking_core.usecases.wanted import Wanted
from tests.integration.app.conftest import MONDAY, Office
from tests.integration.app.test_worker import CLINIC, opened, settle

AN_HOUR = timedelta(hours=1)
PATIENCE_SECONDS = 30
RINGING = {
    "handle events",
    "send payment intents",
    "handle provider events",
    "send notices",
    "tend the waitlist",
    "write into calendars",
    "push channels",
    "import channel bookings",
    "send webhooks",
}


def counted(deployment: Deployment, runs: Counter[str], ended: threading.Event) -> Deployment:
    """The same, with every duty once an hour by itself, and its runs counted."""

    def counting(name: str, duty: Duty) -> Callable[[TenantId], int]:
        def act(tenant: TenantId) -> int:
            done = duty.act(tenant)
            runs[name] += 1
            if name == "send notices" and done:
                ended.set()
            return done

        return act

    duties = {
        name: attrs.evolve(duty, act=counting(name, duty), every=AN_HOUR)
        for name, duty in deployment.duties.items()
    }
    return attrs.evolve(deployment, duties=duties)


def comes_to_rest(runs: Counter[str]) -> bool:
    """Whether nothing is done any more for half a second."""
    for _ in range(60):
        before = Counter(runs)
        time.sleep(0.5)
        if before == runs and runs:
            return True
    return False


def book(deployment: Deployment, hour: int) -> None:
    wanted = Wanted(service="visit", start=MONDAY + timedelta(hours=hour))
    customer = Customer(name="Eve", email="eve@example.org")
    deployment.engine.book(BookCommand(tenant=CLINIC.tenant.id, wanted=wanted, customer=customer))


def test_what_leaves_the_house_and_what_is_waited_for_is_begun_at_once(office: Office) -> None:
    ringing = {name for name, duty in office.deployment.duties.items() if duty.heeds_bell}
    assert ringing >= RINGING


def test_where_nothing_waits_every_duty_that_is_rung_for_says_so(office: Office) -> None:
    """But the handlers, which look by themselves."""
    opened(office)
    settle(office)
    tenant = CLINIC.tenant.id
    duties = {name: duty for name, duty in office.deployment.duties.items() if duty.heeds_bell}
    assert [name for name, duty in duties.items() if duty.waits(tenant)] == ["handle events"]


@pytest.mark.parametrize("hears", [True, False], ids=["with its bell", "with another bell"])
def test_a_notice_goes_out_as_soon_as_its_booking_was_handled(office: Office, *, hears: bool) -> None:
    """Nothing is due by itself for an hour here; the control is a booking that rings another bell."""
    opened(office)
    settle(office)
    runs: Counter[str] = Counter()
    sent = threading.Event()
    deployment = counted(office.deployment, runs, sent)
    other = attrs.evolve(deployment, bell=type(deployment.bell)())
    with working(deployment if hears else other):
        assert comes_to_rest(runs), "nothing goes on and on when nothing is booked"
        runs.clear()
        book(deployment, 5)
        assert sent.wait(PATIENCE_SECONDS if hears else 1.0) == hears
        if hears:
            assert comes_to_rest(runs)
            assert runs["send webhooks"] == runs["write into calendars"] == runs["tend the waitlist"] == 0
            assert runs["send payment intents"] == 0


def test_a_look_that_breaks_leaves_the_duty_to_its_own_time(office: Office) -> None:
    opened(office)
    settle(office)
    looked, done = threading.Event(), threading.Event()

    def breaks(_: TenantId) -> bool:
        looked.set()
        raise KeyError

    def act(_: TenantId) -> int:
        done.set()
        return 0

    duties = {"notices": Duty(act=act, every=AN_HOUR, heeds_bell=True, waits=breaks)}
    with working(attrs.evolve(office.deployment, duties=duties)):
        assert done.wait(PATIENCE_SECONDS), "by itself it is due at the beginning"
        done.clear()
        book(office.deployment, 6)
        assert looked.wait(PATIENCE_SECONDS)
    assert not done.is_set()
