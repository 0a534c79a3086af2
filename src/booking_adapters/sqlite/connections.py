"""Connections to one file: each is lent to one transaction at a time, and kept for the next."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_MILLISECONDS = 5_000
MOST_IDLE = 16
STATEMENTS = 256

PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    # Readers see the last commit while a writer writes; FULL makes a commit survive the loss of power.
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


class Connections:
    """The idle connections to a file. A closed one opens none any more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._is_closed = False

    @contextmanager
    def lend(self) -> Iterator[sqlite3.Connection]:
        """A connection for one transaction."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    def close(self) -> None:
        """Close the idle ones, and those in use as they come back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            assert not self._is_closed, "the store is closed"
            if self._idle:
                return self._idle.pop()
        return connect(self.path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        assert not connection.in_transaction, "a transaction ends before its connection goes back"
        with self._lock:
            if not self._is_closed and len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """A connection as every transaction needs it; transactions are begun by hand."""
    # One thread at a time uses it, which need not be the one that opened it.
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
    )
    for pragma in PRAGMAS:
        connection.execute(pragma)
    return connection
