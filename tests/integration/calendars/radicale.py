"""A CalDAV server of one's own: Radicale, as a process on this machine, with one user and one calendar."""

import json
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from icalendar import Calendar, Component

from booking_adapters.testing.processes import await_start, free_port, stop

USER = "anna"


class Radicale:
    """The server, which can be stopped and started again with what it has; its files are looked into directly."""

    def __init__(self, home: Path) -> None:
        self.password = secrets.token_urlsafe(18)
        self._home, self._port = home, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._calendar = home / "files" / "collection-root" / USER / "bookings"
        self._calendar.mkdir(parents=True)
        (self._calendar / ".Radicale.props").write_text(json.dumps({"tag": "VCALENDAR"}))
        users = home / "users"
        users.touch(mode=0o600)
        users.write_text(f"{USER}:{self.password}\n")
        (home / "config").write_text(
            f"[server]\nhosts = 127.0.0.1:{self._port}\n"
            f"[auth]\ntype = htpasswd\nhtpasswd_filename = {users}\nhtpasswd_encryption = plain\ndelay = 0\n"
            f"[storage]\nfilesystem_folder = {home / 'files'}\n"
        )

    @property
    def url(self) -> str:
        """The address of the calendar."""
        return f"http://127.0.0.1:{self._port}/{USER}/bookings/"

    @property
    def events(self) -> list[Component]:
        """What stands in the calendar."""
        files = sorted(self._calendar.glob("*.ics"))
        return [event for file in files for event in Calendar.from_ical(file.read_bytes()).walk("VEVENT")]

    def empty(self) -> None:
        """Somebody removes everything."""
        for file in self._calendar.glob("*.ics"):
            file.unlink()

    def spoil(self) -> None:
        """Somebody renames everything, so that the server calls it something else."""
        for file in self._calendar.glob("*.ics"):
            file.write_bytes(file.read_bytes().replace(b"SUMMARY:", b"SUMMARY:Mine: "))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        log = self._home / "server.log"
        with log.open("ab") as stream:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "radicale", "--config", str(self._home / "config")],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                cwd=self._home,
            )
        await_start(self._process, self._answers, log)

    def stop(self) -> None:
        """Stop it; stopping twice does nothing."""
        if self._process is not None:
            stop(self._process, signal.SIGTERM)
        self._process = None

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


@contextmanager
def radicale(home: Path) -> Iterator[Radicale]:
    """A server that is up, with its files in a directory of its own."""
    server = Radicale(home)
    try:
        server.start()
        yield server
    finally:
        server.stop()
