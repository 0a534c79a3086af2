"""Everything that clients get wrong, over HTTP: a typed refusal that names the field, and nothing is changed."""

import asyncio
import json
from typing import Any, cast

import pytest

from booking_core.domain.kernel.errors import BookingError, Busy
from tests.integration.http.asking import (
    BOB,
    MORNING,
    TEN,
    Client,
    a_booking,
    book,
    booked,
    fields,
    refusal,
)
from tests.integration.http.wiring import STAFF, TheApi

RESERVATIONS = "/v1/clinic/reservations"
SLOTS = "/v1/clinic/services/visit/slots"
STAYS = "/v1/alpine-cabins/stays"
CLOSURES = "/v1/clinic/staff/resources/anna/closures"
DIGITS = "9" * 5_000


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"start": "2026-03-02T10:00:00"}, ["start"]),
        ({"start": "2026-03-02"}, ["start"]),
        ({"start": "2026-03-02T10:00:00 Europe/Berlin"}, ["start"]),
        ({"start": "2026-03-02T10:00:00+25:00"}, ["start"]),
        ({"start": "2026-02-30T10:00:00Z"}, ["start"]),
        ({"start": "2026-03-02T10:00:60Z"}, ["start"]),
        ({"start": "2026-03-02T10:00:00.5Z"}, ["start"]),
        ({"start": "2026-W10-1T10:00:00Z"}, ["start"]),
        ({"start": "9999-12-31T23:59:59Z"}, ["start"]),
        ({"start": "0001-01-01T00:00:00+23:59"}, ["start"]),
        ({"start": "٢٠٢٦-03-02T10:00:00Z"}, ["start"]),
        ({"start": 1_772_441_999}, ["start"]),
        ({"start": None}, ["start"]),
        ({"end": "2026-03-02T09:00:00+01:00"}, ["end"]),
        ({"end": "2026-03-02T12:00:00+01:00"}, ["end"]),
        ({"end": "2036-03-02T12:00:00+01:00"}, ["end"]),
        ({"service": None}, ["service"]),
        ({"service": 7}, ["service"]),
        ({"quantity": 0}, ["quantity"]),
        ({"quantity": -1}, ["quantity"]),
        ({"quantity": 1_001}, ["quantity"]),
        ({"quantity": "12"}, ["quantity"]),
        ({"quantity": 1.0}, ["quantity"]),
        ({"quantity": True}, ["quantity"]),
        ({"quantity": [1]}, ["quantity"]),
        ({"party": {"adults": 0}}, ["party"]),
        ({"party": {"adults": -1}}, ["party.adults"]),
        ({"party": {"adults": 1, "child_ages": [4, 18]}}, ["party.child_ages"]),
        ({"party": {"adults": 1, "child_ages": [4, "5"]}}, ["party.child_ages[1]"]),
        ({"party": {"adults": 1, "child_ages": "45"}}, ["party.child_ages"]),
        ({"party": {"people": 3}}, ["party.people"]),
        ({"party": 3}, ["party"]),
        ({"party": {"adults": 1, "child_ages": [1] * 1_001}}, ["party.child_ages"]),
        ({"resources": "anna"}, ["resources"]),
        ({"resources": [{"key": "anna"}]}, ["resources[0]"]),
        ({"resources": ["anna", "ben"]}, ["resources"]),
        ({"resources": ["a\u0000"]}, ["resources[0]"]),
        ({"customer": None}, ["customer"]),
        ({"customer": {}}, ["customer.name"]),
        ({"customer": {"name": "  "}}, ["customer.name"]),
        ({"customer": {"name": "B" * 201}}, ["customer.name"]),
        ({"customer": {"name": "B" * 2_001}}, ["customer.name"]),
        ({"customer": {"name": "Bob\nBcc: all@example.org"}}, ["customer.name"]),
        ({"customer": {"name": "Bob\u0000"}}, ["customer.name"]),
        ({"customer": {"name": "Bob", "email": 5, "fax": "1"}}, ["customer.email", "customer.fax"]),
        ({"hold": "not-an-id"}, ["hold"]),
        ({"hold": "019cad21cf00700198a7dbefd82c07cd"}, ["hold"]),
        ({"stay": {"check_in": "2026-03-04"}}, ["stay.check_out"]),
        ({"stay": {"check_in": "2026-03-04", "check_out": "2026-03-05"}}, ["start"]),
        ({"price": 1}, ["price"]),
        ({"status": "confirmed"}, ["status"]),
        ({"tenant": "city-tours"}, ["tenant"]),
        ({"waived": ["minimum_notice"]}, ["waived"]),
        ({"id": "019cad21-cf00-7001-98a7-dbefd82c07cd"}, ["id"]),
    ],
)
def test_a_booking_that_makes_no_sense_names_the_field(
    client: Client, changes: dict[str, Any], named: list[str]
) -> None:
    assert fields(client.post(RESERVATIONS, json=a_booking(**changes))) == named


