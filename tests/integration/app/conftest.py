import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest

from booking_adapters.ambient.holidays import PublicHolidays
from booking_adapters.memory import MemoryStore
from booking_adapters.memory.inspection import MemoryInspection
from booking_adapters.testing.ambient import FixedClock, SeededIds
from booking_adapters.testing.contracts.scene import Storage as AnyStore
from booking_app.cli import main
from booking_app.container import Deployment, wired
from booking_app.storage import Storage

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)


@attrs.frozen
class Office:
    """A deployment under a clock that is set by hand, on each storage."""

    deployment: Deployment
    clock: FixedClock
    store: AnyStore


@pytest.fixture
def office(store: AnyStore) -> Office:
    clock = FixedClock(MONDAY)
    deployment = wired(
        Storage(store, MemoryInspection(MemoryStore())),
        clock=clock,
        ids=SeededIds(),
        holidays=PublicHolidays(),
    )
    return Office(deployment, clock, store)


@attrs.frozen
class Result:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out or self.err)


Run = Callable[..., Result]


@pytest.fixture
def file_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "cli.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def run(file_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("BOOKING_STORAGE", file_url)

    def run(*words: str) -> Result:
        code = main(words)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return run
