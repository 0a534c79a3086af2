"""How a throw-away server is housed, started, watched and stopped, whatever server it is."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

START_SECONDS = 60
STOP_SECONDS = 20
START_ATTEMPTS = 5
POLL_SECONDS = 0.02
LOG_TAIL_CHARACTERS = 2_000


class ServerUnavailableError(RuntimeError):
    """A test server cannot be had; the message says why and what to do."""


class PortTakenError(ServerUnavailableError):
    """Somebody took the port between our look and the server's."""


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that drop root's rights; empty for everybody else."""

    user: int
    group: int
    extra_groups: list[int]


def is_root() -> bool:
    """Whether this process has root's rights, with which Postgres refuses to run."""
    return sys.platform != "win32" and os.geteuid() == 0


def nobody() -> tuple[int, int]:
    """The user and group that own nothing."""
    import pwd

    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def run_as_nobody() -> RunAs:
    """What to add to `Popen` so that the program does not run as root."""
    if not is_root():
        return {}
    user, group = nobody()
    return {"user": user, "group": group, "extra_groups": []}


def make_home(prefix: str) -> Path:
    """Make a directory of the server's own, which `nobody` owns and can reach when we are root."""
    home = Path(tempfile.mkdtemp(prefix=prefix))
    if is_root():
        if not is_reachable_for_nobody(home.parent):
            # A private temporary directory; the system's own is open to everybody.
            home.rmdir()
            home = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
        give_to_nobody(home)
    return home


def give_to_nobody(path: Path) -> None:
    """Hand a file or directory to the user the server runs as, if that is not us."""
    if is_root():
        os.chown(path, *nobody())


def is_reachable_for_nobody(path: Path) -> bool:
    """Whether every directory down to `path`, itself included, lets strangers through."""
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def free_port() -> int:
    """A port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert isinstance(port, int)
    return port


def start_on_free_port(launch: Callable[[int], None]) -> None:
    """Call `launch` with free ports until one is still free when the server looks; a bounded number of times."""
    for _ in range(START_ATTEMPTS - 1):
        try:
            return launch(free_port())
        except PortTakenError:
            continue
    return launch(free_port())


def await_start(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], log: Path) -> None:
    """Wait until the server is ready.

    Raises:
        PortTakenError: the server ended because its port is in use.
        ServerUnavailableError: it ended for another reason or took too long; the end of its log is quoted.
    """
    deadline = time.monotonic() + START_SECONDS
    while not is_ready():
        if process.poll() is not None:
            text = _tail(log)
            kind = PortTakenError if "in use" in text.lower() else ServerUnavailableError
            raise kind(f"{process.args!r} ended with status {process.returncode}: {text}")
        if time.monotonic() > deadline:
            stop(process, signal.SIGTERM)
            raise ServerUnavailableError(
                f"{process.args!r} is not ready after {START_SECONDS} s: {_tail(log)}"
            )
        time.sleep(POLL_SECONDS)


def stop(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    """End a server that we started, kindly first, and wait until it is gone."""
    if process.poll() is not None:
        return
    process.send_signal(first)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)


def discard(home: Path | None) -> None:
    """Remove a server's directory; what cannot be removed is left to the system's own tidying."""
    if home is not None:
        shutil.rmtree(home, ignore_errors=True)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-LOG_TAIL_CHARACTERS:].strip()
