"""Holds and reservations over HTTP, as guests see them."""

from datetime import timedelta
from typing import Any

from tests.integration.http.asking import (
    BOB,
    ELEVEN,
    TEN,
    Client,
    a_booking,
    book,
    booked,
    refusal,
    starts,
)
from tests.integration.http.wiring import TheApi

ANNAS_TEN = {"service": "visit", "start": TEN, "resources": ["anna"]}


def as_session(name: str) -> dict[str, str]:
    return {"Booking-Session": name}


def test_a_hold_hides_the_slot_from_others_but_not_from_its_own_session(client: Client) -> None:
    placed = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("one"))
    assert placed.status_code == 201
    hold = placed.json()
    assert placed.headers["location"] == f"/v1/clinic/holds/{hold['id']}"
    assert (hold["start"], hold["expires_at"]) == ("2026-03-02T09:00:00Z", "2026-03-02T06:10:00Z")
    assert "2026-03-02T09:00:00Z" not in starts(client, resource="anna")["anna"]
    assert "2026-03-02T09:00:00Z" in starts(client, session="one", resource="anna")["anna"]
    other = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("two"))
    assert refusal(other, 409, "SLOT_TAKEN")["retry_action"] == "CHOOSE_ANOTHER_TIME"


def test_holding_the_same_again_renews(client: Client, api: TheApi) -> None:
    first = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("one"))
    api.engine.clock.advance(timedelta(minutes=5))
    again = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("one"))
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    assert again.json()["expires_at"] == "2026-03-02T06:15:00Z"


def test_a_hold_is_renewed_and_released_by_its_session_alone(client: Client, api: TheApi) -> None:
    hold = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("one")).json()
    where = f"/v1/clinic/holds/{hold['id']}"
    refusal(client.post(f"{where}/renew", headers=as_session("two")), 403, "HOLD_OF_ANOTHER_SESSION")
    refusal(client.delete(where, headers=as_session("two")), 403, "HOLD_OF_ANOTHER_SESSION")
    api.engine.clock.advance(timedelta(minutes=1))
    renewed = client.post(f"{where}/renew", headers=as_session("one"))
    assert (renewed.status_code, renewed.json()["expires_at"]) == (200, "2026-03-02T06:11:00Z")
    assert client.delete(where, headers=as_session("one")).status_code == 204
    assert client.delete(where, headers=as_session("one")).status_code == 204
    refusal(client.post(f"{where}/renew", headers=as_session("one")), 404, "NOT_FOUND")


def test_a_hold_becomes_a_reservation(client: Client) -> None:
    hold = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("one")).json()
    body = a_booking(hold=hold["id"])
    answer = client.post("/v1/clinic/reservations", json=body, headers=as_session("one"))
    assert answer.status_code == 201
    assert [step["status"] for step in answer.json()["history"]] == ["held", "confirmed"]


def test_a_hold_that_ran_out_is_gone(client: Client, api: TheApi) -> None:
    hold = client.post("/v1/clinic/holds", json=ANNAS_TEN, headers=as_session("one")).json()
    api.engine.clock.advance(timedelta(minutes=10))
    body = a_booking(hold=hold["id"])
    gone = client.post("/v1/clinic/reservations", json=body, headers=as_session("one"))
    assert refusal(gone, 410, "HOLD_EXPIRED")["retry_action"] == "CHOOSE_AGAIN"


def test_a_booking_is_created_where_its_location_says(client: Client) -> None:
    answer = book(client)
    assert answer.status_code == 201
    reservation = answer.json()
    assert answer.headers["location"] == f"/v1/clinic/reservations/{reservation['id']}"
    assert answer.headers["cache-control"] == "no-store"
    assert "idempotent-replayed" not in answer.headers
    shown = client.get(answer.headers["location"]).json()
    assert {**shown, "action": None} == reservation
    by_code = client.get(f"/v1/clinic/reservations/{reservation['code']}").json()
    assert by_code == shown
    assert reservation["resources"] == [{"role": "staff", "resource": "anna", "name": "Anna"}]


def test_guests_see_no_personal_data(client: Client) -> None:
    answer = book(client)
    looked_up = client.get(f"/v1/clinic/reservations/{answer.json()['code']}")
    for text in (answer.text, looked_up.text):
        assert not [each for each in BOB.values() if each in text]


def test_the_same_key_gives_the_same_reservation(client: Client) -> None:
    first, second = book(client, key="one"), book(client, key="one")
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["idempotent-replayed"] == "true"
    assert second.json() == first.json()
    other = book(client, key="one", start=ELEVEN)
    refusal(other, 422, "IDEMPOTENCY_KEY_REUSED")


def test_a_taken_slot_says_so(client: Client) -> None:
    booked(client)
    problem = refusal(book(client), 409, "SLOT_TAKEN")
    assert problem["detail"] == "This slot was just booked. Please select another time."
    assert [each["code"] for each in problem["violations"]] == ["lane_taken"]
    assert problem["retryable"] is False


def test_too_few_seats_are_sold_out(client: Client) -> None:
    tour: dict[str, Any] = {
        "tenant": "city-tours",
        "service": "tour",
        "resources": None,
        "start": "2026-03-03T09:00:00Z",
    }
    booked(client, **tour, quantity=10)
    problem = refusal(book(client, **tour, quantity=3), 409, "SOLD_OUT")
    assert problem["violations"][0]["details"] == {"resource": "tour", "left": 2, "wanted": 3}


