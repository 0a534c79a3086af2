"""booking_core takes `at=` and `id=` values; the ambient adapters alone have clocks, dice and files."""

import ast
import re
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "src" / "booking_core"

IMPURE_MODULES = frozenset(
    {"asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "select", "shutil", "signal"}
    | {"socket", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib"}
)
IMPURE_NAMES = re.compile(
    r"(^|\.)(datetime|date)\.(now|utcnow|today)$|(^|\.)uuid[1-8]$|(^|\.)getnode$|^(open|input|print)$"
)


def test_the_core_has_no_clock_no_dice_and_no_files() -> None:
    found = {
        f"{path.relative_to(CORE)}:{line} {name}"
        for path in sorted(CORE.rglob("*.py"))
        for line, name in impurities(path.read_text())
    }
    assert found == set()


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "started = datetime.now",
        "import time",
        "from time import monotonic",
        "import random",
        "from secrets import token_hex",
        "import os.path",
        "uuid.uuid4()",
        "from uuid import UUID, uuid4",
        "open('bookings.txt')",
        "print('hello')",
        "def later():\n    from urllib.request import urlopen",
    ],
)
def test_a_planted_impurity_is_found(source: str) -> None:
    assert impurities(source)


@pytest.mark.parametrize(
    "source",
    [
        "clock.now()",
        "self.clock.now()",
        "from datetime import date, time",
        "from uuid import UUID",
        "venue.today(at)",
    ],
)
def test_what_is_handed_in_is_allowed(source: str) -> None:
    assert impurities(source) == []


def impurities(source: str) -> list[tuple[int, str]]:
    """The lines on which `source` reaches for the world, and what it reaches for."""
    return [
        (node.lineno, name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Attribute | ast.Name)
        for name in _names(node)
        if name.split(".")[0] in IMPURE_MODULES & _imported(node) or IMPURE_NAMES.search(name)
    ]


def _names(node: ast.Import | ast.ImportFrom | ast.Attribute | ast.Name) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [ast.unparse(node)]


def _imported(node: ast.AST) -> frozenset[str]:
    # A local variable may be called `time`; only an import makes it the module.
    return IMPURE_MODULES if isinstance(node, ast.Import | ast.ImportFrom) else frozenset()
