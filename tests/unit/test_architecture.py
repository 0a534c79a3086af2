import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}

# What is planted: files of the source tree and what is written at their end.
VIOLATIONS = {
    "the core knows an adapter": (
        "house",
        {"booking_core/usecases/planted.py": "import booking_adapters.memory"},
    ),
    "the core knows the app": ("house", {"booking_core/usecases/planted.py": "import booking_app"}),
    "an adapter knows the app": ("house", {"booking_adapters/memory/planted.py": "import booking_app"}),
    "the domain knows a use case": (
        "core-layers",
        {"booking_core/domain/kernel/planted.py": "import booking_core.usecases"},
    ),
    "the domain knows a port": (
        "core-layers",
        {"booking_core/domain/planted.py": "import booking_core.ports"},
    ),
    "a port knows a use case": (
        "core-layers",
        {"booking_core/ports/planted.py": "import booking_core.usecases"},
    ),
    "the core grows a layer": ("core-layers", {"booking_core/planted.py": ""}),
    "the core uses a library": ("core-allow-list", {"booking_core/domain/planted.py": "import cattrs"}),
    "the core uses a library inside a function": (
        "core-allow-list",
        {"booking_core/usecases/planted.py": "def later():\n    from sqlalchemy import select"},
    ),
    "the core uses a library nobody has heard of": (
        "core-allow-list",
        {"booking_core/ports/planted.py": "from left_pad import pad"},
    ),
    "an adapter knows another": (
        "adapters-apart",
        {"booking_adapters/memory/planted.py": "import booking_adapters.ambient"},
    ),
    "an adapter knows the test kit": (
        "adapters-apart",
        {"booking_adapters/memory/planted.py": "import booking_adapters.testing"},
    ),
    "shared support knows an adapter": (
        "adapters-apart",
        {"booking_adapters/_codec/__init__.py": "import booking_adapters.memory"},
    ),
    "what asks the network knows the storage": (
        "adapters-apart",
        {"booking_adapters/_net/__init__.py": "import booking_adapters._sql"},
    ),
    "an adapter has no place in the house": ("adapters-apart", {"booking_adapters/planted/__init__.py": ""}),
    "two rooms of the domain know each other": (
        "no-cycles",
        {"booking_core/domain/kernel/planted.py": "import booking_core.domain.catalog"},
    ),
    "two files of an adapter know each other": (
        "no-cycles",
        {
            "booking_adapters/memory/planted_one.py": "import booking_adapters.memory.planted_two",
            "booking_adapters/memory/planted_two.py": "import booking_adapters.memory.planted_one",
        },
    ),
    "punq outside the container, in the app": ("punq-at-home", {"booking_app/planted.py": "import punq"}),
    "punq outside the container, in an adapter": (
        "punq-at-home",
        {"booking_adapters/memory/planted.py": "from punq import Container"},
    ),
}


def test_the_tree_keeps_every_contract() -> None:
    assert broken_contracts(ROOT) == set()


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_planted_violation_breaks_exactly_its_contract(violation: str, tmp_path: Path) -> None:
    contract, files = VIOLATIONS[violation]
    plant(files, tmp_path)
    assert broken_contracts(tmp_path) == {contract}


def test_every_contract_is_seen_to_fail() -> None:
    assert {contract for contract, _ in VIOLATIONS.values()} == set(CONTRACTS)


def test_the_container_may_use_punq(tmp_path: Path) -> None:
    plant({"booking_app/container.py": "import punq"}, tmp_path)
    assert broken_contracts(tmp_path) == set()


def plant(files: dict[str, str], house: Path) -> None:
    """Copy the house to `house` and write `files` into the copy."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", house / "src", ignore=ignored)
    shutil.copytree(ROOT / "tools", house / "tools", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", house)
    for name, line in files.items():
        path = house / "src" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as stream:
            stream.write(f"\n{line}\n")


def broken_contracts(house: Path) -> set[str]:
    """Lint the imports of the tree under `house` with the configuration in it; the ids of what is broken."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=house,
        # The copy comes before the installed packages; a wide terminal keeps each contract on its own line.
        env=os.environ | {"PYTHONPATH": str(house / "src"), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    report = done.stdout + done.stderr
    kept = {key for key, name in CONTRACTS.items() if f"\n{name} KEPT" in report}
    broken = {key for key, name in CONTRACTS.items() if f"\n{name} BROKEN" in report}
    assert kept | broken == set(CONTRACTS), report
    assert (done.returncode == 0) == (not broken), report
    return broken
