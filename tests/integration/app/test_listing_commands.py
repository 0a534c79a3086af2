"""`booking listings`, as commands: what a channel of the settings sells, and whether it knows how it stands."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.ambient import FixedClock
from booking_adapters.testing.builders import cabins
from booking_adapters.testing.channel_server import ChannelServer, ServerFault
from booking_adapters.testing.engine import TheEngine
from booking_app.channel_wiring import channel_sites
from booking_app.container import open_deployment, wired
from booking_app.settings import load_settings
from booking_app.storage import open_storage
from booking_core.domain.kernel.period import Stay
from booking_core.domain.reservations.party import Customer
from booking_core.usecases.book import BookCommand
from booking_core.usecases.push_channels import LEASE
from booking_core.usecases.wanted import Wanted
from tests.integration.app.conftest import Run

KEY = "alpine-cabins"
SECONDS = 30
SETTINGS = """
storage = "{storage}"
signing_key = "a key of this deployment alone, and long"

[[channels]]
tenant = "alpine-cabins"
channel = "ota"
url = "{url}"
"""


@pytest.fixture
def seller(file_url: str, tmp_path: Path) -> Iterator[ChannelServer]:
    """A channel that sells for two cabins."""
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        TheEngine(store).opens(cabins(2))
    with ChannelServer() as server:
        (tmp_path / "settings.toml").write_text(SETTINGS.format(storage=file_url, url=server.url), "utf-8")
        with open_deployment(load_settings(tmp_path / "settings.toml")) as deployment:
            server.secret = deployment.channel_secret(deployment.engine.tenants.by_key(KEY), "ota")
        yield server


def works(tmp_path: Path) -> None:
    """The worker's round."""
    with open_deployment(load_settings(tmp_path / "settings.toml")) as deployment:
        tenant = deployment.engine.tenants.by_key(KEY)
        for duty in ("handle events", "push channels"):
            deployment.duties[duty](tenant)


def test_a_cabin_is_listed_told_told_again_and_withdrawn(
    run: Run, seller: ChannelServer, tmp_path: Path
) -> None:
    there = ("--settings", str(tmp_path / "settings.toml"))
    assert run("listings", "list", KEY, *there).out.strip() == "No listings."
    words = ("listings", "add", KEY, "ota", "cabin-1", "C1", "--service", "cabin", "--days", "10", *there)
    added = run(*words, "--json").data["listing"]
    assert (added["state"], added["adults"], added["resource"]) == ("owed", 2, "cabin-1")
    assert run("listings", "list", KEY, *there).out.strip().endswith("owed (10 dates)")
    works(tmp_path)
    assert [each.left for each in seller.channel.nights["C1"].values()] == [1] * 10
    assert run("listings", "list", KEY, *there).out.strip().endswith("C1  cabin-1  known")

    seller.channel.unknown = {"C1"}
    assert run("listings", "resync", KEY, "ota", "--days", "3", *there).out.strip().endswith("owed (3 dates)")
    works(tmp_path)
    assert run("listings", "list", KEY, *there).out.strip().endswith("given up (3 dates): it answers 404")
    (letter,) = run("dead-letters", "list", KEY, "--json", *there).data["dead_letters"]
    assert (letter["queue"], letter["id"]) == ("channel pushes", added["id"])

    seller.channel.unknown = set()
    assert "withdrawn" in run("listings", "withdraw", KEY, added["id"], *there).out
    works(tmp_path)
    assert [each.left for each in seller.channel.nights["C1"].values()] == [0] * 10
    assert run("listings", "list", KEY, *there).out.strip() == "No listings."


def test_what_cannot_be_listed_is_refused(run: Run, seller: ChannelServer, tmp_path: Path) -> None:
    there = ("--settings", str(tmp_path / "settings.toml"))
    assert run("listings", "add", KEY, "nobody", "cabin-1", "C1", "--service", "cabin", *there).code == 2
    assert run("listings", "add", KEY, "ota", "cabin-9", "C1", "--service", "cabin", *there).code == 1
    assert run("listings", "add", KEY, "ota", "cabin-1", "C1", *there).code == 1, "no service has that key"
    assert run("listings", "resync", KEY, "ota", "--days", "0", *there).code == 2
    assert run("listings", "withdraw", KEY, "x", *there).code == 2
    assert run("listings", "resync", KEY, "ota", *there).out.strip() == "No listings."
    assert seller.channel.updates == []


def left(seller: ChannelServer) -> list[int]:
    """How many cabins the channel believes to be free tomorrow and on the day after."""
    return [each.left for each in seller.channel.nights["C1"].values()][1:3]


def test_a_sender_that_is_killed_while_it_tells_is_followed_by_another(
    run: Run, seller: ChannelServer, tmp_path: Path
) -> None:
    settings = tmp_path / "settings.toml"
    there = ("--settings", str(settings))
    run("listings", "add", KEY, "ota", "cabin-1", "C1", "--service", "cabin", "--days", "5", *there)
    works(tmp_path)
    with open_deployment(load_settings(settings)) as deployment:
        engine, tenant = deployment.engine, deployment.engine.tenants.by_key(KEY)
        today = engine.clock.now().astimezone(ZoneInfo("Europe/Zurich")).date()
        stay = Stay.of_nights(today + timedelta(days=1), 1)
        wanted = Wanted(service="cabin", stay=stay, resources=("cabin-1",))
        engine.book(BookCommand(tenant=tenant, wanted=wanted, customer=Customer(name="Ann")))
        deployment.duties["handle events"](tenant)
    seller.faults = [ServerFault.HANG_BEFORE]
    with subprocess.Popen([sys.executable, "-c", PUSHES, str(settings), KEY]) as process:
        waits_until(lambda: not seller.faults)
        process.kill()
    assert left(seller) == [1, 1], "it died with the news in its hands"
    works(tmp_path)
    assert left(seller) == [1, 1], "nobody takes what is being told"
    later = FixedClock(datetime.now(UTC) + 2 * LEASE)
    seller.clock = later
    with ExitStack() as stack:
        loaded = load_settings(settings)
        storage = open_storage(loaded, stack)
        other = wired(storage, clock=later, signing_key=loaded.signing_key, channels=channel_sites(loaded))
        assert other.duties["push channels"](tenant) == 1
    assert left(seller) == [0, 1]


PUSHES = """\
import sys
from pathlib import Path
from booking_app.container import open_deployment
from booking_app.settings import load_settings
with open_deployment(load_settings(Path(sys.argv[1]))) as deployment:
    deployment.duties["push channels"](deployment.engine.tenants.by_key(sys.argv[2]))
"""


def waits_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it does not come to that"
        time.sleep(0.05)
