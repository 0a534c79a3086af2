"""The reference of events names every event that the core tells of, and no other."""

import ast
import re
from collections.abc import Iterator

from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "reference" / "events.md"
CORE = ROOT / "src" / "booking_core"
NAME = re.compile(r"(?:[A-Z][a-z]+){2,}")
LIVE = CORE / "domain" / "live"
"""What is told of locks is no event: nobody keeps it."""


def test_the_page_names_every_event() -> None:
    trees = [ast.parse(file.read_text()) for file in CORE.rglob("*.py") if not file.is_relative_to(LIVE)]
    written = {name for tree in trees for name in _written(tree)}
    defined = {name for tree in trees for name in _defined(tree)}
    told = set(re.findall(r"`([A-Z][A-Za-z]+)`", PAGE.read_text()))
    assert written - defined <= told <= written


def _written(tree: ast.Module) -> Iterator[str]:
    """Texts in the code that look like the name of an event."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def _defined(tree: ast.Module) -> Iterator[str]:
    """Names of types, which `__all__` and forward references write as texts; some errors are named as an event is."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.ClassDef(name=name)
                | ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name))
            ):
                yield name
