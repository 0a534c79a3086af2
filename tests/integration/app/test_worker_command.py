"""`booking worker` and `booking dead-letters`, as commands."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from booking_adapters.ambient.clock import SystemClock
from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import Scene
from booking_core.domain.kernel.ids import AlertId
from booking_core.ports.alerts import Alert
from booking_core.ports.outbox import EVERY_EVENT
from tests.integration.app.conftest import Run

PATIENCE_SECONDS = 60
COMMAND = "import sys; from booking_app.cli import main; sys.exit(main())"
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def test_a_worker_ends_in_order_when_it_is_told_to(file_url: str) -> None:
    words = [sys.executable, "-c", COMMAND, "worker", "--storage", file_url]
    process = subprocess.Popen(words, stderr=subprocess.PIPE)
    assert process.stderr is not None
    with process.stderr:
        assert b"working" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
        assert b"stopped" in process.stderr.read()


SLOW = """\
import time
from pathlib import Path

from booking_core.usecases.handling import on

@on("CatalogChanged")
def cook(tx, event):
    with Path("begun").open("a") as kitchen:
        kitchen.write("x")
    time.sleep(1.5)
"""


def test_a_worker_that_is_told_to_end_finishes_what_it_has_in_hand(file_url: str, tmp_path: Path) -> None:
    (tmp_path / "slow_kitchen_of_a_test.py").write_text(SLOW)
    settings = tmp_path / "booking.toml"
    settings.write_text(f'storage = "{file_url}"\nhandlers = ["slow_kitchen_of_a_test:cook"]\n')
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        scene = Scene.fresh(store)
        words = [sys.executable, "-c", COMMAND, "worker", "--threads", "8", "--settings", str(settings)]
        path = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
        process = subprocess.Popen(words, stderr=subprocess.PIPE, cwd=tmp_path, env=path)
        assert process.stderr is not None
        with process.stderr:
            begun = tmp_path / "begun"
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not begun.exists():
                assert time.monotonic() < deadline, "nothing was begun"
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        assert begun.read_text() == "x"
        with scene.reading() as tx:
            standing = tx.queues["handlers"].standing(SystemClock().now())
    assert (standing.waiting, standing.failing, standing.dead) == (0, 0, 0)


def test_one_round_does_what_is_due_and_ends(run: Run) -> None:
    assert run("worker", "--once", "--json").data == {"done": 0}
    assert run("worker", "--threads", "0").code == 2


def test_dead_letters_are_listed_and_requeued(run: Run, file_url: str) -> None:
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        scene = Scene.fresh(store)
        key = scene.business.tenant.key
        with scene.begin() as tx:
            tx.outbox.spread({"kitchen": frozenset({EVERY_EVENT})}, NOW, 9)
            (owed,) = tx.outbox.lease(["kitchen"], NOW, 9, NOW - NOW)
            tx.outbox.give_up(owed, NOW, "KeyError")
        (letter,) = run("dead-letters", "list", key, "--json").data["dead_letters"]
        assert (letter["queue"], letter["what"]) == ("handlers", "kitchen: CatalogChanged")
        assert "KeyError" in run("dead-letters", "list", key).out
        assert run("dead-letters", "requeue", key, "handlers", letter["id"]).code == 0
        assert run("dead-letters", "list", key).out.strip() == "No dead letters."
        again = run("dead-letters", "requeue", key, "handlers", letter["id"])
        assert (again.code, again.err.split(":")[0]) == (1, "NOT_FOUND")
        assert run("dead-letters", "requeue", key, "nothing", "1:x").code == 1


def test_alerts_are_listed_and_resolved(run: Run, file_url: str) -> None:
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        scene = Scene.fresh(store)
        key = scene.business.tenant.key
        alert = Alert(id=AlertId(UUID(int=3)), kind="paid_twice", subject=UUID(int=4), message="Two", at=NOW)
        with scene.begin() as tx:
            tx.alerts.raise_(alert)
    (listed,) = run("alerts", "list", key, "--json").data["alerts"]
    assert (listed["id"], listed["kind"]) == (str(alert.id), "paid_twice")
    resolved = run("alerts", "resolve", key, listed["id"], "--json").data["resolved"]
    assert resolved["resolved_by"] == "command line"
    assert run("alerts", "list", key).out.strip() == "No alerts."
    assert run("alerts", "resolve", key, "nothing").code == 2
    assert run("alerts", "resolve", key, str(UUID(int=9))).code == 1


def test_a_worker_serves_its_metrics_to_this_machine(file_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [sys.executable, "-c", COMMAND, "worker", "--storage", file_url, "--metrics-port", str(port)]
    process = subprocess.Popen(words, stderr=subprocess.PIPE)
    assert process.stderr is not None
    with process.stderr:
        assert b"working" in process.stderr.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE_SECONDS) as answer:
            told = answer.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0
        process.stderr.read()
    assert b"booking_queue_entries" in told
    assert b"booking_duty_failures" in told
