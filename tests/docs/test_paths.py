"""What the pages point at exists."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT
from tests.docs.test_examples import PAGES

PATH = re.compile(r"`((?:src|tests|docs|examples|benchmarks|tools)/[\w/.-]+)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_is_named_exists(page: Path) -> None:
    text = page.read_text()
    named = [ROOT / path for path in PATH.findall(text)]
    linked = [page.parent / path for path in LINK.findall(text)]
    assert [str(path) for path in (*named, *linked) if not path.exists()] == []
