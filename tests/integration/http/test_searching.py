"""What can be booked, and why not, over HTTP."""

from itertools import pairwise
from typing import Any

import pytest

from booking_adapters.http import search_routes
from tests.integration.http.asking import MORNING, Client, book, fields, refusal, starts
from tests.integration.http.wiring import TheApi


def test_businesses_are_listed_by_key(client: Client) -> None:
    listed = client.get("/v1").json()["businesses"]
    assert [each["key"] for each in listed] == [
        "alpine-cabins",
        "car-rental",
        "city-tours",
        "clinic",
        "grand-hotel",
    ]


def test_a_business_shows_its_places(client: Client) -> None:
    assert client.get("/v1/clinic").json() == {
        "key": "clinic",
        "name": "Clinic",
        "venues": [{"key": "main", "name": "Clinic", "zone": "Europe/Berlin", "currency": "EUR"}],
    }


def test_services_say_who_performs_them_and_for_how_long(client: Client) -> None:
    visit = client.get("/v1/clinic/services/visit").json()
    assert (visit["trade"], visit["duration_seconds"], visit["step_seconds"]) == ("appointment", 1800, 900)
    assert [who["key"] for who in visit["roles"][0]["resources"]] == ["anna", "ben"]
    assert client.get("/v1/alpine-cabins/services/cabin").json()["duration_seconds"] is None


def test_services_come_in_pages(client: Client) -> None:
    first = client.get("/v1/clinic/services", params={"limit": 1}).json()
    assert ([each["key"] for each in first["services"]], first["next_after"]) == (["visit"], "visit")
    rest = client.get("/v1/clinic/services", params={"after": "visit"}).json()
    assert ([each["key"] for each in rest["services"]], rest["next_after"]) == (["talk"], None)
    assert fields(client.get("/v1/clinic/services", params={"after": "massage"})) == ["after"]


def test_slots_are_starts_in_utc_by_resource(client: Client) -> None:
    found = starts(client, resource="anna")
    assert list(found) == ["anna"]
    assert found["anna"][:2] == ["2026-03-02T08:00:00Z", "2026-03-02T08:15:00Z"]
    assert set(starts(client)) == {"anna", "ben"}


def test_a_booked_slot_is_no_longer_offered_and_its_buffers_neither(client: Client) -> None:
    before = starts(client, resource="anna")["anna"]
    assert book(client).status_code == 201
    after = starts(client, resource="anna")["anna"]
    assert set(before) - set(after) == {
        "2026-03-02T08:30:00Z",
        "2026-03-02T08:45:00Z",
        "2026-03-02T09:00:00Z",
        "2026-03-02T09:15:00Z",
        "2026-03-02T09:30:00Z",
    }


