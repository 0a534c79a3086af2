"""The duties of a deployment, as a worker does them, bring freed places to those who wait."""

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.builders import cabins, nightly
from booking_adapters.testing.engine import TheEngine
from booking_app.container import wired
from booking_app.storage import Storage
from booking_core.domain.kernel.money import Money
from booking_core.domain.reservations.party import Customer
from booking_core.domain.waitlist.entry import EntryState
from booking_core.usecases.waitlist import EntryReference, JoinCommand

NIGHTS = "2026-03-05/2026-03-07"
A_NIGHT = Money(12_000, "CHF")


def test_a_cancelled_stay_is_offered_accepted_and_charged_like_any_booking() -> None:
    store = MemoryStore()
    engine = TheEngine(store)
    camp = engine.opens(cabins(1).priced("cabin", nightly("cabins", A_NIGHT)))
    deployment = wired(Storage(store, MemoryInspection(store)), clock=engine.clock)
    taken = camp.book("cabin", NIGHTS)
    customer = Customer(name="Ada", email="ada@example.com")
    joined = deployment.engine.waitlist.join(
        JoinCommand(tenant=camp.tenant, wanted=camp.wanted("cabin", NIGHTS), customer=customer)
    )
    reference = EntryReference(tenant=camp.tenant, entry=joined.entry.id, token=joined.token)

    def works() -> EntryState:
        for _ in range(2):
            for duty in deployment.duties.values():
                duty(camp.tenant)
        return deployment.engine.waitlist.show(reference).state

    assert works() is EntryState.WAITING
    camp.cancel(taken)
    assert works() is EntryState.OFFERED
    booked = deployment.engine.waitlist.accept(reference)
    assert works() is EntryState.BOOKED
    with store.reading(camp.tenant) as tx:
        assert tx.folios.get(booked.id).charges == A_NIGHT.times(2)