@pytest.mark.parametrize(
    ("stay", "named"),
    [
        ({"check_in": "2026-03-06", "check_out": "2026-03-04"}, ["stay.check_out"]),
        ({"check_in": "2026-03-06", "check_out": "2026-03-06"}, ["stay.check_out"]),
        ({"check_in": "2026-03-06T00:00:00Z", "check_out": "2026-03-07"}, ["stay.check_in"]),
        ({"check_in": "2026-3-6", "check_out": "2026-03-07"}, ["stay.check_in"]),
        ({"check_in": "2026-02-29", "check_out": "2026-03-07"}, ["stay.check_in"]),
        ({"check_in": "2026-03-06", "check_out": "2099-03-06"}, ["stay.check_out"]),
        ({"check_in": 20260306, "check_out": "2026-03-07"}, ["stay.check_in"]),
        ("2026-03-06/2026-03-07", ["stay"]),
    ],
)
def test_a_stay_that_makes_no_sense_names_the_date(client: Client, stay: Any, named: list[str]) -> None:
    cabin = a_booking(service="cabin", start=None, resources=None, stay=stay)
    assert fields(client.post("/v1/alpine-cabins/reservations", json=cabin)) == named


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({}, ["start", "end"]),
        ({"start": "2026-03-02T00:00:00"}, ["start"]),
        ({"start": "2026-03-02T00:00:00+01:00 "}, ["start"]),
        ({"end": "2026-03-01T00:00:00Z"}, ["end"]),
        ({"end": MORNING["start"]}, ["end"]),
        ({"end": "2026-08-02T00:00:00Z"}, ["window"]),
        ({"end": "2126-08-02T00:00:00Z"}, ["end"]),
        ({"quantity": "0"}, ["quantity"]),
        ({"quantity": "two"}, ["quantity"]),
        ({"quantity": DIGITS}, ["quantity"]),
        ({"quantity": ["1", "2"]}, ["quantity"]),
        ({"adults": "-1"}, ["adults"]),
        ({"adults": "0"}, ["adults"]),
        ({"child_age": ["4", "99"]}, ["child_age"]),
        ({"child_age": "four"}, ["child_age"]),
        ({"moving": "that one"}, ["moving"]),
        ({"zone": "Mars/Phobos"}, ["zone"]),
        ({"sesion": "x"}, ["sesion"]),
        ({"\x00": "x"}, ["'\\x00'"]),
    ],
)
def test_a_search_that_makes_no_sense_names_the_parameter(
    client: Client, query: dict[str, Any], named: list[str]
) -> None:
    asked = {**MORNING, **query} if query else {}
    assert fields(client.get(SLOTS, params=asked)) == named


