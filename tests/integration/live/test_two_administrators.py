"""Two administrators on two sockets of a real server: the second sees the first within a second."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import attrs
import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from booking_adapters._live.shared_updates import SharedUpdates
from booking_adapters.ambient.clock import SystemClock
from booking_adapters.http import StaffDoor, create_app
from booking_adapters.http.live_seats import Seats
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.servers import ValkeyServer
from booking_app.container import Deployment, wired
from booking_app.live import open_live
from booking_app.settings import Settings
from booking_app.storage import Storage
from booking_core.domain.kernel.errors import InvalidInput
from tests.integration.http.serving import A_MINUTE, served

A_SECOND = 1.0
LOCKS = "/v1/alpine-cabins/staff/locks"


@pytest.fixture
def deployment() -> Deployment:
    store = MemoryStore()
    business = cabins(4)
    with store(business.tenant.id) as tx:
        tx.catalogs.save(business.catalog, SystemClock().now())
    return wired(Storage(store, MemoryInspection(store)))


@pytest.fixture
def address(deployment: Deployment) -> Iterator[str]:
    with served(create_app(deployment.engine)) as address:
        yield address


@pytest.fixture
def http(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=A_MINUTE) as client:
        yield client


class Tab:
    """An administrator's open page."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.hello = self.hears("Hello")

    def hears(self, name: str, within: float = A_MINUTE) -> dict[str, Any]:
        """The next update of a name; anything else before it is passed over."""
        deadline = time.monotonic() + within
        while True:
            told: dict[str, Any] = json.loads(self.socket.recv(max(0.0, deadline - time.monotonic())))
            if told["name"] == name:
                return told

    def cabin_4(self, **more: object) -> dict[str, object]:
        """The body that asks for a lock on cabin 4."""
        dates = {"first": "2027-03-13", "end": "2027-03-15"}
        return {"client": self.hello["client"], "resource": "cabin-4", **dates, **more}


@contextmanager
def a_tab(address: str, headers: Mapping[str, str] | None = None) -> Iterator[Tab]:
    path = address.replace("http", "ws", 1) + "/v1/alpine-cabins/staff/live"
    with connect(path, additional_headers=headers) as socket:
        yield Tab(socket)


def test_the_second_sees_within_a_second_who_edits_what_and_when_it_is_free_again(
    address: str, http: httpx.Client
) -> None:
    with a_tab(address) as second:
        with a_tab(address) as first:
            begun = time.monotonic()
            taken = http.post(LOCKS, json=first.cabin_4(holder="Ann"))
            assert taken.status_code == 201, taken.text
            told = second.hears("LockTaken", A_SECOND)
            assert time.monotonic() - begun < A_SECOND
            assert told["data"]["holder"] == "Ann"
            assert told["data"]["scopes"][0]["first"] == "2027-03-13"
            assert first.hello["client"] not in json.dumps(told)
            refused = http.post(LOCKS, json=second.cabin_4(holder="Bob"))
            assert (refused.status_code, refused.json()["code"]) == (409, "LOCK_HELD")
            assert refused.json()["details"]["holder"] == "Ann"
            (listed,) = http.get(LOCKS).json()["locks"]
            assert listed == taken.json()
            assert listed["scopes"][0]["resource"] == "cabin-4"
            begun = time.monotonic()
        # The first tab is closed.
        assert second.hears("LockReleased", A_SECOND)["subject"] == taken.json()["token"]
        assert time.monotonic() - begun < A_SECOND
        assert http.post(LOCKS, json=second.cabin_4()).status_code == 201


def test_nobody_saves_over_the_first_and_the_first_saves_under_their_lock(
    address: str, http: httpx.Client
) -> None:
    booking = {
        "service": "cabin",
        "stay": {"check_in": "2027-03-13", "check_out": "2027-03-15"},
        "resources": ["cabin-4"],
        "customer": {"name": "Gil"},
        "waived": ["maximum_advance"],
    }
    staff = "/v1/alpine-cabins/staff/reservations"
    with a_tab(address) as first:
        token = http.post(LOCKS, json=first.cabin_4(holder="Ann")).json()["token"]
        refused = http.post(staff, json=booking)
        assert (refused.status_code, refused.json()["code"]) == (409, "LOCK_HELD")
        saved = http.post(staff, json=booking, headers={"Booking-Lock": token})
        assert saved.status_code == 201, saved.text
        garbled = http.post(staff, json=booking, headers={"Booking-Lock": "mine"})
        assert garbled.status_code == 422
        client = {"Booking-Client": str(first.hello["client"])}
        assert http.delete(f"{LOCKS}/{token}", headers=client).status_code == 204
        stale = http.post(f"{saved.headers['location']}/cancel", json={}, headers={"Booking-Lock": token})
        assert (stale.status_code, stale.json()["code"]) == (409, "STALE_LOCK")


