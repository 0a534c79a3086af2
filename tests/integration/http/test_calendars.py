"""Calendars over HTTP: feeds that are read conditionally, and subscriptions that staff keep."""

from typing import Any

import pytest

from tests.integration.http.asking import Client, booked, fields, refusal
from tests.integration.http.wiring import STAFF

FEED = {"kind": "resource", "subject": "anna", "name": "Anna", "detail": "services"}
SUBSCRIPTION = {"resource": "anna", "name": "At home", "url": "https://calendar.example/anna.ics"}


def opened(client: Client) -> dict[str, str]:
    answer = client.post("/v1/clinic/staff/feeds", json=FEED, headers=STAFF)
    assert answer.status_code == 201
    feed: dict[str, str] = answer.json()
    return feed


def test_a_feed_is_read_by_its_address_and_only_sent_again_when_it_has_changed(client: Client) -> None:
    path = opened(client)["path"]
    first = client.get(path)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    by_tag = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    by_time = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert [each.status_code for each in (by_tag, by_time)] == [304, 304]
    assert by_tag.content == by_time.content == b""
    booked(client)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    later = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert [each.status_code for each in (again, later)] == [200, 200]
    assert b"SUMMARY:Visit" in again.content


def test_a_feed_is_listed_without_its_address_and_can_be_moved_and_ended(client: Client) -> None:
    feed = opened(client)
    (listed,) = client.get("/v1/clinic/staff/feeds", headers=STAFF).json()["feeds"]
    assert listed == {**feed, "path": None}
    rotated = client.post(f"/v1/clinic/staff/feeds/{feed['id']}/rotate", headers=STAFF).json()
    refusal(client.get(feed["path"]), 404, "NOT_FOUND")
    assert client.get(rotated["path"]).status_code == 200
    assert client.delete(f"/v1/clinic/staff/feeds/{feed['id']}", headers=STAFF).status_code == 204
    refusal(client.get(rotated["path"]), 404, "NOT_FOUND")


@pytest.mark.parametrize("file", ["x.ics", "x", ".ics", "a" * 300 + ".ics", "%C3%A9.ics"])
def test_an_address_that_opens_nothing_is_not_found(client: Client, file: str) -> None:
    refusal(client.get(f"/v1/clinic/feeds/{file}"), 404, "NOT_FOUND")


def test_the_feed_of_a_tenant_is_not_another_tenants(client: Client) -> None:
    path = opened(client)["path"].replace("/clinic/", "/city-tours/")
    refusal(client.get(path), 404, "NOT_FOUND")


def test_a_subscription_is_kept_without_showing_its_address(client: Client) -> None:
    answer = client.post("/v1/clinic/staff/subscriptions", json=SUBSCRIPTION, headers=STAFF)
    assert answer.status_code == 201
    assert "calendar.example" not in answer.text
    kept = answer.json()
    for minutes in (0, 10**12):
        often = {**SUBSCRIPTION, "minutes": minutes}
        assert fields(client.post("/v1/clinic/staff/subscriptions", json=often, headers=STAFF)) == ["minutes"]
    (listed,) = client.get("/v1/clinic/staff/subscriptions", headers=STAFF).json()["subscriptions"]
    assert (listed, listed["resource"], listed["minutes"]) == (kept, "anna", 60)
    resumed = client.post(f"/v1/clinic/staff/subscriptions/{kept['id']}/resume", headers=STAFF)
    assert resumed.json()["failures"] == 0
    gone = client.delete(f"/v1/clinic/staff/subscriptions/{kept['id']}", headers=STAFF)
    assert gone.status_code == 204
    assert client.get("/v1/clinic/staff/subscriptions", headers=STAFF).json() == {"subscriptions": []}


CABIN = {"resource": "cabin-1", "name": "The site's", "url": "https://site.example/cabin.ics"}


def test_a_site_sells_a_cabin_by_a_calendar(client: Client) -> None:
    selling = {"channel": "site", "service": "cabin"}
    subscriptions = "/v1/alpine-cabins/staff/subscriptions"
    answer = client.post(subscriptions, json={**CABIN, "selling": selling}, headers=STAFF)
    assert (answer.status_code, answer.json()["channel"], answer.json()["sold"]) == (201, "ical:site", 0)
    assert client.get(subscriptions, headers=STAFF).json() == {"subscriptions": [answer.json()]}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"service": "tree-house"}, 404),
        ({"channel": "Two Words"}, 422),
        ({"channel": "x" * 60}, 422),
        ({"more": 1}, 422),
    ],
)
def test_what_no_site_can_sell_is_refused(client: Client, changes: dict[str, Any], status: int) -> None:
    selling = {"channel": "site", "service": "cabin", **changes}
    answer = client.post(
        "/v1/alpine-cabins/staff/subscriptions", json={**CABIN, "selling": selling}, headers=STAFF
    )
    assert answer.status_code == status


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/a.ics",
        "https://127.0.0.1/a.ics",
        "https://10.0.0.1/a.ics",
        "file:///etc/passwd",
    ],
)
def test_only_public_https_addresses_are_kept(client: Client, url: str) -> None:
    answer = client.post("/v1/clinic/staff/subscriptions", json={**SUBSCRIPTION, "url": url}, headers=STAFF)
    assert answer.status_code == 422
    assert client.get("/v1/clinic/staff/subscriptions", headers=STAFF).json() == {"subscriptions": []}


def test_a_feed_of_an_unknown_kind_is_refused_by_name(client: Client) -> None:
    answer = client.post("/v1/clinic/staff/feeds", json={**FEED, "kind": "nobody"}, headers=STAFF)
    assert answer.status_code == 422
    assert "must be one of resource, venue" in answer.text


def test_a_calendar_that_the_operator_set_up_is_linked_once_and_unlinked(client: Client) -> None:
    answer = client.post("/v1/clinic/staff/calendar-links", json={"resource": "anna"}, headers=STAFF)
    assert answer.status_code == 201
    link = answer.json()
    assert (link["resource"], link["account"], link["detail"]) == ("anna", "caldav", "services")
    again = client.post("/v1/clinic/staff/calendar-links", json={"resource": "anna"}, headers=STAFF)
    assert again.json() == link
    assert client.get("/v1/clinic/staff/calendar-links", headers=STAFF).json() == {"calendar_links": [link]}
    gone = client.delete(f"/v1/clinic/staff/calendar-links/{link['id']}", headers=STAFF)
    assert gone.status_code == 204
    assert client.get("/v1/clinic/staff/calendar-links", headers=STAFF).json() == {"calendar_links": []}


def test_a_calendar_that_nobody_set_up_is_refused(client: Client) -> None:
    answer = client.post("/v1/clinic/staff/calendar-links", json={"resource": "ben"}, headers=STAFF)
    refusal(answer, 422, "INVALID_INPUT")
