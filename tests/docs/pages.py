"""Runs a page of the documentation as a reader would type it.

What the name after the three backticks means:

- `python` runs in the page's namespace, where earlier blocks have left their names; when its first line is a comment
  with a file name (`# rules.py`), the block is saved under that name instead. `toml` blocks are saved the same way;
- `text` right after a `python` block is what that block prints;
- `console` holds commands behind `$ `, run by the shell in the page's own directory, each followed by its output. A
  command that is meant to fail ends with `# exits with 1`;
- `sh` is only shown: it needs something that a test does not have, or would take too long.

In output, `…` stands for anything that differs from one day or machine to the next.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<language>\S*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# (?P<name>[\w/.-]+\.(?:py|toml|ics))\n")
EXIT_STATUS = re.compile(r"# exits with (\d+)$")
SHOWN_ONLY = ("sh", "{eval-rst}", "{include}", "{toctree}")
LONGEST_COMMAND_SECONDS = 120


class Wrong(AssertionError):
    """A page promises something else than what happens."""


@attrs.frozen
class Block:
    """A fenced block of a page; `line` is that of its first line of text."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        """Where a reader finds it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """Every fenced block of a page, in order."""
    text = page.read_text()
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start("body")) + 1
        yield Block(page, line, found["language"], found["body"])


def run(page: Path, directory: Path) -> int:
    """Type the whole page into `directory`; how many blocks were run. Raises Wrong where the page does."""
    names: dict[str, object] = {"__name__": "__main__"}
    printed: str | None = None
    count = 0
    for block in blocks_of(page):
        file = FILE_NAME.match(block.text) if block.language in ("python", "toml") else None
        if block.language == "text":
            if printed is None:
                raise Wrong(f"{block.place}: output that follows no code")
            compare(block.place, block.text, printed)
        elif file is not None:
            path = directory / file["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        elif block.language == "console":
            for command, output, status in commands_of(block):
                compare(f"{block.place}: $ {command}", output, shell(block, command, status, directory))
        elif block.language == "python":
            printed = execute(block, names)
        elif block.language not in SHOWN_ONLY:
            raise Wrong(
                f"{block.place}: a block of {block.language!r} is neither run nor declared as shown only"
            )
        if block.language != "python" or file is not None:
            printed = None
        count += block.language not in SHOWN_ONLY
    return count


def execute(block: Block, names: dict[str, object]) -> str:
    """What a Python block prints; its tracebacks show the page's own lines."""
    code = compile("\n" * (block.line - 1) + block.text, block.page, "exec")
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(code, names)  # noqa: S102 - the documentation is ours
    return output.getvalue()


def commands_of(block: Block) -> Iterator[tuple[str, str, int]]:
    """Command, expected output and expected exit status of each `$ ` line; `> ` lines continue the command."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        command = lines.pop(0)
        while lines and lines[0].startswith("> "):
            command += "\n" + lines.pop(0).removeprefix("> ")
        status = EXIT_STATUS.search(command)
        yield command, "\n".join(lines), int(status[1]) if status else 0


def shell(block: Block, command: str, status: int, directory: Path) -> str:
    """What a command prints, on either stream."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        env=os.environ
        | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_COMMAND_SECONDS,
        check=False,
    )
    if done.returncode != status:
        raise Wrong(f"{block.place}: $ {command}\nexits with {done.returncode}:\n{done.stdout}")
    return done.stdout


def compare(place: str, promised: str, printed: str) -> None:
    """Raise Wrong unless the output is the promised one."""
    pattern = ".*?".join(re.escape(piece) for piece in promised.strip().split("…"))
    if not re.fullmatch(pattern, printed.strip(), re.DOTALL):
        raise Wrong(f"{place}\npromises:\n{promised}\nbut prints:\n{printed}")
