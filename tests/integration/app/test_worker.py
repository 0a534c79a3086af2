"""What a worker does, on each storage."""

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.builders import a_clinic
from booking_app import worker
from booking_app.container import wired
from booking_app.storage import Storage
from booking_app.worker import one_round, working
from booking_core.domain.kernel.errors import SystemFailure
from booking_core.domain.kernel.events import Event
from booking_core.domain.kernel.ids import TenantId
from booking_core.domain.reservations.party import Customer
from booking_core.domain.reservations.reservation import Reservation, Status
from booking_core.ports.storage import Tenants, Transaction
from booking_core.usecases.book import BookCommand
from booking_core.usecases.duties import Duty
from booking_core.usecases.handling import on
from booking_core.usecases.show import ShowQuery
from booking_core.usecases.wanted import Wanted
from tests.integration.app.conftest import MONDAY, Office

CLINIC = a_clinic().with_staff("anna")


def opened(office: Office, *, key: str = "clinic", **policy: object) -> Reservation:
    """A clinic of that key, and a visit at ten."""
    business = CLINIC.called(key).under(**policy)
    with office.store(business.tenant.id) as tx:
        tx.catalogs.save(business.catalog, MONDAY)
    wanted = Wanted(service="visit", start=MONDAY + timedelta(hours=3))
    command = BookCommand(tenant=business.tenant.id, wanted=wanted, customer=Customer(name="Bob"))
    return office.deployment.engine.book(command).reservation


def status(office: Office, visit: Reservation, key: str = "clinic") -> Status:
    tenant = CLINIC.called(key).tenant.id
    return office.deployment.engine.show(ShowQuery(tenant=tenant, reservation=visit.code)).status


def settle(office: Office) -> None:
    """Rounds until nothing is left to do; what the events of one bring about comes in the next."""
    assert any(one_round(office.deployment) == 0 for _ in range(9))


def test_a_round_does_what_is_due_for_every_tenant(office: Office) -> None:
    missing = opened(office, no_show_after=timedelta(minutes=20))
    unapproved = opened(office, key="practice", needs_approval=True)
    settle(office)
    office.clock.advance(timedelta(hours=4))
    one_round(office.deployment)
    assert status(office, missing) is Status.NO_SHOW
    assert status(office, unapproved, "practice") is Status.EXPIRED
    settle(office)


def test_a_step_that_fails_keeps_nobody_else_waiting(office: Office) -> None:
    missing = opened(office, no_show_after=timedelta(minutes=20))
    office.clock.advance(timedelta(hours=4))

    def refused(_: TenantId) -> int:
        raise SystemFailure("the storage does not answer")

    def broken(_: TenantId) -> int:
        raise KeyError

    for step in (refused, broken):
        duties = {"a bad one": Duty(act=step), **office.deployment.duties}
        one_round(attrs.evolve(office.deployment, duties=duties))
    assert status(office, missing) is Status.NO_SHOW


def test_it_goes_on_until_it_is_stopped_and_then_ends_what_it_has_begun(office: Office) -> None:
    again = threading.Barrier(2, timeout=30)

    def step(_: TenantId) -> int:
        again.wait()
        return 1

    opened(office)
    before = threading.active_count()
    with working(attrs.evolve(office.deployment, duties={"meet": Duty(act=step)}), threads=2):
        again.wait()
        again.wait()
        again.abort()
    assert threading.active_count() == before


@attrs.define
class Hanging:
    """Tenants of a storage that hangs when somebody asks for them once more."""

    tenants: Tenants
    asked: threading.Event = attrs.field(factory=threading.Event)
    hangs_until: threading.Event = attrs.field(factory=threading.Event)
    times: int = 0

    def keys(self) -> Sequence[str]:
        self.times += 1
        if self.times > 1:
            self.asked.set()
            self.hangs_until.wait(30)
        return self.tenants.keys()

    def by_key(self, key: str) -> TenantId:
        return self.tenants.by_key(key)


