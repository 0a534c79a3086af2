"""How a deployment stands: what is degraded is said, and does not keep it from serving."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import attrs
import pytest
from litestar.testing import TestClient

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.http import create_app
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.servers import ValkeyServer
from booking_app.container import Deployment, wired
from booking_app.live import open_live
from booking_app.settings import Settings
from booking_app.storage import Storage
from booking_app.worker import working
from booking_core.domain.kernel.errors import SystemFailure
from booking_core.domain.kernel.ids import TenantId
from booking_core.ports.heartbeats import Heartbeats
from booking_core.usecases.look_at_workers import LATE
from tests.integration.app.conftest import Office
from tests.integration.app.test_worker_command import COMMAND, PATIENCE_SECONDS


@pytest.fixture
def server() -> Iterator[ValkeyServer]:
    """One of its own: it is going to be killed."""
    with ValkeyServer() as server:
        yield server


@pytest.fixture
def deployment(server: ValkeyServer) -> Iterator[Deployment]:
    store = MemoryStore()
    storage = Storage(store, MemoryInspection(store))
    with ExitStack() as stack:
        live = open_live(Settings(redis_url=server.url()), storage, stack)
        yield wired(storage, live=live)


def soon(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so within a minute."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while not is_so():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def test_a_lost_redis_degrades_the_service_and_keeps_it_serving(
    deployment: Deployment, server: ValkeyServer
) -> None:
    watching = deployment.engine.live.updates.subscribe(TenantId(UUID(int=1)), lambda: None)
    with TestClient(create_app(deployment.engine)) as client, working(deployment), watching:
        assert soon(lambda: client.get("/health/ready").json()["status"] == "ok")
        told = client.get("/health/ready").json()
        assert (told["redis"], told["live_updates"]) == ("ok", "ok")
        assert (told["worker"]["status"], told["worker"]["alive"]) == ("ok", 1)
        metrics = deployment.metrics.text().decode()
        assert 'booking_degraded{part="redis"} 0.0' in metrics
        assert "booking_redis_failures_total 0.0" in metrics
        assert "booking_workers 1.0" in metrics
        server.kill()
        assert soon(lambda: client.get("/health/ready").json()["live_updates"] == "degraded")
        answer = client.get("/health/ready")
        assert (answer.status_code, answer.json()["status"], answer.json()["redis"]) == (
            200,
            "degraded",
            "degraded",
        )
        metrics = deployment.metrics.text().decode()
        assert 'booking_degraded{part="redis"} 1.0' in metrics
        assert 'booking_degraded{part="live updates"} 1.0' in metrics
        assert "booking_redis_failures_total 0.0" not in metrics


def test_a_service_that_nobody_works_for_is_degraded_and_serves(deployment: Deployment) -> None:
    with TestClient(create_app(deployment.engine)) as client:
        answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["worker"] == {"status": "degraded", "alive": 0, "age_seconds": None}
    assert "booking_worker_age_seconds" not in deployment.metrics.text().decode()


def test_a_worker_is_known_while_it_works_and_forgotten_when_it_stops(office: Office) -> None:
    heartbeats = office.deployment.heartbeats
    with working(office.deployment):
        assert soon(lambda: len(heartbeats.last()) == 1)
    assert heartbeats.last() == {}


def test_a_worker_that_cannot_give_a_sign_works_on_and_ends(office: Office) -> None:
    begun = threading.Event()

    class Away:
        """No sign can be kept."""

        def beat(self, *_: object) -> None:
            begun.set()
            raise SystemFailure("the storage does not answer")

        def end(self, _: str) -> None:
            raise AssertionError("who was never known says no goodbye")

        def last(self) -> dict[str, object]:
            raise SystemFailure("the storage does not answer")

    deployment = attrs.evolve(office.deployment, heartbeats=Away())  # type: ignore[arg-type]
    with working(deployment):
        assert begun.wait(PATIENCE_SECONDS)


def test_a_worker_that_was_killed_is_missed_after_a_minute(file_url: str) -> None:
    words = [sys.executable, "-c", COMMAND, "worker", "--storage", file_url]
    process = subprocess.Popen(words, stderr=subprocess.PIPE)
    assert process.stderr is not None
    with process.stderr, SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        heartbeats: Heartbeats = store.heartbeats
        assert soon(lambda: len(heartbeats.last()) == 1)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE_SECONDS)
        ((name, seen),) = heartbeats.last().items()
        assert f" {process.pid} " in name
        now = SystemClock().now()
        assert now - LATE < seen <= now + timedelta(seconds=1)
