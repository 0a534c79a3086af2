"""An application's handlers are named in the settings, and loaded when the deployment is opened."""

from pathlib import Path

import pytest

from booking_adapters.sqlite import SqliteStore
from booking_adapters.testing.contracts.scene import Scene
from booking_app.own_handlers import own_handlers
from booking_app.settings import load_settings
from booking_core.domain.kernel.errors import InvalidInput
from tests.integration.app.conftest import Run

MODULE = """\
from pathlib import Path

from booking_core.usecases.handling import on

@on("CatalogChanged")
def note(tx, event):
    Path("noted").write_text(event.name)

def plain(tx, event):
    pass
"""


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "kitchen_of_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_handler_named_in_the_settings_is_called_by_the_worker(
    kitchen: Path, file_url: str, run: Run
) -> None:
    settings = kitchen / "booking.toml"
    settings.write_text('handlers = ["kitchen_of_a_test:note"]\n')
    with SqliteStore.open(Path(file_url.removeprefix("sqlite:///"))) as store:
        Scene.fresh(store)
    assert run("worker", "--once", "--settings", str(settings)).code == 0
    assert (kitchen / "noted").read_text() == "CatalogChanged"


@pytest.mark.parametrize(
    "name", ["", "nothing", "no.such.module:x", "kitchen_of_a_test:nothing", "kitchen_of_a_test:plain", ":x"]
)
def test_what_is_no_handler_is_refused_by_name(kitchen: Path, name: str) -> None:
    assert kitchen.exists()
    with pytest.raises(InvalidInput) as refused:
        own_handlers([name])
    assert refused.value.details["field"] == "handlers"


def test_a_setting_of_another_shape_is_refused(kitchen: Path) -> None:
    settings = kitchen / "booking.toml"
    settings.write_text("handlers = 5\n")
    with pytest.raises(InvalidInput):
        load_settings(settings)
