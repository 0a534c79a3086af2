"""Live updates between processes on one machine: a small file beside the database, looked at ten times a second.

It is a file of its own, so that no booking waits for the bell. Nothing in it is worth keeping.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from booking_adapters._live.shared_updates import CarrierLost, Heard

SUFFIX = "-live"
LOOK_SECONDS = 0.1
BUSY_SECONDS = 2.0
KEPT_SECONDS = 60
"""Who has not looked for as long has missed something."""
MOST_AT_ONCE = 500
MOST_FORGOTTEN = 1_000

# Numbers are never given again, so that a gap tells that something was missed.
MAKE = """\
CREATE TABLE IF NOT EXISTS updates (number INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, text TEXT NOT NULL)
"""
WRITE = "INSERT INTO updates (at, text) VALUES (unixepoch(), ?)"
FORGET = """\
DELETE FROM updates WHERE number IN (SELECT number FROM updates WHERE at < unixepoch() - ? ORDER BY number LIMIT ?)
"""
LAST = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'updates'"
NEWER = "SELECT number, text FROM updates WHERE number > ? ORDER BY number LIMIT ?"


class SqliteCarrier:
    """The Carrier of live updates, in a file beside the database's. What is sent is heard a tenth of a second later."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + SUFFIX)
        self._sending: sqlite3.Connection | None = None
        self._pause = threading.Event()

    def send(self, texts: Sequence[str]) -> None:
        """Write them in one transaction, and forget what is old."""
        try:
            if self._sending is None:
                self._sending = self._connected()
            with self._sending as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(WRITE, [(text,) for text in texts])
                connection.execute(FORGET, (KEPT_SECONDS, MOST_FORGOTTEN))
        except sqlite3.Error as error:
            self.close()
            raise CarrierLost(str(error)) from error

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        """Reading what comes after what is there."""
        try:
            with closing(self._connected()) as connection:
                yield _Reader(connection, self._pause).heard
        except sqlite3.Error as error:
            raise CarrierLost(str(error)) from error

    def close(self) -> None:
        """Give the file back."""
        if self._sending is not None:
            self._sending.close()
        self._sending = None

    def _connected(self) -> sqlite3.Connection:
        # Opened and used by one thread, and perhaps closed by another at the end.
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(MAKE)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


class _Reader:
    """One listener's place in the file."""

    def __init__(self, connection: sqlite3.Connection, pause: threading.Event) -> None:
        self._connection, self._pause = connection, pause
        ((self._last,),) = connection.execute(LAST).fetchall()
        self._version = 0

    def heard(self, seconds: float) -> Sequence[str]:
        """What is new; where nothing is, what is new after a tenth of a second."""
        found = self._new()
        if not found:
            self._pause.wait(min(seconds, LOOK_SECONDS))
            found = self._new()
        return found

    def _new(self) -> list[str]:
        # To ask whether others have written costs nothing like asking what.
        ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        if version == self._version:
            return []
        rows = self._connection.execute(NEWER, (self._last, MOST_AT_ONCE)).fetchall()
        if rows and rows[0][0] != self._last + 1:
            raise CarrierLost("some were forgotten before they were heard")
        if len(rows) < MOST_AT_ONCE:
            self._version = version
        self._last += len(rows)
        return [text for _, text in rows]
