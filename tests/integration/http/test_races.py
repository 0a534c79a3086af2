"""Many people press at once, over HTTP, on every storage; and the same race without a guard, which shows."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from booking_adapters.http import create_app
from booking_adapters.memory import MemoryStore
from booking_adapters.testing.contracts.scene import Storage
from booking_adapters.testing.engine import TheEngine
from booking_core.ports.storage import UnitOfWork
from tests.integration.http.asking import TEN, a_booking, refusal
from tests.integration.http.serving import A_MINUTE, all_at_once, served
from tests.integration.http.wiring import businesses_of_the_stories, http_engine
from tests.integration.races.torn import TornUnitOfWork

AT_ONCE = 16


@contextmanager
def open_for_business(store: Storage, *, booking_in: UnitOfWork | None = None) -> Iterator[httpx.Client]:
    """A client of a real server on a storage."""
    engine = TheEngine(store)
    for business in businesses_of_the_stories():
        engine.opens(business)
    app = create_app(http_engine(engine, store, booking_in=booking_in))
    with served(app) as address, httpx.Client(base_url=address, timeout=A_MINUTE) as client:
        yield client


def bookings(client: httpx.Client, count: int, *, key: str = "", **changes: Any) -> list[httpx.Request]:
    headers = {"Idempotency-Key": key} if key else {}
    body = a_booking(**changes)
    where = "/v1/city-tours/reservations" if body["service"] == "tour" else "/v1/clinic/reservations"
    return [client.build_request("POST", where, json=body, headers=headers) for _ in range(count)]


def test_a_booking_goes_from_search_to_cancellation(store: Storage) -> None:
    with open_for_business(store) as client:
        window = {"start": "2026-03-02T08:00:00+01:00", "end": "2026-03-02T12:00:00+01:00"}
        found = client.get("/v1/clinic/services/visit/slots", params=window).json()["resources"][0]
        wish = {"service": "visit", "start": found["starts"][0], "resources": [found["resource"]]}
        mine = {"Booking-Session": "one", "Idempotency-Key": "once"}
        hold = client.post("/v1/clinic/holds", json=wish, headers=mine)
        assert hold.status_code == 201
        body = a_booking(**wish, hold=hold.json()["id"])
        made = client.post("/v1/clinic/reservations", json=body, headers=mine)
        again = client.post("/v1/clinic/reservations", json=body, headers=mine)
        assert (made.status_code, again.status_code, again.json()) == (201, 200, made.json())
        moved = client.post(f"{made.headers['location']}/reschedule", json={"start": TEN})
        assert moved.json()["start"] == "2026-03-02T09:00:00Z"
        ended = client.post(f"{made.headers['location']}/cancel", json={"reason": "fell ill"}).json()
        assert (ended["status"], ended.pop("cost")) == ("cancelled", None)
        assert client.get(f"/v1/clinic/reservations/{ended['code']}").json() == ended


def test_of_many_who_press_at_once_exactly_one_gets_the_slot(store: Storage) -> None:
    with open_for_business(store) as client:
        answers = all_at_once(client, bookings(client, AT_ONCE))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    for answer in answers:
        if answer.status_code == 409:
            refusal(answer, 409, "SLOT_TAKEN")


def test_parallel_repeats_of_one_request_make_one_reservation(store: Storage) -> None:
    with open_for_business(store) as client:
        seats: dict[str, Any] = {"service": "tour", "start": "2026-03-03T09:00:00Z", "resources": None}
        answers = all_at_once(client, bookings(client, AT_ONCE, key="the same", **seats))
        assert Counter(answer.status_code for answer in answers) == {201: 1, 200: AT_ONCE - 1}
        assert len({answer.text for answer in answers}) == 1
        replayed = [answer.headers.get("idempotent-replayed") for answer in answers]
        assert Counter(replayed) == {None: 1, "true": AT_ONCE - 1}
        # The control: without the key each request takes a seat, until the eleven that are left are gone.
        answers = all_at_once(client, bookings(client, AT_ONCE, **seats))
        assert Counter(answer.status_code for answer in answers) == {201: 11, 409: AT_ONCE - 11}
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"SOLD_OUT"}


def test_without_the_guard_the_same_race_books_the_slot_many_times() -> None:
    store = MemoryStore(guarded=False)
    with open_for_business(store, booking_in=TornUnitOfWork(store, AT_ONCE)) as client:
        answers = all_at_once(client, bookings(client, AT_ONCE))
    assert Counter(answer.status_code for answer in answers) == {201: AT_ONCE}
