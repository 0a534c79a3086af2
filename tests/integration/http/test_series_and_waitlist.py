"""Series for staff, and the waitlist for guests, over HTTP."""

from typing import Any

from booking_core.domain.kernel.ids import TenantId
from booking_core.usecases.handling import HandleEvents, Handler
from booking_core.usecases.plan_line_notices import PlanLineNotices
from tests.integration.http.asking import BOB, TEN, Client, book, booked, fields, refusal
from tests.integration.http.wiring import STAFF, TheApi

VISITS = {"service": "visit", "start": TEN, "resources": ["anna"], "customer": BOB}
WAIT = {"service": "visit", "start": TEN, "resources": ["anna"], "customer": BOB}
UNKNOWN = "019cad21-cf00-7001-98a7-dbefd82c07cd"


def series(client: Client, path: str = "", key: str = "", **changes: Any) -> Any:
    body = {**VISITS, "recurrence": "FREQ=WEEKLY;COUNT=3", **changes}
    headers = {**STAFF, **({"Idempotency-Key": key} if key else {})}
    return client.post(f"/v1/clinic/staff/series{path}", json=body, headers=headers)


def statuses(view: Any) -> list[str | None]:
    return [line["status"] for line in view["lines"]]


def test_a_series_is_booked_shown_and_called_off_from_a_date_on(client: Client) -> None:
    answer = series(client)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [line["date"] for line in made["lines"]] == ["2026-03-02", "2026-03-09", "2026-03-16"]
    path = f"/v1/clinic/staff/series/{made['id']}"
    assert client.get(path, headers=STAFF).json() == made
    of = f"/v1/clinic/staff/reservations/{made['lines'][1]['code']}/series"
    assert client.get(of, headers=STAFF).json() == made
    alone = booked(client, start="2026-03-03T10:00:00+01:00")
    refusal(
        client.get(f"/v1/clinic/staff/reservations/{alone['code']}/series", headers=STAFF), 404, "NOT_FOUND"
    )
    cancelled = client.post(f"{path}/cancel", json={"number": 2, "scope": "following"}, headers=STAFF).json()
    assert [(line["number"], line["status"]) for line in cancelled["lines"]] == [
        (2, "cancelled"),
        (3, "cancelled"),
    ]
    again = client.post(f"{path}/cancel", json={"scope": "all"}, headers=STAFF).json()
    assert statuses(again) == ["cancelled", "cancelled", "cancelled"]
    assert [len(line["violations"]) for line in again["lines"]] == [0, 1, 1]


def test_a_dry_run_names_what_is_in_the_way_and_books_nothing(client: Client) -> None:
    booked(client, start="2026-03-09T10:00:00+01:00")
    lines = series(client, "/explain").json()["lines"]
    assert [[each["code"] for each in line["violations"]] for line in lines] == [[], ["lane_taken"], []]
    problem = refusal(series(client), 409, "SERIES_NOT_BOOKABLE")
    assert [each["date"] for each in problem["details"]["missing"]] == ["2026-03-09"]
    assert statuses(series(client, mode="skip").json()) == ["confirmed", None, "confirmed"]


def test_the_same_key_gives_the_same_series_and_another_body_under_it_is_refused(client: Client) -> None:
    booked(client, start="2026-03-09T10:00:00+01:00")
    first, again = (series(client, key="one click", mode="skip") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.headers["Location"], again.headers["Idempotent-Replayed"]) == (
        f"/v1/clinic/staff/series/{first.json()['id']}",
        "true",
    )
    skipped = first.json()["lines"][1]
    assert [each["code"] for each in skipped["violations"]] == ["lane_taken"]
    assert again.json()["lines"][1]["violations"] == skipped["violations"]
    assert statuses(again.json()) == statuses(first.json())
    refusal(series(client, key="one click"), 422, "IDEMPOTENCY_KEY_REUSED")


def test_some_of_a_series_moves_and_what_cannot_says_why(client: Client) -> None:
    made = series(client).json()
    booked(client, start="2026-03-09T11:00:00+01:00")
    path = f"/v1/clinic/staff/series/{made['id']}/move"
    body = {"scope": "all", "start": "2026-03-02T11:00:00+01:00"}
    refusal(client.post(path, json=body, headers=STAFF), 409, "SERIES_NOT_BOOKABLE")
    lines = client.post(path, json={**body, "mode": "skip"}, headers=STAFF).json()["lines"]
    assert [[each["code"] for each in line["violations"]] for line in lines] == [[], ["lane_taken"], []]
    assert [line["start"] for line in lines] == [
        "2026-03-02T10:00:00Z",
        "2026-03-09T09:00:00Z",
        "2026-03-16T10:00:00Z",
    ]
    assert fields(client.post(path, json={**body, "mode": "shift", "shift_days": 32}, headers=STAFF)) == [
        "shift_days"
    ]


def test_staff_let_a_guest_off_the_penalties_of_a_series_with_a_reason(client: Client) -> None:
    made = series(client).json()
    path = f"/v1/clinic/staff/series/{made['id']}/cancel"
    body = {"scope": "all", "waives_penalty": True}
    assert fields(client.post(path, json=body, headers=STAFF)) == ["reason"]
    cancelled = client.post(path, json={**body, "reason": "our fault"}, headers=STAFF).json()
    assert statuses(cancelled) == ["cancelled", "cancelled", "cancelled"]


