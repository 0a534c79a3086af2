"""Two administrators at two `booking serve` processes on one storage, and no server but the storage's own."""

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.postgres import PostgresStore
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.servers import PostgresServer
from tests.integration.app.test_serving import serving
from tests.integration.http.serving import A_MINUTE
from tests.integration.live.test_two_administrators import A_SECOND, LOCKS, Tab, a_tab

TOKEN = "a-token-of-the-staff"
STAFF = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(params=["sqlite", "postgres"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a storage with four cabins."""
    with ExitStack() as stack:
        store: SqliteStore | PostgresStore
        if request.param == "sqlite":
            path = tmp_path / "cabins.sqlite3"
            shutil.copy(request.getfixturevalue("sqlite_template"), path)
            address, store = f"sqlite:///{path}", stack.enter_context(SqliteStore.open(path))
        else:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("postgres_template")
            address = stack.enter_context(server.database(template=template))
            store = stack.enter_context(PostgresStore.open(address))
        business = cabins(4)
        with store(business.tenant.id) as tx:
            tx.catalogs.save(business.catalog, SystemClock().now())
        yield address


@pytest.fixture
def addresses(storage: str, tmp_path: Path) -> Iterator[list[str]]:
    """Where two processes serve it."""
    settings = tmp_path / "booking.toml"
    settings.write_text(f'storage = "{storage}"\nstaff_token = "{TOKEN}"\n')
    with ExitStack() as stack:
        both = [
            stack.enter_context(serving(tmp_path, "--port", "0", "--settings", str(settings)))
            for _ in range(2)
        ]
        yield [lines[0].rsplit(" ", 1)[1] for _, lines in both]


def test_the_second_sees_within_a_second_what_the_first_edits_and_when_the_first_has_gone(
    addresses: list[str],
) -> None:
    here, there = addresses
    with a_tab(there, STAFF) as second, httpx.Client(headers=STAFF, timeout=A_MINUTE) as http:
        second.hears("Resync", A_MINUTE)
        with a_tab(here, STAFF) as first:
            begun = time.monotonic()
            taken = http.post(here + LOCKS, json=first.cabin_4(holder="Ann"))
            assert taken.status_code == 201, taken.text
            assert second.hears("LockTaken", A_SECOND)["data"]["holder"] == "Ann"
            assert time.monotonic() - begun < A_SECOND
            refused = http.post(there + LOCKS, json=second.cabin_4(holder="Bob"))
            assert (refused.status_code, refused.json()["code"]) == (409, "LOCK_HELD")
            begun = time.monotonic()
        assert second.hears("LockReleased", A_SECOND)["subject"] == taken.json()["token"]
        assert time.monotonic() - begun < A_SECOND
        booked_elsewhere(second, http, here)


def booked_elsewhere(second: Tab, http: httpx.Client, here: str) -> None:
    """A guest holds a cabin at the other process, whose worker tells it."""
    held = http.post(
        f"{here}/v1/alpine-cabins/holds",
        json={"service": "cabin", "stay": {"check_in": "2027-03-13", "check_out": "2027-03-15"}},
        headers={"Booking-Session": "a browser"},
    )
    assert held.status_code == 201, held.text
    assert second.hears("HoldPlaced", 2 * A_SECOND)["subject"] == held.json()["id"]
