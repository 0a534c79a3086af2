"""Live updates between processes over the database: LISTEN and NOTIFY, on connections of their own.

As with the bell, no booking notifies: a commit that did would stand in line with all others that do.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from booking_adapters._live.shared_updates import CarrierLost, Heard

CHANNEL = "booking_live"
CONNECT_SECONDS = 5
SEND = (
    "SELECT pg_notify(%s, text) FROM unnest(%s::text[]) WITH ORDINALITY AS told (text, place) ORDER BY place"
)
LOOK_ALIVE_SECONDS, LOOKS = 5, 3
"""A listener whose line is dead would hear nothing, and not know it."""

Connection = psycopg.Connection[tuple[str]]


class PostgresCarrier:
    """The Carrier of live updates. One connection sends, one listens; they need no right to any table."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sending: Connection | None = None

    def send(self, texts: Sequence[str]) -> None:
        """Notify in one transaction."""
        try:
            if self._sending is None:
                self._sending = self._connected()
            self._sending.execute(SEND, [CHANNEL, list(texts)])
        except psycopg.Error as error:
            self.close()
            raise CarrierLost(type(error).__name__) from error

    @contextmanager
    def listening(self) -> Iterator[Heard]:
        """Listening on the channel."""
        try:
            with self._connected() as connection:
                connection.execute(f"LISTEN {CHANNEL}".encode())

                def heard(seconds: float) -> Sequence[str]:
                    return [note.payload for note in connection.notifies(timeout=seconds, stop_after=1)]

                yield heard
        except psycopg.Error as error:
            raise CarrierLost(type(error).__name__) from error

    def close(self) -> None:
        """Give the sending connection back."""
        if self._sending is not None:
            self._sending.close()
        self._sending = None

    def _connected(self) -> Connection:
        return psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            application_name="booking live updates",
            keepalives_idle=LOOK_ALIVE_SECONDS,
            keepalives_interval=LOOK_ALIVE_SECONDS,
            keepalives_count=LOOKS,
        )