def test_a_storage_that_hangs_while_one_looks_for_new_tenants_keeps_no_other_waiting(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, done = Hanging(office.deployment.engine.tenants), threading.Event()

    def step(_: TenantId) -> int:
        if hanging.asked.is_set():
            done.set()
        return 1

    opened(office)
    engine = attrs.evolve(office.deployment.engine, tenants=hanging)
    deployment = attrs.evolve(office.deployment, engine=engine, duties={"step": Duty(act=step)})
    monkeypatch.setattr(worker, "NEW_TENANTS_SECONDS", 0.5)
    with working(deployment, threads=2):
        was_done = hanging.asked.wait(30) and done.wait(10)
        hanging.hangs_until.set()
    assert was_done


def test_a_handler_of_the_application_follows_what_is_booked(office: Office) -> None:
    told: list[str] = []

    @on("ReservationConfirmed")
    def tell_the_kitchen(_: Transaction, event: Event) -> None:
        told.append(str(event.subject))

    storage = Storage(office.store, MemoryInspection(MemoryStore()))
    deployment = wired(storage, clock=office.clock, handlers=[tell_the_kitchen])
    visit = opened(office)
    settle(attrs.evolve(office, deployment=deployment))
    assert told == [str(visit.id)]


@pytest.mark.parametrize("hears", [True, False], ids=["with its bell", "with another bell"])
def test_what_is_booked_is_handled_at_once_by_a_worker_that_hears_of_it(
    office: Office, *, hears: bool
) -> None:
    """It looks by itself once an hour here; the control is a booking that rings another bell."""
    handled = threading.Event()

    @on("ReservationConfirmed")
    def tell_the_kitchen(_: Transaction, __: Event) -> None:
        handled.set()

    storage = Storage(office.store, MemoryInspection(MemoryStore()))
    deployment = wired(storage, clock=office.clock, handlers=[tell_the_kitchen])
    rounds: list[int] = []
    handle = deployment.duties["handle events"]

    def counted(tenant: TenantId) -> int:
        rounds.append(handle(tenant))
        return rounds[-1]

    def is_at_rest() -> bool:
        before = len(rounds)
        time.sleep(0.3)
        return before == len(rounds) > 0

    duties = {"handle events": attrs.evolve(handle, act=counted, every=timedelta(hours=1))}
    opened(office, key="practice")
    tenant = CLINIC.called("practice").tenant.id
    wanted = Wanted(service="visit", start=MONDAY + timedelta(hours=5))
    with working(attrs.evolve(deployment, duties=duties)):
        assert any(is_at_rest() for _ in range(100)), "what was there before is handled, and nothing goes on"
        assert handled.is_set()
        handled.clear()
        engine = (deployment if hears else office.deployment).engine
        engine.book(BookCommand(tenant=tenant, wanted=wanted, customer=Customer(name="Eve")))
        assert handled.wait(30 if hears else 0.5) == hears


def test_metrics_say_how_the_queues_stand_and_what_failed_and_name_no_business(office: Office) -> None:
    def broken(_: TenantId) -> int:
        raise KeyError

    opened(office)
    office.clock.advance(timedelta(minutes=3))
    duties = {"a bad one": Duty(act=broken), "a good one": Duty(act=lambda _: 3)}
    one_round(attrs.evolve(office.deployment, duties=duties))
    told = office.deployment.metrics.text().decode()
    assert 'booking_queue_oldest_seconds{queue="handlers"} 180.0' in told
    assert 'booking_queue_entries{queue="handlers",state="dead"} 0.0' in told
    assert 'booking_duty_failures_total{duty="a bad one"} 1.0' in told
    assert 'booking_duty_seconds_count{duty="a bad one"} 1.0' in told
    assert 'booking_duty_done_total{duty="a good one"} 3.0' in told
    assert "clinic" not in told