def test_a_rule_that_is_not_understood_is_named(client: Client) -> None:
    assert fields(series(client, recurrence="FREQ=SECONDLY;COUNT=3")) == ["recurrence"]
    assert fields(series(client, recurrence="FREQ=WEEKLY;BYDAY=WE;COUNT=3")) == ["recurrence"]
    assert fields(series(client, mode="sometimes")) == ["mode"]
    refusal(client.get(f"/v1/clinic/staff/series/{UNKNOWN}", headers=STAFF), 404, "NOT_FOUND")


def test_a_guest_waits_is_offered_the_slot_and_accepts_it_with_the_token(api: TheApi, client: Client) -> None:
    taken = booked(client)
    joined = client.post("/v1/clinic/waitlist", json=WAIT).json()
    assert joined["state"] == "waiting"
    path, token = f"/v1/clinic/waitlist/{joined['id']}", {"token": joined["token"]}
    line = client.get(
        "/v1/clinic/staff/waitlist",
        params={"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z"},
        headers=STAFF,
    ).json()["entries"]
    assert [(each["customer"]["name"], each["entry"]["token"]) for each in line] == [(BOB["name"], None)]
    refusal(client.post(f"{path}/accept", json=token), 409, "OFFER_LAPSED")
    client.post(f"/v1/clinic/reservations/{taken['code']}/cancel", json={})
    work(api)
    shown = client.post(path, json=token).json()
    assert (shown["state"], shown["offer"]["start"]) == ("offered", "2026-03-02T09:00:00Z")
    refusal(book(client), 409, "SLOT_TAKEN")
    accepted = client.post(f"{path}/accept", json=token).json()
    assert accepted["status"] == "confirmed"
    shown = client.post(path, json=token).json()
    assert (shown["state"], shown["reservation"]) == ("booked", accepted["id"])
    refusal(client.post(f"{path}/leave", json=token), 409, "INVALID_TRANSITION")


def test_staff_accept_for_a_guest_who_calls_and_are_shown_who_that_is(api: TheApi, client: Client) -> None:
    taken = booked(client)
    joined = client.post("/v1/clinic/waitlist", json=WAIT).json()
    path = f"/v1/clinic/staff/waitlist/{joined['id']}/accept"
    refusal(client.post(path, headers=STAFF), 409, "OFFER_LAPSED")
    client.post(f"/v1/clinic/reservations/{taken['code']}/cancel", json={})
    work(api)
    accepted = client.post(path, headers=STAFF).json()
    assert (accepted["customer"]["name"], accepted["reservation"]["status"]) == (BOB["name"], "confirmed")
    assert client.post(path, headers=STAFF).json() == accepted
    refusal(
        client.post(f"/v1/clinic/waitlist/{joined['id']}/accept", json={"token": "guessed"}), 404, "NOT_FOUND"
    )


def test_staff_see_what_was_told_to_who_waits(api: TheApi, client: Client) -> None:
    taken = booked(client)
    joined = client.post("/v1/clinic/waitlist", json=WAIT).json()
    client.post(f"/v1/clinic/reservations/{taken['code']}/cancel", json={})
    work(api)
    tell: list[Handler] = [PlanLineNotices(ids=api.engine.ids)]
    tenant: TenantId = api.store.by_key("clinic")
    HandleEvents(begin=api.store, handlers=tell, clock=api.engine.clock, ids=api.engine.ids)(tenant)
    shown = client.get(f"/v1/clinic/staff/waitlist/{joined['id']}/notices", headers=STAFF).json()["notices"]
    about = {(each["entry"], each["reservation"]) for each in shown}
    assert about == {(joined["id"], None)}
    assert {each["rule"] for each in shown} >= {"client-offered-email"}
    unknown = client.get(f"/v1/clinic/staff/waitlist/{UNKNOWN}/notices", headers=STAFF)
    refusal(unknown, 404, "NOT_FOUND")


def test_a_wrong_token_is_no_token(client: Client) -> None:
    booked(client)
    joined = client.post("/v1/clinic/waitlist", json=WAIT).json()
    for act in ("", "/accept", "/leave"):
        answer = client.post(f"/v1/clinic/waitlist/{joined['id']}{act}", json={"token": "guessed"})
        refusal(answer, 404, "NOT_FOUND")
    removed = client.post(f"/v1/clinic/staff/waitlist/{joined['id']}/remove", headers=STAFF).json()
    assert removed["state"] == "left"


def test_what_is_free_is_not_waited_for(client: Client) -> None:
    refusal(client.post("/v1/clinic/waitlist", json=WAIT), 409, "NOTHING_TO_WAIT_FOR")


def work(api: TheApi) -> None:
    """What the worker does."""
    tenant: TenantId = api.store.by_key("clinic")
    while api.engine.stir_waitlist(tenant):
        pass
    api.engine.tend_waitlist(tenant)
