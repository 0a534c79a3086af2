"""Inbox, allocate, acknowledge: wherever it dies, each booking is one reservation, and the channel is told so."""

from uuid import UUID

import attrs
import pytest

from booking_adapters.testing.builders import Business, cabins
from booking_adapters.testing.channel import Connected, Fault
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.booking import ExternalBooking
from booking_core.domain.channels.link import Kind
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.storage import UnitOfWork
from tests.integration.channels.seller import Seller, booking, cancelled
from tests.integration.channels.strained import DyingChannel
from tests.integration.crashes.dying import Arrows, Died, DyingUnitOfWork

MOST_ARROWS = 80
MOST_ROUNDS = 10


def feed(seller: Seller) -> list[ExternalBooking]:
    """A booking that is changed and called off, one that stays, and one for which there is no room."""
    return [
        booking(seller.house, "2026-03-10/2026-03-12"),
        booking(seller.house, "2026-03-10/2026-03-13", revision=2, kind=Kind.MODIFIED),
        booking(seller.house, "2026-03-20/2026-03-22", reference="R-2"),
        booking(seller.house, "2026-03-21/2026-03-22", reference="R-3"),
        cancelled(revision=3),
    ]


def one_round(seller: Seller, arrows: Arrows | None = None) -> None:
    """Pull, import, acknowledge, in a process that may die."""
    arrows = arrows or Arrows()
    begin = DyingUnitOfWork(seller.engine.store, arrows)
    pulls = attrs.evolve(
        seller.pulls(begin),
        connectors=Connected({seller.channel.name: DyingChannel(seller.channel, arrows)}),
    )
    pulls(seller.house.tenant)
    seller.imports(begin)(seller.house.tenant)
    pulls(seller.house.tenant)


def outcome(seller: Seller) -> list[tuple[str, str, bool]]:
    """What is booked, in the words of the channel."""
    found = [(each, seller.booked(each)) for each in ("R-1", "R-2", "R-3")]
    assert len(seller.everything()) == len(found)
    return [(reference, stored.status.value, stored.is_overbooked) for reference, stored in found]


RIGHT = [("R-1", "cancelled", False), ("R-2", "confirmed", False), ("R-3", "confirmed", True)]


def test_after_a_crash_at_any_arrow_each_booking_is_one_reservation(store: UnitOfWork) -> None:
    for dies_at in range(MOST_ARROWS):
        seller = Seller.of(TheEngine(store), _another(dies_at))
        seller.channel.sells(*feed(seller))
        arrows = Arrows(dies_at)
        try:
            one_round(seller, arrows)
        except Died:
            pass
        else:
            assert dies_at > 20, "a round has many arrows"
            return
        for _ in range(MOST_ROUNDS):
            one_round(seller)
        assert outcome(seller) == RIGHT, dies_at
        assert seller.channel.is_done
        assert [alert.kind for alert in seller.alerts()] == ["overbooked"]
    pytest.fail("a round has more arrows than were tried")


@pytest.mark.parametrize("fault", list(Fault))
def test_an_exchange_that_fails_is_had_again(engine: TheEngine, fault: Fault) -> None:
    for exchange in range(4):
        seller = Seller.of(engine, _another(exchange))
        seller.channel.sells(*feed(seller))
        seller.channel.shuffles = True
        for nth in range(MOST_ROUNDS):
            seller.channel.faults = [fault] if nth == exchange else []
            seller.pulls()(seller.house.tenant)
            seller.imports()(seller.house.tenant)
        assert outcome(seller) == RIGHT
        assert seller.channel.is_done


@attrs.frozen
class BookedBeforeItIsWritten:
    """The negative control: books first, and writes down which message that was in a transaction of its own."""

    seller: Seller
    begin: UnitOfWork

    def __call__(self, tenant: TenantId) -> int:
        with self.seller.engine.store.reading(tenant) as tx:
            waiting = tx.channels.inbox.waiting(9)
        for each in waiting:
            assert each.content is not None
            self.seller.house.book(
                "cabin",
                f"{each.content.stay.check_in}/{each.content.stay.check_out}",  # type: ignore[union-attr]
            )
            with self.begin(tenant):
                """Where the message would be marked."""
        return len(waiting)


def test_an_import_that_books_before_it_writes_down_books_twice(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(3))
    seller.channel.sells(booking(seller.house))
    seller.pulls()(seller.house.tenant)
    for _ in range(2):
        with pytest.raises(Died):
            BookedBeforeItIsWritten(seller, DyingUnitOfWork(engine.store, Arrows(0)))(seller.house.tenant)
    assert len(seller.everything()) == 2


def _another(number: int) -> Business:
    """A business like any other, of a tenant of its own."""
    camp = cabins(1)
    tenant = attrs.evolve(camp.tenant, id=TenantId(UUID(int=number + 1)), key=f"camp-{number}")
    return attrs.evolve(camp, tenant=tenant)
