"""Runs a page of the documentation as a reader would type it.

What the name after the three backticks means:

- `python` runs in the page's namespace, where earlier blocks have left their names; when its first line is a comment
  with a file name (`# rules.py`), the block is saved under that name instead. `toml` blocks are saved the same way;
- `json` has to be JSON;
- `text` right after a `python` block is what that block prints;
- `console` holds commands behind `$ `, run by the shell in the page's own directory, each followed by its output. A
  command that is meant to fail ends with `# exits with 1`. Plain `booking` commands are run in this process, which
  spares each of them a second of importing;
- `sh` and `sql` are only shown here: they need something that a test does not have, or would take too long.

In output, `…` stands for anything that differs from one day or machine to the next. In a command, `LH-…` stands for the
last word that was printed and begins like that: the reader types what they were given.
"""

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

from booking_app.cli import main

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<language>\S*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# (?P<name>[\w/.-]+\.(?:py|toml))\n")
PLAIN_BOOKING = re.compile(r"booking [^|<>&;$`]*$")
EXIT_STATUS = re.compile(r"# exits with (\d+)$")
SAVED = ("python", "toml")
SHOWN_ONLY = ("sh", "sql", "{eval-rst}", "{include}", "{toctree}")
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
    typist = Typist(directory)
    blocks = [block for block in blocks_of(page) if block.language not in SHOWN_ONLY]
    for block in blocks:
        typist.type(block)
    return len(blocks)


@attrs.define
class Typist:
    """A reader who follows a page: what they have defined, what the last code printed, and all they were told."""

    directory: Path
    names: dict[str, object] = attrs.field(factory=lambda: {"__name__": "__main__"})
    printed: str | None = None
    told: str = ""

    def type(self, block: Block) -> None:
        """Follow one block."""
        printed, self.printed = self.printed, None
        if block.language == "text":
            if printed is None:
                raise Wrong(f"{block.place}: output that follows no code")
            compare(block.place, block.text, printed)
        elif block.language in SAVED and (file := FILE_NAME.match(block.text)):
            self.save(file["name"], block.text)
        elif block.language == "python":
            self.printed = execute(block, self.names)
        elif block.language == "json":
            json.loads(block.text)
        elif block.language == "console":
            for command, output, status in commands_of(block):
                self.command(
                    f"{block.place}: $ {command}", with_words_from(self.told, command), output, status
                )
        else:
            raise Wrong(
                f"{block.place}: a block of {block.language!r} is neither run nor declared as shown only"
            )

    def save(self, name: str, text: str) -> None:
        """Save a file."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def command(self, place: str, command: str, output: str, status: int) -> None:
        """Enter a command, and compare its output and exit status."""
        answer, code = booking(command) if PLAIN_BOOKING.match(command) else shell(command, self.directory)
        if code != status:
            raise Wrong(f"{place}\nexits with {code}:\n{answer}")
        compare(place, output, answer)
        self.told += answer


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


def with_words_from(said: str, command: str) -> str:
    """The command with each `LH-…` as it was last said."""

    def last(unfinished: re.Match[str]) -> str:
        words = re.findall(rf"{re.escape(unfinished[1])}[\w-]+", said)
        return str(words[-1]) if words else unfinished[0]

    return re.sub(r"([\w-]+)…", last, command)


def booking(command: str) -> tuple[str, int]:
    """What a `booking` command says, on either stream, and its exit status."""
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(output):
        code = main(shlex.split(command, comments=True)[1:])
    return output.getvalue(), code


def shell(command: str, directory: Path) -> tuple[str, int]:
    """What a command says, on either stream, and its exit status."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=directory,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_COMMAND_SECONDS,
        check=False,
    )
    return done.stdout, done.returncode


def compare(place: str, promised: str, printed: str) -> None:
    """Raise Wrong unless the output is the promised one."""
    pattern = ".*?".join(re.escape(piece) for piece in promised.strip().split("…"))
    if not re.fullmatch(pattern, printed.strip(), re.DOTALL):
        raise Wrong(f"{place}\npromises:\n{promised}\nbut prints:\n{printed}")
