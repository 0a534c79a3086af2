"""A bell for all processes on one database, by LISTEN and NOTIFY.

No booking notifies: a transaction that did would take a lock of the whole server while it commits, and bookings would
stand in line. A thread of its own notifies after the commits, at most twenty times a second, for all that were made.
"""

import threading
from types import TracebackType
from typing import Self

import psycopg

from booking_core.domain.kernel.errors import InvalidInput
from booking_core.domain.kernel.ids import TenantId, parse_uuid
from booking_core.ports.bell import Bell

CHANNEL = "booking_written"
PAUSE_SECONDS = 0.05
RECONNECT_SECONDS = 2.0
CONNECT_SECONDS = 5
LOOK_UP_SECONDS = 0.5
"""How often a listener looks whether it should end."""
LOOK_ALIVE_SECONDS, LOOKS = 5, 3
"""A listener whose line is dead would hear nothing, and not know it."""
GOODBYE_SECONDS = 10.0
MOST_TENANTS = 200
"""Of one notification, which Postgres limits to 8,000 bytes."""

Connection = psycopg.Connection[tuple[str]]


class PostgresBell:
    """The Bell port over a `near` one that it rings as well. Close it when done: it then tells what it still has to.

    Its connections, one to notify and one to listen, are opened when they are first needed, by a login of the database;
    they need no right to any table. While the database is away nothing is heard from others.
    """

    def __init__(self, url: str, near: Bell) -> None:
        self._url, self._near = url, near
        self._stirred = threading.Condition()
        self._written: set[TenantId] = set()
        self._is_closing = threading.Event()
        self._own_process = 0
        self._threads: dict[str, threading.Thread] = {}

    def __enter__(self) -> Self:
        """The bell itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Tell what was not told yet, and end; waits at most ten seconds for either thread."""
        with self._stirred:
            self._is_closing.set()
            self._stirred.notify_all()
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(GOODBYE_SECONDS)

    def ring(self, tenant: TenantId) -> None:
        """Tell this process now, and the others within a twentieth of a second."""
        self._near.ring(tenant)
        with self._stirred:
            self._written.add(tenant)
            self._begin("notify")
            self._stirred.notify_all()

    def heard(self, seconds: float) -> frozenset[TenantId]:
        """For whom it was rung, here or elsewhere; listening begins with the first call."""
        with self._stirred:
            self._begin("listen")
        return self._near.heard(seconds)

    def _begin(self, what: str) -> None:
        if what not in self._threads and not self._is_closing.is_set():
            act = self._notify if what == "notify" else self._listen
            thread = threading.Thread(target=act, name=f"booking bell: {what}", daemon=True)
            self._threads[what] = thread
            thread.start()

    def _notify(self) -> None:
        connection: Connection | None = None
        while written := self._collected():
            try:
                connection = connection or self._connected()
                self._own_process = connection.info.backend_pid
                for payload in _payloads(written):
                    connection.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])
            except psycopg.Error:
                connection = None  # who listens looks by itself after a while
                self._is_closing.wait(RECONNECT_SECONDS)
            self._is_closing.wait(PAUSE_SECONDS)
        if connection is not None:
            connection.close()

    def _collected(self) -> list[TenantId]:
        """What is to be told; waits for it. Nothing where the bell is closed and all was told."""
        with self._stirred:
            self._stirred.wait_for(lambda: self._written or self._is_closing.is_set())
            written = sorted(self._written)
            self._written.clear()
        return written

    def _listen(self) -> None:
        while not self._is_closing.is_set():
            try:
                with self._connected() as connection:
                    connection.execute(f"LISTEN {CHANNEL}".encode())
                    self._hear(connection)
            except psycopg.Error:
                self._is_closing.wait(RECONNECT_SECONDS)

    def _hear(self, connection: Connection) -> None:
        while not self._is_closing.is_set():
            for note in connection.notifies(timeout=LOOK_UP_SECONDS):
                if note.pid != self._own_process:
                    for tenant in _tenants(note.payload):
                        self._near.ring(tenant)
                if self._is_closing.is_set():
                    break

    def _connected(self) -> Connection:
        return psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="booking bell",
            keepalives_idle=LOOK_ALIVE_SECONDS,
            keepalives_interval=LOOK_ALIVE_SECONDS,
            keepalives_count=LOOKS,
        )


def _payloads(tenants: list[TenantId]) -> list[str]:
    every = range(0, len(tenants), MOST_TENANTS)
    return [",".join(map(str, tenants[first : first + MOST_TENANTS])) for first in every]


def _tenants(payload: str) -> list[TenantId]:
    """Any login may notify, so what makes no sense tells nothing."""
    try:
        return [TenantId(parse_uuid(each)) for each in payload.split(",")]
    except InvalidInput:
        return []
