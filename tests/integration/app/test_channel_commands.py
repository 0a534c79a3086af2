"""`booking channels` and `booking webhooks`, as commands."""

from pathlib import Path

import pytest

from booking_adapters.channels.signatures import Secret
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.contracts.scene import Scene
from booking_adapters.testing.engine import TheEngine
from booking_core.usecases.handling import HandleEvents
from booking_core.usecases.send_webhooks import OweWebhooks
from tests.integration.app.conftest import Run
from tests.integration.channels.seller import Seller, booking

URL = "https://hooks.example/in?password=s3cret"
DATES = "2026-03-10/2026-03-12"


@pytest.fixture
def camp(file_url: str) -> str:
    """The key of a camp of one cabin that a channel has sold twice."""
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        seller = Seller.of(TheEngine(store), cabins(1))
        seller.tells(booking(seller.house, DATES), booking(seller.house, DATES, reference="R-2"))
        return seller.house.business.tenant.key


@pytest.fixture
def inn(file_url: str, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A business of a deployment that has a signing key."""
    monkeypatch.setenv("BOOKING_SIGNING_KEY", "a key of a deployment that is only for tests")
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        return Scene.fresh(store)


def test_what_channels_have_sold_is_listed_with_what_is_wrong(run: Run, camp: str) -> None:
    first, second = run("channels", "bookings", camp, "--json").data["bookings"]
    assert sorted((each["is_overbooked"], *each["violations"]) for each in (first, second)) == [
        (False,),
        (True, "lane_taken"),
    ]
    (flagged,) = run("channels", "bookings", camp, "--flagged", "--json").data["bookings"]
    assert flagged in (first, second)
    line = run("channels", "bookings", camp, "--flagged").out
    assert "OVERBOOKED lane_taken" in line
    assert flagged["code"] in line
    assert len(run("channels", "bookings", camp, "--limit", "1", "--json").data["bookings"]) == 1


def test_a_site_sells_a_cabin_by_its_calendar(run: Run, camp: str, tmp_path: Path) -> None:
    file = tmp_path / "address"
    file.write_text("https://site.example/secret.ics\n", "utf-8")
    words = ("subscriptions", "add", camp, "cabin-1", "--url-file", str(file), "--channel", "site")
    added = run(*words, "--service", "cabin", "--json").data["subscription"]
    assert (added["channel"], added["sold"]) == ("ical:site", 0)
    assert "ical:site sold 0" in run("subscriptions", "list", camp).out
    assert run(*words).code == 1, "there is no service by the name of the cabin"


def test_nothing_sold_is_said_so(run: Run, inn: Scene) -> None:
    assert run("channels", "bookings", inn.business.tenant.key).out.strip() == "No bookings."


def test_a_webhook_is_added_rotated_disabled_enabled_and_removed(run: Run, inn: Scene) -> None:
    key = inn.business.tenant.key
    assert run("webhooks", "list", key).out.strip() == "No webhooks."
    added = run("webhooks", "add", key, URL, "--event", "ReservationConfirmed", "--json").data["webhook"]
    assert Secret(added["secret"]).key
    assert (added["host"], added["events"]) == ("hooks.example", ["ReservationConfirmed"])
    (listed,) = run("webhooks", "list", key, "--json").data["webhooks"]
    assert listed == {**added, "secret": None}
    rotated = run("webhooks", "rotate", key, added["id"], "--json").data["webhook"]
    assert (rotated["generation"], rotated["secret"] != added["secret"]) == (2, True)
    assert "disabled since" in run("webhooks", "disable", key, added["id"]).out
    assert "disabled since" in run("webhooks", "list", key).out
    assert run("webhooks", "enable", key, added["id"], "--json").data["webhook"]["disabled_at"] is None
    assert run("webhooks", "remove", key, added["id"]).code == 0
    assert run("webhooks", "remove", key, added["id"]).code == 1
    assert run("webhooks", "disable", key, "x").code == 2


@pytest.mark.parametrize("url", ["http://hooks.example/", "https://127.1/", "https://[::ffff:10.0.0.1]/"])
def test_an_address_that_is_not_public_is_refused(run: Run, inn: Scene, url: str) -> None:
    assert run("webhooks", "add", inn.business.tenant.key, url).code == 2


def test_an_address_is_never_shown(run: Run, inn: Scene) -> None:
    key = inn.business.tenant.key
    shown = [run("webhooks", "add", key, URL).out, run("webhooks", "list", key, "--json").out]
    assert not any("s3cret" in each for each in shown)


def test_what_was_told_is_listed_and_sent_again(run: Run, inn: Scene, file_url: str) -> None:
    key = inn.business.tenant.key
    webhook = run("webhooks", "add", key, URL, "--json").data["webhook"]["id"]
    assert run("webhooks", "deliveries", key, webhook).out.strip() == "Nothing was told."
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        engine = TheEngine(store)
        owe = OweWebhooks(ids=engine.ids)
        HandleEvents(begin=store, handlers=[owe], clock=engine.clock, ids=engine.ids)(inn.tenant)
    found = run("webhooks", "deliveries", key, webhook, "--json").data["deliveries"]
    assert {each["event"] for each in found} == {"CatalogChanged"}
    assert "owed, 0 attempts" in run("webhooks", "deliveries", key, webhook).out
    again = run("webhooks", "redeliver", key, found[0]["id"], "--json").data["owed"]
    assert (again["id"], again["attempts"]) == (found[0]["id"], 0)
    assert run("webhooks", "redeliver", key, webhook).code == 1
