"""`booking feeds` and `booking subscriptions`, as commands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.calendars.feed import HttpCalendarFeed
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.calendars.push import MOST_ATTEMPTS
from booking_core.domain.calendars.subscription import MOST_FAILURES, Subscription
from booking_core.domain.kernel.ids import SubscriptionId
from booking_core.domain.kernel.period import Period
from booking_core.ports.calendars import CalendarUnavailable
from tests.integration.app.conftest import Run
from tests.integration.calendars.radicale import USER, radicale

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture
def given_up(file_url: str) -> tuple[str, str]:
    """The key of a business, and the id of its subscription that was given up."""
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        scene = Scene.fresh(store)
        new = Subscription.subscribe(
            id=SubscriptionId(scene.ids.new()),
            resource=scene.resource("room").id,
            name="Elsewhere",
            url="https://calendar.example/secret.ics",
            interval=timedelta(hours=1),
            at=NOW,
        )
        failing = attrs.evolve(new.state, failures=MOST_FAILURES - 1)
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(attrs.evolve(new, state=failing))
        with scene.begin() as tx:
            tx.calendar_links.subscriptions.save(failing.fail("BAD_FILE: no calendar", NOW))
        return scene.business.tenant.key, str(failing.id)


def test_a_feed_is_opened_listed_moved_and_ended(run: Run, given_up: tuple[str, str]) -> None:
    key, _ = given_up
    opened = run("feeds", "open", key, "room", "--detail", "services", "--json").data
    feed = opened["feed"]["id"]
    assert opened["path"].startswith(f"/v1/{key}/feeds/")
    assert run("feeds", "list", key, "--json").data == {"feeds": [opened["feed"]]}
    assert "services" in run("feeds", "list", key).out
    rotated = run("feeds", "rotate", key, feed, "--json").data
    assert (rotated["feed"], rotated["path"] != opened["path"]) == (opened["feed"], True)
    assert run("feeds", "revoke", key, feed).code == 0
    assert run("feeds", "list", key).out.strip() == "No feeds."
    assert run("feeds", "revoke", key, feed).code == 1
    assert run("feeds", "revoke", key, "x").code == 2
    assert run("feeds", "open", key, "nobody").code == 1


def test_a_subscription_that_was_given_up_says_why_and_is_resumed_or_ended(
    run: Run, given_up: tuple[str, str]
) -> None:
    key, subscription = given_up
    assert "given up: BAD_FILE: no calendar" in run("subscriptions", "list", key).out
    assert "secret" not in run("subscriptions", "list", key, "--json").out
    assert run("subscriptions", "resume", key, subscription, "--json").data["resumed"]["failures"] == 0
    assert run("subscriptions", "end", key, subscription, "--json").data["reopened"] == 0
    assert run("subscriptions", "list", key).out.strip() == "No subscriptions."
    assert run("subscriptions", "resume", key, subscription).code == 1


def test_a_subscription_that_was_given_up_is_requeued_as_a_dead_letter(
    run: Run, given_up: tuple[str, str]
) -> None:
    key, subscription = given_up
    (letter,) = run("dead-letters", "list", key, "--json").data["dead_letters"]
    assert (letter["queue"], letter["id"]) == ("calendar subscriptions", subscription)
    assert run("dead-letters", "requeue", key, letter["queue"], letter["id"]).code == 0
    assert run("dead-letters", "list", key).out.strip() == "No dead letters."


def test_a_calendar_is_subscribed_to_by_an_address_in_a_file_and_read_at_once_when_asked(
    run: Run, given_up: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = given_up
    file = tmp_path / "address"
    words = ("subscriptions", "add", key, "room", "--url-file", str(file))
    assert run(*words).code == 2
    file.write_text("http://127.0.0.1/secret.ics\n", "utf-8")
    assert run(*words).code == 2
    file.write_text("https://calendar.example/secret.ics\n", "utf-8")
    assert run(*words, "--channel", "site", "--service", "nothing").code == 1
    assert run(*words, "--channel", "site").code != 0, "the room is not sold by the night"
    added = run(*words, "--name", "At home", "--minutes", "15", "--json")
    assert "secret" not in added.out
    about = (key, added.data["subscription"]["id"])

    def away(*_: object, **__: object) -> None:
        raise CalendarUnavailable("the server is away")

    monkeypatch.setattr(HttpCalendarFeed, "read", away)
    failed = run("subscriptions", "poll", *about)
    assert (failed.code, "the server is away" in failed.out) == (1, True)
    monkeypatch.setattr(HttpCalendarFeed, "read", lambda *_, **__: None)
    assert run("subscriptions", "poll", *about).out.strip() == "At home: read"
    assert run("subscriptions", "poll", key, "x").code == 2


def test_bookings_are_written_into_a_calendar_of_the_settings_until_the_link_ends(
    run: Run, given_up: tuple[str, str], tmp_path: Path
) -> None:
    key, _ = given_up
    (tmp_path / "password").write_text("secret", "utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f"""
        [[caldav]]
        tenant = "{key}"
        resource = "room"
        url = "https://dav.example/room/"
        user = "room"
        password_file = "{tmp_path / "password"}"
        """,
        "utf-8",
    )
    with_settings = ("--settings", str(settings))
    assert run("calendar-links", "list", key, *with_settings).out.strip() == "No links."
    words = ("calendar-links", "add", key, "room", "--detail", "busy", *with_settings)
    added, again = run(*words, "--json").data, run(*words, "--json").data
    assert added == again
    assert (added["resource"], added["account"], added["detail"]) == ("room", "caldav", "busy")
    assert run("calendar-links", "list", key, "--json", *with_settings).data["calendar_links"] == [added]
    assert run("calendar-links", "add", key, "room", "--account", "other", *with_settings).code == 2
    assert run("calendar-links", "end", key, added["id"], *with_settings).code == 0
    assert run("calendar-links", "list", key, *with_settings).out.strip() == "No links."
    assert run("calendar-links", "end", key, added["id"], *with_settings).code == 1


def test_an_entry_that_was_given_up_is_requeued_by_staff_and_ends_up_in_the_calendar(
    run: Run, file_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = NOW
    monkeypatch.setattr(SystemClock, "now", lambda _: now)
    password = tmp_path / "password"
    password.write_text("wrong", "utf-8")
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        scene = Scene.fresh(store)
        key = scene.business.tenant.key
        scene.reserve("room", Period(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=1)))
    with radicale(tmp_path) as server:
        settings = tmp_path / "settings.toml"
        settings.write_text(
            f"""
            [[caldav]]
            tenant = "{key}"
            resource = "room"
            url = "{server.url}"
            user = "{USER}"
            password_file = "{password}"
            """,
            "utf-8",
        )
        with_settings = ("--settings", str(settings))
        assert run("calendar-links", "add", key, "room", *with_settings).code == 0
        for _ in range(MOST_ATTEMPTS):
            assert run("worker", "--once", *with_settings).code == 0
            now += timedelta(hours=3)
        (letter,) = run("dead-letters", "list", key, "--json", *with_settings).data["dead_letters"]
        assert (letter["queue"], server.events) == ("calendar entries", [])
        password.write_text(server.password, "utf-8")
        requeue = ("dead-letters", "requeue", key, letter["queue"], letter["id"], *with_settings)
        assert run(*requeue).code == 0
        assert run("worker", "--once", *with_settings).code == 0
        assert len(server.events) == 1
        assert run("dead-letters", "list", key, *with_settings).out.strip() == "No dead letters."
