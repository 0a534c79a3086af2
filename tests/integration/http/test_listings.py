"""What channels sell, for staff over HTTP: how each listing stands, and what can be done about it."""

from typing import Any

import pytest

from booking_adapters.testing.channel import Fault
from tests.integration.channels.outlet import Outlet
from tests.integration.http.asking import Client, refusal
from tests.integration.http.wiring import STAFF, TheApi

HOTEL = "/v1/grand-hotel/staff"
KING = {"code": "DLX", "service": "deluxe-king", "resource": "deluxe-king", "days": 30}
STAY = {
    "service": "deluxe-king",
    "stay": {"check_in": "2026-03-10", "check_out": "2026-03-12"},
    "customer": {"name": "Ann"},
}


def listed(client: Client, **changes: Any) -> Any:
    answer = client.post(f"{HOTEL}/channels/ota/listings", json={**KING, **changes}, headers=STAFF)
    assert answer.status_code == 201, answer.text
    return answer.json()


def shown(client: Client) -> Any:
    return client.get(f"{HOTEL}/listings", headers=STAFF).json()["listings"]


@pytest.fixture
def outlet(api: TheApi) -> Outlet:
    """The channel's side, and the worker that tells it."""
    return Outlet(api.engine, api.businesses["grand-hotel"])


def test_a_listing_is_owed_then_known_and_owed_again_after_a_booking(client: Client, outlet: Outlet) -> None:
    new = listed(client)
    assert (new["state"], new["service"], new["adults"]) == ("owed", "deluxe-king", 2)
    assert new["owed"] == [{"first": "2026-03-02", "end": "2026-04-01"}]
    outlet.pushes()
    (known,) = shown(client)
    assert (known["state"], known["owed"], known["problem"]) == ("known", [], "")
    assert known["told_at"] is not None
    assert client.post("/v1/grand-hotel/reservations", json=STAY).status_code == 201
    outlet.hears()
    (owed,) = shown(client)
    assert (owed["state"], owed["owed"]) == ("owed", [{"first": "2026-03-10", "end": "2026-03-12"}])
    outlet.pushes()
    assert outlet.left("2026-03-09", 4, code="DLX") == [5, 4, 4, 5]


def test_what_a_channel_refuses_is_shown_and_told_again_on_demand(client: Client, outlet: Outlet) -> None:
    listed(client)
    outlet.channel.unknown = {"DLX"}
    outlet.pushes()
    (stuck,) = shown(client)
    assert (stuck["state"], stuck["problem"]) == ("given_up", "no such listing")
    letters = client.get(f"{HOTEL}/dead-letters", headers=STAFF).json()["dead_letters"]
    assert [(each["queue"], each["reason"]) for each in letters] == [("channel pushes", "no such listing")]
    outlet.channel.unknown = set()
    answer = client.post(f"{HOTEL}/channels/ota/resync", json={"days": 7}, headers=STAFF)
    (again,) = answer.json()["listings"]
    assert (again["state"], again["problem"]) == ("owed", "")
    outlet.pushes()
    assert shown(client)[0]["state"] == "known"


def test_a_listing_that_was_given_up_is_requeued_like_any_dead_letter(client: Client, outlet: Outlet) -> None:
    new = listed(client)
    outlet.channel.unknown = {"DLX"}
    outlet.pushes()
    answer = client.post(f"{HOTEL}/dead-letters/channel pushes/{new['id']}/requeue", headers=STAFF)
    assert answer.status_code == 200, answer.text
    outlet.channel.unknown = set()
    outlet.pushes()
    assert shown(client)[0]["state"] == "known"


def test_a_channel_that_does_not_answer_is_told_apart(client: Client, outlet: Outlet) -> None:
    listed(client)
    outlet.channel.faults = [Fault.BEFORE]
    outlet.pushes()
    (seen,) = shown(client)
    assert (seen["state"], seen["problem"], seen["attempts"]) == ("failing", "nothing happened", 1)
    assert seen["owed"] == [{"first": "2026-03-02", "end": "2026-04-01"}]


def test_what_is_withdrawn_is_shown_until_the_channel_knows(client: Client, outlet: Outlet) -> None:
    new = listed(client)
    answer = client.post(f"{HOTEL}/listings/{new['id']}/withdraw", headers=STAFF)
    assert (answer.status_code, answer.json()["is_withdrawn"]) == (200, True)
    outlet.pushes()
    assert shown(client) == []
    refusal(client.post(f"{HOTEL}/listings/{new['id']}/withdraw", headers=STAFF), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"days": 0}, "days"), ({"days": 1_001}, "days"), ({"code": ""}, "code"), ({"adults": 9}, "adults")],
)
def test_listings_that_make_no_sense_are_refused(client: Client, changes: dict[str, Any], field: str) -> None:
    answer = client.post(f"{HOTEL}/channels/ota/listings", json={**KING, **changes}, headers=STAFF)
    assert answer.status_code == 422
    assert field in answer.text


def test_a_code_is_listed_once_and_a_channel_must_be_set_up(client: Client) -> None:
    listed(client)
    refusal(client.post(f"{HOTEL}/channels/ota/listings", json=KING, headers=STAFF), 409, "CONFLICT")
    answer = client.post(f"{HOTEL}/channels/nobody/listings", json={**KING, "code": "2"}, headers=STAFF)
    refusal(answer, 422, "INVALID_INPUT")
    answer = client.post(f"{HOTEL}/channels/ota/listings", json={**KING, "resource": "x"}, headers=STAFF)
    refusal(answer, 404, "NOT_FOUND")
    answer = client.post(f"{HOTEL}/channels/ota/listings", json={**KING, "colour": "red"}, headers=STAFF)
    assert answer.status_code == 422
