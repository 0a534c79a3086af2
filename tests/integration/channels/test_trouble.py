"""Imports that lose their races, break, or ask for what cannot be: nothing is lost, and nobody else waits."""

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from booking_adapters.testing.builders import a_clinic, cabins
from booking_adapters.testing.engine import TheEngine
from booking_core.domain.channels.link import Kind
from booking_core.domain.kernel.errors import Busy, Conflict
from booking_core.usecases.channels import ATTEMPTS
from tests.integration.channels.seller import Seller, booking

DATES = "2026-03-10/2026-03-12"


@attrs.frozen
class Troubled:
    """A Reader that fails so many times, and then reads."""

    reader: Any
    trouble: list[Exception]

    def for_request(self, *args: Any, **kwargs: Any) -> Any:
        if self.trouble:
            raise self.trouble.pop()
        return self.reader.for_request(*args, **kwargs)


def imported(seller: Seller, *trouble: Exception) -> int:
    """One round of a worker that meets these troubles, the first one last."""
    healthy = seller.imports()
    return attrs.evolve(healthy, reader=Troubled(healthy.reader, [*trouble]))(seller.house.tenant)  # type: ignore[arg-type]


LOST = Conflict("somebody was faster")


@pytest.fixture
def seller(engine: TheEngine) -> Seller:
    """One who has left two bookings."""
    made = Seller.of(engine, cabins(2))
    made.receives()(made.message(booking(made.house, DATES), booking(made.house, DATES, reference="R-2")))
    return made


def test_a_lost_race_is_run_again(seller: Seller) -> None:
    assert imported(seller, LOST, LOST) == 2
    assert len(seller.everything()) == 2


def test_a_booking_that_loses_every_race_waits_and_holds_up_nobody(seller: Seller) -> None:
    assert imported(seller, *[LOST] * ATTEMPTS) == 1
    assert seller.link() is None
    assert imported(seller) == 1
    assert seller.booked().is_live


def test_a_storage_that_is_busy_is_asked_again_with_the_next_round(seller: Seller) -> None:
    assert imported(seller, Busy("too much to do")) == 1
    assert seller.alerts() == []
    assert imported(seller) == 1
    assert len(seller.everything()) == 2


def test_a_message_that_breaks_something_is_a_dead_letter_and_the_next_one_is_imported(
    seller: Seller,
) -> None:
    assert imported(seller, ZeroDivisionError("a defect, with Ann's name")) == 2
    assert seller.booked("R-2").is_live
    (alert,) = seller.alerts()
    assert alert.kind == "channel_booking_failed"
    with seller.engine.store(seller.house.tenant) as tx:
        (letter,) = tx.queues["channel messages"].dead(9)
        assert (letter.subject, letter.reason) == ("R-1", "ZeroDivisionError")
        tx.queues["channel messages"].requeue(letter.id, seller.engine.clock.now())
    assert imported(seller) == 1
    assert seller.booked().is_live


def test_a_booking_does_not_become_one_of_another_service(engine: TheEngine) -> None:
    clinic = a_clinic().with_staff("dr-adams").offering("massage", "staff", minutes=30, every=15)
    seller = Seller.of(engine, clinic)
    first, other = sorted(each.key for each in seller.house.business.catalog.services.values())[:2]
    seller.tells(booking(seller.house, "2026-03-03 10:00", service=first, people=1))
    changed = booking(
        seller.house, "2026-03-03 11:00", service=other, people=1, revision=2, kind=Kind.MODIFIED
    )
    seller.tells(changed)
    assert seller.booked().version == 1
    assert [each.kind for each in seller.alerts()] == ["channel_booking_failed"]


@attrs.frozen
class Interfering:
    """A UnitOfWork in which somebody else acts before the second transaction begins."""

    inner: Any
    act: Callable[[], object]
    begun: list[int] = attrs.field(factory=list)

    def __call__(self, *args: Any) -> Any:
        self.begun.append(1)
        if len(self.begun) == 2:
            self.act()
        return self.inner(*args)

    def reading(self, *args: Any) -> Any:
        return self.inner.reading(*args)


def test_a_message_that_fails_here_and_is_followed_by_another_worker_is_followed(engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.receives()(seller.message(booking(seller.house, DATES)))
    meanwhile = Interfering(engine.store, lambda: seller.imports()(seller.house.tenant))
    healthy = seller.imports()
    broken = Troubled(healthy.reader, [ZeroDivisionError("here alone")])
    worker = attrs.evolve(healthy, reader=broken, begin=meanwhile)  # type: ignore[arg-type]
    assert worker(seller.house.tenant) == 0
    assert seller.booked().is_live
    assert seller.alerts() == []