def test_a_lock_that_nobody_renews_is_seen_to_end(address: str, http: httpx.Client) -> None:
    with a_tab(address) as second:
        killed = second.cabin_4(client="a tab that was killed", ttl_seconds=1)
        token = http.post(LOCKS, json=killed).json()["token"]
        renewed = http.put(f"{LOCKS}/{token}", json={"client": killed["client"], "ttl_seconds": 1})
        assert renewed.status_code == 200, renewed.text
        assert second.hears("LockRenewed", A_SECOND)["subject"] == token
        assert second.hears("LockLapsed", 3 * A_SECOND)["subject"] == token
        late = http.put(f"{LOCKS}/{token}", json={"client": killed["client"]})
        assert (late.status_code, late.json()["code"]) == (409, "STALE_LOCK")
        assert http.get(LOCKS).json() == {"locks": []}


def test_a_booking_of_a_guest_is_told(address: str, http: httpx.Client, deployment: Deployment) -> None:
    tenant = deployment.engine.tenants.by_key("alpine-cabins")
    with a_tab(address) as watching:
        booked = http.post(
            "/v1/alpine-cabins/holds",
            json={"service": "cabin", "stay": {"check_in": "2027-03-13", "check_out": "2027-03-15"}},
            headers={"Booking-Session": "a browser"},
        )
        assert booked.status_code == 201, booked.text
        deployment.duties["handle events"](tenant)
        assert watching.hears("HoldPlaced", A_SECOND)["subject"] == booked.json()["id"]


@pytest.mark.parametrize(
    ("path", "token", "code"),
    [("/v1/nowhere/staff/live", None, 4404), ("/v1/alpine-cabins/staff/live", "a-token-of-the-staff", 4401)],
)
def test_whoever_is_not_staff_of_a_business_hears_nothing(
    deployment: Deployment, path: str, token: str | None, code: int
) -> None:
    app = create_app(deployment.engine, door=StaffDoor(token))
    with (
        served(app) as address,
        pytest.raises(Exception, match=r"40[13]|44|reject|close") as refused,
        connect(address.replace("http", "ws", 1) + path) as socket,
    ):
        socket.recv(5)
    assert not isinstance(refused.value, TimeoutError)
    if isinstance(refused.value, ConnectionClosed):
        assert refused.value.rcvd is not None
        assert refused.value.rcvd.code == code


def test_whoever_is_one_too_many_is_asked_to_come_back_later(deployment: Deployment) -> None:
    live = attrs.evolve(deployment.engine.live, seats=Seats(most=2, most_of_a_tenant=1))
    with served(create_app(attrs.evolve(deployment.engine, live=live))) as address:
        with a_tab(address), pytest.raises(ConnectionClosed) as refused, a_tab(address):
            pass
        assert refused.value.rcvd is not None
        assert refused.value.rcvd.code == 1013
        for _ in range(50):  # the seat is free again as soon as the server knows that the first has gone
            try:
                with a_tab(address):
                    return
            except ConnectionClosed:
                time.sleep(0.05)
    raise AssertionError("the seat was never free again")


def test_administrators_of_two_processes_see_each_other_within_a_second(
    deployment: Deployment, valkey_server: ValkeyServer
) -> None:
    """Two engines on one storage, each with a bell of its own, which only the server joins."""
    tenants = deployment.engine.tenants
    assert isinstance(tenants, MemoryStore)
    settings = Settings(redis_url=valkey_server.url(), redis_prefix="two processes")
    storage = Storage(tenants, MemoryInspection(tenants))
    with ExitStack() as stack:
        parts = [open_live(settings, storage, stack) for _ in range(2)]
        for each in parts:
            assert isinstance(each.updates, SharedUpdates)
            assert each.updates.wait_until_listening(A_MINUTE)
        here, there = (
            stack.enter_context(served(create_app(wired(storage, live=each).engine))) for each in parts
        )
        first, second = (stack.enter_context(a_tab(each)) for each in (here, there))
        begun = time.monotonic()
        taken = httpx.post(here + LOCKS, json=first.cabin_4(holder="Ann"))
        assert second.hears("LockTaken", A_SECOND)["data"]["holder"] == "Ann"
        assert time.monotonic() - begun < A_SECOND
        refused = httpx.post(there + LOCKS, json=second.cabin_4(holder="Bob"))
        assert (refused.status_code, refused.json()["code"]) == (409, "LOCK_HELD")
        begun = time.monotonic()
        first.socket.close()
        assert second.hears("LockReleased", A_SECOND)["subject"] == taken.json()["token"]
        assert time.monotonic() - begun < A_SECOND


def test_a_wrong_address_of_a_server_is_refused(deployment: Deployment) -> None:
    tenants = deployment.engine.tenants
    assert isinstance(tenants, MemoryStore)
    with ExitStack() as stack, pytest.raises(InvalidInput, match="redis_url"):
        open_live(
            Settings(redis_url="http://example.org"), Storage(tenants, MemoryInspection(tenants)), stack
        )