def test_nights_are_booked_by_their_dates(client: Client) -> None:
    stay = {"check_in": "2026-03-04", "check_out": "2026-03-06"}
    cabin: dict[str, Any] = {
        "tenant": "alpine-cabins",
        "service": "cabin",
        "start": None,
        "resources": ["cabin-1"],
        "stay": stay,
    }
    reservation = booked(client, **cabin, party={"adults": 2, "child_ages": [4]})
    assert (reservation["stay"], reservation["party"]) == (stay, {"adults": 2, "child_ages": [4]})
    refusal(book(client, **cabin), 409, "SLOT_TAKEN")


def test_a_car_is_rented_for_the_time_that_the_customer_chose(client: Client) -> None:
    times = {"start": "2026-03-03T10:00:00+01:00", "end": "2026-03-05T10:00:00+01:00"}
    rented = booked(client, tenant="car-rental", service="car", resources=None, **times)
    assert (rented["start"], rented["end"]) == ("2026-03-03T09:00:00Z", "2026-03-05T09:00:00Z")


def test_a_cancelled_reservation_frees_its_slot_and_stays_cancelled(client: Client) -> None:
    reservation = booked(client)
    where = f"/v1/clinic/reservations/{reservation['code']}/cancel"
    ended = client.post(where, json={"reason": "fell ill"})
    assert (ended.status_code, ended.json()["status"]) == (200, "cancelled")
    assert "fell ill" not in ended.text
    refusal(client.post(where), 409, "INVALID_TRANSITION")
    assert booked(client)["status"] == "confirmed"


def test_a_move_keeps_number_party_and_places(client: Client) -> None:
    tour: dict[str, Any] = {
        "tenant": "city-tours",
        "service": "tour",
        "resources": None,
        "start": "2026-03-03T09:00:00Z",
    }
    reservation = booked(client, **tour, quantity=3, party={"adults": 2, "child_ages": [7]})
    where = f"/v1/city-tours/reservations/{reservation['id']}/reschedule"
    moved = client.post(where, json={"start": "2026-03-04T09:00:00Z"})
    assert moved.status_code == 200
    now = moved.json()
    assert (now["code"], now["quantity"], now["party"]) == (
        reservation["code"],
        3,
        {"adults": 2, "child_ages": [7]},
    )
    assert now["start"] == "2026-03-04T09:00:00Z"
    fewer = client.post(where, json={"start": "2026-03-04T09:00:00Z", "quantity": 1, "party": {"adults": 1}})
    assert (fewer.json()["quantity"], fewer.json()["party"]["adults"]) == (1, 1)


def test_a_party_on_a_tour_takes_a_seat_for_everybody(client: Client) -> None:
    tour: dict[str, Any] = {"service": "tour", "start": "2026-03-03T09:00:00Z", "customer": BOB}
    where = "/v1/city-tours/reservations"
    made = client.post(where, json={**tour, "party": {"adults": 3, "child_ages": [7]}}).json()
    assert made["quantity"] == 4
    moves = f"{where}/{made['code']}/reschedule"
    start = {"start": "2026-03-04T09:00:00Z"}
    assert client.post(moves, json=start).json()["quantity"] == 4
    assert client.post(moves, json={**start, "party": {"adults": 6}}).json()["quantity"] == 6
    crowded = client.post(moves, json={**start, "party": {"adults": 6}, "quantity": 2})
    (broken,) = refusal(crowded, 409, "NOT_BOOKABLE")["violations"]
    assert broken["code"] == "party_too_large"
    window = {"start": "2026-03-04T00:00:00Z", "end": "2026-03-05T00:00:00Z"}
    slots = "/v1/city-tours/services/tour/slots"
    assert client.get(slots, params={**window, "adults": 7}).json()["resources"][0]["starts"] == []


def test_a_move_to_a_taken_time_changes_nothing(client: Client) -> None:
    reservation = booked(client)
    booked(client, start=ELEVEN)
    refusal(
        client.post(f"/v1/clinic/reservations/{reservation['id']}/reschedule", json={"start": ELEVEN}),
        409,
        "SLOT_TAKEN",
    )
    shown = client.get(f"/v1/clinic/reservations/{reservation['id']}").json()
    assert {**shown, "action": None} == reservation


def test_a_reservation_that_is_moved_is_no_obstacle_to_itself(client: Client) -> None:
    reservation = booked(client)
    assert "2026-03-02T09:15:00Z" not in starts(client, resource="anna")["anna"]
    assert "2026-03-02T09:15:00Z" in starts(client, resource="anna", moving=reservation["id"])["anna"]


def test_another_business_answers_as_if_nothing_were_there(client: Client) -> None:
    reservation = booked(client)
    unknown = "019cad21-cf00-7001-98a7-dbefd82c07cd"
    for address in ("/v1/city-tours/reservations/{}", "/v1/city-tours/reservations/{}/cancel"):
        ask = client.post if address.endswith("cancel") else client.get
        answers = [ask(address.format(each)).json() for each in (reservation["id"], unknown)]
        theirs, nobodys = ({**each, "details": None} for each in answers)
        assert theirs == nobodys
        assert theirs["code"] == "NOT_FOUND"
    assert client.get(f"/v1/clinic/reservations/{reservation['id']}").json()["status"] == "confirmed"
