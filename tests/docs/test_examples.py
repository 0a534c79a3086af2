"""Every example in the README and in the documentation runs and prints what the page says it prints."""

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Wrong, run

PAGES = sorted(
    [
        ROOT / "README.md",
        *(
            page
            for room in ("tutorial", "how-to", "explanation", "reference")
            for page in (ROOT / "docs" / room).glob("*.md")
        ),
    ]
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run(page, tmp_path)


PROMISES_KEPT = {
    "output": "```python\nprint(2 + 2)\n```\n\n```text\n4\n```\n",
    "output that differs": "```python\nprint('id', object())\n```\n```text\nid <…>\n```\n",
    "names last": "```python\na = 1\n```\nand\n```python\nprint(a)\n```\n```text\n1\n```\n",
    "a file": "```python\n# one.py\nprint(1)\n```\n```console\n$ python one.py\n1\n```\n",
    "a failure": "```console\n$ exit 3  # exits with 3\n```\n",
    "a number that was given": "```console\n$ echo LH-7K3\nLH-…\n$ echo found LH-…\nfound LH-7K3\n```\n",
    "a long command": "```console\n$ cat <<END\n> two\n> END\ntwo\n```\n",
}
PROMISES_BROKEN = {
    "other output": "```python\nprint(5)\n```\n```text\n4\n```\n",
    "more output": "```python\nprint(4)\nprint(5)\n```\n```text\n4\n```\n",
    "output of nothing": "```text\n4\n```\n",
    "output after a file": "```python\n# one.py\nprint(4)\n```\n```text\n4\n```\n",
    "an unexpected failure": "```console\n$ exit 3\n```\n",
    "an unexpected success": "```console\n$ true  # exits with 3\n```\n",
    "a language nobody runs": "```ruby\nputs 1\n```\n",
}


@pytest.mark.parametrize("text", PROMISES_KEPT.values(), ids=PROMISES_KEPT)
def test_a_promise_that_is_kept_passes(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.pages.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text)
    assert run(page, tmp_path) > 0


@pytest.mark.parametrize("text", PROMISES_BROKEN.values(), ids=PROMISES_BROKEN)
def test_a_promise_that_is_broken_is_found_out(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.docs.pages.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(Wrong):
        run(page, tmp_path)
