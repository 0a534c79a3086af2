"""Whoever is killed (kill -9) while an offer is made or accepted leaves nothing that the next one does not mend."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.builders import a_tour
from booking_adapters.testing.engine import OpenBusiness, TheEngine
from booking_core.domain.waitlist.entry import EntryState
from booking_core.ports.storage import Page
from booking_core.usecases.waitlist import Joined
from tests.integration.races.rush import places_taken
from tests.integration.scenarios.line import DEPARTURE, accepts, joins, states, worker

DAY = "2026-03-03"
PATIENCE_SECONDS = 60


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of the store below, for another process."""
    if request.param == "sqlite":
        return str(tmp_path / "booking.db")
    store: PostgresStore = request.getfixturevalue("postgres_store")
    return store.url


@pytest.fixture
def tour(url: str, request: pytest.FixtureRequest) -> OpenBusiness:
    """Sold out but for four seats that were just given back, and the line has been told."""
    kind = "postgres" if "://" in url else "sqlite"
    store: SqliteStore | PostgresStore = request.getfixturevalue(f"{kind}_store")
    tour = TheEngine(store).opens(a_tour(seats=12).under(offer_ttl=timedelta(hours=2)))
    tour.book("tour", DEPARTURE, seats=8)
    tour.book("tour", DEPARTURE, seats=4)
    return tour


@pytest.fixture
def ada(tour: OpenBusiness) -> Joined:
    """She waits for two of them."""
    ada = joins(tour, "ada", seats=2)
    with tour.engine.store.reading(tour.tenant) as tx:
        (four,) = [
            each for each in tx.reservations.overlapping(None, ada.entry.period, Page()) if each.quantity == 4
        ]
    tour.cancel(four)
    while tour.engine.stir_waitlist(tour.tenant):
        pass
    return ada


def is_killed(url: str, tour: OpenBusiness, ada: Joined, act: str, dies_at: int) -> None:
    """Another process does something and is killed at an arrow of it."""
    about = [url, str(ada.entry.id), str(tour.tenant), tour.engine.clock.now().isoformat(), act, str(dies_at)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.scenarios.killed", *about],
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("dies_at", [0, 1], ids=["before the commit", "after it"])
def test_an_offer_is_made_with_its_hold_or_not_at_all(
    url: str, tour: OpenBusiness, ada: Joined, dies_at: int
) -> None:
    is_killed(url, tour, ada, "offer", dies_at)
    is_made = dies_at == 1
    assert states(tour, ada) == [EntryState.OFFERED if is_made else EntryState.WAITING]
    assert places_taken(tour, "tour", DAY) == (10 if is_made else 8)
    worker(tour)
    assert accepts(tour, ada).is_live
    assert places_taken(tour, "tour", DAY) == 10


@pytest.mark.parametrize(
    "dies_at", range(4), ids=["before it is booked", "after that", "before it is noted", "after that, too"]
)
def test_an_offer_that_is_accepted_again_after_a_kill_is_one_reservation(
    url: str, tour: OpenBusiness, ada: Joined, dies_at: int
) -> None:
    worker(tour)
    is_killed(url, tour, ada, "accept", dies_at)
    booked = accepts(tour, ada)
    assert (booked.quantity, states(tour, ada)) == (2, [EntryState.BOOKED])
    assert places_taken(tour, "tour", DAY) == 10


def test_an_offer_that_was_accepted_and_not_noted_does_not_lapse(
    url: str, tour: OpenBusiness, ada: Joined
) -> None:
    worker(tour)
    is_killed(url, tour, ada, "accept", 2)
    tour.engine.clock.advance(timedelta(hours=2))
    worker(tour)
    assert states(tour, ada) == [EntryState.BOOKED]
    assert places_taken(tour, "tour", DAY) == 10


def test_control_who_books_without_the_hold_and_is_killed_has_two_reservations(
    url: str, tour: OpenBusiness, ada: Joined
) -> None:
    worker(tour)
    is_killed(url, tour, ada, "book", 1)
    assert accepts(tour, ada).is_live
    assert places_taken(tour, "tour", DAY) == 12
