"""The API behind a real server on a real socket: who counts as this machine, and how much is read."""

from collections.abc import Iterator

import httpx
import pytest

from booking_adapters.http import StaffDoor
from tests.integration.http.asking import a_booking, refusal
from tests.integration.http.serving import A_MINUTE, served
from tests.integration.http.wiring import TheApi, the_api


@pytest.fixture(scope="module")
def application() -> TheApi:
    return the_api(door=StaffDoor())


@pytest.fixture(scope="module")
def address(application: TheApi) -> Iterator[str]:
    with served(application.app) as address:
        yield address


@pytest.fixture
def client(api: TheApi, address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=A_MINUTE) as client:
        yield client


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