def test_slots_beyond_what_one_answer_holds_are_found_from_where_it_ends(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = starts(client)
    monkeypatch.setattr(search_routes, "MOST_STARTS", 5)
    pieces = []
    start: str | None = MORNING["start"]
    while start is not None:
        page = client.get("/v1/clinic/services/visit/slots", params={**MORNING, "start": start}).json()
        pieces.append({each["resource"]: each["starts"] for each in page["resources"]})
        start = page["next_start"]
    assert len(pieces) > 1
    joined = {who: [start for piece in pieces for start in piece[who]] for who in everything}
    assert joined == everything
    assert all(earlier["anna"][-1] < later["anna"][0] for earlier, later in pairwise(pieces) if later["anna"])


def test_more_seats_than_there_are_are_not_offered(client: Client) -> None:
    window = {"start": "2026-03-03T00:00:00Z", "end": "2026-03-04T00:00:00Z"}
    for quantity, expected in ((12, ["2026-03-03T09:00:00Z"]), (13, [])):
        found = client.get(
            "/v1/city-tours/services/tour/slots", params={**window, "quantity": quantity}
        ).json()
        assert found["resources"][0]["starts"] == expected


def test_the_next_slot_is_the_first_of_all(client: Client) -> None:
    slot = client.get("/v1/clinic/services/visit/next-slot").json()["slot"]
    assert slot == {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T08:30:00Z", "resource": "anna"}
    later = {"after": "2026-03-06T15:45:00Z", "resource": "ben"}
    found = client.get("/v1/clinic/services/visit/next-slot", params=later).json()["slot"]
    assert found["start"] == "2026-03-09T08:00:00Z"


def test_no_next_slot_is_null(client: Client) -> None:
    window = {"quantity": 13}
    assert client.get("/v1/city-tours/services/tour/next-slot", params=window).json() == {"slot": None}


def test_stays_come_cheapest_first_and_unpriced_last(client: Client) -> None:
    nights: dict[str, Any] = {"check_in": "2026-03-04", "check_out": "2026-03-06", "adults": 2}
    nights["child_age"] = [4, 9]
    found = client.get("/v1/alpine-cabins/stays", params=nights).json()
    assert found["nights"] == 2
    assert [each["resource"] for each in found["offers"]] == ["cabin-2", "cabin-1", "cabin-3"]
    assert found["offers"][0]["price"] == {"amount_minor": 16_000, "currency": "CHF"}
    assert found["offers"][2]["price"] is None
    cut = client.get("/v1/alpine-cabins/stays", params={**nights, "limit": 1}).json()
    assert (len(cut["offers"]), cut["has_more"]) == (1, True)


def test_a_party_that_no_cabin_takes_finds_no_stay(client: Client) -> None:
    nights: dict[str, Any] = {"check_in": "2026-03-04", "check_out": "2026-03-06", "adults": 5}
    assert client.get("/v1/alpine-cabins/stays", params=nights).json()["offers"] == []


def test_an_explanation_lists_every_reason(client: Client) -> None:
    night = client.get(
        "/v1/clinic/services/visit/explanation", params={"start": "2026-03-02T03:00:00Z"}
    ).json()
    assert not night["bookable"]
    assert {each["code"] for each in night["violations"]} == {"not_in_the_past", "closed"}
    free = client.get(
        "/v1/clinic/services/visit/explanation", params={"start": "2026-03-02T09:00:00Z"}
    ).json()
    assert free == {"bookable": True, "violations": []}


def test_stays_are_explained_by_their_dates(client: Client) -> None:
    nights = {"check_in": "2026-03-04", "check_out": "2026-03-06"}
    where = "/v1/alpine-cabins/services/cabin/explanation"
    assert client.get(where, params=nights).json()["bookable"]
    assert fields(client.get(where, params={"check_in": "2026-03-04"})) == ["check_out"]
    assert fields(client.get(where, params={**nights, "start": "2026-03-04T10:00:00Z"})) == ["start"]


def test_a_car_is_free_until_it_is_rented(client: Client, api: TheApi) -> None:
    where, times = "/v1/car-rental/services/car/explanation", {"start": "2026-03-03T09:00:00Z"}
    times["end"] = "2026-03-04T09:00:00Z"
    assert client.get(where, params=times).json()["bookable"]
    for car in ("fiat", "volvo"):
        api.businesses["car-rental"].book("car", "2026-03-03 10:00/2026-03-04 10:00", by=[car])
    refused = client.get(where, params=times).json()
    assert [each["details"]["resource"] for each in refused["violations"]] == ["fiat", "volvo"]


@pytest.mark.parametrize(
    "address",
    [
        "/v1/nobody",
        "/v1/nobody/services",
        "/v1/Clinic",
        "/v1/clinic/services/massage",
        "/v1/clinic/services/massage/next-slot",
        "/v1/clinic%00/services",
        "/v1/clinic/reservations/CLINIC-00000000",
        "/v1/clinic/reservations/019cad21-cf00-7001-98a7-dbefd82c07cd",
        "/v1/clinic/reservations/%00",
        "/v1/clinic/reservations/%F0%9F%92%A9",
        "/v1/clinic/doors",
    ],
)
def test_what_does_not_exist_is_not_found(client: Client, address: str) -> None:
    refusal(client.get(address), 404, "NOT_FOUND")
