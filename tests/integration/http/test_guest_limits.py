"""How often guests may ask, and whose addresses are believed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from litestar.types import Receive, Scope, Send

from booking_adapters.http import create_app
from booking_adapters.http.guest_limits import GuestLimits, networks
from booking_adapters.http.json_bodies import LARGEST_BODY
from booking_adapters.http.staff_door import StaffDoor
from booking_adapters.memory.live import MemoryRateLimiter
from booking_app.provider import open_provider, payment_desk
from booking_app.settings import Settings
from booking_core.domain.kernel.errors import InvalidInput
from tests.integration.http.asking import refusal
from tests.integration.http.wiring import STAFF, TOKEN, TheApi, http_engine, the_api

PROXY = "10.1.2.3"
BUSINESS, HOLDS = "/v1/clinic", "/v1/clinic/holds"


@pytest.fixture(scope="module")
def application() -> TheApi:
    return the_api()


@pytest.fixture
def app(api: TheApi) -> Litestar:
    limits = GuestLimits(
        limiter=MemoryRateLimiter(api.engine.clock),
        requests_per_minute=4,
        changes_per_minute=2,
        proxies=networks(["10.0.0.0/8"]),
    )
    settings = Settings(stripe_key="sk_test_1", stripe_webhook_secret="whsec_1")
    desk = payment_desk(open_provider(settings, api.engine.clock))
    return create_app(http_engine(api.engine, api.store), door=StaffDoor(TOKEN), limits=limits, desk=desk)


@pytest.fixture
def guest(app: Litestar) -> Iterator[TestClient[Litestar]]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def proxy(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient[Litestar]]:
    """Whoever asks through one of our proxies."""
    asked = app.asgi_handler

    async def behind(scope: Scope, receive: Receive, send: Send) -> None:
        scope["client"] = (PROXY, 1234)
        await asked(scope, receive, send)

    monkeypatch.setattr(app, "asgi_handler", behind)
    with TestClient(app) as client:
        yield client


def test_the_request_after_the_last_allowed_one_is_told_how_long_to_wait(
    guest: TestClient[Litestar], api: TheApi
) -> None:
    assert [guest.get(BUSINESS).status_code for _ in range(4)] == [200] * 4
    refused = guest.get(BUSINESS)
    problem = refusal(refused, 429, "RATE_LIMITED")
    assert problem["retryable"]
    assert refused.headers["retry-after"] == "15"
    assert problem["details"] == {"retry_after_seconds": 15}
    api.engine.clock.set(api.engine.clock.now() + timedelta(seconds=15))
    assert guest.get(BUSINESS).status_code == 200


def test_changes_are_counted_more_strictly(guest: TestClient[Litestar]) -> None:
    statuses = [guest.post(HOLDS, json={}).status_code for _ in range(3)]
    assert statuses == [422, 422, 429]
    assert guest.get(BUSINESS).status_code == 200


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("webhooks/stripe", 400),
        ("channels/nobody/bookings", 401),
        ("notices/019cad21-cf00-7001-98a7-dbefd82c07cd/status", 404),
    ],
)
def test_providers_are_not_held_up_as_guests_but_their_bodies_are_bounded(
    guest: TestClient[Litestar], path: str, refused: int
) -> None:
    """A provider sends all its webhooks from a few addresses; each is answered for what it is."""
    statuses = {guest.post(f"{BUSINESS}/{path}", content=b"{}").status_code for _ in range(9)}
    assert 429 not in statuses
    assert statuses == {refused}
    assert guest.post(f"{BUSINESS}/{path}", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert guest.get(BUSINESS).status_code == 200, "nor do guests at the same address pay for it"


def test_staff_are_not_limited(guest: TestClient[Litestar]) -> None:
    answers = [guest.get("/v1/clinic/staff/locks", headers=STAFF).status_code for _ in range(9)]
    assert answers == [200] * 9


def test_a_session_is_counted_wherever_it_comes_from(proxy: TestClient[Litestar]) -> None:
    statuses = [
        proxy.get(
            BUSINESS, headers={"X-Forwarded-For": f"203.0.113.{n}", "Booking-Session": "one"}
        ).status_code
        for n in range(5)
    ]
    assert statuses == [200] * 4 + [429]


def test_behind_our_proxy_each_address_is_counted_apart(proxy: TestClient[Litestar]) -> None:
    statuses = [
        proxy.get(BUSINESS, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(9)
    ]
    assert statuses == [200] * 9


def test_what_a_guest_says_about_the_way_is_not_believed(guest: TestClient[Litestar]) -> None:
    for n in range(4):
        assert guest.get(BUSINESS, headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code == 200
    assert guest.get(BUSINESS, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429


def test_what_a_guest_told_our_proxy_about_the_way_is_not_believed(proxy: TestClient[Litestar]) -> None:
    for n in range(4):
        way = {"X-Forwarded-For": f"192.0.2.{n}, 203.0.113.7, {PROXY}"}
        assert proxy.get(BUSINESS, headers=way).status_code == 200
    assert proxy.get(BUSINESS, headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 429


def test_one_household_is_one_guest(proxy: TestClient[Litestar]) -> None:
    statuses = [
        proxy.get(BUSINESS, headers={"X-Forwarded-For": f"2001:db8:1:2::{n}"}).status_code
        for n in range(1, 6)
    ]
    assert statuses == [200] * 4 + [429]
    assert proxy.get(BUSINESS, headers={"X-Forwarded-For": "2001:db8:1:3::1"}).status_code == 200


def test_proxies_must_be_addresses_or_networks() -> None:
    with pytest.raises(InvalidInput):
        networks(["our-proxy.example.org"])