def test_a_plus_in_an_address_is_explained(client: Client) -> None:
    problem = client.get(f"{SLOTS}?start={TEN}&end=2026-03-03T00:00:00Z").json()
    assert "%2B" in problem["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"check_out": "2026-03-04"}, ["check_in"]),
        ({"check_in": "2026-03-06", "check_out": "2026-03-04"}, ["check_out"]),
        ({"check_in": "yesterday", "check_out": "2026-03-04"}, ["check_in"]),
        ({"check_in": "2026-03-04", "check_out": "2126-03-04"}, ["check_out"]),
        ({"check_in": "2026-03-04", "check_out": "2026-03-06", "limit": "501"}, ["limit"]),
    ],
)
def test_a_search_for_stays_names_the_parameter(
    client: Client, query: dict[str, str], named: list[str]
) -> None:
    assert fields(client.get(STAYS, params=query)) == named


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, ["start", "end"]),
        ({"start": "2026-03-02T10:00:00", "end": "2026-03-02T11:00:00"}, ["start", "end"]),
        ({"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T10:00:00Z"}, ["end"]),
        ({"start": "2026-03-02T11:00:00Z", "end": "2036-03-02T10:00:00Z"}, ["end"]),
        ({"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T12:00:00Z", "quantity": 0}, ["quantity"]),
        ({"start": "2026-03-02T11:00:00Z", "end": "2026-03-02T12:00:00Z", "reason": "x" * 501}, ["reason"]),
    ],
)
def test_a_closure_that_makes_no_sense_names_the_field(
    client: Client, body: dict[str, Any], named: list[str]
) -> None:
    assert fields(client.post(CLOSURES, json=body, headers=STAFF)) == named


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("POST", "/v1/clinic/holds/7/renew", ["hold_id"]),
        ("DELETE", "/v1/clinic/holds/{hold}", ["hold_id"]),
        ("DELETE", "/v1/clinic/staff/closures/7", ["closure_id"]),
        ("GET", "/v1/clinic/reservations/01-9cad-21-cf-0070198a7dbefd82c07cd1", ["reservation"]),
    ],
)
def test_a_malformed_id_is_named(client: Client, method: str, path: str, named: list[str]) -> None:
    headers = {**STAFF, "Booking-Session": "one"}
    assert fields(client.request(method, path, headers=headers)) == named


def test_a_hold_needs_a_session(client: Client) -> None:
    hold = {"service": "visit", "start": TEN}
    assert fields(client.post("/v1/clinic/holds", json=hold)) == ["Booking-Session"]
    for session in ("", "s" * 201):
        headers = {"Booking-Session": session}
        assert fields(client.post("/v1/clinic/holds", json=hold, headers=headers)) == ["Booking-Session"]


def test_a_long_idempotency_key_is_named(client: Client) -> None:
    assert fields(book(client, key="k" * 201)) == ["Idempotency-Key"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (f'{{"service": "visit", "quantity": {DIGITS}}}', "quantity"),
        (f'{{"service": "visit", "quantity": -{DIGITS}}}', "quantity"),
        ('{"service": "visit", "quantity": 1e400}', "quantity"),
        ('{"service": "visit", "quantity": NaN}', "quantity"),
        ('{"service": "visit", "quantity": -Infinity}', "quantity"),
        ('{"service": "visit", "quantity": 1, "quantity": 2}', "quantity"),
        ('{"service": "visit", "party": {"adults": 1, "adults": 2}}', "party.adults"),
        ('{"service": "visit", "party": {"adults": 1}, "party": {"adults": 2}}', "party"),
        ('{"service": "visit", "resources": ["\\ud800"]}', "resources[0]"),
        ('{"service": "visit", "\\udc00": 1}', ""),
    ],
)
def test_json_that_two_readers_could_read_differently_names_the_field(
    client: Client, body: str, named: str
) -> None:
    answer = post_raw(client, body.encode())
    assert named in fields(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"nothing",
        b'{"service": "visit",}',
        b"{'service': 'visit'}",
        b'{"service": "vis\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"service": "visit"} {"service": "visit"}',
        b"[" * 33,
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 60_000,
    ],
)
def test_what_is_no_json_is_refused(client: Client, body: bytes) -> None:
    answer = post_raw(client, body)
    if body:
        refusal(answer, 400, "INVALID_JSON")
    else:
        assert fields(answer) == ["service", "customer"]


