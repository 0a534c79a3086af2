"""The API behind a real server on a real socket: races, replays, limits, and who counts as this machine."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn

from booking_adapters.http import StaffDoor
from booking_core.domain.reservations.calendar import Allocation
from tests.integration.http.asking import TEN, a_booking, refusal
from tests.integration.http.wiring import TheApi, the_api

AT_ONCE = 16
A_MINUTE = 60.0


@pytest.fixture(scope="module")
def application() -> TheApi:
    return the_api(door=StaffDoor())


@pytest.fixture(scope="module")
def address(application: TheApi) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    config = uvicorn.Config(application.app, log_config=None, access_log=False, lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(A_MINUTE)
        listener.close()
    assert not thread.is_alive()


@pytest.fixture
def client(api: TheApi, address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=A_MINUTE) as client:
        yield client


def wait_until(ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + A_MINUTE
    pause = threading.Event()
    while not ready():
        assert time.monotonic() < deadline, "the server did not start"
        pause.wait(0.01)


def all_at_once(client: httpx.Client, requests: list[httpx.Request]) -> list[httpx.Response]:
    """Send them from as many threads as there are requests, off at one signal."""
    barrier = threading.Barrier(len(requests))

    def send(request: httpx.Request) -> httpx.Response:
        barrier.wait(A_MINUTE)
        return client.send(request)

    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(send, requests))


def bookings(client: httpx.Client, keys: list[str]) -> list[httpx.Request]:
    return [
        client.build_request(
            "POST",
            "/v1/clinic/reservations",
            json=a_booking(),
            headers={"Idempotency-Key": key} if key else {},
        )
        for key in keys
    ]


def taken(api: TheApi) -> list[Allocation]:
    reservations = api.store.tables(api.businesses["clinic"].tenant).reservations.values()
    return [allocation for reservation in reservations for allocation in reservation.allocations]


def test_a_booking_goes_from_search_to_cancellation(client: httpx.Client) -> None:
    window = {"start": "2026-03-02T08:00:00+01:00", "end": "2026-03-02T12:00:00+01:00"}
    found = client.get("/v1/clinic/services/visit/slots", params=window).json()["resources"][0]
    body = a_booking(start=found["starts"][0], resources=[found["resource"]])
    hold = client.post("/v1/clinic/holds", json=without(body, "customer"), headers={"Booking-Session": "one"})
    made = client.post(
        "/v1/clinic/reservations",
        json={**body, "hold": hold.json()["id"]},
        headers={"Booking-Session": "one", "Idempotency-Key": "once"},
    )
    assert (hold.status_code, made.status_code) == (201, 201)
    moved = client.post(f"{made.headers['location']}/reschedule", json={"start": TEN})
    assert moved.json()["start"] == "2026-03-02T09:00:00Z"
    ended = client.post(f"{made.headers['location']}/cancel")
    assert ended.json()["status"] == "cancelled"


def test_of_many_who_press_at_once_exactly_one_gets_the_slot(client: httpx.Client, api: TheApi) -> None:
    answers = all_at_once(client, bookings(client, [""] * AT_ONCE))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    for answer in answers:
        if answer.status_code == 409:
            refusal(answer, 409, "SLOT_TAKEN")
    assert len(taken(api)) == 1


def test_parallel_repeats_of_one_request_make_one_reservation(client: httpx.Client, api: TheApi) -> None:
    answers = all_at_once(client, bookings(client, ["the same"] * AT_ONCE))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: AT_ONCE - 1}
    assert len({answer.text for answer in answers}) == 1
    replayed = [answer.headers.get("idempotent-replayed") for answer in answers]
    assert Counter(replayed) == {None: 1, "true": AT_ONCE - 1}
    assert len(taken(api)) == 1


def test_the_last_seats_are_never_sold_twice(client: httpx.Client) -> None:
    seats = a_booking(service="tour", start="2026-03-03T09:00:00Z", resources=None, quantity=2)
    requests = [
        client.build_request("POST", "/v1/city-tours/reservations", json=seats) for _ in range(AT_ONCE)
    ]
    answers = all_at_once(client, requests)
    assert Counter(answer.status_code for answer in answers) == {201: 6, 409: AT_ONCE - 6}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"SOLD_OUT"}


def test_programs_on_this_machine_are_staff(client: httpx.Client) -> None:
    answer = client.post("/v1/clinic/staff/reservations", json=a_booking(waived=["minimum_notice"]))
    assert answer.status_code == 201
    assert client.get(answer.headers["location"]).json()["customer"]["name"] == "Bob Buyer"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "203.0.113.7"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "booking.example.org"},
        {"Host": "attacker.example.org:8000"},
        {"Host": "[::1"},
        {"Origin": "https://attacker.example.org"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_whoever_comes_through_a_proxy_or_another_site_is_not(
    client: httpx.Client, headers: dict[str, str]
) -> None:
    refusal(client.get("/v1/clinic/staff/reservations/X", headers=headers), 403, "STAFF_ONLY")


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_a_page_of_this_machine_is_staff(client: httpx.Client, host: str) -> None:
    headers = {"Host": host, "Origin": "http://localhost:8000", "Sec-Fetch-Site": "same-origin"}
    refusal(client.get("/v1/clinic/staff/reservations/X", headers=headers), 404, "NOT_FOUND")


def test_a_body_without_an_announced_length_is_bounded_too(client: httpx.Client) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 4096

    headers = {"Content-Type": "application/json"}
    answer = client.post("/v1/clinic/reservations", content=endless(), headers=headers)
    refusal(answer, 413, "REQUEST_ENTITY_TOO_LARGE")


def without(body: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in body.items() if key != name}
