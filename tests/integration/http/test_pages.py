"""The pages for people, and the answers for machines that watch."""

import re

import pytest
from litestar.testing import TestClient

from booking_core.domain.catalog.catalog import Catalog
from booking_core.domain.catalog.tenant import Tenant
from tests.integration.http.asking import Client, refusal
from tests.integration.http.wiring import TheApi, the_api

POLICY = "default-src 'none'; style-src 'self'"


def test_the_front_page_names_every_business_and_its_links_work(client: Client) -> None:
    page = client.get("/")
    assert page.headers["content-type"].startswith("text/html")
    links = re.findall(r'href="([^"]+)"', page.text)
    assert all(
        name in page.text for name in ("Clinic", "Alpine Cabins", "City Tours", "Car Rental", "Grand Hotel")
    )
    assert sum("/slots?" in link for link in links) == 3
    assert sum("/stays?" in link for link in links) == 2
    assert sum("/free-periods?" in link for link in links) == 1
    for link in links:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


@pytest.mark.parametrize("address", ["/", "/schema"])
def test_pages_run_no_script_and_load_nothing_from_elsewhere(client: Client, address: str) -> None:
    page = client.get(address)
    assert page.headers["content-security-policy"].startswith(POLICY)
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://", page.text)


def test_the_document_can_be_read_as_a_page(client: Client) -> None:
    page = client.get("/schema").text
    assert "/v1/{tenant_key}/reservations" in page
    assert "An opaque name that only this browser knows" in page
    assert "<code>application/problem+json</code>" in page


def test_names_are_text_and_never_markup(client: Client, api: TheApi) -> None:
    clinic = api.businesses["clinic"].business
    name = "<script>alert(1)</script>"
    evil = Catalog.of(Tenant(id=clinic.tenant.id, key="clinic", name=name), venues=[clinic.venue], version=2)
    with api.store(clinic.tenant.id) as tx:
        tx.catalogs.save(evil, api.engine.clock.now())
    page = client.get("/").text
    assert name not in page
    assert "&lt;script&gt;" in page


def test_a_deployment_may_keep_its_businesses_to_itself() -> None:
    with TestClient(the_api(lists_businesses=False).app) as client:
        assert [client.get(each).status_code for each in ("/", "/v1")] == [404, 404]
        assert client.get("/v1/clinic").status_code == 200


def test_a_deployment_without_businesses_says_how_to_begin(client: Client, api: TheApi) -> None:
    api.is_emptied()
    assert "booking import" in client.get("/").text


def test_the_service_is_alive_and_ready(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {
        "status": "ok",
        "storage": "ok",
        "redis": "unused",
        "live_updates": "ok",
        "worker": {"status": "ok", "alive": 1, "age_seconds": 2.0},
    }


def test_a_service_without_its_storage_is_alive_but_not_ready(
    client: Client, api: TheApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise ConnectionError("no route to host db.internal")

    monkeypatch.setattr(api.store, "by_key", away)
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    refusal(answer, 503, "NOT_READY")
    assert "db.internal" not in answer.text
