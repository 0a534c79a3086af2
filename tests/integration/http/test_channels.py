"""Channels and webhooks over HTTP: signed bookings are received, staff keep the addresses that are told."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from booking_adapters.channels.signatures import Secret, signed_headers
from booking_adapters.channels.webhooks import DerivedSecrets
from booking_adapters.testing.ambient import MONDAY_MORNING
from tests.integration.http.asking import Client, booked, refusal
from tests.integration.http.wiring import SIGNING_KEY, STAFF, TheApi

PATH = "/v1/alpine-cabins/channels/ota/bookings"
WEBHOOK = {"url": "https://hooks.example/in?password=s3cret", "events": ["ReservationConfirmed"]}


def a_booking(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "service": "cabin",
        "customer": {"name": "Ann", "email": "ann@example.org", "phone": ""},
        "start": None,
        "end": None,
        "stay": {"check_in": "2026-03-10", "check_out": "2026-03-12"},
        "quantity": 1,
        "party": {"adults": 2, "child_ages": [4]},
        "resources": [],
    }
    return {"reference": "R-1", "revision": 1, "kind": "new", "content": content, **changes}


def secret(api: TheApi, *, tenant: str = "alpine-cabins", channel: str = "ota") -> Secret:
    known = api.businesses[tenant].tenant
    return Secret(DerivedSecrets(SIGNING_KEY).of(known, f"channel {channel}"))


def send(
    client: Client,
    api: TheApi,
    *bookings: dict[str, Any],
    path: str = PATH,
    by: Secret | None = None,
    late: timedelta = timedelta(0),
    body: bytes = b"",
    id: str = "msg_1",
) -> Response:
    body = body or json.dumps({"bookings": bookings}).encode()
    headers = signed_headers([by or secret(api)], id, MONDAY_MORNING + late, body)
    return client.post(path, content=body, headers={**headers, "content-type": "application/json"})


def test_a_signed_booking_is_received_once_and_imported(client: Client, api: TheApi) -> None:
    for new in (1, 0, 0):
        answer = send(client, api, a_booking())
        assert (answer.status_code, answer.json()) == (200, {"new": new})
    house = api.businesses["alpine-cabins"]
    assert api.engine.import_bookings(house.tenant) == 1
    with api.store.reading(house.tenant) as tx:
        link = tx.channels.links.find("ota", "R-1")
    assert link is not None
    assert link.reservation is not None
    assert house.show(link.reservation).customer.name == "Ann"


def test_a_known_revision_that_says_something_else_is_refused(client: Client, api: TheApi) -> None:
    send(client, api, a_booking())
    content = {**a_booking()["content"], "quantity": 2}
    known = send(client, api, a_booking(content=content), id="msg_2")
    refusal(known, 409, "DUPLICATE_EXTERNAL_REFERENCE")


def test_a_message_that_was_handled_is_answered_and_changes_nothing(client: Client, api: TheApi) -> None:
    sent = [send(client, api, a_booking()), send(client, api, a_booking()), send(client, api, a_booking())]
    assert [answer.json() for answer in sent] == [{"new": 1}, {"new": 0}, {"new": 0}]


def test_another_body_under_the_id_of_a_message_is_refused(client: Client, api: TheApi) -> None:
    send(client, api, a_booking())
    refusal(send(client, api, a_booking(reference="R-2")), 422, "IDEMPOTENCY_KEY_REUSED")
    assert send(client, api, a_booking(reference="R-2"), id="msg_2").json() == {"new": 1}


def test_what_could_not_be_imported_is_a_dead_letter_that_staff_requeue(client: Client, api: TheApi) -> None:
    house = api.businesses["alpine-cabins"]
    unknown = {**a_booking()["content"], "service": "tree-house"}
    send(client, api, a_booking(reference="A/1 ?", content=unknown))
    assert api.engine.import_bookings(house.tenant) == 1
    letters = "/v1/alpine-cabins/staff/dead-letters"
    (letter,) = client.get(letters, headers=STAFF).json()["dead_letters"]
    assert (letter["queue"], letter["subject"]) == ("channel messages", "A/1 ?")
    (alert,) = client.get("/v1/alpine-cabins/staff/alerts", headers=STAFF).json()["alerts"]
    assert alert["kind"] == "channel_booking_failed"
    where = f"{letters}/channel%20messages/{letter['id']}/requeue"
    assert client.post(where, headers=STAFF).json() == letter
    assert client.get(letters, headers=STAFF).json()["dead_letters"] == []
    assert api.engine.import_bookings(house.tenant) == 1, "it is tried again, and fails again"
    assert len(client.get(letters, headers=STAFF).json()["dead_letters"]) == 1
    refusal(client.post(where.replace("alpine-cabins", "clinic"), headers=STAFF), 404, "NOT_FOUND")


@pytest.mark.parametrize("late", [timedelta(seconds=-301), timedelta(seconds=301)])
def test_an_old_message_and_one_from_the_future_are_refused(
    client: Client, api: TheApi, late: timedelta
) -> None:
    refusal(send(client, api, a_booking(), late=late), 401, "SIGNATURE_REFUSED")


def test_a_message_that_is_not_the_channels_is_refused(client: Client, api: TheApi) -> None:
    for stranger in (secret(api, channel="other"), secret(api, tenant="clinic")):
        refusal(send(client, api, a_booking(), by=stranger), 401, "SIGNATURE_REFUSED")
    refusal(client.post(PATH, json={"bookings": [a_booking()]}), 401, "SIGNATURE_REFUSED")
    refusal(client.post(PATH), 401, "SIGNATURE_REFUSED")
    elsewhere = PATH.replace("alpine-cabins", "clinic")
    refusal(send(client, api, a_booking(), path=elsewhere), 401, "SIGNATURE_REFUSED")


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b'{"bookings": []}',
        b'{"bookings": [], "more": 1}',
        b"[" * 5_000,
        json.dumps({"bookings": [a_booking(content=None)]}).encode(),
        json.dumps({"bookings": [a_booking(kind="cancelled")]}).encode(),
        json.dumps({"bookings": [a_booking(revision=-1)]}).encode(),
        json.dumps({"bookings": [a_booking(revision=1.5)]}).encode(),
        json.dumps({"bookings": [a_booking(kind="unheard of")]}).encode(),
        json.dumps({"bookings": [a_booking(reference="")]}).encode(),
        json.dumps({"bookings": [a_booking()] * 101}).encode(),
    ],
)
def test_a_signed_body_that_makes_no_sense_is_refused(client: Client, api: TheApi, body: bytes) -> None:
    refusal(send(client, api, body=body), 422, "INVALID_INPUT")


def test_staff_see_what_was_sold_and_what_is_wrong_with_it(client: Client, api: TheApi) -> None:
    house = api.businesses["alpine-cabins"]
    crowd = {**a_booking()["content"], "party": {"adults": 9, "child_ages": []}}
    send(client, api, a_booking(), a_booking(reference="R-2", content=crowd))
    api.engine.import_bookings(house.tenant)
    path = "/v1/alpine-cabins/staff/channel-bookings"
    listed = client.get(path, headers=STAFF).json()
    assert [each["reference"] for each in listed["bookings"]] == ["R-2", "R-1"]
    assert listed["next"] is None
    crowded, fine = listed["bookings"]
    assert (fine["violations"], fine["is_overbooked"], fine["status"]) == ([], False, "confirmed")
    assert (fine["check_in"], fine["check_out"]) == ("2026-03-10", "2026-03-12")
    assert "party_too_large" in crowded["violations"]
    flagged = client.get(path, params={"flagged": "true"}, headers=STAFF).json()
    assert flagged["bookings"] == [crowded]
    first = client.get(path, params={"limit": 1}, headers=STAFF).json()
    second = client.get(path, params={"limit": 1, "after": first["next"]}, headers=STAFF).json()
    assert [each["bookings"][0]["reference"] for each in (first, second)] == ["R-2", "R-1"]
    assert "Ann" not in client.get(path, headers=STAFF).text
    refusal(client.get(path, params={"after": "x"}, headers=STAFF), 422, "INVALID_INPUT")
    elsewhere = client.get("/v1/clinic/staff/channel-bookings", headers=STAFF)
    assert elsewhere.json() == {"bookings": [], "next": None}


def test_a_webhook_shows_its_secret_once_and_never_its_address(client: Client) -> None:
    answer = client.post("/v1/clinic/staff/webhooks", json=WEBHOOK, headers=STAFF)
    assert answer.status_code == 201
    assert "s3cret" not in answer.text
    opened = answer.json()
    assert Secret(opened["secret"]).key
    (listed,) = client.get("/v1/clinic/staff/webhooks", headers=STAFF).json()["webhooks"]
    assert listed == {**opened, "secret": None}
    path = f"/v1/clinic/staff/webhooks/{opened['id']}"
    rotated = client.post(f"{path}/rotate", headers=STAFF).json()
    assert rotated["generation"] == 2
    assert rotated["secret"] != opened["secret"]
    assert client.post(f"{path}/disable", headers=STAFF).json()["disabled_at"] is not None
    assert client.post(f"{path}/enable", headers=STAFF).json()["disabled_at"] is None
    assert client.delete(path, headers=STAFF).status_code == 204
    refusal(client.get(f"{path}/deliveries", headers=STAFF), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    "url", ["http://hooks.example/", "https://127.0.0.1/", "https://10.0.0.1/", "nonsense"]
)
def test_a_webhook_on_a_private_address_is_refused(client: Client, url: str) -> None:
    answer = client.post("/v1/clinic/staff/webhooks", json={**WEBHOOK, "url": url}, headers=STAFF)
    assert answer.status_code == 422


def test_a_message_is_in_the_log_and_can_be_sent_again(client: Client, api: TheApi) -> None:
    from booking_core.usecases.handling import HandleEvents
    from booking_core.usecases.send_webhooks import OweWebhooks

    opened = client.post("/v1/clinic/staff/webhooks", json=WEBHOOK, headers=STAFF).json()
    booked(client)
    engine, tenant = api.engine, api.businesses["clinic"].tenant
    HandleEvents(begin=api.store, handlers=[OweWebhooks(ids=engine.ids)], clock=engine.clock, ids=engine.ids)(
        tenant
    )
    log = client.get(f"/v1/clinic/staff/webhooks/{opened['id']}/deliveries", headers=STAFF).json()
    (message,) = log["deliveries"]
    assert (message["event"], message["attempts"], message["delivered_at"]) == (
        "ReservationConfirmed",
        0,
        None,
    )
    again = client.post(f"/v1/clinic/staff/deliveries/{message['id']}/redeliver", headers=STAFF)
    assert again.json()["id"] == message["id"]
    foreign = client.post(f"/v1/city-tours/staff/deliveries/{message['id']}/redeliver", headers=STAFF)
    refusal(foreign, 404, "NOT_FOUND")
