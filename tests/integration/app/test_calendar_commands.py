"""`booking feeds` and `booking subscriptions`, as commands."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest

from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.calendars.subscription import MOST_FAILURES, Subscription
from booking_core.domain.kernel.ids import SubscriptionId
from tests.integration.app.conftest import Run

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
