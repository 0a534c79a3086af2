import json
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path
from zipfile import ZipFile

import attrs
import pytest

ROOT = Path(__file__).parents[2]

# What the empty environment is asked: which modules came from its site-packages, by their first name.
QUESTION = """
import importlib, json, pkgutil, sys, sysconfig
import booking_core
for module in pkgutil.walk_packages(booking_core.__path__, "booking_core."):
    importlib.import_module(module.name)
site = sysconfig.get_path("purelib")
print(json.dumps({
    "third_party": sorted({
        name.partition(".")[0] for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(site)
    }),
    "modules": sorted(name for name in sys.modules if name.startswith("booking_")),
}))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without the network: the build's own requirements are in this environment."""
    target = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT)
    return next(target.glob("booking_core-*.whl"))


@pytest.fixture(scope="module")
def empty_python(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An interpreter that has the wheel and attrs, and nothing else, not even pip."""
    home = tmp_path_factory.mktemp("empty")
    venv.create(home, with_pip=False)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    run(*install, wheel)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    for file in distribution("attrs").files or ():
        if file.suffix == ".py":
            target = site / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(Path(file.locate()).read_bytes())
    return python


def test_the_core_imports_with_attrs_alone(empty_python: Path) -> None:
    answer = json.loads(run(empty_python, "-I", "-c", QUESTION))
    assert set(answer["third_party"]) == {"attr", "attrs", "booking_core"}
    assert "booking_core.domain" in answer["modules"]
    assert [name for name in answer["modules"] if not name.startswith("booking_core")] == []


def test_the_core_asks_for_attrs_alone(wheel: Path) -> None:
    required = [
        line for line in metadata(wheel) if line.startswith("Requires-Dist:") and "extra ==" not in line
    ]
    assert [line.split()[1].rstrip("<>=0123456789.") for line in required] == [attrs.__name__]


def test_every_extra_is_offered(wheel: Path) -> None:
    offered = {line.split()[1] for line in metadata(wheel) if line.startswith("Provides-Extra:")}
    promised = "sqlite postgres redis stripe email sms push calendars channels http app testing all"
    assert offered >= set(promised.split())


def test_the_wheel_is_typed_licensed_and_has_the_command(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    for package in ("booking_core", "booking_adapters", "booking_app"):
        assert f"{package}/py.typed" in names
    assert [name for name in names if name.endswith("licenses/LICENSE")]
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "booking_core",
        "booking_adapters",
        "booking_app",
    }
    assert "booking = booking_app.cli:main" in read(wheel, "entry_points.txt")


def metadata(wheel: Path) -> list[str]:
    return read(wheel, "METADATA").splitlines()


def read(wheel: Path, name: str) -> str:
    with ZipFile(wheel) as archive:
        path = next(path for path in archive.namelist() if path.endswith(f".dist-info/{name}"))
        return archive.read(path).decode()


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
