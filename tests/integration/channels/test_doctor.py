"""Invariant 23, and that an overbooking breaks none."""

import attrs
import pytest

from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.postgres import PostgresStore
from booking_adapters.postgres.inspection import PostgresInspection
from booking_adapters.sqlite import SqliteStore
from booking_adapters.sqlite.inspection import SqliteInspection
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.ports.inspection import Inspection
from tests.integration.channels.seller import Seller, booking, cancelled
from tests.integration.storage.hands import postgres_hand, sqlite_hand

LINKED_AGAIN = (
    "INSERT INTO channel_links SELECT tenant_id, channel, 'R-9', revision, reservation_id, is_cancelled, violations"
    " FROM channel_links"
)
FALLEN_BEHIND = "UPDATE channel_links SET revision = 0"


def inspection_of(store: Storage) -> Inspection:
    match store:
        case MemoryStore():
            return MemoryInspection(store)
        case SqliteStore():
            return SqliteInspection(store)
        case PostgresStore():
            return PostgresInspection(store)
    raise AssertionError(store)


def harm(store: Storage, seller: Seller, what: str) -> None:
    """Break what is stored, past every guard."""
    match store:
        case MemoryStore():
            links = store.tables(seller.house.tenant).channel_links
            (link,) = links.values()
            if what == FALLEN_BEHIND:
                links["ota", "R-1"] = attrs.evolve(link, revision=0)
            else:
                links["ota", "R-9"] = attrs.evolve(link, reference="R-9")
        case SqliteStore() | PostgresStore():
            hand = sqlite_hand(store) if isinstance(store, SqliteStore) else postgres_hand(store)
            hand.run("DROP INDEX channel_links_reservation_idx")
            hand.run(what)


def test_bookings_of_channels_break_nothing(store: Storage, engine: TheEngine) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house), booking(seller.house, reference="R-2"), cancelled("R-3", revision=1))
    assert seller.booked("R-2").is_overbooked
    assert seller.broken(inspection_of(store)) == []


@pytest.mark.parametrize("what", [LINKED_AGAIN, FALLEN_BEHIND], ids=["linked again", "fallen behind"])
def test_a_booking_that_is_not_one_reservation_is_reported(
    store: Storage, engine: TheEngine, what: str
) -> None:
    seller = Seller.of(engine, cabins(1))
    seller.tells(booking(seller.house))
    harm(store, seller, what)
    assert [each.number for each in seller.broken(inspection_of(store))] == [23]
