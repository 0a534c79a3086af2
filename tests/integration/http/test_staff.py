"""The staff's part of the API, and its door."""

import pytest
from litestar.testing import TestClient

from booking_adapters.http import StaffDoor
from tests.integration.http.asking import BOB, TEN, Client, a_booking, book, booked, fields, refusal, starts
from tests.integration.http.wiring import STAFF, TheApi, the_api

TUESDAY = {"start": "2026-03-03T00:00:00+01:00", "end": "2026-03-04T00:00:00+01:00"}
UNKNOWN = "019cad21-cf00-7001-98a7-dbefd82c07cd"
TALK = {"service": "talk", "start": "2026-03-02T10:00:00+01:00"}

STAFF_OPERATIONS = [
    ("POST", "/reservations"),
    ("GET", "/reservations/X"),
    ("POST", "/reservations/X/confirm"),
    ("POST", "/reservations/X/decline"),
    ("POST", "/reservations/X/cancel"),
    ("POST", "/reservations/X/reschedule"),
    ("GET", "/reservations/X/payments"),
    ("POST", "/reservations/X/refunds"),
    ("POST", "/resources/anna/closures"),
    ("GET", "/resources/anna/closures"),
    ("DELETE", f"/closures/{UNKNOWN}"),
    ("GET", "/arrivals"),
    ("GET", "/rooms"),
    ("POST", "/rooms/deluxe-king/301"),
    ("GET", "/tasks"),
    ("POST", f"/tasks/{UNKNOWN}"),
    ("POST", "/reservations/X/check-in"),
    ("POST", "/reservations/X/room-lock"),
    ("POST", "/reservations/X/room-change"),
    ("POST", "/reservations/X/late-check-out"),
    ("POST", "/reservations/X/extras"),
    ("POST", "/reservations/X/extras/1/take-back"),
    ("GET", "/reservations/X/bill"),
    ("POST", "/reservations/X/cash"),
    ("POST", "/reservations/X/points"),
    ("POST", "/reservations/X/check-out"),
    ("POST", "/reservations/X/reopen-bill"),
    ("POST", "/reservations/X/waive-no-show-fee"),
    ("GET", "/guests/ada@example.org"),
    ("GET", "/notices"),
    ("GET", f"/notices/{UNKNOWN}/preview"),
    ("POST", f"/notices/{UNKNOWN}/requeue"),
    ("POST", f"/notices/{UNKNOWN}/resend"),
    ("POST", "/reservations/CL-UNKNOWN/revoke-links"),
    ("GET", f"/reservations/{UNKNOWN}/notices"),
    ("GET", f"/waitlist/{UNKNOWN}/notices"),
    ("GET", "/push-key"),
    ("POST", "/browsers"),
    ("DELETE", f"/browsers/{UNKNOWN}"),
    ("GET", "/channel-bookings"),
    ("GET", "/listings"),
    ("POST", f"/listings/{UNKNOWN}/withdraw"),
    ("POST", "/channels/ota/listings"),
    ("POST", "/channels/ota/resync"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
    ("POST", f"/webhooks/{UNKNOWN}/rotate"),
    ("POST", f"/webhooks/{UNKNOWN}/enable"),
    ("POST", f"/webhooks/{UNKNOWN}/disable"),
    ("DELETE", f"/webhooks/{UNKNOWN}"),
    ("GET", f"/webhooks/{UNKNOWN}/deliveries"),
    ("POST", f"/deliveries/{UNKNOWN}/redeliver"),
    ("GET", "/dead-letters"),
    ("POST", f"/dead-letters/notices/{UNKNOWN}/requeue"),
    ("POST", "/cancellations/replay"),
    ("GET", "/alerts"),
    ("POST", f"/alerts/{UNKNOWN}/resolve"),
    ("POST", "/feeds"),
    ("GET", "/feeds"),
    ("POST", f"/feeds/{UNKNOWN}/rotate"),
    ("DELETE", f"/feeds/{UNKNOWN}"),
    ("POST", "/subscriptions"),
    ("GET", "/subscriptions"),
    ("POST", f"/subscriptions/{UNKNOWN}/resume"),
    ("DELETE", f"/subscriptions/{UNKNOWN}"),
    ("POST", "/series"),
    ("POST", "/series/explain"),
    ("GET", f"/series/{UNKNOWN}"),
    ("POST", f"/series/{UNKNOWN}/cancel"),
    ("POST", f"/series/{UNKNOWN}/move"),
    ("GET", f"/reservations/{UNKNOWN}/series"),
    ("GET", "/waitlist"),
    ("POST", f"/waitlist/{UNKNOWN}/accept"),
    ("POST", f"/waitlist/{UNKNOWN}/remove"),
    ("POST", "/locks"),
    ("GET", "/locks"),
    ("PUT", "/locks/1"),
    ("DELETE", "/locks/1"),
    ("POST", "/calendar-links"),
    ("GET", "/calendar-links"),
    ("DELETE", f"/calendar-links/{UNKNOWN}"),
]


@pytest.mark.parametrize(("method", "path"), STAFF_OPERATIONS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic a-token-of-the-staff"},
        {"Authorization": "é"},
    ],
)
def test_without_the_token_the_door_stays_shut(
    client: Client, method: str, path: str, headers: dict[str, str]
) -> None:
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = client.request(method, f"/v1/clinic/staff{path}", headers=encoded)
    refusal(answer, 401, "NOT_AUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_every_staff_operation_is_tried_at_the_door(client: Client) -> None:
    paths = client.get("/schema/openapi.json").json()["paths"]
    documented = sum(
        len(item.keys() & {"get", "post", "put", "delete"})
        for path, item in paths.items()
        if "/staff/" in path
    )
    assert documented == len(STAFF_OPERATIONS)


def test_without_a_token_only_this_machine_is_staff() -> None:
    with TestClient(the_api(door=StaffDoor()).app) as client:
        refusal(client.get("/v1/clinic/staff/reservations/X"), 403, "STAFF_ONLY")


def test_a_token_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(AssertionError):
        StaffDoor("1234")
    assert "a-token" not in repr(StaffDoor("a-token-of-the-staff"))


def test_staff_see_who_booked(client: Client) -> None:
    reservation = booked(client)
    seen = client.get(f"/v1/clinic/staff/reservations/{reservation['code']}", headers=STAFF).json()
    assert (seen["customer"], {**seen["reservation"], "action": None}) == (BOB, reservation)


def test_staff_confirm_and_decline_what_is_pending(client: Client) -> None:
    for word, end in (("confirm", "confirmed"), ("decline", "declined")):
        pending = booked(client, **TALK)
        assert (pending["status"], pending["expires_at"]) == ("pending", "2026-03-02T09:00:00Z")
        where = f"/v1/clinic/staff/reservations/{pending['id']}/{word}"
        decided = client.post(where, json={"reason": "a note"}, headers=STAFF)
        assert decided.json()["reservation"]["status"] == end
        refusal(client.post(where, headers=STAFF), 409, "INVALID_TRANSITION")
        client.post(f"/v1/clinic/staff/reservations/{pending['id']}/cancel", headers=STAFF)


def test_a_reason_is_kept_for_staff(client: Client) -> None:
    reservation = booked(client)
    where = f"/v1/clinic/staff/reservations/{reservation['id']}/cancel"
    seen = client.post(where, json={"reason": "the roof leaks"}, headers=STAFF).json()
    assert seen["notes"] == ["", "the roof leaks"]


def test_staff_waive_rules_but_never_lanes(client: Client) -> None:
    at_seven = a_booking(start="2026-03-02T07:00:00+01:00")
    where = "/v1/clinic/staff/reservations"
    refusal(client.post(where, json=at_seven, headers=STAFF), 409, "NOT_BOOKABLE")
    waived = {**at_seven, "waived": ["opening_hours"]}
    assert client.post(where, json=waived, headers=STAFF).status_code == 201
    refusal(client.post(where, json=waived, headers=STAFF), 409, "SLOT_TAKEN")


def test_staff_replays_are_replays(client: Client) -> None:
    headers = {**STAFF, "Idempotency-Key": "one"}
    waived = a_booking(waived=["opening_hours", "minimum_notice"])
    answers = [client.post("/v1/clinic/staff/reservations", json=waived, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].headers["location"] == answers[1].headers["location"]


def test_guests_waive_nothing(client: Client) -> None:
    assert fields(book(client, waived=["opening_hours"])) == ["waived"]


def test_staff_move_outside_opening_hours(client: Client) -> None:
    reservation = booked(client)
    where = f"/v1/clinic/staff/reservations/{reservation['id']}/reschedule"
    move = {"start": "2026-03-02T07:00:00+01:00", "waived": ["opening_hours"]}
    moved = client.post(where, json=move, headers=STAFF).json()
    assert moved["reservation"]["start"] == "2026-03-02T06:00:00Z"


def test_a_closure_closes_lists_whom_it_affects_and_reopens(client: Client) -> None:
    reservation = booked(client, start="2026-03-03T10:00:00+01:00")
    where = "/v1/clinic/staff/resources/anna/closures"
    closed = client.post(where, json={**TUESDAY, "reason": "training"}, headers=STAFF)
    assert closed.status_code == 201
    assert [each["reservation"]["code"] for each in closed.json()["affected"]] == [reservation["code"]]
    window = {"start": "2026-03-03T00:00:00Z", "end": "2026-03-03T22:00:00Z", "resource": "anna"}
    assert starts(client, **window)["anna"] == []

    listed = client.get(where, params=TUESDAY, headers=STAFF).json()
    assert listed == {"closures": [closed.json()["closure"]], "has_more": False}
    assert client.delete(closed.headers["location"], headers=STAFF).status_code == 204
    assert starts(client, **window)["anna"] != []
    refusal(client.delete(closed.headers["location"], headers=STAFF), 404, "NOT_FOUND")


def test_more_places_than_are_free_cannot_be_closed(client: Client) -> None:
    where = "/v1/city-tours/staff/resources/tour/closures"
    refusal(client.post(where, json={**TUESDAY, "quantity": 13}, headers=STAFF), 409, "SOLD_OUT")
    assert client.post(where, json={**TUESDAY, "quantity": 12}, headers=STAFF).status_code == 201


def test_who_did_it_is_written_down(client: Client, api: TheApi) -> None:
    reservation = booked(client)
    client.post(f"/v1/clinic/staff/reservations/{reservation['id']}/cancel", headers=STAFF)
    tables = api.store.tables(api.businesses["clinic"].tenant)
    told = [(actor.kind, actor.name, event.name) for actor, event in tables.audit]
    assert told[-3:] == [
        ("guest", "", "ReservationPlaced"),
        ("guest", "", "ReservationConfirmed"),
        ("staff", "token", "ReservationCancelled"),
    ]
    assert tables.audit[-1][0].address == "testclient"


def test_a_stay_needs_its_dates_and_a_visit_its_start(client: Client) -> None:
    reservation = booked(client)
    where = f"/v1/clinic/reservations/{reservation['id']}/reschedule"
    assert fields(client.post(where)) == ["start"]
    assert fields(
        client.post(where, json={"stay": {"check_in": "2026-03-04", "check_out": "2026-03-06"}})
    ) == ["stay"]
    both = {"start": TEN, "stay": {"check_in": "2026-03-04", "check_out": "2026-03-06"}}
    assert fields(client.post(where, json=both)) == ["start"]