def test_brackets_in_text_are_no_nesting(client: Client) -> None:
    assert book(client, customer={**BOB, "name": "[{" * 90}).status_code == 201


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null", "true", "1.5"])
def test_what_is_no_object_is_refused(client: Client, body: str) -> None:
    assert fields(post_raw(client, body.encode())) == ["body"]


def test_a_body_beyond_64_kib_is_refused(client: Client) -> None:
    padding = " " * (64 * 1024)
    refusal(post_raw(client, (json.dumps(a_booking()) + padding).encode()), 413, "REQUEST_ENTITY_TOO_LARGE")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_read(client: Client, media_type: str) -> None:
    answer = post_raw(client, json.dumps(a_booking()).encode(), media_type)
    refusal(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    answer = client.put(RESERVATIONS)
    refusal(answer, 405, "METHOD_NOT_ALLOWED")
    assert "POST" in answer.headers["allow"]


def test_a_service_that_is_asked_in_the_wrong_way_says_so(client: Client) -> None:
    assert fields(client.get("/v1/alpine-cabins/services/cabin/slots", params=MORNING)) == ["service"]
    stays = {"check_in": "2026-03-04", "check_out": "2026-03-06", "service": "massage"}
    refusal(client.get(STAYS, params=stays), 404, "NOT_FOUND")


def test_what_was_refused_changed_nothing(client: Client, api: TheApi) -> None:
    tables = api.store.tables(api.businesses["clinic"].tenant)
    told = dict(tables.outbox)
    book(client, quantity="12")
    book(client, start="2026-03-02T03:00:00Z")
    post_raw(client, b"{")
    assert (tables.reservations, tables.outbox, tables.requests) == ({}, told, {})


def test_an_unforeseen_failure_tells_an_id_and_nothing_else(
    client: Client, api: TheApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(_: object) -> None:
        raise RuntimeError("password=hunter2")

    booked(client)
    monkeypatch.setattr(api.store, "by_key", explode)
    answer = client.get("/v1/clinic")
    problem = refusal(answer, 500, "SYSTEM_ERROR")
    assert "hunter2" not in answer.text
    assert problem["error_id"] in caplog.text
    assert "hunter2" in caplog.text


def test_too_many_people_at_once_are_asked_to_come_back(
    client: Client, api: TheApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: object) -> None:
        raise Busy("too many people are booking this at once; please try again")

    monkeypatch.setattr(api.store, "by_key", busy)
    answer = client.get("/v1/clinic")
    assert refusal(answer, 503, "BUSY")["retryable"]
    assert answer.headers["retry-after"] == "1"


def test_every_refusal_of_the_engine_is_a_problem(
    client: Client, api: TheApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NewlyInvented(BookingError):
        code = "NEWLY_INVENTED"

    def refuse(_: object) -> None:
        raise NewlyInvented("a rule of tomorrow", amount=2**70, nobody=None)

    monkeypatch.setattr(api.store, "by_key", refuse)
    problem = refusal(client.get("/v1/clinic"), 409, "NEWLY_INVENTED")
    assert problem["details"] == {"amount": "a number of 71 bits", "nobody": None}


def post_raw(client: Client, body: bytes, media_type: str = "application/json") -> Any:
    headers = {"Content-Type": media_type} if media_type else {}
    return client.post(RESERVATIONS, content=body, headers=headers)


def test_a_client_that_goes_away_is_no_failure_of_ours(api: TheApi, caplog: pytest.LogCaptureFixture) -> None:
    arriving = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(arriving)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"99")]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": RESERVATIONS,
        "raw_path": RESERVATIONS.encode(),
    }
    scope |= {"headers": headers, "query_string": b"", "root_path": "", "scheme": "http", "client": None}
    scope |= {"http_version": "1.1", "server": ("127.0.0.1", 80), "asgi": {"version": "3.0"}, "app": api.app}
    asyncio.run(api.app(cast("Any", scope), receive, send))
    assert [message.get("status") for message in sent] == [400, None]
    assert b"CLIENT_GONE" in sent[1]["body"]
    assert caplog.text == ""
